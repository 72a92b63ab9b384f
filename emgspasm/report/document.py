"""The report of one recording: one page a neurophysiologist signs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from emgspasm.config import parse_config
from emgspasm.errors import ConfigError, EmgspasmError
from emgspasm.labels import SIDE_LETTERS
from emgspasm.report import facts, together, values
from emgspasm.report.excerpts import Choice, choose, half_heights, read_excerpts
from emgspasm.report.page import render
from emgspasm.storage.derivatives.provenance import is_simulated
from emgspasm.synkinesis.measures.classes import CLASSES

if TYPE_CHECKING:
    from pathlib import Path

    from emgspasm.config import LoadedConfig
    from emgspasm.results.analysis import Results
    from emgspasm.storage.stored import StoredRecording

NO_SIGNAL = "the recording was not found beside the results, so there is no signal to show"
OTHER_LABELS = (
    "the recording was analyzed with a montage that the results do not hold; "
    "report the recording itself, with --montage, to see its signal"
)
OTHER_SETTINGS = (
    "this version does not read the settings of the results as they were, so its signal would be "
    "filtered otherwise; analyze again to see it"
)

WHOLE = "whole recording"


def report_page(
    results: Results, recording: StoredRecording | None, *, without: str = NO_SIGNAL
) -> str:
    """The page of a recording as HTML.

    Parameters
    ----------
    results : Results
        Its tables.
    recording : StoredRecording or None
        Its signal, for the excerpts.
    without : str
        Why there are no excerpts, where there is no signal.
    """
    from emgspasm.report.figures import svg
    from emgspasm.report.figures_face import montage_figure, placed, spread_figure

    excerpts, without = _excerpts(results, recording, without)
    channels, rows, notes = facts.channels(results), facts.channel_rows(results), together.Notes()
    shares = {row["channel"].name: row["involved_pct"] for row in rows}
    blocks, matrices = facts.blocks(results), together.matrices(results, notes)
    return render(
        "report.html",
        entry=lambda *path, **more: values.entry(results, *path, **more),
        name=results.name,
        identity=facts.identity(results),
        simulated=is_simulated(results.provenance),
        reviewers=facts.reviewers(results),
        columns=_columns(results),
        blocks=[(task, facts.headline(results, task)) for task in blocks],
        tasks=facts.TASKS,
        regions=facts.REGIONS,
        classes=CLASSES,
        sides=SIDE_LETTERS,
        event_sides=facts.SIDES,
        whole=WHOLE,
        rows=rows,
        lent_maxima=facts.lent_maxima(results),
        not_good=facts.not_good(rows),
        brow_lift=together.brow_lift(results),
        brow_unsought=together.brow_unsought(rows),
        brow_withheld=together.is_brow_withheld(results),
        none_found=_none_found(results),
        others=facts.others(results),
        montage=svg(montage_figure(channels), "montage"),
        spread=svg(spread_figure(channels, shares), "spread"),
        unplaced=[c.name for c in channels if c not in placed(channels)],
        matrices=matrices,
        crosstalk=together.is_copied(matrices),
        synkinesis=together.synkinesis(results, notes),
        notes=notes.listed(),
        withheld=list(facts.withheld(results)),
        warnings=facts.warnings(results),
        filters=facts.filters(results),
        excerpts=excerpts,
        without=without,
    )


def signal_of(results: Results, events: Path) -> tuple[StoredRecording | None, str]:
    """The signal of stored results, or why there is none.

    Parameters
    ----------
    results : Results
    events : Path
        Their events table; the recording is looked for beside it.
    """
    from emgspasm.report.stored import recording_of
    from emgspasm.storage.opening import open_recording

    path = recording_of(results, events)
    if path is None:
        return None, NO_SIGNAL
    rate = float(results.provenance["sampling_frequency"])
    try:
        recording = open_recording(path, sampling_frequency=rate)
    except EmgspasmError as error:
        return None, str(error)
    if list(recording.info.names) != results.provenance["channels"]:
        return None, OTHER_LABELS
    return recording, ""


def index_page(title: str, listed: Sequence[tuple[Results, str]]) -> str:
    """A page that lists pages.

    Parameters
    ----------
    title : str
        Of the folder or study.
    listed : sequence of (Results, str)
        What each page tells, and its address.
    """
    rows = [
        {
            "name": results.name,
            "address": address,
            "identity": facts.identity(results),
            "simulated": is_simulated(results.provenance),
            "sides": facts.headline(results, facts.file_task(results)),
        }
        for results, address in listed
    ]
    return render("index.html", title=title, rows=rows)


def _columns(results: Results) -> list[tuple[str, Any]]:
    """The headline's groups of columns: the primary rest where there is one, and all of it."""
    groups = [(WHOLE, facts.headline(results, facts.file_task(results)))]
    if primary := facts.primary(results):
        title = f"{facts.TASKS.get(primary, primary)}: primary"
        groups.insert(0, (title, facts.headline(results, primary)))
    return groups


def _none_found(results: Results) -> str:
    """What is said where no spasm is told: that none was found, or that none could be sought."""
    whole = facts.headline(results, facts.file_task(results))
    sought = [word for side, word in SIDE_LETTERS.items() if not whole[side]["n_spasms"].missing]
    if not sought:
        return "Spasms could not be sought on either side"
    of_one = f" on the {sought[0]}; on the other side none could be sought"
    return "No hemifacial spasm was found" + of_one * (len(sought) == 1)


def _config(results: Results) -> LoadedConfig | None:
    """The settings of results; None where their text no longer says them, or never did."""
    try:
        config = parse_config(str(results.provenance["config"]))
    except ConfigError:
        return None
    return config if config.sha256 == results.provenance["config_sha256"] else None


def _excerpts(
    results: Results, recording: StoredRecording | None, without: str
) -> tuple[list[dict[str, Any]], str]:
    """The excerpts, or none and why."""
    config = _config(results)
    if recording is None or config is None:
        return [], without if recording is None else OTHER_SETTINGS
    from emgspasm.report.figures import svg
    from emgspasm.report.figures_excerpt import excerpt_figure

    choices = choose(results.events, float(results.provenance["duration_s"]))
    excerpts = read_excerpts(recording, config, choices)
    scale = half_heights(excerpts, _strongest(results))
    shown = [
        {
            "choice": excerpt.choice,
            "figure": svg(
                excerpt_figure(excerpt, results.events, scale), f"excerpt-{excerpt.choice.name}"
            ),
            "event": _described(results, excerpt.choice),
        }
        for excerpt in excerpts
    ]
    return shown, ""


def _described(results: Results, choice: Choice) -> Mapping[str, Any] | None:
    return facts.event(results, choice.event_id) if choice.event_id else None


def _strongest(results: Results) -> float | None:
    """Peaks of the strongest channel in uV; None where the tables hold none."""
    peaks = [row["spasm_peak_p95_uV"] for row in facts.channel_rows(results)]
    return max((float(peak.exact) for peak in peaks if not peak.missing), default=None)
