"""Bursts of recordings that nobody here wrote, and what README says of them."""

import re
from pathlib import Path

import numpy as np
import pytest

from emgspasm.results.analysis import analyze_recording
from emgspasm.storage.montage import load_montage

PROJECT = Path(__file__).parents[2]
DATA = PROJECT.parent / "shared" / "data"
SAMPLE = "openbci_gui_samples/OpenBCI"
HEADERS = ("-sampleData-1-blinks-jawClench-alpha.txt", "_GUI-v6-blinks-jawClench-alpha.txt")

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(),
    reason="the public recordings are not here (../shared/data beside the project)",
)


def analyzed(name, montage, **given):
    path = PROJECT / "configs" / f"montage_{montage}.toml"
    return analyze_recording(DATA / name, montage=load_montage(path), **given)


def bursts(results):
    return results.events[results.events.trial_type == "burst"]


def covered(found, channel, start, stop):
    """Seconds of a stretch in which a channel has bursts."""
    of_channel = found[found.channel == channel]
    begins = of_channel.onset.clip(start, stop)
    return float(((of_channel.onset + of_channel.duration).clip(start, stop) - begins).sum())


def test_both_headers_of_the_gui_sample_give_the_same_events():
    old, new = (analyzed(SAMPLE + header, "openbci_gui_sample") for header in HEADERS)
    assert len(bursts(old)) > 50
    assert old.events.equals(new.events)


def test_the_gui_sample_is_full_of_bursts_where_jaws_clench_and_free_of_them_at_rest():
    found = bursts(analyzed(SAMPLE + HEADERS[1], "openbci_gui_sample"))
    clenching = [covered(found, name, 8.2, 14.2) for name in ("MAS_L", "MAS_R", "TEM_L", "TEM_R")]
    assert min(clenching) > 2  # the sides take turns
    assert found[found.onset.between(15, 80)].empty


def test_the_railed_channels_of_the_facial_recording_are_not_analyzed():
    name = "cyton_facial_subvocal/Nao.csv"
    results = analyzed(name, "cyton_facial_subvocal", sampling_frequency=250)
    railed = ["ZYG_L", "ZYG_R", "PLA_L", "PLA_R"]
    assert {*bursts(results).channel} == {"OOR_L", "MEN_L", "OOR_R", "MEN_R"}
    unusable = results.quality[results.quality.grade == "unusable"]
    assert unusable.channel.tolist() == railed
    told = [sentence for sentence in results.provenance["warnings"] if "not analyzed" in sentence]
    assert [sentence.split()[1] for sentence in told] == railed


def test_the_forearm_has_bursts_where_it_moves_and_none_at_rest_as_the_readme_says():
    moves, rests = (
        bursts(analyzed(f"ganglion_forearm/OpenBCI-RAW-S02_{run}.txt", "ganglion_forearm"))
        for run in ("S1R0", "S1REST")
    )
    told = re.search(
        r"(\d+) and (\d+) bursts in\s+the movement run, none at rest",
        (PROJECT / "README.md").read_text(encoding="utf-8"),
    )
    assert rests.empty
    counts = moves.channel.value_counts()
    assert [counts["FCR_L"], counts["ECR_L"]] == [int(count) for count in told.groups()]


def test_the_bursts_that_an_eye_sees_in_the_biosppy_recording_are_found():
    found = bursts(analyzed("biosppy_examples/emg.txt", "biosppy"))
    seen = (11.45, 12.3, 14.85, 15.75, 21.95, 33.65, 36.3, 38.5, 46.6, 49.7, 51.4, 53.5, 95.8)
    onsets, ends = found.onset.to_numpy(), (found.onset + found.duration).to_numpy()
    missed = [second for second in seen if not np.any((onsets <= second) & (second < ends))]
    assert missed == []
    assert found[found.onset < 10].empty
