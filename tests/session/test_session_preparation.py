"""A stream made ready to be stored: its device's name, full scales, and columns."""

from types import SimpleNamespace

import numpy as np
import pytest

from emgspasm.config import LoadedConfig
from emgspasm.session.preparation import chosen, equipment, labelled, unscaled
from emgspasm.stream import Channel, Chunk, StreamInfo


@pytest.mark.parametrize(
    ("particulars", "name"),
    [({"Simulated": True}, "Cyton (simulated)"), ({"Simulated": False}, "Cyton"), ({}, "Cyton"),
     (None, "Cyton")],
)  # fmt: skip
def test_a_simulated_device_is_called_so_in_the_file(particulars, name):
    source = SimpleNamespace(info=SimpleNamespace(device="Cyton"))
    if particulars is not None:  # a source need not tell any
        source.particulars = particulars
    assert equipment(source) == name


CHANNELS = (
    Channel("OOC_L", full_scale=900.0),
    Channel("OOC_R"),
    Channel("ACCEL_X", kind="ACCEL", unit="g"),
    Channel("ACCEL_Y", kind="ACCEL", unit="m/s^2"),
    Channel("COUNT", kind="MISC", unit="n/a"),
)


def test_a_channel_without_a_full_scale_has_one_by_its_unit_and_others_keep_theirs():
    info = StreamInfo(250.0, CHANNELS)
    columns, stored = labelled(LoadedConfig(), info)
    assert columns == (0, 1, 2, 3, 4)
    scales = [channel.full_scale for channel in stored.channels]
    assert scales == [900.0, pytest.approx(187_500.0, rel=1e-6), 838.8607, 838.8607, 2**23 - 1]
    assert unscaled(columns, info, stored) == stored.channels[1:]


@pytest.mark.parametrize("columns", [(0, 1, 2), (2, 0), (1,)])
def test_columns_that_stay_are_laid_out_in_their_order_row_by_row(columns):
    samples = np.asfortranarray(np.arange(12.0).reshape(4, 3))
    told = chosen(Chunk(7, samples), columns)
    assert told.start == 7
    assert told.samples.tolist() == samples[:, columns].tolist()
    assert told.samples.flags.c_contiguous
