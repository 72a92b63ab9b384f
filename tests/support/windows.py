"""A process that can do what Windows can, as far as Linux can pose as it.

``python -m support.windows COMMANDS.json`` imports the whole package, then runs commands, and
writes what became of them beside the file.
"""

from __future__ import annotations

import builtins
import fcntl
import io
import json
import os
import pkgutil
import re
import select
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module

MODULES = ("fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty")
OF_OS = (
    "O_DIRECTORY", "chown", "fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid", "getgid",
    "getgroups", "getloadavg", "getpgid", "getuid", "initgroups", "killpg", "major", "minor",
    "mkfifo", "mknod", "nice", "openpty", "posix_fadvise", "posix_fallocate", "pread", "preadv",
    "pwrite", "pwritev", "readv", "sched_getaffinity", "sched_yield", "sendfile", "set_blocking",
    "setsid", "setuid", "sync", "sysconf", "tcgetpgrp", "ttyname", "uname", "writev",
)  # fmt: skip
OF_SIGNAL = (
    "SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGUSR1", "SIGUSR2",
    "SIGWINCH", "alarm", "pause", "pthread_kill", "pthread_sigmask", "setitimer", "siginterrupt",
    "sigpending", "sigtimedwait", "sigwait",
)  # fmt: skip
LIBRARIES = (
    "numpy", "scipy.signal", "scipy.special", "numba", "pandas", "pyarrow.csv", "pyarrow.parquet",
    "click._termui_impl", "cattrs", "edfio", "filelock", "serial", "matplotlib.pyplot", "jinja2",
    "multiprocessing.popen_spawn_posix", "concurrent.futures.process", "subprocess", "tempfile",
    "asyncio", "uvicorn", "fastapi", "websockets", "PySide6.QtWidgets", "pyqtgraph", "getpass",
    "uuid", "platform", "pyxdf", "importlib.metadata",
)  # fmt: skip
"""Have their own ways with Windows: loaded before anything is taken away."""

BINARY = 1 << 30
"""The flag that Linux lacks; taken off before it is called."""

FORBIDDEN = re.compile(
    r'[<>:"|?*\x00-\x1f]|[. ]$|^(CON|NUL|PRN|AUX|COM\d|LPT\d)(\.|$)', re.IGNORECASE
)


def pose() -> None:
    """Take away what Windows lacks, and refuse what it refuses, below the working folder."""
    for name in LIBRARIES:
        import_module(name)
    for module, names in ((os, OF_OS), (signal, OF_SIGNAL), (select, ("poll",))):
        for name in names:
            if hasattr(module, name):
                delattr(module, name)
    for name in MODULES:
        sys.modules[name] = None
    Files(os.getcwd()).replace_the_systems()


class Files:
    """Files below a folder as Windows has them."""

    def __init__(self, here: str) -> None:
        self.here = here
        self._as_text: set[int] = set()
        self._open, self._write, self._text = os.open, os.write, io.open
        self._replace, self._unlink, self._mkdir = os.replace, os.unlink, os.mkdir
        self._fsync = os.fsync

    def replace_the_systems(self) -> None:
        os.O_BINARY = BINARY
        os.open, os.write, os.fsync = self.open, self.write, self.fsync
        os.replace = os.rename = self.replace
        os.unlink = os.remove = self.unlink
        os.mkdir = self.mkdir
        io.open = builtins.open = self.open_file

    def ours(self, path: object) -> str | None:
        """The whole path, if it lies below the folder; refuses names that Windows refuses."""
        if isinstance(path, int):
            return None
        whole = os.path.abspath(os.fsdecode(path))
        if not whole.startswith(self.here + "/"):
            return None
        for part in whole.removeprefix(self.here + "/").split("/"):
            if FORBIDDEN.search(part):
                raise OSError(22, f"a name that Windows refuses: {part!r}", whole)
        return whole

    def require_closed(self, path: str) -> None:
        links = (f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd"))
        with self._text("/proc/self/maps", encoding="utf-8") as file:
            mapped = f" {path}\n" in file.read()
        if mapped or any(os.path.realpath(link) == path for link in links):
            raise PermissionError(13, "open in this process", path)

    def open(self, path, flags, *more, **named):
        whole = self.ours(path)
        of_package = sys._getframe(1).f_globals["__name__"].startswith("emgspasm")
        if whole and of_package and os.path.isdir(whole):  # others know what they may do
            raise PermissionError(13, "a folder", whole)
        descriptor = self._open(path, flags & ~BINARY, *more, **named)
        (self._as_text.discard if flags & BINARY else self._as_text.add)(descriptor)
        return descriptor

    def write(self, descriptor, data):
        assert descriptor not in self._as_text or b"\n" not in bytes(data), "no O_BINARY"
        return self._write(descriptor, data)

    def fsync(self, descriptor):
        assert fcntl.fcntl(descriptor, fcntl.F_GETFL) & (os.O_WRONLY | os.O_RDWR), "read only"
        return self._fsync(descriptor)

    def open_file(
        self, file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, **named
    ):
        if self.ours(file) and "b" not in mode:
            assert encoding, f"{file} is opened in the encoding of the place"
            if newline is None and set(mode) & set("wax+"):
                newline = "\r\n"
        return self._text(file, mode, buffering, encoding, errors, newline, **named)

    def replace(self, source, target):
        for path in filter(None, map(self.ours, (source, target))):
            self.require_closed(path)
        if os.path.isdir(target):
            raise PermissionError(13, "a folder in the way", target)
        self._replace(source, target)

    def unlink(self, path, *, dir_fd=None):
        folder = "" if dir_fd is None else os.readlink(f"/proc/self/fd/{dir_fd}")
        whole = self.ours(os.path.join(folder, path))
        if whole:
            self.require_closed(whole)
        self._unlink(path, dir_fd=dir_fd)

    def mkdir(self, path, *more, **named):
        self.ours(path)
        self._mkdir(path, *more, **named)


def modules() -> list[str]:
    """Names of all modules of the package."""
    import emgspasm

    found = pkgutil.walk_packages(emgspasm.__path__, "emgspasm.")
    return [each.name for each in found if not each.name.endswith("__main__")]


def call(arguments: list[str]) -> dict[str, object]:
    """Run a command; its exit code and what it said."""
    from emgspasm.cli import main

    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["emgspasm", *arguments]
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


def run(asked: str) -> None:
    """Import all modules, run the commands of a file, write ``X.told`` beside ``X.json``."""
    with open(asked, encoding="utf-8") as file:
        commands = json.load(file)
    pose()
    for name in modules():
        import_module(name)
    import_module("emgspasm.system")._changed_as_windows_says = lambda _: None  # as on FAT
    told = [call(arguments) for arguments in commands]
    with open(asked.replace(".json", ".told"), "w", encoding="utf-8") as file:
        json.dump(told, file)


if __name__ == "__main__":
    run(sys.argv[1])
