"""The columns of tables beside those of a recording: of a study, a participant."""

from __future__ import annotations

from emgspasm.storage.tables.column import Column
from emgspasm.storage.tables.columns import CONFIG_SHA, DETECTOR_VERSION, SIDE, SUMMARY

GROUP = (
    *SUMMARY,
    Column("treatment", "Kind of the last treatment before the recording"),
    Column("days_since_treatment", "Days from that treatment to the recording", whole=True),
    Column("sampling_frequency", "Of the recording", "Hz"),
    CONFIG_SHA,
    DETECTOR_VERSION,
    Column("simulated", "Whether the device is simulated", levels=("yes", "no")),
    Column("reviewed", "Whether an expert reviewed the events", levels=("yes", "no")),
)

COURSE = (
    Column("participant", "Pseudonym", label=True),
    Column("session", "Session label", label=True),
    Column("date", "Day of the session, score or treatment"),
    Column("day", "Days since the treatment that is day 0", whole=True),
    Column("visit", "Visit window in a course of toxin: baseline, W2, W4, W8, W12, W16"),
    SIDE,
    Column("region", "brow, eye, cheek, mouth or neck; face is all of a side"),
    Column(
        "muscles",
        "Muscle codes of the region that were seen, joined by +; of a treatment its site",
        label=True,
    ),
    Column(
        "measure",
        "rate: spasms at rest per minute; burden: their amplitude over noise times duration within "
        "the block of rest, per valid time, mean of the muscles; amplitude: median of their bursts "
        "over noise; mvc_ratio: maximal contraction of the affected over the other side; scale, "
        "treatment: as entered",
        levels=("rate", "burden", "amplitude", "mvc_ratio", "scale", "treatment"),
    ),
    Column("name", "Of the scale or treatment"),
    Column("value", "In the unit of its row"),
    Column(
        "ci_lo",
        "Lower end of its 95 % interval; n/a under four blocks of 30 s at rest, and of a burden "
        "without spasms",
    ),
    Column("ci_hi", "Upper end of its 95 % interval"),
    Column("unit", "Unit of the value"),
    Column("baseline", "yes in the session that others are compared with", levels=("yes",)),
    Column("change", "Value less that of the baseline; n/a where muscles differ or under 15 s"),
    Column(
        "mdc",
        "Minimal detectable change, from the first and the last block of rest (or halves of one) "
        "of 15 s and more of each session; of a rate at least what counting makes; n/a where under "
        "three sessions have them, and without a spasm in them",
    ),
    Column("verdict", "Whether the change is larger than measurement variability"),
    Column(
        "valid_s",
        "Time at rest in which bursts were sought in the region and spasms of the side told",
        "s",
    ),
    Column("n_spasms", "Spasms that began in that time", whole=True),
    Column("rater", "Who gave the score of a scale", label=True),
)
