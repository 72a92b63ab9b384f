"""Where what is asked for in window and service is recorded."""

import pytest

from emgspasm.desk.request import RecordingRequest, placed


@pytest.mark.parametrize("end", ["emg.bdf", "events.tsv"])  # of an EDF, perhaps
def test_a_run_of_which_anything_is_there_is_not_recorded_again(tmp_path, end):
    request = RecordingRequest(str(tmp_path / "study"), "01", "", "rest")
    first = placed(request)
    assert first.stem == "sub-01_task-rest"
    (first.folder / f"{first.stem}_{end}").touch()
    assert placed(request).stem == "sub-01_task-rest_run-2"
