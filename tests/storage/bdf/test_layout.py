"""Numbers and fields of a header, to the last character that fits."""

from collections import deque
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.dsp.rates import HIGHEST
from emgspasm.storage.bdf.layout import (
    LONGEST_TEXT,
    bdf_header,
    decimal,
    encode_header,
    held_range,
    record_layout,
    require_storable,
    stored_info,
)
from emgspasm.storage.bdf.record import annotation_signal
from emgspasm.storage.edf.header import Header, Signal, parse_header
from emgspasm.stream import Channel, StreamInfo


def one(label="OOC_L", full_scale=1.0, **more):
    return StreamInfo(250.0, (Channel(label, full_scale=full_scale, **more),))


@given(number=st.integers(-(10**9), 10**9), places=st.integers(0, 9), width=st.integers(1, 9))
@settings(max_examples=200)
def test_a_decimal_is_exact_and_as_short_as_it_can_be_or_refused(number, places, width):
    exact = Decimal(number).scaleb(-places)
    text = format(exact.normalize(), "f")
    if len(text) <= width:
        assert decimal(Fraction(exact), width) == text
    else:
        with pytest.raises(ValueError, match=f"is not an exact decimal of {width} characters"):
            decimal(Fraction(exact), width)


def test_a_third_is_no_decimal():
    with pytest.raises(ValueError, match="is not an exact decimal"):
        decimal(Fraction(1, 3), 8)


def test_a_full_scale_is_held_to_the_last_character_and_refused_beyond():
    assert [stored_info(one(full_scale=f)).channels[0].full_scale for f in (1e-4, 9_999_999)] == [
        1e-4, 9_999_999
    ]  # fmt: skip
    for beyond in (0.99e-4, 9_999_999.1):
        with pytest.raises(ValueError, match="does not fit a header field"):
            stored_info(one(full_scale=beyond))


def test_the_range_of_a_converter_of_ten_volts_is_held_but_for_a_microvolt():
    assert [held_range(limit) for limit in (9_999_998.5, 1e7, 10_000_001)] == [
        9_999_998.5, 9_999_999, 10_000_001
    ]  # fmt: skip


def test_labels_and_units_fit_to_the_last_character_of_their_fields():
    require_storable(one("a" * 16, kind="MISC", unit="u" * 8))
    for info, told in (
        (one("a" * 17), f"label '{'a' * 17}' does not fit a header field"),
        (one(kind="MISC", unit="u" * 9), "unit 'uuuuuuuuu' of OOC_L does not fit a header field"),
    ):
        with pytest.raises(ValueError, match=told):
            stored_info(info)


def test_a_muscle_of_a_montage_fits_to_the_last_character_of_its_field():
    require_storable(one(side="left", muscle="m" * 71))
    for muscle in ("m" * 72, "m\u00fcller"):
        with pytest.raises(ValueError, match="does not fit a header field"):
            require_storable(one(side="left", muscle=muscle))


def test_the_highest_rate_is_stored_and_a_higher_one_refused():
    assert record_layout(HIGHEST).sampling_frequency == HIGHEST
    with pytest.raises(ValueError, match="resample first"):
        record_layout(HIGHEST + 1)


@given(st.floats(1, 50_000) | st.sampled_from([7.1, 103.7, 9999.9]))
def test_a_record_of_any_rate_has_room_for_the_longest_text_behind_its_time(wanted):
    layout = record_layout(wanted)
    header = bdf_header(one(), layout, "")
    samples, texts = header.signals
    assert (samples.prefiltering, header.reserved) == ("", "BDF+C")
    assert texts == Signal(
        "BDF Annotations", "", "", -1, 1, -(2**23), 2**23 - 1, "", texts.samples_per_record
    )
    time = annotation_signal(layout.onset(10**9), deque(), 0)
    assert len(time) + LONGEST_TEXT <= 3 * texts.samples_per_record


@pytest.mark.parametrize("sample_bytes", [2, 3])
def test_a_header_is_read_as_it_was_written(sample_bytes):
    signals = (
        Signal("OOC_L", "EMG OOC left", "uV", -18750.5, 0.25, -8, 7, "HP:20Hz", 12, "own"),
        Signal("BDF Annotations", "", "", -1.0, 1.0, -9, 9, "", 8),
    )
    fields = ("X X X X", "Startdate X X X X", "31.12.84", "23.59.59", "BDF+D")
    written = Header(sample_bytes, *fields, 12_345_678, Fraction("0.123456"), signals)
    assert parse_header(encode_header(written), "x") == written


def test_what_waits_is_taken_as_far_as_it_fits_to_the_byte():
    waiting = deque([b"one", b"two", b"three"])
    time = annotation_signal(0.0, deque(), 0)
    assert annotation_signal(0.0, waiting, len(time) + 6) == time + b"onetwo"
    assert list(waiting) == [b"three"]
