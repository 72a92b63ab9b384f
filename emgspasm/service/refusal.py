"""That the service does not follow a call."""

from __future__ import annotations

from emgspasm.errors import EmgspasmError


class Refused(EmgspasmError):
    """A call that the service does not follow.

    Parameters
    ----------
    status : int
        Of HTTP.
    text : str
        What, value, rule, and what to do.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
