"""The worked example of the README runs, and prints what the tables hold."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "study.py"


def test_the_worked_example_runs(toxin_course):
    pytest.importorskip("mne", reason="mne is not installed")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLE), str(toxin_course.path)],
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
