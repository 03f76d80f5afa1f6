"""``library import``: spectra of files, folders and archives into a library of the user's, or a package."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from inspection.desk import Desk, ExitCode
from inspection.errors import InspectionError
from inspection.export.atomic import write_atomically
from inspection.import_table import line_object, report_csv, summary_object
from inspection.log_writer import program_version
from inspection.permissions import needs
from inspection.users.roles import Action
from inspection.verbs.packages import install_packages
from inspection.verbs.spectra import positive
from spectra_library.catalogue import load_catalogue
from spectra_library.errors import ImportStoppedError, LibraryStoreError
from spectra_library.importing.growth import ImportOrder
from spectra_library.importing.report import ImportReport, Outcome
from spectra_library.importing.run import ImportPlace, ImportProgress, ProgressListener, import_library
from spectra_library.importing.staging import DAMAGED, OTHER_IMPORT
from spectra_library.library import Tier
from spectra_library.names import fold
from spectra_library.packages import ENDING as PACKAGE
from spectra_library.shelf import OWN_NAME, slug
from spectra_library.spectrum import Technique


def add_action(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the action to ``library``."""
    bring = actions.add_parser(
        "import", help="spectra of files, folders and zip archives into a library, or a signed package"
    )
    bring.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    bring.add_argument(
        "--name", metavar="NAME", help="the library; one that is there grows (default: by PATH)"
    )
    bring.add_argument(
        "--licence", default="", metavar="TEXT", help="terms of use (default: what the files say)"
    )
    bring.add_argument(
        "--source", default="", metavar="TEXT", help="where they come from (default: the same)"
    )
    bring.add_argument(
        "--tier",
        choices=[Tier.MEASURED.value, Tier.DERIVED.value],
        default=Tier.MEASURED.value,
        help="derived for computed spectra (default: measured; peak tables become band lists anyway)",
    )
    bring.add_argument(
        "--technique",
        choices=[Technique.ATR.value, Technique.TRANSMISSION.value],
        help="how spectra were measured whose files do not say it (default: unknown, compared with both)",
    )
    bring.add_argument(
        "--examples", type=positive, default=5, metavar="N", help="how many files to name for each reason"
    )
    bring.add_argument("--json", action="store_true", help="one JSON object per spectrum, then a summary")
    bring.set_defaults(verb_function=import_files, permission=needs(Action.MANAGE_LIBRARIES))


