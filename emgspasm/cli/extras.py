"""Parts of the program whose libraries are installed only where they are wanted."""

from __future__ import annotations

from importlib.util import find_spec

from emgspasm.errors import ConfigError

EXTRAS = {
    "report": ("the pages are", ("jinja2", "matplotlib")),
    "service": ("the service is", ("fastapi", "uvicorn", "websockets")),
    "viewer": ("the live window is", ("PySide6", "pyqtgraph")),
}
"""What an extra of the package brings, and the libraries that it needs."""


def require_extra(extra: str, otherwise: str = "") -> None:
    """Refuse to begin without the libraries of an extra.

    Parameters
    ----------
    extra : str
        A key of :data:`EXTRAS`.
    otherwise : str
        What can be done without it.

    Raises
    ------
    ConfigError
        Naming what to install.
    """
    what, libraries = EXTRAS[extra]
    lacking = [name for name in libraries if find_spec(name) is None]
    if lacking:
        raise ConfigError(
            f"{what} not installed ({' and '.join(lacking)} missing). "
            f'Install it: pip install "emgspasm[{extra}]"{otherwise}'
        )
