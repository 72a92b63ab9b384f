"""The worked example of the README runs, and prints what the tables hold."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


def example():
    """The program of the README that opens a study."""
    programs = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (program,) = (text for text in programs if "open_study" in text)
    return program


def test_the_worked_example_runs(toxin_course, tmp_path):
    pytest.importorskip("mne", reason="mne is not installed")
    program = tmp_path / "course.py"
    program.write_text(example(), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(program), str(toxin_course.path)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    rows = [line.split() for line in lines if line.startswith(("base", "W"))]
    assert [row[0] for row in rows] == ["base", "W2", "W4", "W8", "W12", "W16"]
    assert [int(float(row[-1])) for row in rows] == [-5, 14, 28, 56, 84, 112]
    summary = toxin_course.results("summary")
    mine = summary[(summary.session == "W4") & (summary.channel == "OOC_L")]
    assert f"{mine.spasm_burden_uV.iloc[0]:.2f}" in rows[2]
    assert "<Recording sub-01_" in done.stdout
    assert "Annotations" in lines[-1]