def import_files(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Import what lies under the paths, and say what became of each spectrum."""
    paths: list[Path] = arguments.paths
    packages = [path for path in paths if path.suffix.lower() == PACKAGE]
    if packages:
        if len(packages) < len(paths):
            raise LibraryStoreError("expected either signed packages or spectra, found both")
        return install_packages(desk, packages, as_json=arguments.json)
    name = _name_of(paths) if arguments.name is None else arguments.name.strip()
    if fold(name) == fold(OWN_NAME):
        raise LibraryStoreError(
            f"expected another name: spectra come into {OWN_NAME!r} one by one, with 'library add'"
        )
    order = ImportOrder(
        name,
        datetime.now(UTC).date().isoformat(),
        tier=Tier(arguments.tier),
        technique=Technique(arguments.technique or Technique.UNKNOWN),
        licence=arguments.licence.strip(),
        source=arguments.source.strip(),
        imported_by=desk.user or "",
    )
    place = ImportPlace(desk.shelf.path_of(name), desk.shelf.staging_of(name))
    try:
        with _called_off_by_ctrl_c() as cancel, _progress(desk) as progress:
            report = import_library(
                paths,
                order,
                place,
                load_catalogue(),  # not the national list: it may be another where the library goes
                program=program_version(),
                progress=progress,
                cancel=cancel,
            )
    except ImportStoppedError as stopped:
        desk.warn(
            desk.words(
                "{done} of {total} files were read; nothing was changed. The same command goes on from here."
            ).format(done=stopped.done, total=stopped.total)
        )
        raise KeyboardInterrupt from stopped
    table = _write_table(desk, report)
    if arguments.json:
        for line in report.lines:
            desk.emit(line_object(line))
        desk.emit({"summary": {**summary_object(report), "report": str(table or "")}})
    else:
        _say(desk, report, table, examples=arguments.examples)
    _warn(desk, report)
    return ExitCode.WRONG_INPUT if report.counts().refused else ExitCode.DONE


def _name_of(paths: list[Path]) -> str:
    if len(paths) != 1:
        raise LibraryStoreError("expected --name: there are several paths to name the library by")
    return paths[0].absolute().stem


@contextmanager
def _called_off_by_ctrl_c() -> Iterator[threading.Event]:
    """Give what is set by the first Ctrl-C; the second one ends the program as usual."""
    cancel = threading.Event()

    def call_off(number: int, frame: FrameType | None) -> None:
        cancel.set()
        signal.signal(signal.SIGINT, before)

    if threading.current_thread() is not threading.main_thread():  # which alone may say what a signal does
        yield cancel
        return
    before = signal.getsignal(signal.SIGINT) or signal.default_int_handler
    signal.signal(signal.SIGINT, call_off)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _progress(desk: Desk) -> Iterator[ProgressListener | None]:
    """Give a listener that draws one line again and again; None where nobody is looking."""
    if not desk.err.isatty():
        yield None
        return

    def draw(progress: ImportProgress) -> None:
        if progress.done % max(progress.total // 200, 1) and progress.done < progress.total:
            return
        text = desk.words("{done} of {total} files, {refused} spectra refused").format(
            done=progress.done, total=progress.total, refused=progress.refused
        )
        print(f"\r{text}", end="", file=desk.err, flush=True)

    try:
        yield draw
    finally:
        print(file=desk.err, flush=True)


def _write_table(desk: Desk, report: ImportReport) -> Path | None:
    """Write the whole report beside the libraries; where that fails the import is still done."""
    path = desk.data.libraries / f"{slug(report.name)}.import.csv"
    try:
        write_atomically(path, report_csv(report))
    except InspectionError as error:
        desk.complain(error)
        return None
    return path


def _say(desk: Desk, report: ImportReport, table: Path | None, *, examples: int) -> None:
    words, counts = desk.words, report.counts()
    line = words(
        "files: {files}, linked: {linked}, not linked: {unlinked}, "
        "duplicates: {duplicate}, refused: {refused}"
    )
    desk.say(
        line.format(
            files=counts.files,
            linked=counts.linked,
            unlinked=counts.unlinked,
            duplicate=counts.duplicate,
            refused=counts.refused,
        )
    )
    for kind, count in counts.refused_by:
        desk.say("  " + words("refused, {kind}: {count}").format(kind=_kind_word(desk, kind), count=count))
        found = [one for one in report.lines if one.outcome is Outcome.REFUSED and one.kind == kind]
        for one in found[:examples]:
            desk.say(f"    {one.place}{f'[{one.block}]' if one.block else ''}: {one.reason}")
    unlinked = [one for one in report.lines if one.outcome is Outcome.UNLINKED]
    if unlinked:
        desk.say("  " + words("Kept without a link to the catalogue, so their legal status is not known:"))
        for one in unlinked[:examples]:
            desk.say(f"    {one.title}: {one.reason}")
    doubtful = [(one, text) for one in report.lines if one.is_kept for text in one.contradictions]
    if doubtful:
        desk.say("  " + words("Files that contradict themselves: {count}").format(count=len(doubtful)))
        for one, text in doubtful[:examples]:
            desk.say(f"    {one.place}: {text}")
    if report.sha256:
        desk.say(
            words("{name}: {references} references, {lists} band lists, sha256 {sha256}").format(
                name=report.name,
                references=report.references,
                lists=report.band_lists,
                sha256=report.sha256,
            )
        )
    else:
        desk.say(words("no spectrum was kept, and no library was made"))
    if table is not None:
        desk.say(words("every line: {path}").format(path=table))


def _warn(desk: Desk, report: ImportReport) -> None:
    if report.discarded:
        desk.warn(
            desk.words("An import begun earlier was not gone on with: {reason}").format(
                reason=_why_discarded(desk, report.discarded)
            )
        )
    if report.resumed:
        desk.warn(desk.words("Files that an earlier run had read: {count}").format(count=report.resumed))
    if report.licence_missing:
        desk.warn(
            desk.words(
                "References without a licence in their files: {count}. They are marked as not stated; "
                "--licence states it."
            ).format(count=report.licence_missing)
        )


def _why_discarded(desk: Desk, reason: str) -> str:
    return {
        DAMAGED: desk.words("what was there is damaged"),
        OTHER_IMPORT: desk.words("it was begun with other files, or by another version of the program"),
    }[reason]


def _kind_word(desk: Desk, kind: str) -> str:
    words = desk.words
    known = {
        "gas_phase": words("gas or vapour"),
        "not_infrared": words("no mid-infrared spectrum"),
        "reflectance": words("reflectance"),
        "no_absorbance": words("no absorbance"),
        "too_narrow": words("range too narrow"),
        "too_noisy": words("too noisy"),
        "no_bands": words("no bands"),
        "computed": words("computed, not measured"),
        "damaged_file": words("damaged file"),
        "unsupported_format": words("a format that is not read"),
        "reading_limit": words("takes too much memory or time"),
        "reader_failed": words("not readable here"),
        "format": words("no readable file"),
        "spectrum": words("no spectrum"),
        "poor": words("too poor"),
    }
    return known.get(kind, kind.replace("_", " "))
