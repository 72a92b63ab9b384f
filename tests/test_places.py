"""What is compiled is kept somewhere, whoever may write where."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import emgspasm
from emgspasm.places import KEY, place_compiled, writable

PACKAGE = Path(emgspasm.__file__).parent
PLAIN = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
"""Root, without the power to write where modes forbid it."""


@pytest.fixture
def read_only(tmp_path):
    """A copy of the package and a home, neither writable; the environment that has both."""
    shutil.copytree(PACKAGE, tmp_path / "site/emgspasm", ignore=shutil.ignore_patterns("*cache__"))
    (tmp_path / "home").mkdir()
    (tmp_path / "tmp").mkdir()
    for folder in (tmp_path / "home", *(p for p in tmp_path.glob("site/**/") if p.is_dir())):
        folder.chmod(0o555)
    kept = {k: v for k, v in os.environ.items() if k not in (KEY, "XDG_CACHE_HOME")}
    places = {"HOME": "home", "PYTHONPATH": "site", "TMPDIR": "tmp"}
    return kept | {name: str(tmp_path / folder) for name, folder in places.items()}


def python(code, env):
    prefix = PLAIN if os.geteuid() == 0 else []
    if prefix and shutil.which("setpriv") is None:
        pytest.skip("root writes anywhere, and setpriv is missing")
    return subprocess.run(
        [*prefix, sys.executable, "-P", "-c", code],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_loops_compile_where_neither_package_nor_home_can_be_written(read_only, tmp_path):
    code = (
        "import emgspasm.dsp.kernels as kernels; print(kernels.__file__)\n"
        "from emgspasm.storage.edf import decode"
    )
    done = python(code, read_only)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path / "site"))
    (folder,) = (tmp_path / "tmp").iterdir()
    assert folder.stat().st_mode & 0o077 == 0


def test_a_folder_that_others_may_write_to_is_not_trusted_with_code(read_only, tmp_path):
    theirs = tmp_path / "tmp" / f"emgspasm-{os.getuid()}"
    theirs.mkdir()
    theirs.chmod(0o777)
    done = python(f"import os, emgspasm; print(os.environ[{KEY!r}])", read_only)
    assert done.stdout.strip() not in ("", str(theirs)), done.stderr


def test_the_places_of_numba_are_left_to_it_where_one_is_writable(monkeypatch, tmp_path):
    monkeypatch.setenv(KEY, str(tmp_path))
    place_compiled()
    assert os.environ[KEY] == str(tmp_path)


def test_a_folder_to_be_made_is_writable_where_its_parent_is(tmp_path):
    (tmp_path / "file").touch()
    assert writable(tmp_path / "a" / "b")
    assert not writable(tmp_path / "file" / "b")
