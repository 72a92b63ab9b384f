"""firmware_notes 1: bytes to packets."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.board import GAINS, full_scale
from emgspasm.sources.cyton.packets import (
    ParserState,
    microvolts_per_count,
    parse,
)
from support.packets import believed, tangled

SEED = 20240
LONGEST_CARRY = 33 * 8  # bytes: what six packets ahead may decide
N = 60
FRAMES, OFTEN = np.array([0xA0, 0xC0, 0xC6, 0x00, 0x01], np.uint8), (0.4, 0.3, 0.1, 0.1, 0.1)
"""Only headers, end bytes and counters: nearly everything looks like a packet."""


def packets_of(data, cuts=()):
    """Parse a stream cut at some places; the packets as one list of (counter, counts)."""
    state, out = ParserState(), []
    edges = [0, *sorted(cuts), len(data)]
    for first, last in pairwise(edges):
        state, packets = parse(state, data[first:last])
        assert len(state.carry) <= LONGEST_CARRY
        out += [
            (int(c), tuple(row)) for c, row in zip(packets.counters, packets.counts, strict=True)
        ]
    return out


@pytest.fixture
def stream(encode):
    """Packets of random samples from counter `first` on, and what they hold."""

    def make(seed=SEED, n=N, first=0):
        rng = np.random.default_rng(seed)
        counts = rng.integers(-(2**23), 2**23, (n, 8))
        counters = np.arange(first, first + n)
        rows = [row.tobytes() for row in encode(counters, counts)]
        truth = [(int(c % 256), tuple(row)) for c, row in zip(counters, counts, strict=True)]
        return rows, truth

    return make


def test_1_3_all_packets_but_the_last_are_found_with_their_exact_counts(stream):
    rows, truth = stream(n=1000)
    assert packets_of(b"".join(rows)) == truth[:-1]


@pytest.mark.parametrize("count", [0, 1, -1, 2**23 - 1, -(2**23)])
def test_1_3_extreme_counts_survive(encode, count):
    data = encode(np.arange(3), np.full((3, 8), count)).tobytes()
    assert packets_of(data)[0] == (0, (count,) * 8)


def test_1_4_one_count_at_gain_24_is_exactly_the_vendors_microvolts():
    assert microvolts_per_count(24) == 187500 / 8388607
    assert full_scale(24) == 187500.0


@pytest.mark.parametrize("gain", GAINS)
def test_1_5_the_largest_count_is_full_scale_at_every_gain(gain):
    assert (2**23 - 1) * microvolts_per_count(gain) == pytest.approx(4.5e6 / gain, rel=1e-15)


@pytest.mark.parametrize("end", range(0xC0, 0xC7))
def test_1_7_every_legal_end_byte_is_accepted(encode, end):
    data = encode(np.arange(5), np.zeros((5, 8)), end=end).tobytes()
    assert len(packets_of(data)) == 4


@pytest.mark.parametrize("end", [0xBF, 0xC7, 0x00, 0xA0])
def test_1_7_no_other_end_byte_is_accepted(encode, end):
    data = encode(np.arange(5), np.zeros((5, 8)), end=end).tobytes()
    assert packets_of(data) == []


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    damage=st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, 32)), max_size=12),
    cuts=st.lists(st.integers(0, N * 33), max_size=40),
)
def test_any_partition_of_a_damaged_stream_gives_the_same_packets(encode_once, seed, damage, cuts):
    rng = np.random.default_rng(seed)
    rows = [row.tobytes() for row in encode_once(np.arange(N), rng.integers(0, 2**24, (N, 8)))]
    for packet, kept in damage:
        rows[packet] = rows[packet][:kept]
    data = b"".join(rows)
    whole = packets_of(data)
    assert packets_of(data, [cut for cut in cuts if cut < len(data)]) == whole
    assert packets_of(data, range(7, len(data), 7)) == whole


@pytest.fixture(scope="module")
def encode_once(request):
    from importlib.util import module_from_spec, spec_from_file_location
    from pathlib import Path

    spec = spec_from_file_location("encoder", Path(__file__).parents[1] / "conftest.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.encode_packets


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), packet=st.integers(2, N - 4), byte=st.integers(0, 32))
def test_one_lost_byte_costs_one_packet(encode_once, seed, packet, byte):
    rng = np.random.default_rng(seed)
    counts = rng.integers(-(2**23), 2**23, (N, 8))
    rows = [row.tobytes() for row in encode_once(np.arange(N), counts)]
    rows[packet] = rows[packet][:byte] + rows[packet][byte + 1 :]
    truth = [(i, tuple(counts[i])) for i in range(N - 1) if i != packet]
    assert packets_of(b"".join(rows)) == truth


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), packet=st.integers(2, N - 4), kept=st.integers(1, 32))
def test_1_13_a_packet_cut_short_costs_itself_and_gives_no_sample(encode_once, seed, packet, kept):
    rng = np.random.default_rng(seed)
    counts = rng.integers(-(2**23), 2**23, (N, 8))
    rows = [row.tobytes() for row in encode_once(np.arange(N), counts)]
    rows[packet] = rows[packet][:kept]
    truth = [(i, tuple(counts[i])) for i in range(N - 1) if i != packet]
    assert packets_of(b"".join(rows)) == truth


def test_1_13_packets_cut_short_give_no_sample_even_if_all_looks_like_frames(encode):
    """Every byte of the samples that could pass for a header or an end byte does."""
    counts = np.full((400, 8), 0xA0C0A0 - 2**24)
    counts[:, 6] = 0xC0C0C0 - 2**24
    rows = [row.tobytes() for row in encode(np.arange(400), counts)]
    cut = set(range(10, 390, 20))
    data = b"".join(row[:10] if i in cut else row for i, row in enumerate(rows))
    truth = [i % 256 for i in range(399) if i not in cut]
    found = [c for c, _ in packets_of(data)]
    assert found == truth[: len(found)]
    assert len(found) > len(truth) - 6  # such bytes wait for the packets behind them


def test_every_tenth_packet_cut_to_ten_bytes_leaves_the_other_nine(stream):
    rows, truth = stream(n=20_000)
    cut = set(range(5, 19_990, 10))
    data = b"".join(row[:10] if i in cut else row for i, row in enumerate(rows))
    assert packets_of(data) == [t for i, t in enumerate(truth[:-1]) if i not in cut]


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), packet=st.integers(2, N - 4), bit=st.integers(0, 7))
def test_1_11_a_changed_counter_costs_its_packet_and_moves_no_other(encode_once, seed, packet, bit):
    rng = np.random.default_rng(seed)
    counts = rng.integers(-(2**23), 2**23, (N, 8))
    rows = encode_once(np.arange(N), counts)
    rows[packet, 1] ^= 1 << bit
    truth = [(i, tuple(counts[i])) for i in range(N - 1) if i != packet]
    assert packets_of(rows.tobytes()) == truth


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32), rate=st.floats(0, 0.7))
def test_packets_that_arrive_whole_are_kept_whatever_is_lost_between_them(encode_once, seed, rate):
    """Up to the order of counters: one may not lie beyond its successor modulo 256."""
    rng = np.random.default_rng(seed)
    kept = np.flatnonzero(rng.random(200) >= rate)
    rows = encode_once(kept, np.repeat(kept[:, None], 8, axis=1))
    found = [c for c, _ in packets_of(rows.tobytes())]
    assert found == kept.tolist()[: len(found)]
    assert len(found) >= len(kept) - 2  # the tail still waits for its successors


def test_1_12_ten_million_random_bytes_give_packets_only_by_chance():
    """Expected 0.016 packets; three or more would have a chance below one in a million."""
    rng = np.random.default_rng(SEED)
    state, found = ParserState(), 0
    for _ in range(100):
        state, packets = parse(state, rng.bytes(100_000))
        found += len(packets)
        assert len(state.carry) <= LONGEST_CARRY
    assert state.skipped + 33 * found + len(state.carry) == 10_000_000
    assert found < 3


def test_bytes_that_love_frames_are_parsed_alike_in_one_piece_and_in_many():
    rng = np.random.default_rng(SEED)
    data = rng.choice(FRAMES, 200_000, p=OFTEN).tobytes()
    cuts = np.sort(rng.integers(0, len(data), 5000)).tolist()
    assert packets_of(data, cuts) == packets_of(data)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_packets_are_believed_by_the_words_of_parse_and_by_nothing_else(seed):
    rng = np.random.default_rng(seed)
    frames = rng.choice(FRAMES, 400, p=OFTEN).tobytes()
    data = tangled(rng) + frames + tangled(rng) + bytes(8 * 33)
    cuts = range(1, len(data), rng.choice([1, 5, 40, 4000]))
    assert [counter for counter, _ in packets_of(data, cuts)] == believed(data)


def test_text_before_the_first_packet_is_skipped(stream):
    rows, truth = stream()
    text = b"OpenBCI V3 8-16 channel\nFirmware: v3.1.2\n$$$"
    assert packets_of(text + b"".join(rows)) == truth[:-1]


def test_a_packet_is_told_with_the_second_byte_of_the_next_or_where_one_goes_on_behind_it():
    """Unless a byte of its own looks like a header; of the second the header is lost."""
    rows = [bytes((0xA0, counter, *range(30), 0xC0)) for counter in range(5)]
    rows[2] = bytes(1) + rows[2][1:]
    state, told = ParserState(), []
    for place, byte in enumerate(b"".join(rows)):
        state, packets = parse(state, bytes([byte]))
        told += [(int(counter), place) for counter in packets.counters]
    assert told == [(0, 34), (1, 33 + 99), (3, 4 * 33 + 1)]


def test_only_packets_whole_before_a_piece_count_as_carried(stream):
    rows, _ = stream()
    state, first = parse(ParserState(), rows[0] + rows[1])
    assert (len(first), first.n_carried) == (1, 0)
    _, then = parse(state, rows[2] + rows[3])
    assert (len(then), then.n_carried) == (2, 1)
