"""The columns of events: as the detector tells them, and as an expert does."""

from __future__ import annotations

from typing import get_args

from emgspasm.storage.tables.column import Column
from emgspasm.storage.tables.columns import (
    CHANNEL,
    CONFIG_SHA,
    DETECTOR_VERSION,
    MUSCLE,
    SIDE,
    TASK,
)
from emgspasm.stream import EventType

EVENTS = (
    Column("onset", "Start, from the start of the recording, corrected for filter delay", "s"),
    Column("duration", "Length", "s"),
    Column(
        "trial_type",
        "burst: one muscle; the others: bursts of several muscles together. A spasm is hemifacial: "
        "blepharospasm and myokymia are none. Where one eye alone is recorded, what it does alone "
        "is called a blink of both, as its reason says",
        levels=("burst", *get_args(EventType)),
    ),
    SIDE,
    MUSCLE,
    CHANNEL,
    Column("event_id", "Links the bursts of an event to its row"),
    Column("spasm_id", "The event_id where the event is a spasm"),
    Column(
        "class",
        "Finer class of an event. Spasm, by when any of its muscles is active, pauses under 30 ms "
        "left out: isolated is one contraction, grouped several; tonic one of 0.5 s and more, or "
        "activity in over 70 % of a second and more; combined a tonic one and others. Voluntary: "
        "the movement. Artifact: its kind",
    ),
    Column("peak_uV", "Largest root mean square of 20 ms, if the config says no other", "uV"),
    Column(
        "mean_uV",
        "Root mean square of the filtered signal over the burst, merged pauses left out: where "
        "little but short spikes is left, it is over peak_uV",
        "uV",
    ),
    Column("burden_uVs", "mean_uV less the noise level at that time, times duration", "uV s"),
    Column(
        "pct_mvc",
        "mean_uV as a share of the maximal voluntary contraction (mvc_uV of the summary)",
        "%",
    ),
    Column(
        "li",
        "Laterality index (A - U)/(A + U): A of the event's side, U of the other; of an event of "
        "both sides A is the left. Sums of noise-corrected root mean squares of the muscles that "
        "take part and are recorded on both sides, over their bursts, without what cross-talk or "
        "a blink under a spasm explains",
        unitless=True,
    ),
    Column("log_ratio", "ln(A/U) of the same amplitudes; n/a where either is 0", unitless=True),
    Column("n_muscles", "Muscles that take part", whole=True),
    Column("muscles", "Their codes, joined by +", label=True),
    Column("spread_stage", "0 none, 1 eye, 2 cheek, 3 mouth, 4 neck", whole=True),
    Column(
        "onset_lag_ms",
        "Onset of the muscle's first burst after that of the event (of a blink: of the eyes); n/a "
        "of what cross-talk explains, and of a burst that a blink began before the spasm on it",
        "ms",
    ),
    Column(
        "blink_coincident", "Whether it falls together with a blink of both eyes, or rides on one"
    ),
    TASK,
    Column("trial", "Number of the trial within its task", whole=True),
    Column(
        "crosstalk_flag",
        "Whether cross-talk of a larger neighbour explains it: waveforms alike at a lag of at most "
        "one sample; under 1000 Hz only possible, and n/a where nothing is alike",
        levels=("yes", "possible", "no"),
    ),
    Column(
        "quality",
        "settling: begins while the filters settle; cut: the signal ends inside it",
        levels=("good", "settling", "cut"),
    ),
    Column("reason", "Why the event is called so, in words"),
    Column(
        "confidence",
        "0 to 1, of a detector that gives one; none of this package does: reason, quality, li and "
        "crosstalk_flag say how far to trust an event",
        unitless=True,
    ),
    Column("source", "What said so", levels=("detector", "simulation", "expert")),
    Column("status", "auto, or what an expert made of it", levels=("auto", "accepted", "rejected")),
    DETECTOR_VERSION,
    CONFIG_SHA,
)

REVIEWED_EVENTS = (
    *EVENTS,
    Column("rater", "Pseudonym of the expert who decided about the event", label=True),
    Column("reviewed", "When, in universal time"),
    Column("detected_as", "What the detector had called it, where the expert calls it otherwise"),
)
