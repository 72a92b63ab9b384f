"""The columns of a recording's tables: those that tables share, and all but those of events.

They are those researchers expect (clinical facts 8); nothing else names them. ``n/a`` stands for
whatever is missing, withheld or not applicable.
"""

from __future__ import annotations

from emgspasm.dsp.quality import GRADES
from emgspasm.storage.tables.column import Column

SIDE = Column("side", "Anatomical side; B is both, n/a the midline", levels=("L", "R", "B"))
MUSCLE = Column("muscle", "Muscle code, as in the channel label OOC_L", label=True)
CHANNEL = Column("channel", "Channel label", label=True)
TASK = Column(
    "task",
    "Task under way, from the study's file name or the task markers; by a marker without duration "
    "a movement lasts 3 s, blink30 and any other task until the next begins; what begins in the "
    "second after a movement is of it, too",
    label=True,
)
_NOISE = Column(
    "noise_uV",
    "Noise level, median of the quiet envelope of about ten seconds, averaged over the time in "
    "which bursts were sought",
    "uV",
)
_RECORDING = Column("recording", "File name of the recording, without its suffix", label=True)

DETECTOR_VERSION = Column("detector_version", "Version of emgspasm", label=True)
CONFIG_SHA = Column(
    "config_sha", "First 12 digits of the hash of the settings that shape numbers", label=True
)

SUMMARY = (
    Column("participant", "Pseudonym, where the recording is part of a study", label=True),
    Column("session", "Session label, where the recording is part of a study", label=True),
    TASK,
    SIDE,
    MUSCLE,
    Column(
        "valid_s",
        "Time in which bursts were sought, past settling, hidden by no artifact of 12 s or more: "
        "in the channel; of a side, in its eye or brow and in a muscle of both sides, without "
        "which no spasm of it is told; where side is B (blinks), in both eyes. Without any, "
        "numbers are n/a",
        "s",
    ),
    Column("excluded_s", "Rest of the time: no signal, clipped, flat, settling or hidden", "s"),
    Column(
        "n_bursts",
        "Bursts that began in valid time, those of artifacts and of cross-talk, too (the events "
        "table tells them apart), as in all that is told of bursts",
        whole=True,
    ),
    Column(
        "n_spasms",
        "Spasms that began in valid time; of a channel, those of its side in which it takes part, "
        "in valid time of both channel and side, as all that is told of its spasms",
        whole=True,
    ),
    Column("spasm_rate_per_min", "Spasms per minute of that valid time", "1/min"),
    Column(
        "rate_ci_lo",
        "Lower end of its 95 % interval: bootstrap standard error of blocks of 30 s, times "
        "Student's t, and no narrower than Poisson's; a score interval; n/a of under four blocks",
        "1/min",
    ),
    Column("rate_ci_hi", "Upper end of its 95 % interval", "1/min"),
    Column(
        "rate_mdc_per_min",
        "Change of the spasm rate that the difference of the recording's first and last rest block "
        "explains by itself, or the counting of their spasms, as they cluster, if that is more "
        "(95 %, from one pair of blocks: rough); n/a without a spasm in them",
        "1/min",
    ),
    Column("pct_time", "Share of valid time within bursts that began in it", "%"),
    Column("dur_median_ms", "Median burst duration", "ms"),
    Column("dur_p95_ms", "95th percentile of burst duration", "ms"),
    Column("burden_uV", "Burden of all bursts (burden_uVs), per valid time", "uV"),
    Column("peak_p95_uV", "95th percentile of burst peaks", "uV"),
    _NOISE,
    Column(
        "mvc_uV",
        "Maximal voluntary contraction: 95th percentile of the envelope in the best 0.5 s of each "
        "of the three best maximal trials without a spasm of the side or artifact of the channel "
        "in this recording, or where it has fewer in another of its session, of the same channel "
        "and sampling frequency (mvc_of in X.json says which); n/a without",
        "uV",
    ),
    Column("snr_db", "Median of mean_uV of a burst over the noise level at that time", "dB"),
    Column(
        "spasm_pct_time",
        "Share of valid time in spasms that began in it; of a muscle, in its bursts while they "
        "last, without those that cross-talk explains, as in all that is told of its spasms",
        "%",
    ),
    Column(
        "spasm_dur_median_ms",
        "Median spasm duration, first onset to last offset, of the muscle or side",
        "ms",
    ),
    Column("spasm_dur_iqr_ms", "Interquartile range of spasm duration; n/a of one spasm", "ms"),
    Column("spasm_dur_p95_ms", "95th percentile of spasm duration", "ms"),
    Column(
        "spasm_burden_uV", "Burden of the bursts in spasms, while they last, per valid time", "uV"
    ),
    Column("spasm_peak_p95_uV", "95th percentile of the peaks of bursts in spasms", "uV"),
    Column(
        "spread_stage",
        "Stage that a tenth of the side's spasms reach, of those that began while its region was "
        "seen",
        whole=True,
    ),
    Column("involved_pct", "Share of the side's spasms in which the muscle takes part", "%"),
    Column("n_isolated", "Spasms of class isolated that began in valid time", whole=True),
    Column("n_grouped", "Spasms of class grouped that began in valid time", whole=True),
    Column("n_tonic", "Spasms of class tonic that began in valid time", whole=True),
    Column("n_combined", "Spasms of class combined that began in valid time", whole=True),
    Column(
        "brow_lift_pct",
        "Share of the eye's spasms that the frontalis joins in 50 ms, of those in its valid time; "
        "n/a under 1000 Hz, where cross-talk from the eye is only possible",
        "%",
    ),
    Column("brow_lift_ci_lo", "Lower end of its 95 % interval", "%"),
    Column("brow_lift_ci_hi", "Upper end of its 95 % interval", "%"),
    Column(
        "interval_cv",
        "Coefficient of variation of the intervals between onsets, of the muscle's bursts or the "
        "side's spasms: 1 by chance, 0 of a clock. Within one stretch of valid time each; from 19 "
        "intervals on",
        unitless=True,
    ),
    Column(
        "rhythm_hz",
        "Frequency at which they come in rhythm: a peak of the spectrum of onsets three times its "
        "neighbours within 1 Hz, or what it is a multiple of; n/a without one",
        "Hz",
    ),
    Column("blink_rate_per_min", "Blinks per minute of valid time of both eyes", "1/min"),
    Column("blink_ci_lo", "Lower end of its 95 % interval", "1/min"),
    Column("blink_ci_hi", "Upper end of its 95 % interval", "1/min"),
    Column("burst_rate_per_min", "Bursts per minute of valid time", "1/min"),
    CHANNEL,
    _RECORDING,
)

