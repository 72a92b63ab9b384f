"""What tests of files share."""

from __future__ import annotations

import pytest


@pytest.fixture
def written(tmp_path):
    def write(text, name="recording.txt"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture(scope="session")
def edflib():
    """pyedflib: one more reader that shares no line with ours, where it is installed."""
    lacking = "pyedflib is not installed: it has no wheels for Python 3.13 and later"
    return pytest.importorskip("pyedflib", reason=lacking)
