"""Places that can be written to: numba refuses to work where it finds none for compiled loops."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

KEY = "NUMBA_CACHE_DIR"


def writable(folder: Path) -> bool:
    """Whether a folder can be written to, or made."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def place_compiled() -> None:
    """Name numba a folder of this user among the temporary ones, if it has no other place.

    Its own places are the one its variable names, that of the package, and the user's cache.
    """
    package = Path(__file__).parent / "dsp"
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111  there may be no home
    places = [os.environ.get(KEY), package / "__pycache__", Path(cache, "numba")]
    if not any(writable(Path(place)) for place in places if place):
        with suppress(OSError):  # nothing can be kept anywhere: numba will say so
            os.environ[KEY] = str(_temporary())


def _temporary() -> Path:
    """The same folder at each start, or a new one where somebody else may have put code there."""
    from tempfile import gettempdir, mkdtemp

    if not hasattr(os, "getuid"):  # Windows, where the folder of temporary files is the user's own
        folder = Path(gettempdir(), "emgspasm")
        folder.mkdir(exist_ok=True)
        return folder
    folder = Path(gettempdir(), f"emgspasm-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    own = stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.getuid()
    return folder if own and not seen.st_mode & 0o077 else Path(mkdtemp(prefix="emgspasm-"))
