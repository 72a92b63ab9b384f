"""Bytes to chunks: every surviving sample at its true number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.sources.cyton.counter import Position
from emgspasm.sources.cyton.daisy import NO_HALF, pair, unpaired
from emgspasm.sources.cyton.decoder import (
    Layout,
    decode,
    finish,
    frequency,
    next_sample,
    start,
)
from emgspasm.stream import segments
from support.streaming import UV

SEED = 7
CYTON = Layout((24,) * 8, tuple(range(8)))
DAISY = Layout((24,) * 16, tuple(range(16)))


def run(layout, reads):
    """Decode reads of (time, bytes); all chunks, estimated places, last state."""
    state, chunks, estimated = start(0, 0.0), [], []
    for time, data in reads:
        state, decoded = decode(layout, state, data, time)
        chunks += decoded.chunks
        estimated += decoded.estimated
    return chunks + list(finish(layout, state)), estimated, state


def bunched(rows, arrivals, period=0.016):
    """Reads as a 16 ms latency timer makes them."""
    ticks = np.ceil(arrivals / period).astype(int)
    places, firsts = np.unique(ticks, return_index=True)
    for tick, part in zip(places, np.split(rows, firsts[1:]), strict=True):
        yield tick * period, part.tobytes()


def gaps_of(chunks):
    """Gaps as (first missing, first behind)."""
    out, expected = [], 0
    for jump, chunk in segments(chunks):
        if jump and chunk.start > expected:
            out.append((expected, chunk.start))
        expected = chunk.stop
    return out


def test_ten_minutes_with_losses_bursts_bunching_delay_and_drift_keep_every_sample_in_place(encode):
    n, rng = 150_000, np.random.default_rng(SEED)
    kept = rng.random(n) > 0.05
    bursts = rng.integers(1000, n - 3000, 12)
    for first, length in zip(bursts, rng.integers(100, 1500, 12), strict=True):
        kept[first : first + length] = False
    numbers = np.flatnonzero(kept)
    rows = encode(numbers, np.repeat(numbers[:, None], 8, axis=1))
    late = np.where(numbers % 5000 < 25, 0.1, 0.004) + rng.random(len(numbers)) * 0.02
    arrivals = np.maximum.accumulate((numbers + 1) / (250.0 * (1 - 150e-6)) + late)
    chunks, estimated, state = run(CYTON, bunched(rows, arrivals))

    seen = np.concatenate([np.arange(chunk.start, chunk.stop) for chunk in chunks])
    held = np.rint(np.concatenate([chunk.samples[:, 0] for chunk in chunks]) / UV)
    np.testing.assert_array_equal(seen, held)
    lost_whole = np.setdiff1d(numbers[:-2], seen)
    print(f"{len(numbers)} sent, {len(lost_whole)} whole ones not believed")
    assert len(lost_whole) <= 12  # one per burst at most: its counter is out of order there
    steps = np.diff(np.append(-1, seen))
    assert estimated == seen[steps > 256].tolist()
    assert state.lost == seen[-1] + 1 - len(seen)


def test_samples_are_exactly_counts_times_the_scale(encode):
    counts = np.random.default_rng(SEED).integers(-(2**23), 2**23, (100, 8))
    chunks, _, _ = run(CYTON, [(0.4, encode(np.arange(100), counts).tobytes())])
    np.testing.assert_array_equal(chunks[0].samples, counts[:99] * UV)


def test_each_input_has_its_own_gain_and_only_named_inputs_are_columns(encode):
    layout = Layout((1, 2, 4, 6, 8, 12, 24, 24), (0, 5))
    data = encode(np.arange(3), np.full((3, 8), 1000)).tobytes()
    chunks, _, _ = run(layout, [(0.01, data)])
    expected = [1000 * (4.5e6 / 8388607), 1000 * (375000 / 8388607)]
    np.testing.assert_allclose(chunks[0].samples[0], expected, rtol=1e-15)


def test_a_silence_is_not_shortened_by_the_packet_that_waited_through_it(encode):
    numbers = np.r_[0:250, 750:1000]
    rows = encode(numbers, np.repeat(numbers[:, None], 8, axis=1))
    reads = [((n + 1) / 250, row.tobytes()) for n, row in zip(numbers, rows, strict=True)]
    chunks, estimated, _ = run(CYTON, reads)
    assert gaps_of(chunks) == [(250, 750)]
    assert estimated == [750]


def test_reads_without_bytes_do_not_move_the_packet_that_waits_through_a_silence(encode):
    numbers = np.r_[0:250, 750:1000]
    rows = encode(numbers, np.repeat(numbers[:, None], 8, axis=1))
    reads = [((n + 1) / 250, row.tobytes()) for n, row in zip(numbers, rows, strict=True)]
    silent = [(1 + t / 10, b"") for t in range(1, 20)]
    assert gaps_of(run(CYTON, [*reads[:250], *silent, *reads[250:]])[0]) == [(250, 750)]


@pytest.mark.parametrize(("layout", "packets_per_row"), [(CYTON, 1), (DAISY, 2)])
def test_a_silence_longer_than_a_lap_is_told_in_rows(encode, layout, packets_per_row):
    numbers = np.r_[0:250, 750:1001]
    rows = encode(numbers, np.repeat(numbers[:, None], 8, axis=1))
    reads = [((n + 1) / 250, row.tobytes()) for n, row in zip(numbers, rows, strict=True)]
    chunks, estimated, state = run(layout, reads)
    assert gaps_of(chunks) == [(250 // packets_per_row, 750 // packets_per_row)]
    assert estimated == [750 // packets_per_row]
    assert next_sample(layout, state) == 1000 // packets_per_row
    assert state.lost == 500


@pytest.mark.parametrize(("layout", "rate"), [(CYTON, 250.0), (DAISY, 125.0)])
def test_the_rate_of_a_board_is_that_of_its_rows_and_unknown_for_a_second(layout, rate):
    first, last = Position(100, 7.0), Position(600, 9.0)
    assert frequency(layout, first, last) == rate
    assert np.isnan(frequency(layout, None, last))
    assert np.isnan(frequency(layout, first, Position(300, 7.9)))


@pytest.mark.parametrize("cut", [0, 10, 32])  # bytes of the packet in which the buffer was full
def test_5_6_a_backlog_that_the_buffer_cut_stands_where_it_was_sent(encode, cut):
    kept = np.r_[0:100, 120:600, 2300:2310]
    rows = encode(kept, np.repeat(kept[:, None], 8, axis=1))
    before, old, fresh = rows[:50], rows[50:580], rows[580:]
    state, first = decode(CYTON, start(0, 0.0), before.tobytes(), 50 / 250)
    backlog = old.tobytes() + encode(np.array([600]), np.zeros((1, 8)))[0].tobytes()[:cut]
    state, decoded = decode(CYTON, state, fresh.tobytes(), 2310 / 250, backlog)
    chunks = [*first.chunks, *decoded.chunks]
    assert gaps_of(chunks) == [(100, 120), (600, 2300)]
    for chunk in chunks:
        np.testing.assert_allclose(chunk.samples[:, 0] / UV, np.arange(chunk.start, chunk.stop))


def test_5_6_the_packet_that_waited_through_a_silence_stands_before_the_loss(encode):
    kept = np.r_[0:100, 356:370]
    rows = encode(kept, np.repeat(kept[:, None], 8, axis=1))
    state, first = decode(CYTON, start(0, 0.0), rows[:100].tobytes(), 100 / 250)
    backlog, fresh = rows[100:105].tobytes(), rows[105:].tobytes()
    state, decoded = decode(CYTON, state, fresh, 370 / 250, backlog)
    assert gaps_of([*first.chunks, *decoded.chunks]) == [(100, 356)]


def test_5_6_after_a_backlog_with_nothing_fresh_the_loss_stands_before_what_comes_next(encode):
    kept = np.r_[0:550, 1550:1560]
    rows = encode(kept, np.repeat(kept[:, None], 8, axis=1))
    reads = [(50, b"", rows[:50]), (1540, rows[50:550].tobytes(), rows[:0]), (1560, b"", rows[550:])]
    state, chunks = start(0, 0.0), []
    for packets, backlog, data in reads:
        state, decoded = decode(CYTON, state, data.tobytes(), packets / 250, backlog)
        chunks += decoded.chunks
    assert gaps_of(chunks) == [(550, 1550)]


def daisy_rows(encode, kept):
    """Packets `kept`; packet p of the Daisy or the Cyton holds p in all channels."""
    return encode(kept, np.repeat(np.asarray(kept)[:, None], 8, axis=1)).tobytes()


def test_2_2_even_packets_are_channels_9_to_16_and_odd_ones_1_to_8_of_the_same_row(encode):
    chunks, _, _ = run(DAISY, [(0.4, daisy_rows(encode, np.arange(101)))])
    samples = np.rint(np.concatenate([chunk.samples for chunk in chunks]) / UV)
    rows = np.arange(1, 50)
    np.testing.assert_array_equal(samples[rows, :8], (2 * rows + 1)[:, None] * np.ones(8))
    np.testing.assert_array_equal(samples[rows, 8:], 2 * rows[:, None] * np.ones(8))


def test_a_daisy_half_that_waits_at_the_end_is_in_microvolts_too(encode):
    _, _, state = run(DAISY, [(0.4, daisy_rows(encode, np.arange(100)))])
    (last,) = finish(DAISY, state)
    assert last.start == 49
    assert np.isnan(last.samples[0, :8]).all()
    np.testing.assert_array_equal(last.samples[0, 8:], np.full(8, 98 * UV))


def test_2_4_the_first_daisy_half_is_missing_because_it_is_invalid(encode):
    chunks, _, _ = run(DAISY, [(0.4, daisy_rows(encode, np.arange(11)))])
    assert np.isnan(chunks[0].samples[0, 8:]).all()
    assert (np.rint(chunks[0].samples[0, :8] / UV) == 1).all()
    assert not np.isnan(chunks[0].samples[1:]).any()


@settings(max_examples=200, deadline=None)
@given(
    lost=st.sets(st.integers(1, 79), max_size=60),
    cuts=st.lists(st.integers(1, 80), max_size=20),
)
def test_a_missing_half_is_nan_and_never_stale_however_packets_are_cut(lost, cuts):
    numbers = np.array([n for n in range(80) if n not in lost])
    samples = np.repeat(numbers[:, None], 8, axis=1).astype(float)
    half, rows, values = NO_HALF, [], []
    for part in np.split(np.arange(len(numbers)), sorted(c for c in cuts if c < len(numbers))):
        half, row, value = pair(half, numbers[part], samples[part])
        rows += row.tolist()
        values += value.tolist()
    row, value = unpaired(half)
    rows, values = rows + row.tolist(), np.array(values + value.tolist()).reshape(-1, 16)

    truth = sorted({n // 2 for n in numbers if n > 0})
    assert rows == truth
    for row, value in zip(rows, values, strict=True):
        cyton = 2 * row + 1 if 2 * row + 1 not in lost else np.nan
        daisy = 2 * row if row > 0 and 2 * row not in lost else np.nan
        np.testing.assert_array_equal(value, np.repeat([cyton, daisy], 8))


@pytest.mark.parametrize("layout", [CYTON, DAISY])
def test_any_partition_of_the_bytes_gives_the_same_rows(encode, layout):
    rng = np.random.default_rng(SEED)
    kept = np.flatnonzero(rng.random(500) > 0.1)
    data = encode(kept, rng.integers(-(2**23), 2**23, (len(kept), 8))).tobytes()
    whole = rows_of(run(layout, [(2.0, data)])[0])
    for size in (7, 33, 100):
        parts = [(2 * i / len(data), data[i : i + size]) for i in range(0, len(data), size)]
        np.testing.assert_array_equal(rows_of(run(layout, parts)[0]), whole)


def rows_of(chunks):
    """Sample numbers and samples side by side."""
    return np.concatenate(
        [np.column_stack((np.arange(c.start, c.stop), c.samples)) for c in chunks]
    )
