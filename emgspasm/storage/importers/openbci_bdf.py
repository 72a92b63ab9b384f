"""BDF files of OpenBCI's GUI and their amplitude trap.

GUI 5 and 6 store whole microvolts in a field that is scaled for counts, so every standard reader
sees amplitudes 44.7 times too small (OpenBCI_GUI#1078; DataWriterBDF casts the microvolts of
BrainFlow to int under a header of -187500..187500 uV over 24 bits). GUI 4 wrote counts under the
same header: the file alone cannot tell, so the factor is offered and never applied unasked.
"""

from __future__ import annotations

from emgspasm.storage.edf.header import Header

RESCALE = (2**24 - 1) / 375_000
"""44.7392: counts in a microvolt under that header."""


def is_openbci_bdf(header: Header) -> bool:
    """Whether a file has the header that OpenBCI's GUI writes.

    Patient ``X X X X``, recording ``X X X X X``, reserved ``24BIT``, channels ``EEG 1`` and so
    on of -187500 to 187500 uV over the whole 24 bits.
    """
    first = header.signals[0]
    return (
        header.sample_bytes == 3
        and (header.patient, header.recording) == ("X X X X", "X X X X X")
        and (header.reserved, first.label) == ("24BIT", "EEG 1")
        and (first.physical_min, first.physical_max) == (-187_500, 187_500)
        and first.digital_min == -8_388_608
    )


def amplitude_finding(header: Header, rescale: float | None) -> str:
    """Say what the amplitudes of such a file are worth."""
    if rescale is not None:
        return f"BDF of OpenBCI's GUI: electrode channels multiplied by {rescale:g}, as told"
    return (
        f"BDF of OpenBCI's GUI, dated {header.start_date}: versions 5 and 6 (since 2020) store "
        f"whole uV as counts, so that amplitudes read {RESCALE:.4f} times too small; if one of "
        f"them wrote it, emgspasm import --rescale {RESCALE:.4f} mends it (in Python "
        f"rescale={RESCALE:.4f})"
    )
