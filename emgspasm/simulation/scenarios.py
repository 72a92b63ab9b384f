"""The scenarios by name, and the plan of acts that each one gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from emgspasm.simulation.acts import Act, Plan, random_stream
from emgspasm.simulation.disturbances import artifacts, heart_beats
from emgspasm.simulation.movements import (
    blinks,
    eyes_open,
    onsets,
    trials,
    utterances,
    with_synkinesis,
)
from emgspasm.simulation.protocol import protocol
from emgspasm.simulation.spasms import (
    Hemifacial,
    blepharospasms,
    hemifacial_spasms,
    myokymia_runs,
)
from emgspasm.stream import Annotation

CUES = ("close_gentle", "close_forced", "brow", "smile", "pucker", "snarl", "lip")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A simulated face.

    Parameters
    ----------
    description : str
        One line for people.
    task : str
        Marker of the whole recording, of clinical facts 6; ``""`` where trials have theirs.
    blinks : float
        Spontaneous blinks a minute: 17 at rest, 26 talking (clinical facts 2 [lit]).
    movements : tuple of str
        Voluntary movements on cue, five of each in a row.
    trial_interval : float
        Seconds between cues.
    trials_from : float
        Share of the recording before the first cue, or the first word.
    follows_protocol : bool
        Blocks and trials of a whole session (``simulation.protocol``) in place of `movements`.
    """

    description: str
    task: str = "rest_open"
    blinks: float = 17.0
    movements: tuple[str, ...] = ()
    trial_interval: float = 8.0
    trials_from: float = 0.0
    follows_protocol: bool = False
    speaks: bool = False
    hemifacial: Hemifacial | None = None
    blepharospasm: bool = False
    myokymia: bool = False
    synkinesis: bool = False
    disturbed: bool = False


SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        "healthy_rest": Scenario("healthy face at rest: spontaneous blinks"),
        "healthy_tasks": Scenario(
            "healthy face moving on cue: smile, brow, eye closure and others, blinks",
            task="",
            movements=CUES,
        ),
        "healthy_speech": Scenario(
            "healthy face speaking: lower-face bursts at 3-7 Hz on both sides, more blinks",
            task="speech",
            blinks=26.0,
            speaks=True,
        ),
        "hfs_clonic": Scenario(
            "hemifacial spasm, clonic: single bursts and short runs on one side, blinks",
            hemifacial=Hemifacial(12.0, gains=(0.4, 1.0)),
        ),
        "hfs_grouped": Scenario(
            "hemifacial spasm, grouped: runs of two and more clonic bursts, blinks",
            hemifacial=Hemifacial(10.0, least_bursts=2, more=0.25, gains=(0.4, 1.0)),
        ),
        "hfs_tonic": Scenario(
            "hemifacial spasm, tonic: sustained contractions of 0.6-8 s, blinks",
            hemifacial=Hemifacial(6.0, tonic=1.0, combined=0.2, gains=(0.4, 1.0)),
        ),
        "hfs_mixed": Scenario(
            "hemifacial spasm of every kind: spread, spasms on blinks and movements, trials",
            movements=("smile", "close_forced", "brow"),
            trial_interval=15.0,
            trials_from=0.5,
            hemifacial=Hemifacial(10.0, 1, 0.35, 0.1, 0.7, on_blink=0.2, on_movement=0.3),
        ),
        "hfs_talking": Scenario(
            "hemifacial spasm at rest, then beside speech: some on blinks and on first words",
            blinks=26.0,
            trials_from=0.25,
            speaks=True,
            hemifacial=Hemifacial(10.0, 1, 0.35, 0.1, on_blink=0.2, on_movement=0.3),
        ),
        "hfs_protocol": Scenario(
            "hemifacial spasm through the 12 min session protocol: rest, trials, speech, rest",
            task="",
            follows_protocol=True,
            hemifacial=Hemifacial(10.0, 1, 0.35, 0.1, 0.7, on_blink=0.2, on_movement=0.3),
        ),
        "blepharospasm": Scenario(
            "spasm of both eyes, brief and sustained; the frontalis stays silent",
            blepharospasm=True,
        ),
        "synkinesis": Scenario(
            "post-paralytic synkinesis: one side moves along with every movement and blink",
            task="",
            movements=("close_gentle", "smile", "pucker", "brow"),
            synkinesis=True,
        ),
        "myokymia": Scenario(
            "facial myokymia: rhythmic groups in few fascicles, each muscle in its own rhythm",
            myokymia=True,
        ),
        "artifacts": Scenario(
            "healthy face at rest with motion, electrode pops, mains and heart",
            disturbed=True,
        ),
    }
)
"""Every scenario by name; numbers by clinical facts 2 and 9."""


