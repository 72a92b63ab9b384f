"""What the page says of a result: cells of its tables, arranged; nothing is computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from emgspasm.anatomy import FACE_MUSCLES
from emgspasm.dsp.rates import notched, upper_corner
from emgspasm.labels import SIDE_LETTERS
from emgspasm.report.values import Value, cell, entry
from emgspasm.results.analysis import Results
from emgspasm.stream import Channel
from emgspasm.synkinesis.measures.classes import CLASSES

REGIONS = {"0": "none", "1": "eye", "2": "cheek", "3": "mouth", "4": "neck"}
SIDES = SIDE_LETTERS | {"B": "both sides"}
TASKS = {
    "rest_open": "rest, eyes open",
    "rest_closed": "rest, eyes closed",
    "rest_post": "rest after the tasks",
    "close_gentle": "gentle eye closure",
    "close_forced": "forced eye closure",
    "brow": "brow raise",
    "lip": "lip",
    "blink30": "blinking on request",
    "suppress": "suppressing",
    "hv": "hyperventilation",
    "qc": "quality check",
}
"""Tasks in words; others are called as they are marked."""

Row = Mapping[str, Any]


def channels(results: Results) -> list[Channel]:
    """EMG channels, in the order of the face."""
    rows = results.summary[results.summary["channel"].notna()]
    found = [
        Channel(
            str(name),
            SIDE_LETTERS.get(side) if isinstance(side, str) else None,
            muscle if isinstance(muscle, str) else None,
        )
        for name, side, muscle in zip(rows["channel"], rows["side"], rows["muscle"], strict=True)
    ]
    return sorted(found, key=face_order)


def face_order(channel: Channel) -> tuple[int, str, int]:
    """What orders channels as they lie in the face: from brow to neck, left before right."""
    muscle = channel.muscle or ""
    place = FACE_MUSCLES.index(muscle) if muscle in FACE_MUSCLES else len(FACE_MUSCLES)
    return place, muscle, ("left", "right", "midline", None).index(channel.side)


def side_place(task: str | None, side: str) -> dict[str, str | None]:
    """Address of a row of the summary about a side of the face."""
    return {"side": side, "task": task, "channel": None}


def file_task(results: Results) -> str | None:
    """Task of the whole recording, by its file name."""
    rows = results.summary[results.summary["channel"].notna()]
    first = rows["task"].iloc[0] if len(rows) else None
    return first if isinstance(first, str) else None


def blocks(results: Results) -> list[str]:
    """Tasks in parts of the recording that have rows of their own: rest, speech and others."""
    rows = results.summary[results.summary["channel"].isna()]
    tasks = dict.fromkeys(t for t in rows["task"] if isinstance(t, str))
    return [t for t in tasks if t != file_task(results)]


def primary(results: Results) -> str | None:
    """Part that tells the primary rate; None without one."""
    there = blocks(results)
    return next((task for task in ("rest_open", "rest") if task in there), None)


def headline(results: Results, task: str | None) -> dict[str, dict[str, Value]]:
    """What is said first of each side, of one task or of the whole recording."""
    wanted = {
        "n_spasms": None,
        "spasm_rate_per_min": 1,
        "rate_ci_lo": 1,
        "rate_ci_hi": 1,
        "spasm_pct_time": 1,
        "spasm_dur_median_ms": 0,
        "spasm_dur_iqr_ms": 0,
        "spasm_dur_p95_ms": 0,
        "spread_stage": None,
        "valid_s": 0,
        "blink_rate_per_min": 1,
    } | dict.fromkeys((f"n_{name}" for name in CLASSES), None)
    return {
        side: {name: cell(results, "summary", side_place(task, side), name, digits)
               for name, digits in wanted.items()}
        for side in ("L", "R", "B")
    }  # fmt: skip


def channel_rows(results: Results) -> list[dict[str, Any]]:
    """Quality and measures of every channel."""
    wanted = {
        "n_bursts": None,
        "n_spasms": None,
        "involved_pct": 1,
        "spasm_burden_uV": 2,
        "spasm_peak_p95_uV": 1,
        "mvc_uV": 1,
        "excluded_s": 1,
    }
    quality = {
        "noise_uV": 1,
        "line_ratio_db": 1,
        "clip_pct": 2,
        "dropout_pct": 2,
        "flat_pct": 2,
        "grade": None,
        "reason": None,
    }
    rows = []
    for channel in channels(results):
        place = {"channel": channel.name}
        rows.append(
            {"channel": channel}
            | {n: cell(results, "summary", place, n, d) for n, d in wanted.items()}
            | {n: cell(results, "quality", place, n, d) for n, d in quality.items()}
        )
    return rows


def withheld(results: Results) -> Iterator[tuple[Value, Value]]:
    """What is not told, and why."""
    for i in range(len(results.provenance.get("withheld", []))):
        yield entry(results, "withheld", i, "measure"), entry(results, "withheld", i, "reason")


def warnings(results: Results) -> list[Value]:
    """What a reader must know."""
    return [entry(results, "warnings", i) for i in range(len(results.provenance["warnings"]))]


def lent_maxima(results: Results) -> list[tuple[Value, list[str]]]:
    """Other recordings of the session whose trials tell maximal contractions, and of what."""
    lent: dict[str, list[str]] = {}
    for channel, name in results.provenance.get("mvc_of", {}).items():
        if name != results.provenance["recording"]:
            lent.setdefault(name, []).append(channel)
    return [(entry(results, "mvc_of", mine[0]), mine) for mine in lent.values()]


def not_good(rows: Iterable[Row]) -> list[Row]:
    """Channels that are not good."""
    return [row for row in rows if row["grade"].exact != "good"]


def filters(results: Results) -> list[dict[str, Any]]:
    """The filters by their parameters, as far as the sampling frequency carries them.

    Where it moves the end of a band (a slow one), that is the `corner` in place of the `low_pass`.
    """
    described = results.provenance.get("settings", {}).get("filters", [])
    return [_filter(results, i, parameters) for i, parameters in enumerate(described)]


def _filter(results: Results, i: int, parameters: Mapping[str, Any]) -> dict[str, Any]:
    fs = float(results.provenance["sampling_frequency"])
    told: dict[str, Any] = {
        key: entry(results, "settings", "filters", i, key)
        for key in parameters
        if key not in ("low_pass", "multiples")
    }
    told["multiples"] = [
        entry(results, "settings", "filters", i, "multiples", k)
        for k, multiple in enumerate(parameters.get("multiples", ()))
        if notched(fs, parameters["frequency"], [multiple])
    ]
    corner = upper_corner(fs, parameters["low_pass"]) if "low_pass" in parameters else None
    if corner is not None and corner == parameters["low_pass"]:
        told["low_pass"] = entry(results, "settings", "filters", i, "low_pass")
    elif corner is not None:
        told["corner"] = f"{corner:g}"
    return told


def identity(results: Results) -> dict[str, Value]:
    """Participant, session and task, where the file's name says them."""
    rows = results.summary[results.summary["channel"].notna()]
    if not len(rows):
        return {}
    place = {"channel": str(rows["channel"].iloc[0])}
    named = {n: cell(results, "summary", place, n) for n in ("participant", "session", "task")}
    return {name: value for name, value in named.items() if not value.missing}


