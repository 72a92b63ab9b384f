"""The warm-up: work done beforehand in a thread of its own, which may be abandoned."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future

from emgspasm.errors import RecordingError


class WarmUp:
    """Work of up to a minute that must be done before a recording begins, unless none will.

    The first session on a machine compiles its loops. Its thread ends with the process: whoever
    goes before does not wait for it.

    Parameters
    ----------
    work : callable
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._work, self._done = work, Future[None]()

    def begin(self) -> None:
        """Begin the work."""
        threading.Thread(target=self._run, name="warm-up", daemon=True).start()

    def forgo(self) -> None:
        """Release whoever waits, though the work is not done."""
        self._done.cancel()

    def wait(self) -> None:
        """Wait until it is done; raises what it raises.

        Raises
        ------
        RecordingError
            It was forgone.
        """
        try:
            self._done.result()
        except CancelledError:
            raise RecordingError(
                "ended before it began (nothing was recorded). Begin again"
            ) from None

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            self._work()
        except BaseException as raised:  # noqa: BLE001  # top of a thread: raised by wait
            error = raised
        if not self._done.set_running_or_notify_cancel():
            return
        if error is None:
            self._done.set_result(None)
        else:
            self._done.set_exception(error)
