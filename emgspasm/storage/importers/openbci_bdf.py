"""BDF files of OpenBCI's GUI and their amplitude trap.

GUI 5 and 6 store whole microvolts in a field that is scaled for counts, so every standard reader
sees amplitudes 44.7 times too small (OpenBCI_GUI#1078; DataWriterBDF casts the microvolts of
BrainFlow to int under a header of -187500..187500 uV over 24 bits). GUI 4 wrote counts under the
same header: the file alone cannot tell, so the factor is offered and never applied unasked.
"""

from __future__ import annotations

RESCALE = (2**24 - 1) / 375_000
"""44.7392: counts in a microvolt under that header."""

_FIXED = 256
_N_SIGNALS = slice(252, 256)


def is_openbci_bdf(head: bytes) -> bool:
    """Whether a BDF that begins with these bytes has the header of OpenBCI's GUI.

    Patient ``X X X X``, recording ``X X X X X``, reserved ``24BIT``, channels ``EEG 1`` and so
    on of -187500 to 187500 uV over the whole 24 bits.
    """
    if not head.startswith(b"\xffBIOSEMI") or not head[_N_SIGNALS].strip().isdigit():
        return False
    n_signals = int(head[_N_SIGNALS])
    places = {"label": 0, "low": 104, "high": 112, "digital": 120}
    widths = {"label": 16, "low": 8, "high": 8, "digital": 8}
    first = {
        key: head[_FIXED + n_signals * place :][: widths[key]].strip()
        for key, place in places.items()
    }
    return (
        head[8:88].strip() == b"X X X X"
        and head[88:168].strip() == b"X X X X X"
        and head[192:236].strip() == b"24BIT"
        and first
        == {"label": b"EEG 1", "low": b"-187500", "high": b"187500", "digital": b"-8388608"}
    )


def amplitude_finding(head: bytes, rescale: float | None) -> str:
    """Say what the amplitudes of such a file are worth."""
    date = head[168:176].decode("ascii", errors="replace")
    if rescale is not None:
        return f"BDF of OpenBCI's GUI: electrode channels multiplied by {rescale:g}, as told"
    return (
        f"BDF of OpenBCI's GUI, dated {date}: versions 5 and 6 (since 2020) store whole uV as "
        f"counts, so that amplitudes read {RESCALE:.4f} times too small; if one of them wrote it, "
        f"emgspasm import --rescale {RESCALE:.4f} mends it (in Python rescale={RESCALE:.4f})"
    )
