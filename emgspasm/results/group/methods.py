"""A methods section for a paper, with the settings and numbers that were really used.

It follows what ISEK and the CEDE project ask authors to report of surface EMG: electrodes,
detection of the signal, processing, normalization. What the software cannot know is listed for the
authors to add; nothing is made up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from emgspasm.dsp.rates import notched, upper_corner
from emgspasm.grammar import several
from emgspasm.labels import MUSCLES
from emgspasm.results.group.results import GroupResult
from emgspasm.results.stored import Settings, settings_of
from emgspasm.storage.studies.placement import bids_entities
from emgspasm.storage.studies.sidecar import SIMULATED
from emgspasm.stream import Channel
from emgspasm.synkinesis.measures import intervals, trials

FOUND_BY = {
    "hysteresis": "a double threshold over the noise of each channel",
    "hodges_bui": "a threshold of the rectified signal's moving mean (Hodges & Bui 1996)",
    "bonato": "a double threshold of pairs of squared samples (Bonato et al. 1998, not whitened)",
    "lidierth": "a lasting threshold of the rectified signal's moving mean (Lidierth 1986)",
    "tkeo": "a threshold of the Teager-Kaiser energy (Solnik et al. 2010)",
}
"""By the kind of detector."""

SIGMA = {
    "hysteresis": "sigma: standard deviation of the quiet envelope's power 2/3; ",
    "hodges_bui": "sigmas: standard deviations of the means at rest; ",
    "lidierth": "sigmas: standard deviations of the means at rest; ",
    "tkeo": "sigmas: standard deviations of the mean energies at rest; ",
}
"""What the thresholds of those detectors count, by kind; Bonato's counts none."""

UNKNOWN = (
    "electrode material, shape, size and distance between the electrodes of a pair",
    "preparation of the skin, and impedance after it",
    "place of the reference or ground electrode",
    "posture and instructions",
    "who was excluded, and why",
)
"""What ISEK and CEDE ask for and no file of a study holds."""


def methods_text(results: Sequence[GroupResult]) -> str:
    """The section as Markdown, a paragraph for each way in which recordings were analyzed.

    Parameters
    ----------
    results : sequence of GroupResult
    """
    groups: dict[Settings, list[GroupResult]] = defaultdict(list)
    for result in results:
        groups[settings_of(result.provenance)].append(result)
    parts = ["# Methods", *(_paragraph(key, mine) for key, mine in groups.items())]
    if len(groups) > 1:
        parts.insert(1, _several(groups))
    parts += [_fixed(), _to_add(results), _validated(results)]
    return "\n\n".join(parts) + "\n"


def _several(groups: Mapping[Settings, Sequence[GroupResult]]) -> str:
    return (
        f"The recordings were analyzed in {len(groups)} different ways (settings, sampling "
        "frequency or version); their numbers do not compare across the paragraphs below."
    )


def _paragraph(key: Settings, results: Sequence[GroupResult]) -> str:
    config, fs, version = key
    return " ".join(
        [
            _recorded(results, fs),
            _electrodes(results),
            *_processed(results, fs),
            f"Analysis: emgspasm {version}, settings {config}.",
        ]
    )


def _recorded(results: Sequence[GroupResult], fs: float) -> str:
    people = {r.participant for r in results}
    sessions = {(r.participant, bids_entities(r.events_path.name).get("ses")) for r in results}
    seconds = sum(float(r.provenance["duration_s"]) for r in results)
    devices = _listed(r.provenance.get("device") or "a device that is not named" for r in results)
    tasks = _listed(bids_entities(r.events_path.name).get("task") or "n/a" for r in results)
    return (
        f"Facial surface EMG of {several(len(people), 'participant')} was recorded in "
        f"{several(len(sessions), 'session')} ({several(len(results), 'recording')}, "
        f"{seconds / 60:.1f} min; tasks: {tasks}) with {devices} at {fs:g} Hz."
    )


def _electrodes(results: Sequence[GroupResult]) -> str:
    names = {name for r in results for name in r.provenance["channels"]}
    channels = [Channel.from_label(name) for name in sorted(names)]
    muscles: dict[str, set[str]] = defaultdict(set)
    for channel in channels:
        if channel.muscle and channel.side:  # a label tells both or neither
            muscles[MUSCLES.get(channel.muscle, channel.muscle)].add(channel.side)
    sites = "; ".join(f"{name} ({', '.join(sorted(at))})" for name, at in sorted(muscles.items()))
    reference = _listed(str(r.description.get("EMGReference", "n/a")) for r in results)
    placed = {str(r.description.get("EMGPlacementSchemeDescription", "n/a")) for r in results}
    return (
        f"Muscles: {sites or 'named by a montage file'}. Reference: {reference}. "
        f"Placement: {_placements(placed)}."
    )


def _placements(placed: Collection[str]) -> str:
    """Placements in words; of simulated faces once, with all their scenarios."""
    scenarios = {text.removeprefix(SIMULATED) for text in placed if text.startswith(SIMULATED)}
    others = {text for text in placed if not text.startswith(SIMULATED)}
    return _listed(others | ({SIMULATED + _listed(scenarios)} if scenarios else set()))


