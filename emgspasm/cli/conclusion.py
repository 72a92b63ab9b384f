"""The end of a recording: write its tables, and check that they agree with what was seen live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from emgspasm.errors import RecordingError, SourceLost
from emgspasm.grammar import percent, several

if TYPE_CHECKING:
    import pandas as pd

    from emgspasm.dsp.pipeline import Pipeline
    from emgspasm.session import Session, Status
    from emgspasm.session.status import EventKind
    from emgspasm.sources.events import SourceEvent
    from emgspasm.storage.studies.study import Placement


def conclude(session: Session, place: Placement, study: Path, say: Callable[[str], None]) -> None:
    """Write the tables, as ``analyze`` does, and say what came of the recording."""
    from emgspasm.batch.jobs import Job, run_job
    from emgspasm.batch.joint import write_joint
    from emgspasm.results.standing import made_before
    from emgspasm.storage.derivatives.names import RESULTS, result_path
    from emgspasm.storage.studies.collection import results_folder
    from emgspasm.storage.tables.tsv import read_table

    status = session.status
    away = f" (the source was away for the last {session.missed:.1f} s)" if session.missed else ""
    say(f"{status.time:.1f} s recorded, {percent(status.lost, 2)} lost{away}: {place.recording}")
    if session.early:
        early = several(session.early, "marker")
        say(f"{early} of the network came before the first sample: not stored")
    if session.unreached:
        say(
            f"{several(session.unreached, 'marker')} lay after the end of the recording: not stored"
        )
    if session.refusal:
        say(f"not analyzed: {session.refusal}")
        return
    out = results_folder(study, place.recording, None)
    outcome = run_job(Job(place.recording, out, session.config))
    if outcome.error is not None:
        raise outcome.error
    for sentence in write_joint([outcome], study / RESULTS):
        say(sentence)
    found = counted(read_table(result_path(out, place.recording.stem, "events")))
    agreed = "from the file"
    if session.error is None:  # else nobody has seen its end live
        require_same(status, found)
        agreed = "the same live and from the file"
    summary = read_table(result_path(out, place.recording.stem, "summary"))
    say(looked_at(summary, session.config.pipeline, status.lost))
    say(
        f"{summed(found)} (spasms {by_side(spasms(found))}{tabled(summary, spasms(found))}), "
        f"{agreed}: {out}"
    )
    if earlier := made_before(place.recording, out):
        say(
            f"{', '.join(earlier)}: analyzed before these maximal trials were there "
            f"(emgspasm analyze {study} --overwrite uses them)"
        )


def require_present(session: Session) -> None:
    """Refuse to end well where the source was away at the end.

    Raises
    ------
    SourceLost
        Naming what is missing, and what the source said of it.
    """
    if session.missed:
        raise SourceLost(
            f"{session.source.info.device} was away at the end: the last {session.missed:.1f} of "
            f"{session.status.time:.1f} s are missing (they are marked; the rest is kept). "
            f"{farewell(session.events)}"
        )


def farewell(events: Sequence[SourceEvent]) -> str:
    """Why a source last went away, in its words; later notes of gaps and returns do not count."""
    said = ""
    for before, event in pairwise(events):
        if before.state == "streaming" and event.state not in ("streaming", "closed"):
            said = event.text
    return said


def looked_at(summary: pd.DataFrame, pipeline: Pipeline, lost: float) -> str:
    """Say in how much of the recording bursts were sought: none found elsewhere means nothing.

    Parameters
    ----------
    summary : DataFrame
    pipeline : Pipeline
    lost : float
        Share of the samples that were lost.
    """
    channels, needed = summary[summary["channel"].notna()], pipeline.detector.least_run
    valid, excluded = channels["valid_s"].median(), channels["excluded_s"].median()
    sentence = f"bursts were sought in {valid:.1f} of {valid + excluded:.1f} s"
    if valid < (valid + excluded) / 2:
        why = (
            f"too short between losses, or without signal (a stretch needs {needed:g} s)"
            if lost
            else "settling of the filters and the noise level, or without signal (record longer)"
        )
        sentence += f"; the rest was {why}: no burst there does not mean none happened"
    return sentence


def tabled(summary: pd.DataFrame, told: Mapping[str, int]) -> str:
    """Say how many spasms the summary counts, where that is not what was told; else nothing.

    Parameters
    ----------
    summary : DataFrame
    told : mapping
        Spasms by side, whatever their class and wherever they begin.
    """
    task = summary["task"][summary["channel"].notna()].iloc[:1]  # of the whole recording
    whole = summary["task"].isin(task) & summary["channel"].isna()
    told_of = summary[whole & summary["n_spasms"].notna()]
    counts = {
        str(side): int(n) for side, n in zip(told_of["side"], told_of["n_spasms"], strict=True)
    }
    if by_side(counts) == by_side(told):
        return ""
    return f"; in the tables {by_side(counts)}: those that begin in valid time"


def require_same(status: Status, found: Counter[EventKind]) -> None:
    """Refuse to end well if the file does not give what was seen live.

    Raises
    ------
    RecordingError
        Naming what differs.
    """
    live = Counter({("burst", side, ""): n for side, n in status.bursts.items()})
    live.update(status.events)
    differing = [kind for kind in live | found if live[kind] != found[kind]]
    if differing:
        said = ", ".join(
            f"{'/'.join(filter(None, kind))} {live[kind]} live, {found[kind]} in the file"
            for kind in sorted(differing)
        )
        raise RecordingError(
            f"live and stored differ: {said} (they must agree). The recording is kept. "
            "This is a fault of emgspasm: please report it"
        )


def counted(events: pd.DataFrame) -> Counter[EventKind]:
    """Rows of a table of events by type, side and class."""
    rows = events[["trial_type", "side", "class"]].astype(object).fillna("")
    return Counter(rows.itertuples(index=False, name=None))


def summed(found: Counter[EventKind]) -> str:
    """How many bursts and events there are, in words."""
    bursts = sum(n for (kind, _, _), n in found.items() if kind == "burst")
    return f"{several(bursts, 'burst')} and {several(found.total() - bursts, 'event')}"


def by_side(counts: Mapping[str, int]) -> str:
    """Counts of the left and the right side."""
    return f"L {counts.get('L', 0)} R {counts.get('R', 0)}"


def spasms(events: Mapping[EventKind, int]) -> Mapping[str, int]:
    """Spasms by side, whatever their class."""
    counts = Counter[str]()
    for (trial_type, side, _), count in events.items():
        if trial_type == "spasm":
            counts[side] += count
    return counts
