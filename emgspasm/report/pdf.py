"""A page printed as PDF by a converter that is on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.files import replacing

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
INSTALLED = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "${ProgramFiles}/Google/Chrome/Application/chrome.exe",
    "${LOCALAPPDATA}/Google/Chrome/Application/chrome.exe",
    "${ProgramFiles}/Microsoft/Edge/Application/msedge.exe",
    "${ProgramFiles(x86)}/Microsoft/Edge/Application/msedge.exe",
)
"""Where browsers of macOS and Windows are, which no search path names."""

OFFLINE = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
)
PATIENCE = 120.0
"""Seconds for one page."""


def find_converter() -> str:
    """Path of a Chromium-like browser or of WeasyPrint.

    Raises
    ------
    ConfigError
        If neither is installed.
    """
    for name in (*BROWSERS, "weasyprint"):
        found = shutil.which(name)
        if found:
            return found
    for path in map(Path, map(os.path.expandvars, INSTALLED)):
        if path.is_file():
            return str(path)
    raise ConfigError(
        "--pdf needs a converter and none was found (Chromium, Chrome, Edge or WeasyPrint). "
        "Install one (Debian: apt install chromium; or pip install weasyprint), or print the page "
        "from a browser"
    )


def print_pdf(
    page: Path, pdf: Path, converter: str, *, overwrite: bool = False, patience: float = PATIENCE
) -> None:
    """Print a page.

    Parameters
    ----------
    page, pdf : Path
        What is printed, and where to.
    converter : str
        As :func:`find_converter` gives it.
    overwrite : bool
        Whether a file that is there is replaced.
    patience : float
        Seconds the converter is given.

    Raises
    ------
    ConfigError
        If the file exists and `overwrite` is False.
    RecordingError
        If it cannot be written, or the converter fails or does not end.
    """
    with (
        replacing(pdf, overwrite=overwrite) as temporary,
        # on Windows what a browser has not closed yet cannot be removed
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
    ):
        try:
            done = subprocess.run(  # noqa: S603  a converter found by name, and paths
                _command(converter, page.resolve(), temporary.resolve(), profile),
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=patience,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise RecordingError(
                f"{pdf} was not printed ({Path(converter).name}: no PDF within {patience:g} s). "
                f"{page} is there: print it from a browser"
            ) from None
        if done.returncode or not temporary.is_file():
            said = done.stderr.strip().splitlines()
            raise RecordingError(
                f"{pdf} was not printed ({Path(converter).name}: "
                f"{said[-1] if said else f'exit code {done.returncode}'}). "
                f"{page} is there: print it from a browser"
            )


def _command(converter: str, page: Path, pdf: Path, profile: str) -> list[str]:
    if Path(converter).stem == "weasyprint":
        return [converter, str(page), str(pdf)]
    # Chromium's sandbox refuses root
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    target = [f"--user-data-dir={profile}", f"--print-to-pdf={pdf}", page.as_uri()]
    return [converter, *OFFLINE, *sandbox, *target]
