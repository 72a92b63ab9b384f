"""The events dictionary of a study: meanings, levels and HED tags of the columns of events.

Tags are those of the HED library schema SCORE 2.1.0 and its partner, the standard schema 8.4.0.
HED joins the tags of all rows of one onset, so each row is a group of its own: the tags of kinds
name the columns that go into their group. A tonic spasm of the left face is ``(Data-feature, Spasm,
Left, Tonic-contraction)``.
"""

from __future__ import annotations

from typing import Any

from emgspasm.labels import MUSCLES
from emgspasm.storage.tables.column import Column, described
from emgspasm.storage.tables.event_columns import EVENTS

VERSION = "score_2.1.0"
"""For ``HEDVersion`` of the dataset's description."""

KINDS = {
    "burst": ("Burst of one muscle", "Data-feature, Label/Burst"),
    "spasm": ("Involuntary contraction of one side: hemifacial", "Data-feature, Spasm"),
    "blepharospasm": ("Both eyes at rest", "Data-feature, Spasm, Label/Blepharospasm"),
    "myokymia": ("Rhythm of single muscles", "Data-feature, Label/Myokymia"),
    "blink": ("Brief closure of the eyes", "Agent-action, Blink"),
    "voluntary": (
        "Movement of both sides, of chewing muscles, or of one side that a marker asks for",
        "Agent-action, Move-face",
    ),
    "artifact": ("Signal that no muscle makes", "Data-feature, Data-artifact"),
}
SIDES = {
    "L": ("Left", "Left"),
    "R": ("Right", "Right"),
    "B": ("Both", "(Left, Right)"),
}
CLASSES = {
    "isolated": ("One contraction under 0.5 s", "Label/Isolated"),
    "grouped": ("Two or more contractions", "Label/Grouped"),
    "tonic": ("Continuous for 0.5 s and more", "Tonic-contraction"),
    "combined": ("Tonic and others beside it", "Tonic-contraction, Label/Combined"),
    "masticatory": ("Chewing muscles lead", "Bite"),
    "smile": ("Smile on cue", "Smile"),
    "brow": ("Raised brows on cue", "Label/Brow-raise"),
    "close_gentle": ("Eyes closed gently on cue", "Close-eyes"),
    "close_forced": ("Eyes closed with force on cue", "Close-eyes, Label/Forced"),
    "pucker": ("Lips puckered on cue", "Label/Pucker"),
    "snarl": ("Nose wrinkled on cue", "Grimace"),
    "lip": ("Lower lip pushed up on cue", "Label/Lip"),
    "platysma": ("Neck tightened on cue", "Label/Platysma"),
    "wink": ("Wink on cue", "Wink"),
    "jaw": ("Jaw clenched on cue", "Bite"),
    "blink30": ("Blinks on cue", "Label/Blink-task"),
    "speech": ("Speech", "Speak"),
    "chewing": ("Chewing", "Chew"),
    "hum": ("Repeats with the mains", "Line-noise-artifact"),
    "pop": (
        "Electrode: steps as it loses its contact, or one waveform in many channels",
        "Electrode-pops-artifact",
    ),
    "motion": ("Too slow for muscle", "Movement-artifact"),
    "noise": ("One channel alone, for longer than any spasm", "Nonbiological-artifact"),
}
MUSCLE_LEVELS = {
    code: (name, f"EMG-muscle-name/{name.capitalize()}") for code, name in MUSCLES.items()
}
TAGGED = {"trial_type": KINDS, "side": SIDES, "class": CLASSES, "muscle": MUSCLE_LEVELS}


def events_dictionary() -> dict[str, Any]:
    """Content of ``_events.json``: every column of events, with HED tags where they apply."""
    return {column.name: _entry(column) for column in EVENTS}


def _entry(column: Column) -> dict[str, Any]:
    entry, name = described(column), column.name
    if name in TAGGED:
        entry["Levels"] = {level: text for level, (text, _) in TAGGED[name].items()}
        grouped = "({}, {{side}}, {{class}}, {{muscle}})" if name == "trial_type" else "{}"
        entry["HED"] = {level: grouped.format(tags) for level, (_, tags) in TAGGED[name].items()}
    elif column.levels:
        entry["Levels"] = {level: level for level in column.levels}
    return entry
