"""What Windows and macOS lack is done without, as far as Linux can show it."""

import io
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path, PureWindowsPath

import numpy as np
import pytest

from emgspasm import places, system
from emgspasm.batch import running
from emgspasm.batch.jobs import Job
from emgspasm.cli import configs, program
from emgspasm.cli.interruption import heed
from emgspasm.config import LoadedConfig, load_config
from emgspasm.errors import ConfigError, EmgspasmError, RecordingError
from emgspasm.postponement import postponed
from emgspasm.report.stored import stored_results
from emgspasm.storage.bdf.recovery import recover
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.files import remove_leftovers, remove_temporary, replacing, write_json
from emgspasm.storage.montage import load_montage
from emgspasm.storage.opening import open_recording
from emgspasm.storage.studies.study import Study
from emgspasm.storage.tables.tsv import read_table
from emgspasm.stream import Chunk

LACKING = ("pread", "pwrite", "O_DIRECTORY")


@pytest.fixture
def mended(tmp_path, monkeypatch):
    """What is changed by it is mended again before the test's folder is removed."""
    return monkeypatch


@pytest.fixture
def no_offsets(mended):
    """Files without reading and writing at an offset, folders that cannot be opened."""
    opening = os.open

    def opened(path, flags, *more):
        if Path(path).is_dir():
            raise PermissionError(13, "Permission denied", path)
        return opening(path, flags, *more)

    for name in LACKING:
        mended.delattr(os, name, raising=False)
    mended.setattr(os, "open", opened)


def write(path, stream_info, n_samples=2500):
    samples = np.random.default_rng(0).normal(0, 50, (n_samples, 2))
    with BdfWriter(path, stream_info(2, full_scale=200.0)) as writer:
        return writer.write(Chunk(0, samples)).samples


def test_recordings_are_written_read_and_mended_without_access_at_an_offset(
    no_offsets, stream_info, tmp_path
):
    path = tmp_path / "x.bdf"
    stored = write(path, stream_info)
    assert np.array_equal(open_edf(path).read(), stored)
    os.truncate(path, path.stat().st_size - 7)
    assert recover(path).changed
    assert open_edf(path).n_samples == 2000


def test_a_recording_is_opened_for_bytes_not_for_text(mended, stream_info, tmp_path):
    opening, seen = os.open, []
    mended.setattr("emgspasm.storage.bdf.file.BINARY", 0o10000000)  # O_PATH-like, unused

    def opened(path, flags, *more):
        seen.append(flags)
        return opening(path, flags & ~0o10000000, *more)

    mended.setattr(os, "open", opened)
    write(tmp_path / "x.bdf", stream_info)
    assert seen[0] & 0o10000000


def test_a_file_is_replaced_where_folders_cannot_be_opened(no_offsets, tmp_path):
    write_json({"a": 1}, tmp_path / "x.json")
    assert (tmp_path / "x.json").is_file()


def test_a_file_goes_to_the_disk_for_who_may_write_to_it_as_windows_wants(mended, tmp_path):
    (tmp_path / "x").touch()
    opening, seen = os.open, []
    mended.setattr(os, "open", lambda path, flags: seen.append(flags) or opening(path, flags))
    system.to_disk(tmp_path / "x")
    assert seen == [os.O_RDWR]


def held_for(n_times, monkeypatch):
    """Let so many renames fail as Windows' do while somebody has the file open."""
    rename, failures = Path.replace, iter(range(n_times))

    def replace(self, target):
        if next(failures, None) is not None:
            error = PermissionError(13, "Access is denied")
            error.winerror = 5
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)


def test_a_file_that_a_scanner_has_open_is_replaced_when_it_is_done(monkeypatch, tmp_path):
    held_for(3, monkeypatch)
    write_json({"a": 1}, tmp_path / "x.json")
    assert (tmp_path / "x.json").is_file()


def test_a_table_that_is_open_in_another_program_is_said_to_be_so(monkeypatch, tmp_path):
    held_for(10**6, monkeypatch)
    monkeypatch.setattr(system, "PATIENCE", 0.1)
    with (
        pytest.raises(RecordingError, match=r"another program has it open.*Close it there"),
        replacing(tmp_path / "x.tsv", overwrite=False) as temporary,
    ):
        temporary.touch()
    assert not list(tmp_path.iterdir())


def test_what_was_half_written_stays_where_it_is_open(mended, tmp_path):
    def refused(self, missing_ok=False):
        raise PermissionError(13, "Access is denied")

    left = tmp_path / ".x.tsv.17.tmp"
    left.touch()
    mended.setattr(Path, "unlink", refused)
    remove_temporary(tmp_path, 17)
    remove_leftovers(tmp_path / "x.tsv")
    assert left.exists()


def test_a_folder_that_may_not_be_written_is_not_waited_for(monkeypatch, tmp_path):
    def refused(self, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refused)
    begun = time.perf_counter()
    with pytest.raises(RecordingError, match="Check the folder"):
        write_json({}, tmp_path / "x.json")
    assert time.perf_counter() - begun < system.PATIENCE / 2