def plan(scenario: Scenario, side: str, sites: tuple[str, ...], duration: float, seed: int) -> Plan:
    """Draw what happens in `duration` seconds, of the recorded `sites` only.

    Parameters
    ----------
    side : str
        ``L`` or ``R``, the affected side.
    """
    acts, annotations = movements(scenario, duration, seed)
    if scenario.blepharospasm:
        acts += blepharospasms(duration, random_stream(seed, "bleph"))
    blinked = blinks(scenario.blinks, duration, random_stream(seed, "blinks"))
    acts += list(eyes_open(blinked, acts))
    acts = one_sided(scenario, side, acts, duration, seed)
    if scenario.disturbed:
        acts += artifacts(sites, duration, random_stream(seed, "artifacts"))
        acts += heart_beats(sites, duration, random_stream(seed, "heart"))
    seen = [recorded(act, sites) for act in sorted(acts, key=lambda act: act.onset)]
    return Plan(tuple(act for act in seen if act.contractions or act.deflections), annotations)


def movements(
    scenario: Scenario, duration: float, seed: int
) -> tuple[list[Act], tuple[Annotation, ...]]:
    """Voluntary movements and speech, with the markers of the tasks."""
    if scenario.follows_protocol:
        done = list(protocol(duration, random_stream(seed, "protocol")))
        return [act for acts, _ in done for act in acts], tuple(marker for _, marker in done)
    start = 3.0 + scenario.trials_from * duration
    rng = random_stream(seed, "trials")
    cued = list(trials(scenario.movements, start, scenario.trial_interval, duration, rng))
    acts = [act for act, _ in cued]
    rest = min(start, duration) if scenario.trials_from else duration
    whole = [Annotation(0.0, rest, scenario.task)] if scenario.task else []
    if scenario.speaks:
        first = rest if scenario.trials_from else 0.0
        acts += utterances(first + 1.0, duration - 0.6, random_stream(seed, "speech"))
        whole += [Annotation(rest, duration - rest, "speech")] if rest < duration else []
    return acts, (*whole, *(marker for _, marker in cued))


def one_sided(
    scenario: Scenario, side: str, acts: list[Act], duration: float, seed: int
) -> list[Act]:
    """Acts with what one side adds of its own: synkinesis, hemifacial spasm, myokymia."""
    if scenario.synkinesis:
        acts = with_synkinesis(acts, side, random_stream(seed, "synkinesis"))
    added: list[Act] = []
    if scenario.hemifacial:
        moments = triggers(scenario.hemifacial, acts, random_stream(seed, "triggers"))
        rng = random_stream(seed, "hemifacial")
        added += hemifacial_spasms(scenario.hemifacial, side, moments, duration, rng)
    if scenario.myokymia:
        added += myokymia_runs(side, duration, random_stream(seed, "myokymia"))
    return acts + added


def triggers(spasm: Hemifacial, acts: list[Act], rng: np.random.Generator) -> NDArray[np.float64]:
    """Seconds at which blinks (30-150 ms later) and movements set off spasms."""
    blinked, moved = onsets(acts, "blink"), onsets(acts, "voluntary")
    on_blink = blinked[rng.random(len(blinked)) < spasm.on_blink]
    on_movement = moved[rng.random(len(moved)) < spasm.on_movement]
    return np.concatenate(
        [
            on_blink + rng.uniform(0.03, 0.15, len(on_blink)),
            on_movement + rng.uniform(0.2, 1.5, len(on_movement)),
        ]
    )


def recorded(act: Act, sites: tuple[str, ...]) -> Act:
    """What the recorded sites see of an act."""
    return replace(
        act,
        contractions=tuple(part for part in act.contractions if part.site in sites),
        deflections=tuple(part for part in act.deflections if part.site in sites),
    )
