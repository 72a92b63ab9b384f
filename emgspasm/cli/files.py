"""Commands that bring recordings in, take them out and mend them: import, export, recover."""

from __future__ import annotations

from pathlib import Path

import click

from emgspasm.cli.console import FILE, Command, placed, positive, read_montage, say
from emgspasm.cli.options import gain_option, montage_option, place_options, rate_option
from emgspasm.errors import ConfigError, RecordingError
from emgspasm.grammar import several


@click.command("import", cls=Command)
@click.argument("source", type=FILE)
@place_options
@montage_option
@rate_option
@gain_option
@click.option(
    "--rescale",
    type=float,
    callback=positive,
    help="Factor for electrode channels; 44.7392 corrects BDF files of OpenBCI's GUI.",
)
@click.option("--overwrite", is_flag=True, help="Replace a recording that is there.")
def import_(
    source: Path,
    study: Path,
    participant: str,
    session: str | None,
    task: str,
    run: int | None,
    montage: Path | None,
    sampling_frequency: float | None,
    gain: float | None,
    rescale: float | None,
    *,
    overwrite: bool,
) -> None:
    """Bring a recording of another program into a study, and say what was odd in it.

    Formats: text files and BDF of OpenBCI's GUI, SD card files of the Cyton, BrainFlow files, EDF,
    BDF, XDF, and plain tables (CSV, TSV) with --sampling-frequency.
    """
    from emgspasm.results.channels import channel_warnings
    from emgspasm.results.requirements import require_rate
    from emgspasm.storage.conversion import import_recording
    from emgspasm.storage.edf.reader import open_edf
    from emgspasm.storage.files import refuse_existing
    from emgspasm.storage.opening import open_recording
    from emgspasm.storage.studies.sidecar import write_sidecars

    recording = open_recording(
        source,
        montage=read_montage(montage),
        sampling_frequency=sampling_frequency,
        gain=gain,
        rescale=rescale,
    )
    require_rate(source, recording.info, sampling_frequency)
    with placed(study, participant, session, task, run) as (opened, place):
        refuse_existing(*place.files, overwrite=overwrite)
        findings = import_recording(recording, place.recording, overwrite=overwrite)
        write_sidecars(open_edf(place.recording), place.sidecars, task=task, overwrite=overwrite)
    if recording.start is not None:
        opened.note_time(place, recording.start)
    else:
        former = " (that of the recording it replaces is gone)" * opened.forget_time(place)
        say(f"{source.name}: gives no date{former}; emgspasm study set-date enters it")
    for finding in (*findings, *channel_warnings(recording.info)):
        say(f"{source.name}: {finding}")
    say(f"imported as {place.recording}")


@click.command(cls=Command)
@click.argument("recording", type=FILE, metavar="RECORDING_OR_STUDY")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["edf", "csv", "parquet", "openbci"]),
    help="What to write of a recording.",
)
@click.option(
    "--out", required=True, type=FILE, metavar="FILE", help="A file; a folder of a study."
)
@click.option(
    "--anonymize",
    is_flag=True,
    help="Leave out names, dates, notes, serial numbers; of a study too.",
)
@montage_option
@rate_option
@gain_option
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
def export(
    recording: Path,
    kind: str | None,
    out: Path,
    montage: Path | None,
    sampling_frequency: float | None,
    gain: float | None,
    *,
    anonymize: bool,
    overwrite: bool,
) -> None:
    """Write a recording as EDF, CSV, Parquet or OpenBCI text; or copy a study without names.

    With --anonymize only codes, numbers and models of devices are kept. A study is copied into a
    new folder: participants are numbered, the dates of each are shifted by a secret number of days
    to before 1925, and results are left out.
    """
    from emgspasm.anonymization.recording import anonymous
    from emgspasm.results.requirements import require_rate
    from emgspasm.storage.exporters.formats import export_recording
    from emgspasm.storage.opening import open_recording

    if recording.is_dir():
        if montage or sampling_frequency or gain:
            raise click.UsageError(
                f"--montage, --sampling-frequency and --gain are for a recording ({recording} is a "
                "folder). Leave them out"
            )
        _copy_study(recording, out, kind, anonymize=anonymize)
        return
    if kind is None:
        raise click.UsageError("say what to write: --format edf, csv, parquet or openbci")
    if out.exists() and out.samefile(recording):
        raise ConfigError(
            f"{out} is the recording itself (what is exported may hold less). Name another file"
        )
    opened = open_recording(
        recording,
        montage=read_montage(montage),
        sampling_frequency=sampling_frequency,
        gain=gain,
    )
    require_rate(recording, opened.info, sampling_frequency)
    exported = anonymous(opened) if anonymize else opened
    for finding in export_recording(exported, kind, out, overwrite=overwrite):
        say(f"{out.name}: {finding}")
    say(f"exported to {out}")


def _copy_study(study: Path, out: Path, kind: str | None, *, anonymize: bool) -> None:
    from emgspasm.anonymization.study import anonymize_study
    from emgspasm.storage.studies.study import Study

    opened = Study.open(study)
    if not anonymize or kind is not None:
        raise ConfigError(
            f"{study} is a study (it is exported with --anonymize, without --format). "
            "Add --anonymize, or name one recording"
        )
    copy = anonymize_study(opened, out)
    n_recordings = sum(1 for _ in copy.recordings())
    say(
        f"{several(len(copy.participants), 'participant')} and "
        f"{several(n_recordings, 'recording')} copied to {out}, in the order of participants.tsv; "
        f"results are left out: emgspasm analyze {out} makes them"
    )


@click.command(cls=Command)
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
def recover(files: tuple[Path, ...]) -> None:
    """Make cut recordings whole, in place, and say what was lost.

    The bytes after the last whole record are kept beside the file. In a study, the duration and the
    markers that stand beside the recording are brought up to date.
    """
    from emgspasm.storage.bdf.recovery import recover as mend

    failed = []
    for file in files:
        try:
            recovery = mend(file)
            left = _mend_sidecars(file)
        except RecordingError as error:
            failed.append(str(error))  # names the file
            continue
        unchanged = "damaged" if recovery.lost_samples else "whole"
        state = "recovered" if recovery.changed else unchanged
        click.echo(f"{file}: {state}, {recovery.n_samples} samples, {recovery.lost_samples} lost")
        for finding in (*recovery.findings, *left):
            say(f"  {finding}")
    if failed:
        raise RecordingError(f"{len(failed)} of {len(files)} files failed: {'; '.join(failed)}")


def _mend_sidecars(file: Path) -> list[str]:
    """Bring what stands beside a recording of a study up to date; what was left as it is."""
    from emgspasm.storage.edf.reader import open_edf
    from emgspasm.storage.studies.collection import is_study
    from emgspasm.storage.studies.dataset import ignore_own_files
    from emgspasm.storage.studies.sidecar import bring_up_to_date
    from emgspasm.storage.studies.study import Placement

    place = Placement.of(file)
    if place is not None and place.sidecars.description.exists():
        left = bring_up_to_date(open_edf(file), place.sidecars)
        if file.with_name(f"{file.name}.tail").exists():
            for study in filter(is_study, place.folder.absolute().parents[1:3]):
                ignore_own_files(study)
        return left
    return []