@pytest.mark.usefixtures("heard")
def test_a_signal_is_sent_again_where_threads_cannot_be_sent_one(monkeypatch):
    monkeypatch.delattr(signal, "pthread_kill", raising=False)

    def work():
        threading.Timer(0.1, system.signal_main, (signal.SIGINT,)).start()
        for _ in range(100):
            time.sleep(0.02)

    with pytest.raises(KeyboardInterrupt):
        heed(work)


@pytest.mark.usefixtures("heard")
def test_work_is_not_cut_short_where_signals_cannot_be_blocked(monkeypatch):
    monkeypatch.delattr(signal, "pthread_sigmask", raising=False)
    done = False

    def work():
        nonlocal done
        with postponed():
            signal.raise_signal(signal.SIGINT)
            done = True

    with pytest.raises(KeyboardInterrupt):
        heed(work)
    assert done


def test_workers_do_not_hear_ctrl_c_where_no_mask_is_handed_down(monkeypatch):
    monkeypatch.delattr(signal, "pthread_sigmask", raising=False)
    with running._executor([], 1, None) as executor:
        assert executor.submit(signal.getsignal, signal.SIGINT).result() is signal.SIG_IGN


def test_nothing_waits_without_end_for_windows_would_not_hear_ctrl_c(monkeypatch):
    asked = []

    class Impatient(threading.Event):
        def wait(self, timeout=None):
            asked.append(timeout)
            return super().wait(timeout)

    event = Impatient()
    threading.Timer(system.LOOK * 1.5, event.set).start()
    system.until_set(event)
    assert asked == [system.LOOK] * 2


def test_a_batch_hears_ctrl_c_while_it_waits_for_a_job():
    asked = []

    class Ended:
        def get(self, timeout):
            asked.append(timeout)
            if len(asked) == 1:
                raise queue.Empty
            return "a future"

    assert running._next(Ended()) == "a future"
    assert asked == [system.LOOK] * 2


