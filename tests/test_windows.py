"""The commands, in a process that can do no more than Windows can."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from emgspasm.config import load_config
from support.windows import FORBIDDEN

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
PATIENT = ("--scenario", "hfs_mixed", "--duration", "20", "--seed", "3")
WHO = ("--participant", "01", "--session", "base")
ALIKE = (
    ("simulate", "p.bdf", *PATIENT),
    ("analyze", "p.bdf", "--out", "results"),
    ("report", "results"),
    ("export", "p.bdf", "--format", "csv", "--out", "p.csv"),
    ("export", "p.bdf", "--format", "edf", "--out", "p.edf"),
    ("export", "p.bdf", "--format", "parquet", "--out", "p.parquet"),
    ("export", "p.bdf", "--format", "openbci", "--out", "p.txt"),
    ("simulate", "--study", "study", *WHO, "--task", "rest", *PATIENT),
    ("import", "p.edf", "--study", "study", "--participant", "02", "--task", "rest"),
    ("study", "set-date", "study", *WHO, "--date", "2026-02-25"),
    ("analyze", "study"),
    ("compare", "study", "--participant", "01"),
)
"""Make the same files everywhere."""

OTHERS = (
    ("analyze", "study", "--overwrite"),
    ("report", "p.edf", "--out", "p.html"),
    ("import", "p.txt", "--study", "more", "--participant", "03", "--task", "rest"),
    (
        "import",
        "p.csv",
        "--study",
        "more",
        "--participant",
        "04",
        "--task",
        "rest",
        "--sampling-frequency",
        "1000",
    ),
    ("recover", "cut.bdf"),
    ("quality", "p.bdf"),
    ("quality", "--config", "fast.toml"),
    ("score", "results/p_events.tsv", "p_truth.tsv"),
    ("review", "results/p_events.tsv", "--rater", "R1", "--reject", "E0001"),
    ("report", "study"),
    ("export", "study", "--anonymize", "--out", "shared"),
    ("recover", "p.bdf"),
    ("devices",),
    ("demo", "--duration", "5"),
    (
        "record",
        "--config",
        "fast.toml",
        "--study",
        "live",
        *WHO,
        "--task",
        "rest",
        "--duration",
        "6",
    ),
)


@pytest.fixture(scope="module")
def there(tmp_path_factory, emgspasm):
    """A folder in which all commands were called as on Windows; what became of each."""
    pytest.importorskip("PySide6", reason="all modules are imported, those of the window too")
    folder = tmp_path_factory.mktemp("windows")
    (folder / "shared").mkdir()  # empty: a copy may take its place
    (folder / "temporary").mkdir()
    emgspasm("simulate", "cut.bdf", *PATIENT, cwd=folder)
    os.truncate(folder / "cut.bdf", 100_000)
    config = (ROOT / "configs/simulated.toml").read_text(encoding="utf-8")
    (folder / "fast.toml").write_text(config.replace("speed = 1 ", "speed = 4 "), encoding="utf-8")
    assert load_config(folder / "fast.toml").config.source.options["speed"] == 4
    (folder / "asked.json").write_text(json.dumps([*ALIKE, *OTHERS]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "support.windows", "asked.json"],
        cwd=folder, capture_output=True, text=True, check=False,
        env=environment() | {"TMPDIR": str(folder / "temporary")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads((folder / "asked.told").read_text(encoding="utf-8"))
    return folder, dict(zip((*ALIKE, *OTHERS), told, strict=True))


def environment():
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    return os.environ | {"PYTHONPATH": path, "QT_QPA_PLATFORM": "offscreen"}


@pytest.mark.parametrize("command", [*ALIKE, *OTHERS], ids=" ".join)
def test_a_command_needs_nothing_that_windows_lacks(there, command):
    told = there[1][command]
    assert told["code"] == 0, told["err"]


def test_the_same_bytes_are_written(there, emgspasm, tmp_path):
    for command in ALIKE:
        assert emgspasm(*command, cwd=tmp_path).returncode == 0
    mine = {p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file()}
    assert len(mine) > 30
    differ = [p for p in mine if (there[0] / p).read_bytes() != (tmp_path / p).read_bytes()]
    assert [p for p in differ if p.name != ".emgspasm.lock"] == []


def test_what_windows_refuses_is_seen_to_be_refused():
    assert all(map(FORBIDDEN.search, ("a:b.tsv", "x.", "NUL", "aux.bdf", "a?")))
    assert not any(
        map(FORBIDDEN.search, ("console.bdf", ".p.bdf.12.tmp", "sub-01_task-rest_emg.bdf"))
    )


REFUSED = """
import os
from pathlib import Path
from support.windows import Files
Files(os.getcwd()).replace_the_systems()
Path("x").touch()
with open("x", "rb") as file:
    for act in (lambda: os.replace("x", "y"), lambda: os.unlink("x")):
        try:
            act()
        except PermissionError as error:
            print(error.strerror)
"""


def test_open_files_are_seen_to_stay_where_they_are(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", REFUSED], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=environment(),
    )  # fmt: skip
    assert done.stdout.splitlines() == ["open in this process"] * 2, done.stderr
