"""The pages in a real browser: what a phone shows, and what paper holds."""

import re
import shutil
import subprocess

import pytest

from emgspasm.report.document import index_page
from emgspasm.report.pdf import BROWSERS, OFFLINE
from emgspasm.report.stored import read_results

PHONE = 390
"""Pixels of a phone's width."""

MEASURE = """<script>addEventListener("load", () => {
  const inner = document.getElementById("phone").contentDocument;
  document.title = "width " + inner.documentElement.scrollWidth;
});</script>"""


def width_on_a_phone(page, folder):
    """Pixels that a page is wide in a frame as narrow as a phone."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip("the page needs a browser (Debian: chromium)")
    (folder / "page.html").write_text(page, encoding="utf-8")
    frame = folder / "frame.html"
    frame.write_text(
        f'<title></title><iframe id="phone" src="page.html" width="{PHONE}" height="800" '
        f'style="border: 0"></iframe>{MEASURE}',
        encoding="utf-8",
    )
    command = [
        browser, *OFFLINE, "--no-sandbox", "--allow-file-access-from-files",
        f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=20000", "--dump-dom",
        frame.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return int(re.search(r"<title>width (\d+)</title>", done.stdout)[1])


def test_the_report_is_no_wider_than_a_phone(page, tmp_path):
    assert width_on_a_phone(page, tmp_path) <= PHONE


def test_a_long_name_is_broken_and_widens_nothing(page, tmp_path):
    long = page.replace("patient", "patient_" * 30)
    assert width_on_a_phone(long, tmp_path) <= PHONE


def test_the_list_of_reports_is_no_wider_than_a_phone(patient, tmp_path):
    listed = index_page("study", [(read_results(patient), "patient_report.html")])
    assert width_on_a_phone(listed, tmp_path) <= PHONE