def test_a_command_ends_by_signals_that_the_system_has(monkeypatch):
    code = (
        "import signal; del signal.SIGHUP; signal.SIGBREAK = signal.SIGUSR1\n"
        "from emgspasm.system import ENDING, is_hangup\n"
        "print([s.name for s in ENDING], is_hangup(signal.SIGUSR1))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['SIGINT', 'SIGTERM', 'SIGUSR1'] False"


def test_a_board_is_not_emulated_without_pseudo_terminals_and_what_can_be_done_is_said(
    emgspasm, monkeypatch
):
    for name in ("pty", "termios", "tty"):
        monkeypatch.setitem(sys.modules, name, None)
    done = emgspasm("emulate")
    assert done.returncode == 2
    assert "no pseudo-terminals" in done.stderr
    assert "emgspasm simulate" in done.stderr


def test_a_reader_that_goes_away_ends_a_command_quietly_where_the_error_has_no_name(mended, capsys):
    class Unread(io.StringIO):
        def write(self, _):
            raise OSError(22, "Invalid argument")

    mended.delattr(os, "fork", raising=False)
    mended.setattr(sys, "argv", ["emgspasm", "simulate", "--list"])
    mended.setattr(sys, "stdout", Unread())
    assert program.run() == 1
    assert capsys.readouterr().err == ""


def test_compiled_code_has_a_place_where_users_have_no_numbers(monkeypatch, tmp_path):
    monkeypatch.delattr(os, "getuid", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert places._temporary() == tmp_path / "emgspasm"
    assert places._temporary().is_dir()


MONTAGE = '[[channel]]\nsource = "1"\nlabel = "OOC_L"\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_powershell_and_windows_editors_write_is_read(tmp_path, encoding):
    montage, config = tmp_path / "montage.toml", tmp_path / "config.toml"
    montage.write_text(MONTAGE, encoding=encoding, newline="\r\n")
    config.write_text("exploratory = true  # \u03bc\n", encoding=encoding, newline="\r\n")
    assert load_montage(montage).channels
    assert load_config(config).text == "exploratory = true  # \u03bc\n"


def test_a_disk_that_folds_case_is_told_by_asking_it(tmp_path):
    (tmp_path / "results").mkdir()
    assert not system.folds_case(tmp_path / "results")
    (tmp_path / "RESULTS").symlink_to("results")
    assert system.folds_case(tmp_path / "results")
    assert system.folds_case(tmp_path / "results" / "0" / "1")


def test_paths_have_the_same_order_where_the_system_does_not_tell_upper_from_lower_case():
    paths = [PureWindowsPath(f"study/ses-{label}/x.bdf") for label in ("base", "W4", "W16")]
    assert min(paths).parts[1] == "ses-base"
    assert [path.parts[1] for path in system.in_order(paths)] == ["ses-W16", "ses-W4", "ses-base"]


def test_two_recordings_whose_results_would_be_one_where_case_folds_are_refused(tmp_path):
    (tmp_path / "out").mkdir()
    paths = tmp_path / "a" / "X.bdf", tmp_path / "b" / "x.bdf"
    jobs = [Job(path, tmp_path / "out", LoadedConfig()) for path in paths]
    running._refuse_clashes(jobs)
    (tmp_path / "OUT").symlink_to("out")
    with pytest.raises(ConfigError, match=r"X\.bdf and .*x\.bdf would both be written"):
        running._refuse_clashes(jobs)


@pytest.mark.parametrize(
    ("participant", "session", "task"),
    [("AB", "w4", "rest"), ("ab", "W4", "rest"), ("ab", "w4", "Rest")],
)
def test_labels_that_differ_in_case_alone_are_refused_in_a_study(
    tmp_path, participant, session, task
):
    study = Study.open_or_create(tmp_path / "study")
    study.place("ab", "w4", task="rest").recording.touch()
    assert study.place("ab", "w4", task="rest").recording.exists()
    with pytest.raises(ValueError, match="differ in upper and lower case alone"):
        study.place(participant, session, task=task)
    assert study.participants == ("ab",)


@pytest.mark.slow
def test_the_files_that_macos_puts_beside_every_file_of_a_study_are_no_results(emgspasm, tmp_path):
    who = ("--study", "s", "--participant", "01", "--session", "a", "--task", "rest")
    emgspasm("simulate", *who, "--scenario", "hfs_mixed", "--duration", "20", cwd=tmp_path)
    on = ("--participant", "01", "--session", "a", "--date", "2026-03-01")
    emgspasm("study", "set-date", "s", *on, cwd=tmp_path)
    emgspasm("analyze", "s", cwd=tmp_path)
    before = Study.open(tmp_path / "s").results("events")
    for path in [*(tmp_path / "s").rglob("sub-01_*")]:
        path.with_name(f"._{path.name}").write_bytes(b"\0\5\x16\7Mac OS X")
    study = Study.open(tmp_path / "s")
    assert len(list(study.recordings())) == len(study.sessions()) == 1
    assert study.results("events").equals(before)
    for command in (
        ("analyze", "s", "--overwrite"),
        ("compare", "s", "--participant", "01"),
        ("report", "s"),
    ):
        done = emgspasm(*command, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert len(stored_results(tmp_path / "s")) == 1


def test_a_folder_that_a_file_manager_was_shown_is_empty_enough_for_a_study(tmp_path):
    (tmp_path / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    assert Study.open_or_create(tmp_path).participants == ()
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "notes.txt").touch()
    with pytest.raises(RecordingError, match="not an empty folder"):
        Study.open_or_create(tmp_path / "more")


def test_the_page_is_served_from_a_folder_that_a_file_manager_was_shown(monkeypatch, tmp_path):
    application = pytest.importorskip("emgspasm.service.application", reason="an extra: service")
    shutil.copytree(application.PAGE, tmp_path / "page")
    (tmp_path / "page" / ".DS_Store").write_bytes(b"\0\0\0\1Bud1\xff")
    monkeypatch.setattr(application, "PAGE", tmp_path / "page")
    application._route_page(application.FastAPI())


def test_configs_on_a_disk_that_macos_wrote_to_are_listed_without_its_files(monkeypatch, tmp_path):
    (tmp_path / "configs").mkdir()
    for name in ("cyton.toml", "._cyton.toml"):
        (tmp_path / "configs" / name).touch()
    monkeypatch.setattr(configs, "__file__", str(tmp_path / "cli" / "configs.py"))
    assert list(configs.shipped()) == ["cyton"]


@pytest.mark.parametrize("read", [load_config, load_montage, open_edf, open_recording, read_table])
def test_a_folder_in_place_of_a_file_is_said_to_be_one_where_the_system_calls_it_forbidden(
    mended, tmp_path, read
):
    opening = io.open

    def opened(file, *more, **named):
        if Path(file).is_dir():
            raise PermissionError(13, "Permission denied", str(file))
        return opening(file, *more, **named)

    mended.setattr(io, "open", opened)
    with pytest.raises(EmgspasmError, match="Is a directory"):
        read(tmp_path)


def test_a_path_that_windows_finds_too_long_is_said_to_be(monkeypatch, stream_info, tmp_path):
    monkeypatch.setattr(system, "LONGEST_PATH", len(str(tmp_path)) + 10)
    folder = tmp_path / "no such folder"
    with pytest.raises(RecordingError, match=r"a path of \d+ characters"):
        BdfWriter(folder / "x.bdf", stream_info(1, full_scale=1.0))
    with pytest.raises(RecordingError, match=r"a path of \d+ characters"):
        raise_in(folder / "x.json")


def raise_in(path):
    with replacing(path, overwrite=False):
        raise FileNotFoundError(2, "No such file or directory")


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="this clock is Linux's")
def test_the_time_of_the_host_goes_on_while_the_machine_sleeps():
    asleep = "import time; print(system.host_time() - time.perf_counter() > 50_000)"
    asleep = f"from emgspasm import system; {asleep}"
    call = ["unshare", "--user", "--time", "--boottime", "100000", sys.executable, "-c", asleep]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no clock of its own is to be had: {done.stderr}")
    assert done.stdout.strip() == "True"