def reviewers(results: Results) -> list[str]:
    """Pseudonyms of the experts who looked at the events."""
    if "rater" not in results.events:
        return []
    return sorted(set(results.events["rater"].dropna().astype(str)))


def others(results: Results) -> list[str]:
    """Involuntary events that are no hemifacial spasms, with their sides."""
    events = results.events[results.events["status"] != "rejected"]
    told = []
    for name in ("blepharospasm", "myokymia"):
        sides = set(events["side"][events["trial_type"] == name].astype(str))
        words = [word for letter, word in SIDES.items() if letter in sides]
        if words:
            told.append(f"{name}, {' and '.join(words)}")
    return told


def event(results: Results, event_id: str) -> dict[str, Value]:
    """What the events table says of an event across muscles."""
    kinds = results.events[
        (results.events["event_id"] == event_id) & (results.events["trial_type"] != "burst")
    ]["trial_type"]
    place: dict[str, str | None] = {"event_id": event_id, "trial_type": str(kinds.iloc[0])}
    wanted = {"onset": 1, "duration": 3, "li": 2, "muscles": None,
              "class": None, "reason": None, "side": None, "trial_type": None,
              "confidence": 2}  # fmt: skip
    return {name: cell(results, "events", place, name, digits) for name, digits in wanted.items()}
