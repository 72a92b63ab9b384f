"""A simulated course of toxin: one face before and at five visits after an injection."""

import shutil
from datetime import date, datetime, time, timedelta

import pytest

from emgspasm.batch.jobs import Job, run_job
from emgspasm.batch.joint import write_joint
from emgspasm.cli.simulation import write_truth
from emgspasm.config import LoadedConfig
from emgspasm.simulation import simulate
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.derivatives.names import result_path
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.studies.collection import results_folder
from emgspasm.storage.studies.scales import ScaleScore
from emgspasm.storage.studies.sidecar import Acquisition, write_sidecars
from emgspasm.storage.studies.study import Study
from emgspasm.storage.studies.treatments import Treatment

INJECTED = date(2026, 3, 2)
VISITS = {"base": -5, "W2": 14, "W4": 28, "W8": 56, "W12": 84, "W16": 112}
SITES = ("OOC_L", "ZYG_L")
SECONDS = 150.0


def _simulate_into(study, participant, session, day, *, fs=500, seed=1, seconds=SECONDS, **more):
    """A recording of a day of the course, with its place, sidecars and date in the study."""
    toxin = {"days_since_injection": day, "injected": SITES} if day > 0 else {}
    simulated = simulate(
        "hfs_mixed", sampling_frequency=fs, duration=seconds, snr=25, seed=seed, **toxin, **more
    )
    place = study.place(participant, session, task="rest")
    info = simulated.info
    with BdfWriter(place.recording, info, equipment=info.device) as writer:
        for mark in simulated.annotations:
            writer.annotate(mark)
        for chunk in simulated:
            writer.write(chunk)
    known = Acquisition("Bipolar", "none: simulated face", 50.0, {})
    write_sidecars(open_edf(place.recording), place.sidecars, task="rest", acquisition=known)
    study.note_time(place, datetime.combine(INJECTED + timedelta(days=day), time(9)))
    return place, simulated


def _analyze_study(study, config=None):
    """Analyze what has no results yet, in this process."""
    folder = study.path / "derivatives" / "emgspasm"
    outcomes = []
    for path in study.recordings():
        out = results_folder(study.path, path, None)
        if not result_path(out, path.stem, "events").exists():
            job = Job(path, out, config or LoadedConfig(), None, None, None, False)
            outcomes.append(run_job(job))
    write_joint(outcomes, folder)


@pytest.fixture(scope="session")
def simulate_into():
    return _simulate_into


@pytest.fixture(scope="session")
def analyze_study():
    return _analyze_study


@pytest.fixture(scope="session")
def toxin_course(tmp_path_factory):
    """A study of one participant, analyzed; not to be written into."""
    study = Study.open_or_create(tmp_path_factory.mktemp("course") / "toxin")
    for session, day in VISITS.items():
        place, simulated = _simulate_into(study, "01", session, day)
        truth = study.path / "derivatives" / "truth" / f"{place.stem}_desc-truth_events.tsv"
        write_truth(simulated, truth)
        study.add_score(ScaleScore("01", INJECTED + timedelta(days=day), "Jankovic", None, "R1", 4))
    for site, units in (("OOC", 5.0), ("ZYG", 2.5)):
        study.add_treatment(Treatment("01", INJECTED, "botulinum toxin", "Botox", site, "L", units))
    _analyze_study(study)
    return study


@pytest.fixture
def own_course(toxin_course, tmp_path):
    """A copy of the course that a test may write into."""
    shutil.copytree(toxin_course.path, tmp_path / "toxin")
    return Study.open(tmp_path / "toxin")
