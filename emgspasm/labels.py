"""Labels of channels: what a channel records, of which muscle, on which side."""

from __future__ import annotations

import re
from typing import Literal

Side = Literal["left", "right", "midline"]
Kind = Literal["EMG", "EOG", "ECG", "EEG", "ACCEL", "REF", "TRIG", "MISC"]
"""What a channel records, in the words of BIDS ``_channels.tsv``."""

SIDE_LETTERS: dict[str, Side] = {"L": "left", "R": "right"}
SIDE_LETTER: dict[str, str] = {side: letter for letter, side in SIDE_LETTERS.items()}
MUSCLES = {
    "OOC": "orbicularis oculi",
    "ZYG": "zygomaticus",
    "OOR": "orbicularis oris",
    "FRO": "frontalis",
    "COR": "corrugator",
    "MEN": "mentalis",
    "PLA": "platysma",
    "MAS": "masseter",
}
"""Muscle codes of channel labels (``OOC_L``)."""

OTHER_KINDS: dict[str, Kind] = {
    "EOG": "EOG",
    "ECG": "ECG",
    "EEG": "EEG",
    "REF": "REF",
    "ACC": "ACCEL",
    "ACCEL": "ACCEL",
    "TRIG": "TRIG",
    "STATUS": "TRIG",
}
"""First words of labels that name a channel which is not EMG."""

_LABEL = re.compile(r"(?P<code>[A-Z]{3})(?:_(?P<side>[LR]))?\Z")


def read_label(label: str) -> tuple[Kind, Side | None, str | None]:
    """Kind, side and muscle from a label such as ``ZYG_R``, ``FRO`` or ``ECG``.

    A code with a side may name any muscle (``FCR_L`` of a forearm); without a side only the codes
    of :data:`MUSCLES` count, as the midline. Any other label is of EMG whose side and muscle nobody
    has said.
    """
    first_word = re.split(r"[_\s\d]", label.upper(), maxsplit=1)[0]
    if first_word in OTHER_KINDS:
        return OTHER_KINDS[first_word], None, None
    match = _LABEL.match(label)
    if match is None or not (match["side"] or match["code"] in MUSCLES):
        return "EMG", None, None
    return "EMG", SIDE_LETTERS[match["side"]] if match["side"] else "midline", match["code"]
