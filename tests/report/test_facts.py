"""What the page says of a result: which cells it takes; results made by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from emgspasm.dsp import rates
from emgspasm.errors import RecordingError
from emgspasm.report import facts, together
from emgspasm.report.values import cell, entry, told
from emgspasm.results.analysis import Results
from emgspasm.storage.derivatives.provenance import is_simulated
from emgspasm.storage.tables.columns import PAIRS, QUALITY, SUMMARY, TRIALS
from emgspasm.storage.tables.event_columns import EVENTS, REVIEWED_EVENTS
from emgspasm.storage.tables.tsv import table
from emgspasm.synkinesis.markers import TASKS
from emgspasm.synkinesis.spread import STAGES

CHANNELS = [
    {"channel": "MEN", "muscle": "MEN"},
    {"channel": "ZYG_R", "side": "R", "muscle": "ZYG"},
    {"channel": "FCR_L", "side": "L", "muscle": "FCR"},
    {"channel": "OOC_R", "side": "R", "muscle": "OOC"},
    {"channel": "OOC_L", "side": "L", "muscle": "OOC", "n_bursts": 3, "spasm_burden_uV": 1.23456},
]


def results(events=(), sides=(), quality=(), task="rest", **provenance):
    rows = [{"task": task} | row for row in [*CHANNELS, *sides]]
    said = {"recording": "x.bdf", "warnings": []} | provenance
    return Results(
        "x", table(events, EVENTS), table(rows, SUMMARY), table(quality, QUALITY),
        table([], PAIRS), table([], TRIALS), said,
    )  # fmt: skip


def test_channels_stand_from_brow_to_neck_left_before_right_and_others_last():
    names = [channel.name for channel in facts.channels(results())]
    assert names == ["OOC_L", "OOC_R", "ZYG_R", "MEN", "FCR_L"]
    assert [channel.side for channel in facts.channels(results())][-2] is None


def test_channels_without_a_muscle_stand_before_those_of_none_of_the_face():
    more = [{"channel": "X1"}, {"channel": "A2"}]
    names = [channel.name for channel in facts.channels(results(sides=more))]
    assert names[-4:] == ["MEN", "X1", "A2", "FCR_L"]


def test_tasks_and_stages_are_told_in_words():
    assert not [code for code in TASKS if "_" in facts.TASKS.get(code, code)]
    assert {facts.TASKS[code] for code in ("qc", "hv", "blink30", "suppress")} == {
        "quality check", "hyperventilation", "blinking on request", "suppressing"
    }  # fmt: skip
    assert {"0": "none"} | {str(stage): region for region, stage in STAGES.items()} == facts.REGIONS


def test_the_parts_of_a_session_are_its_tasks_without_that_of_the_file():
    sides = [
        {"side": side, "task": task}
        for task in ("rest", "rest_open", "speech")
        for side in "LRB"
    ]  # fmt: skip
    assert facts.blocks(results(sides=sides)) == ["rest_open", "speech"]
    assert facts.file_task(results()) == "rest"
    assert facts.file_task(results(task=None)) is None


@pytest.mark.parametrize(
    ("tasks", "told"),
    [
        (("speech", "rest_open"), "rest_open"),
        (("rest", "speech"), "rest"),
        (("rest", "rest_open"), "rest_open"),
        (("rest_closed", "rest_post"), None),
    ],
)
def test_rest_by_either_name_tells_the_primary_rate(tasks, told):
    sides = [{"side": "L", "task": task} for task in tasks]
    assert facts.primary(results(sides=sides, task="protocol")) == told


def test_the_headline_takes_the_row_of_its_side_and_task_and_rounds_for_reading():
    sides = [
        {"side": "L", "task": "rest", "n_spasms": 7, "spasm_rate_per_min": 2.345, "n_tonic": 2},
        {"side": "L", "task": "speech", "n_spasms": 1, "spasm_rate_per_min": 0.05},
        {"side": "B", "task": "rest", "blink_rate_per_min": 17.04},
    ]
    told = facts.headline(results(sides=sides), "rest")
    assert (told["L"]["n_spasms"].shown, told["L"]["spasm_rate_per_min"].shown) == ("7", "2.3")
    assert (told["L"]["n_tonic"].shown, told["B"]["blink_rate_per_min"].shown) == ("2", "17.0")
    assert told["R"]["n_spasms"].missing
    assert told["L"]["spasm_rate_per_min"].source == (
        "summary:side=L;task=rest;channel=n/a:spasm_rate_per_min"
    )


def test_a_channel_s_row_joins_its_measures_and_its_quality():
    quality = [
        {"channel": "OOC_L", "grade": "fair", "noise_uV": 2.345},
        {"channel": "ZYG_R", "grade": "good"},
    ]
    rows = {row["channel"].name: row for row in facts.channel_rows(results(quality=quality))}
    own = rows["OOC_L"]
    assert (own["n_bursts"].shown, own["spasm_burden_uV"].shown) == ("3", "1.23")
    assert (own["grade"].shown, own["noise_uV"].shown) == ("fair", "2.3")
    assert rows["OOC_R"]["grade"].missing
    names = [row["channel"].name for row in facts.not_good(rows.values())]
    assert names == ["OOC_L", "OOC_R", "MEN", "FCR_L"]
    assert together.brow_unsought(rows.values()) == {"R"}


SHOWN = {
    "n_spasms": "8", "spasm_rate_per_min": "8.8", "rate_ci_lo": "8.8", "rate_ci_hi": "8.8",
    "spasm_pct_time": "8.8", "spasm_dur_median_ms": "9", "spasm_dur_iqr_ms": "9",
    "spasm_dur_p95_ms": "9", "spread_stage": "8", "valid_s": "9", "blink_rate_per_min": "8.8",
    "n_isolated": "8", "n_grouped": "8", "n_tonic": "8", "n_combined": "8",
}  # fmt: skip
OF_CHANNEL = {
    "n_bursts": "8", "n_spasms": "8", "involved_pct": "8.8", "spasm_burden_uV": "8.77",
    "spasm_peak_p95_uV": "8.8", "mvc_uV": "8.8", "excluded_s": "8.8",
}  # fmt: skip
OF_QUALITY = {
    "noise_uV": "8.8", "line_ratio_db": "8.8", "clip_pct": "8.77", "dropout_pct": "8.77",
    "flat_pct": "8.77", "grade": "poor", "reason": "hum",
}  # fmt: skip


def given_as(shown):
    """Cells that are shown so: 8 of what is counted, else 8.7654."""
    return {
        name: text if text.isalpha() else 8 if text == "8" else 8.7654
        for name, text in shown.items()
    }


def test_every_number_of_the_page_has_its_decimals():
    side = {"side": "L", "task": "rest"} | given_as(SHOWN)
    own = {"channel": "PLA_L", "side": "L", "muscle": "PLA"} | given_as(OF_CHANNEL)
    quality = {"channel": "PLA_L"} | given_as(OF_QUALITY)
    given = results(sides=[side, own], quality=[quality])
    told = facts.headline(given, "rest")["L"]
    assert {name: value.shown for name, value in told.items()} == SHOWN
    (row,) = (r for r in facts.channel_rows(given) if r["channel"].name == "PLA_L")
    values = {name: row[name].shown for name in row if name not in ("channel", "muscle")}
    assert values == OF_CHANNEL | OF_QUALITY


@pytest.mark.parametrize(
    ("muscle", "n_bursts", "sides"),
    [("FRO", None, {"L"}), ("OOC", None, {"L"}), ("FRO", 0, set()), ("ZYG", None, set())],
)
def test_a_side_whose_eye_or_brow_was_not_analyzed_is_named(muscle, n_bursts, sides):
    told = {"channel": f"{muscle}_L", "side": "L", "muscle": muscle, "n_bursts": n_bursts}
    summary = table([told], SUMMARY)
    given = replace(results(), summary=summary)
    assert together.brow_unsought(facts.channel_rows(given)) == sides


def test_what_is_withheld_is_told_with_its_reason_and_a_filter_with_its_multiples():
    notch = {"kind": "notch", "frequency": 50.0, "multiples": [1, 2]}
    given = results(
        withheld=[{"measure": "rate", "reason": "no rest"}],
        settings={"filters": [{"kind": "band_pass", "low": 20.0}, notch]},
        sampling_frequency=1000.0,
    )
    assert [(m.exact, r.exact) for m, r in facts.withheld(given)] == [("rate", "no rest")]
    band, line = facts.filters(given)
    assert (band["kind"].exact, band["low"].exact, band["multiples"]) == ("band_pass", "20.0", [])
    assert list(line) == ["kind", "frequency", "multiples"]
    assert [(m.exact, m.source) for m in line["multiples"]] == [
        ("1", "json:/settings/filters/1/multiples/0"),
        ("2", "json:/settings/filters/1/multiples/1"),
    ]


def test_every_warning_is_told_in_order():
    told = facts.warnings(results(warnings=["too slow", "no rest"]))
    assert [(value.exact, value.source) for value in told] == [
        ("too slow", "json:/warnings/0"),
        ("no rest", "json:/warnings/1"),
    ]


@pytest.mark.parametrize(
    ("fs", "told"), [(1000.0, ("450.0", None)), (250.0, (None, None)), (160.0, (None, "72"))]
)
def test_the_end_of_a_band_is_told_where_the_rate_carries_it(fs, told):
    settings = {"filters": [{"kind": "band_pass", "high_pass": 20.0, "low_pass": 450.0}]}
    (band,) = facts.filters(results(settings=settings, sampling_frequency=fs))
    assert (band["low_pass"].exact if "low_pass" in band else None, band.get("corner")) == told


def test_of_a_notch_the_multiples_are_told_that_the_rate_carries():
    settings = {"filters": [{"kind": "notch", "frequency": 50.0, "multiples": [1, 2, 3]}]}
    (line,) = facts.filters(results(settings=settings, sampling_frequency=250.0))
    assert [m.exact for m in line["multiples"]] == ["1", "2"]


@pytest.mark.parametrize(
    ("said", "simulated"), [({"device": "Cyton (simulated)"}, True), ({"device": "Cyton"}, False),
                            ({}, False)],
)  # fmt: skip
def test_what_was_simulated_is_told_as_that(said, simulated):
    assert is_simulated(results(**said).provenance) == simulated


def share(muscle, task="smile", side="L", **more):
    return {"task": task, "side": side, "prime": "ZYG", "muscle": muscle, "trials": 5,
            "synkinesis": 4, "probability": 0.8, "ci": [0.3755, 0.9638]} | more  # fmt: skip


def test_probabilities_of_synkinesis_stand_by_task_and_side_a_column_a_muscle():
    few = {"trials": 2, "probability": None, "ci": None, "withheld": "under 3 trials"}
    notes = together.Notes()
    told = together.synkinesis(
        results(synkinesis=[share("OOC", side="R"), share("OOC"), share("FRO", **few)]), notes
    )
    assert told["muscles"] == ["FRO", "OOC"]
    (smile, left, line), (_, right, other) = told["lines"]
    assert (smile, left, right, line["prime"]) == ("smile", "L", "R", "ZYG")
    assert list(line["cells"]) == ["OOC", "FRO"]
    own = {name: value.shown for name, value in line["cells"]["OOC"].items()}
    assert own == {"n": "5", "k": "4", "p": "0.80", "lo": "0.38", "hi": "0.96", "why": "n/a"}
    assert line["cells"]["FRO"]["letter"] == "a"
    assert [text.exact for _, text in notes.listed()] == ["under 3 trials"]
    assert other["cells"]["OOC"]["p"].source == "json:/synkinesis/0/probability"


def test_a_reason_is_told_once_and_another_has_the_next_letter():
    notes = together.Notes()
    one, other = told("few", "json:/a"), told("none", "json:/b")
    assert [notes.letter(reason) for reason in (one, other, one)] == ["a", "b", "a"]
    assert [letter for letter, _ in notes.listed()] == ["a", "b"]


def test_maxima_of_another_recording_are_told_with_their_channels():
    lent = {"OOC_L": "y.bdf", "ZYG_L": "x.bdf", "OOC_R": "y.bdf"}
    ((recording, names),) = facts.lent_maxima(results(mvc_of=lent))
    assert (recording.exact, recording.source) == ("y.bdf", "json:/mvc_of/OOC_L")
    assert names == ["OOC_L", "OOC_R"]


def test_involuntary_events_that_are_no_hemifacial_spasms_are_told_with_their_sides():
    events = [
        {"trial_type": "myokymia", "side": side, "status": status}
        for side, status in (("R", "auto"), ("L", "auto"), ("B", "rejected"))
    ]
    both = {"trial_type": "blepharospasm", "side": "B", "status": "auto"}
    assert facts.others(results([*events, both])) == [
        "blepharospasm, both sides", "myokymia, left and right",
    ]  # fmt: skip
    assert facts.others(results([{"trial_type": "blink", "side": "B", "status": "auto"}])) == []


LIFT = {"side": "R", "brow_lift_pct": 66.67, "brow_lift_ci_lo": 20.77, "brow_lift_ci_hi": 93.85}
"""A row of the summary."""


def test_the_brow_lift_index_of_each_side_is_told_in_whole_percent():
    lift = {"side": "R", "spasms": 3, "joined": 2}
    told = together.brow_lift(results(sides=[LIFT], brow_lift=[lift]))
    assert {name: value.shown for name, value in told["R"].items()} == {
        "spasms": "3", "joined": "2", "pct": "67", "lo": "21", "hi": "94",
    }  # fmt: skip


def test_of_a_review_the_brow_lift_index_is_that_of_its_summary_and_counts_are_not_known():
    lift = {"side": "R", "spasms": 4, "joined": 4, "pct": 100.0, "ci_pct": [51.01, 100.0]}
    given = results(sides=[LIFT], brow_lift=[lift])
    reviewed = replace(given, events=table([{"rater": "R1"}], REVIEWED_EVENTS))
    told = together.brow_lift(reviewed)
    assert {name: value.shown for name, value in told["R"].items()} == {
        "pct": "67", "lo": "21", "hi": "94",
    }  # fmt: skip


@pytest.mark.parametrize(("hertz", "is_withheld"), [(999.0, True), (1000.0, False)])
def test_a_brow_lift_index_is_withheld_under_1000_hz(hertz, is_withheld):
    rows = [{"measure": output.columns} for output in rates.withheld(hertz)]
    assert together.is_brow_withheld(results(withheld=rows)) == is_withheld


def test_an_event_is_its_own_row_not_those_of_its_bursts():
    said = {"onset": "1.1", "duration": "0.123", "li": "0.88",
            "muscles": "OOC+ZYG+FRO", "class": "tonic", "reason": "one side", "side": "L",
            "trial_type": "spasm", "confidence": "0.77"}  # fmt: skip
    own = {"onset": 1.06, "duration": 0.1234, "li": 0.876, "confidence": 0.765}
    burst = {"event_id": "E0001", "trial_type": "burst", "onset": 1.0, "duration": 9.0}
    rows = [burst, {"event_id": "E0001"} | said | own, burst | {"onset": 1.2}]
    told = facts.event(results(rows), "E0001")
    assert {name: value.shown for name, value in told.items()} == said


def test_who_the_recording_is_of_is_told_where_its_name_says_it():
    rows = results()
    assert {name: value.exact for name, value in facts.identity(rows).items()} == {"task": "rest"}
    assert facts.identity(results(task=None)) == {}
    told = [{"channel": "OOC_L", "participant": "01", "session": "A", "task": "rest"}]
    named = facts.identity(replace(rows, summary=table(told, SUMMARY)))
    assert {name: value.exact for name, value in named.items()} == {
        "participant": "01", "session": "A", "task": "rest",
    }  # fmt: skip
    assert facts.identity(replace(rows, summary=table([], SUMMARY))) == {}


@pytest.mark.parametrize(
    ("value", "digits", "exact", "shown"),
    [
        (12.4678, 1, "12.4678", "12.5"),
        (-1.04, 1, "-1.04", "\N{MINUS SIGN}1.0"),
        (-0.04, 1, "-0.04", "0.0"),
        (3, 2, "3", "3"),
        (True, 1, "True", "True"),
        (None, 1, "n/a", "n/a"),
        (float("nan"), 1, "n/a", "n/a"),
        ("-0.0", 1, "-0.0", "-0.0"),
        ("noise 3 uV; mvc_uV", 1, "noise 3 uV; mvc_uV", "noise 3 µV; mvc_uV"),
        (1e-7, None, "1e-07", "1e-07"),
        (-1e-7, None, "-1e-07", "\N{MINUS SIGN}1e-07"),
    ],
)
def test_a_value_is_shown_rounded_with_a_minus_that_is_one(value, digits, exact, shown):
    found = told(value, "x", digits)
    assert (found.exact, found.shown) == (exact, shown)


@pytest.mark.parametrize(
    ("value", "markup"),
    [
        (2.345, '<data value="2.345" data-source="t:a=1&amp;2:c">2.3</data>'),
        (np.int64(3), '<data value="3" data-source="t:a=1&amp;2:c">3</data>'),
        (np.float64(3.25), '<data value="3.25" data-source="t:a=1&amp;2:c">3.2</data>'),
        (True, '<span data-source="t:a=1&amp;2:c">True</span>'),
        ("<b>", '<span data-source="t:a=1&amp;2:c">&lt;b&gt;</span>'),
        (None, '<span class="missing" data-source="t:a=1&amp;2:c">n/a</span>'),
    ],
)
def test_the_markup_of_a_value_holds_its_address_and_of_a_number_its_exact_text(value, markup):
    assert told(value, "t:a=1&2:c", 1).__html__() == markup


def test_an_address_that_fits_several_rows_is_refused_and_one_that_fits_none_is_missing():
    with pytest.raises(RecordingError, match="5 rows at summary:task=rest:n_bursts"):
        cell(results(), "summary", {"task": "rest"}, "n_bursts")
    assert cell(results(), "summary", {"channel": "PLA_L"}, "n_bursts").missing
    assert cell(results(), "summary", {"channel": "OOC_L"}, "of_a_later_version").missing


def test_an_entry_that_is_not_there_is_missing():
    given = results(a={"b": [1.25]})
    assert entry(given, "a", "b", 0, digits=1).shown == "1.2"
    for path in (("a", "c"), ("a", "b", 1), ("a", "b", 0, "d"), ("z",)):
        assert entry(given, *path).missing


def test_experts_are_told_by_name_once_each():
    assert facts.reviewers(results()) == []
    given = results([{"event_id": "E1", "trial_type": "spasm"}] * 3)
    given.events["rater"] = pd.Series(["R2", None, "R1"])
    assert facts.reviewers(given) == ["R1", "R2"]