QUALITY = (
    CHANNEL,
    Column("impedance_kohm", "Electrode impedance, where a board measured it", "kohm"),
    _NOISE,
    Column(
        "line_ratio_db",
        "Mains peak within 1 Hz over the median 3 to 8 Hz beside it, of spectra of 1 s: the first "
        "ten and every 20th after",
        "dB",
    ),
    Column("line_hz", "Mains frequency of that peak", "Hz"),
    Column(
        "clip_pct",
        "Share of samples at the end of the recorder's range; n/a where the file does not say it",
        "%",
    ),
    Column("dropout_pct", "Share of samples missing", "%"),
    Column("flat_pct", "Share of samples in flat stretches", "%"),
    Column("grade", "How far to trust it", levels=GRADES),
    Column("reason", "Why it is not good"),
    _RECORDING,
)

PAIRS = (
    Column("muscle_a", "Muscle code", label=True),
    Column("muscle_b", "Muscle code", label=True),
    SIDE,
    TASK,
    Column(
        "n_pairs",
        "Bursts of muscle_a with one of muscle_b within 15 ms, cross-talk left out, of those that "
        "began in valid time of both",
        whole=True,
    ),
    Column("sync_pct", "Their share of the bursts of muscle_a, of the same ones", "%"),
    Column(
        "sync_z",
        "Standard deviations over 200 shuffles of the onsets by up to 500 ms; n/a where fewer than "
        "four bursts of muscle_a have one of muscle_b that near",
        unitless=True,
    ),
    Column("lag_median_ms", "Median onset of muscle_b after muscle_a, of the pairs", "ms"),
    Column("lag_iqr_ms", "Interquartile range of those lags; n/a of one pair", "ms"),
    Column(
        "xcorr_peak",
        "Median peak of the cross-correlation of 8 ms envelopes in spasms",
        unitless=True,
    ),
    Column("raw_rho_max", "Largest raw correlation at a lag of at most one sample", unitless=True),
    Column("n_copies", "Bursts of one that cross-talk of the other explains", whole=True),
    Column(
        "crosstalk_flag",
        "Whether there are such bursts; under 1000 Hz only possible, and n/a where there are none",
        levels=("yes", "possible", "no"),
    ),
    Column("valid", "Whether lags and synchrony are told"),
    Column("reason", "Why not"),
    _RECORDING,
)

TRIALS = (
    TASK,
    Column("trial", "Number of the trial within its task", whole=True),
    SIDE,
    Column("cue_onset_s", "Marker of the trial, from the start of the recording", "s"),
    Column("prime_muscle", "Muscle that the movement needs"),
    Column(
        "prime_onset_s",
        "Onset of its burst of most energy in the trial and the second after, cross-talk left out; "
        "n/a where the muscle was not seen from the cue to there",
        "s",
    ),
    Column("prime_pctmvc", "mean_uV of that burst as a share of the maximal contraction", "%"),
    Column("syn_muscle", "Another muscle of the side"),
    Column(
        "syn_latency_ms",
        "Onset, after that of the prime muscle, of its burst of most energy that begins up to "
        "150 ms after it or 50 ms before",
        "ms",
    ),
    Column("syn_pctmvc", "mean_uV of that burst as a share of the maximal contraction", "%"),
    Column("si", "Synkinesis index: syn_pctmvc over prime_pctmvc", unitless=True),
    Column(
        "dsi",
        "si of this side minus that of the other; a muscle that was seen to stand still counts 0",
        unitless=True,
    ),
    Column(
        "overlap",
        "Integral of the smaller over that of the larger of the two amplitudes, noise-corrected "
        "shares of the maximal contraction, over the trial",
        unitless=True,
    ),
    Column(
        "synk",
        "Whether it moved along, over 10 % of the maximum where that is known; n/a where the prime "
        "muscle did not move, or this one was not seen while it might have begun",
    ),
    Column(
        "spasm_overlap",
        "Whether a hemifacial spasm of the side overlaps the trial; n/a where none could be told",
    ),
    _RECORDING,
)
