"""Imports point downwards, and the door of the package stays light."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = ("scipy.signal", "numba", "pandas", "matplotlib", "pyarrow", "PySide6", "fastapi")


def test_imports_point_downwards_and_siblings_do_not_meet():
    pytest.importorskip("importlinter", reason="import-linter is not installed")
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 kept, 0 broken" in done.stdout


def loaded_by(code):
    """Which heavy modules are there after running this code in a fresh interpreter."""
    code = f"{code}\nimport sys; print(*(m for m in {HEAVY} if m in sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stderr.split()


def test_importing_the_package_imports_nothing_heavy():
    assert loaded_by("import emgspasm") == []


def test_the_help_imports_nothing_heavy():
    code = (
        "import sys; sys.argv = ['emgspasm', '--help']\n"
        "from emgspasm.cli import main\ntry: main()\nexcept SystemExit: pass"
    )
    assert loaded_by(code) == []


def test_every_public_name_is_there():
    import emgspasm

    for name in emgspasm.__all__:
        assert getattr(emgspasm, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        emgspasm.nonsense  # noqa: B018  asking is the test


def test_all_times_are_of_the_clock_that_is_fine_on_every_system():
    """``time.monotonic`` goes in steps of 16 ms on Windows before Python 3.13: four packets."""
    modules = (ROOT / "emgspasm").rglob("*.py")
    assert [path.name for path in modules if "monotonic" in path.read_text(encoding="utf-8")] == []
