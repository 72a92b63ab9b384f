"""The pages pass axe, in a real browser."""

import json
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from emgspasm.report.pdf import BROWSERS, OFFLINE

RUN = """<script>axe.run().then(found => {
  const told = found.violations.map(v => v.id + ": " + v.nodes[0].html);
  const all = JSON.stringify({passes: found.passes.length, told});
  document.body.innerHTML = "<pre>" + all + "</pre>";
});</script>"""


def violations(page, folder):
    """What axe finds in a page, and how many of its rules the page passes."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    found = find_spec("axe_core_python")
    if browser is None or found is None:
        pytest.skip("axe needs a browser (Debian: chromium) and axe-core-python")
    axe = Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8")
    text = re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "", page)
    copy = folder / "page.html"
    copy.write_text(
        text.replace("</body>", f"<script>{axe}</script>{RUN}</body>"), encoding="utf-8"
    )
    command = [
        browser, *OFFLINE, "--no-sandbox", f"--user-data-dir={folder / 'profile'}",
        "--virtual-time-budget=20000", "--dump-dom", copy.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    told = json.loads(re.search(r"<pre>(\{.*\})</pre>", done.stdout, re.DOTALL)[1])
    return told["told"], told["passes"]


def test_the_report_passes_axe(page, tmp_path):
    told, passes = violations(page, tmp_path)
    assert told == []
    assert passes > 15


def test_axe_finds_what_is_wrong(page, tmp_path):
    told, _ = violations(page.replace('<html lang="en">', "<html>"), tmp_path)
    assert any(text.startswith("html-has-lang") for text in told)
