"""The exception tree.

::

    EmgspasmError
    ├── ConfigError          a config file, a flag or a montage is wrong, or a file is in the way
    ├── RecordingError       a stored file cannot be read or written
    └── SourceError          a live source failed
        ├── SourceNotFound   no such board or port
        └── SourceLost       the source went away while streaming

Misuse of a function is a plain ``ValueError``. Lost samples are data, not errors.
Every message says what, which value, which rule, and what to do.
"""

import sys


class EmgspasmError(Exception):
    """Whatever emgspasm itself refuses; its text is one line a user can act on."""


class ConfigError(EmgspasmError):
    """A config file, a montage or a flag breaks a rule, or would replace a file unasked."""


class RecordingError(EmgspasmError):
    """A stored recording or table cannot be read or written."""


class SourceError(EmgspasmError):
    """A live source failed."""


class SourceNotFound(SourceError):
    """No board answers where one was asked for."""


class SourceLost(SourceError):
    """The source went away while it was streaming."""


def explained(error: BaseException) -> EmgspasmError:
    """Any error as one line for users, with what to do about it."""
    if isinstance(error, EmgspasmError):
        return error
    if isinstance(error, OSError) and error.strerror:
        where = error.filename or "input or output"
        explanation = EmgspasmError(f"{where}: {error.strerror}. Check path and space")
    elif isinstance(error, UnicodeEncodeError) and error.encoding == sys.getfilesystemencoding():
        explanation = EmgspasmError(
            f"{error.object!r} cannot be spelled in {error.encoding}, the encoding of names here. "
            "Rename it, or use UTF-8: set PYTHONUTF8=1"
        )
    else:
        explanation = EmgspasmError(
            f"{type(error).__name__}: {error} (a fault of emgspasm itself). "
            "Run again with --debug and report what it shows"
        )
    explanation.__cause__ = error
    return explanation