def _processed(results: Sequence[GroupResult], fs: float) -> list[str]:
    """What the pipeline did.

    Settings are those of the first result, the same in all that share a key; but a notch is fitted
    to each recording, and with it the delay.
    """
    provenance = results[0].provenance
    settings: Mapping[str, Any] = provenance.get("settings", {})
    plain = [f for f in _filters(results[0]) if "multiples" not in f]
    kind, detector = provenance.get("detector", "hysteresis"), _plain(settings.get("detector", {}))
    found_by = FOUND_BY.get(kind, f"the detector {kind}")
    delays = sorted({float(r.provenance["delay_ms"]) for r in results})
    delay = " to ".join(f"{ms:g}" for ms in dict.fromkeys((delays[0], delays[-1])))
    valid = sum(b - a for r in results for a, b in r.provenance.get("valid_s", ()))
    return [
        f"Filters, causal: {'; '.join(_filter(f, fs) for f in plain) or 'none'}.",
        _notched(results, fs),
        f"Envelope: {_envelope(settings.get('envelope', {}))}.",
        f"Bursts were found by {found_by}: {detector} ({SIGMA.get(kind, '')}uV; s).",
        f"Times are corrected for the delay of the filters ({delay} ms).",
        f"Missing samples were not interpolated; {valid / 60:.1f} min were valid.",
    ]


def _filters(result: GroupResult) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = result.provenance.get("settings", {}).get("filters", ())
    return found


def _envelope(settings: Mapping[str, Any]) -> str:
    """An envelope in words: of a moving window, or of a low-pass."""
    if "window" in settings:
        return f"root mean square of {settings['window']:g} s"
    if "low_pass" in settings:
        return f"rectified, low-pass of {settings['low_pass']:g} Hz, order {settings['order']}"
    return "not told"


def _notched(results: Sequence[GroupResult], fs: float) -> str:
    """In how many recordings there was a notch, whether configured or fitted, by frequency."""
    found: dict[float, list[Mapping[str, Any]]] = defaultdict(list)
    for notch in (f for r in results for f in _filters(r) if "multiples" in f):
        found[notch["frequency"]].append(notch)
    if not found:
        return "There was no notch at the mains."
    parts = [
        f"at {frequency:g} Hz in {len(mine)} "
        f"(Q {_numbers(n['quality'] for n in mine)}; "
        f"multiples {_numbers(m for n in mine for m in notched(fs, frequency, n['multiples']))})"
        for frequency, mine in sorted(found.items())
    ]
    return f"Notch, of {several(len(results), 'recording')}: {', '.join(parts)}."


def _numbers(values: Iterable[float]) -> str:
    return ", ".join(f"{value:g}" for value in sorted(set(values)))


def _filter(settings: Mapping[str, Any], fs: float) -> str:
    """A Butterworth filter, with the corners that it has at this sampling frequency."""
    order = f"Butterworth of order {settings['order']}"
    corner = upper_corner(fs, settings["low_pass"]) if "low_pass" in settings else None
    if corner is None:
        return f"{order}, from {settings['high_pass']:g} Hz"
    return f"{order}, {settings['high_pass']:g}-{corner:g} Hz"


def _plain(settings: Mapping[str, Any]) -> str:
    """Settings in words: ``on_sigma 6, off_sigma 3``."""
    words = []
    for name, value in settings.items():
        if isinstance(value, Mapping):
            words.append(f"{name.replace('_', ' ')} ({_plain(value)})")
        else:
            shown = f"{value:g}" if isinstance(value, float) else str(value)
            words.append(f"{name.replace('_', ' ')} {shown}")
    return ", ".join(words) or "not told"


def _fixed() -> str:
    """What no setting changes."""
    return (
        "Bursts of one side of the face made spasms, unless a movement, a blink, cross-talk or an "
        "artifact explained them; the table of events says why for each. Rates are "
        "per minute of valid time, with 95 % score intervals by the bootstrap standard error of "
        f"{intervals.BLOCK:g} s blocks and Student's t, no narrower than Poisson's. Amplitudes "
        "relative to the maximal voluntary contraction take the 95th percentile of the best "
        f"{trials.BEST:g} s of each of the {trials.FEWEST_TRIALS} best maximal trials "
        "of that muscle in the same recording, or where it has fewer in another of its "
        "session, those with a spasm of the side or an artifact of the "
        "channel left out; other amplitudes are in uV, over the noise where "
        "called burden. Rate and amplitude were never merged."
    )


def _to_add(results: Sequence[GroupResult]) -> str:
    lacking = list(UNKNOWN)
    if any(r.description.get("EMGPlacementSchemeDescription", "n/a") == "n/a" for r in results):
        lacking.append("how electrode sites were found (not entered for every recording)")
    if any(r.description.get("PowerLineFrequency", "n/a") == "n/a" for r in results):
        lacking.append("mains frequency (not entered for every recording)")
    if any(r.description.get("SoftwareFilters", "n/a") == "n/a" for r in results):
        lacking.append("filters that other software applied before (not known)")
    items = "\n".join(f"- {item}" for item in lacking)
    return f"To be added by the authors:\n\n{items}"


def _validated(results: Sequence[GroupResult]) -> str:
    provenance = next(iter(results)).provenance
    reviewed = sum(r.reviewed for r in results)
    return (
        f"Events of {reviewed} of {several(len(results), 'recording')} were reviewed by an expert. "
        f"The software is validated on {provenance['validated_on']}; it is for "
        f"{provenance['purpose']}."
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(set(words)))
