"""The examples of the README run, and print what the tables hold."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import emgspasm as es

README = Path(__file__).parents[2] / "README.md"


def example(word):
    """The program of the README that has this word in it."""
    programs = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (program,) = (text for text in programs if word in text)
    return program


def run(program, *arguments, cwd):
    """What a program prints, which tells nothing else."""
    path = cwd / "program.py"
    path.write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path), *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=120, cwd=cwd,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout


def test_the_first_example_finds_the_bursts_of_the_table(emgspasm, tmp_path):
    pytest.importorskip("mne", reason="mne is not installed")
    simulated = ("patient.bdf", "--scenario", "hfs_clonic", "--duration", 20)
    assert emgspasm("simulate", *simulated, cwd=tmp_path).returncode == 0
    shutil.copytree(README.parent / "configs", tmp_path / "configs")
    told = run(example("patient.bdf"), cwd=tmp_path)
    events = es.analyze_recording(tmp_path / "patient.bdf").events
    onsets = events.onset[events.trial_type == "burst"]  # seconds, at 1000 Hz
    assert len(onsets) > 10
    assert sorted(int(n) / 1000 for n in re.findall(r" onset=(\d+)", told)) == onsets.tolist()


def test_the_worked_example_runs(toxin_course, tmp_path):
    pytest.importorskip("mne", reason="mne is not installed")
    told = run(example("open_study"), toxin_course.path, cwd=tmp_path)
    lines = told.splitlines()
    rows = [line.split() for line in lines if line.startswith(("base", "W"))]
    assert [row[0] for row in rows] == ["base", "W2", "W4", "W8", "W12", "W16"]
    assert [int(float(row[-1])) for row in rows] == [-5, 14, 28, 56, 84, 112]
    summary = toxin_course.results("summary")
    mine = summary[(summary.session == "W4") & (summary.channel == "OOC_L")]
    assert f"{mine.spasm_burden_uV.iloc[0]:.2f}" in rows[2]
    assert "<Recording sub-01_" in told
    assert "Annotations" in lines[-1]
