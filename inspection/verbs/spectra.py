"""``read``, ``convert``, ``identify``: spectra that lie in files."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from inspection.declared.declaration import Declared
from inspection.desk import Desk, ExitCode
from inspection.export.atomic import require_place, write_atomically
from inspection.findings import Source, finding_object
from inspection.log import InspectionLog
from inspection.permissions import needs_when, no_user
from inspection.record.recording import present
from inspection.record.sections import Section
from inspection.session import InspectionSession, Place
from inspection.spectrum_files import ReadBands, ReadSpectrum, Refused, is_folder, read_curves, read_paths
from inspection.text_report import declared_lines, details, file_line, summary
from inspection.users.roles import Action
from inspection.wording import error_sentence
from spectra_library.errors import SpectraLibraryError, UnsupportedFormatError
from spectra_library.formats.csv_writer import csv_bytes
from spectra_library.formats.file_spectrum import FileBandList, FileSpectrum
from spectra_library.formats.jcamp_writer import jcamp_bytes
from spectra_library.formats.sandbox import LimitedReader
from spectra_library.spectrum import Technique


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this family's verbs."""
    read = verbs.add_parser("read", help="say what spectrum files hold")
    read.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    read.add_argument("--arrays", action="store_true", help="with --json: the numbers too")
    read.add_argument("--json", action="store_true", help="one JSON object per spectrum")
    read.set_defaults(verb_function=read_files, permission=no_user)

    convert = verbs.add_parser("convert", help="write a spectrum as JCAMP-DX (.jdx, .dx) or CSV (.csv)")
    convert.add_argument("path", type=Path, metavar="PATH")
    convert.add_argument("out", type=Path, metavar="OUT")
    convert.set_defaults(verb_function=convert_file, permission=no_user)

    identify = verbs.add_parser("identify", help="name the spectra in files and folders")
    identify.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    add_naming_options(identify)
    identify.set_defaults(verb_function=identify_files, permission=needs_when(Action.RECORD, "inspection"))


def add_naming_options(verb: argparse.ArgumentParser) -> None:
    """Add what ``identify`` and ``scan --identify`` have in common."""
    verb.add_argument(
        "--library", action="append", metavar="NAME_OR_PATH", help="search this library (repeatable)"
    )
    verb.add_argument(
        "--top", type=positive, default=10, metavar="N", help="how many candidates (default 10)"
    )
    verb.add_argument(
        "--declared", metavar="TEXT", help="what the papers say it is (default: what the inspection says)"
    )
    verb.add_argument("--inspection", metavar="ID", help="write the result into the log of this inspection")
    verb.add_argument("--sample", type=positive, metavar="N", help="number of the sample in the inspection")
    verb.add_argument("--json", action="store_true", help="one JSON object per spectrum")


def positive(text: str) -> int:
    """Parse a whole number from 1 upwards, for argparse; SQLite ends the numbers of samples and entries."""
    if not text.isascii() or not text.isdigit() or len(text) > 18 or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 upwards, found {text[:40]!r}")
    return int(text)


def read_files(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print one line per spectrum."""
    code = ExitCode.DONE
    for item in read_paths(arguments.paths):
        if isinstance(item, Refused):
            code = refuse(desk, item, as_json=arguments.json)
        elif arguments.json:
            desk.emit(read_object(item, with_arrays=arguments.arrays))
        else:
            desk.say(file_line(desk.words, item))
    return code


def convert_file(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Write the spectra of one file in another format."""
    out: Path = arguments.out
    require_spectrum_ending(out)
    items = list(read_curves([arguments.path]))
    for item in items:
        if isinstance(item, Refused):
            raise item.error
    readable = [item.spectrum for item in items if isinstance(item, ReadSpectrum)]
    if out.suffix.lower() == ".csv":
        content = csv_bytes([(one.title, one.spectrum()) for one in readable])
    else:
        if len(readable) != 1:
            raise UnsupportedFormatError(
                f"expected one spectrum for a JCAMP-DX file, found {len(readable)} in {arguments.path}; "
                "write it as .csv"
            )
        only = readable[0]
        content = jcamp_bytes(
            only.spectrum(), title=only.title, cas=only.cas, phase=only.phase, notes=only.notes
        )
    write_atomically(out, content)
    desk.say(str(out))
    return ExitCode.DONE


def require_spectrum_ending(out: Path) -> None:
    """Refuse an impossible name, or one whose ending names no format that is written.

    Raises ExportError, UnsupportedFormatError.
    """
    require_place(out)
    if out.suffix.lower() not in (".jdx", ".dx", ".csv"):
        raise UnsupportedFormatError(
            f"expected an output name ending in .jdx, .dx or .csv, found {out.name!r}"
        )


def identify_files(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print one verdict per spectrum; with ``--inspection`` write each into the log."""
    place = Place(arguments.inspection, arguments.sample)
    with LimitedReader() as reader, ExitStack() as opened:
        reader.start()  # it starts while the library is loaded
        log, declared = None, declared_text(arguments)
        if place.inspection is not None:
            log = opened.enter_context(desk.open_log())
            # An unknown inspection is refused before the work, not after it.
            declared = declared or declared_in(log, place.inspection)
        session = desk.session(arguments.library, log=log)
        return _identify_all(desk, arguments, session, reader, place=place, declared=declared)


def _identify_all(
    desk: Desk,
    arguments: argparse.Namespace,
    session: InspectionSession,
    reader: LimitedReader,
    *,
    place: Place,
    declared: Declared | None,
) -> ExitCode:
    code = ExitCode.DONE
    is_single_file = len(arguments.paths) == 1 and not is_folder(arguments.paths[0])
    for item in read_curves(arguments.paths, reader=reader):
        if isinstance(item, Refused):
            code = refuse(desk, item, as_json=arguments.json)
            continue
        try:
            finding = session.name(
                item.spectrum.spectrum(),
                source=item.source,
                title=item.spectrum.title,
                declared=declared,
                top=arguments.top,
            )
        except SpectraLibraryError as error:  # reflectance, say: readable, but nothing to compare with
            code = refuse(desk, Refused(item.source, error), as_json=arguments.json)
            continue
        if place.inspection is not None:
            session.record(finding, place)
        if arguments.json:
            desk.emit(finding_object(finding, session.catalogue, desk.words))
            continue
        desk.say(summary(desk.words, finding, session.catalogue))
        if finding.declaration is not None:
            for line in declared_lines(desk.words, finding.declaration):
                desk.say(line)
        if is_single_file:
            for line in details(desk.words, finding, session.catalogue):
                desk.say(line)
    return code


def declared_text(arguments: argparse.Namespace) -> Declared | None:
    """Give what was typed behind ``--declared``; it goes before what the inspection says."""
    return None if arguments.declared is None else Declared(arguments.declared)


def declared_in(log: InspectionLog, inspection: str) -> Declared | None:
    """Give what the papers of ``inspection`` say; None where they say nothing.

    Raises UnknownInspectionError, LogError.
    """
    found = log.inspection(inspection)
    papers = present(log.entries(inspection=found.id), Section.PAPERS)
    declared = Declared(found.declared, hs_code=found.hs_code, un_number=papers.un_number, cas=papers.cas)
    return None if declared.is_empty else declared


def refuse(desk: Desk, refused: Refused, *, as_json: bool) -> ExitCode:
    """Print the error line of one unreadable file."""
    source, error = refused.source, refused.error
    if as_json:
        desk.emit(
            {
                "source": source_object(source),
                "error": {"kind": error.kind, "message": str(error)},
            }
        )
    else:
        block = f"[{source.block}]" if source.block else ""
        desk.say(f"{source.path}{block}: {error_sentence(desk.words, error)}")
    return ExitCode.WRONG_INPUT


def read_object(item: ReadSpectrum | ReadBands, *, with_arrays: bool) -> dict[str, Any]:
    """Give the JSON object of ``read``."""
    one = item.bands if isinstance(item, ReadBands) else item.spectrum
    result: dict[str, Any] = {
        "source": source_object(item.source),
        "title": one.title,
        "cas": one.cas,
        "technique": one.technique.value if isinstance(one, FileSpectrum) else Technique.UNKNOWN.value,
        "phase": one.phase,
        "x_units": one.x_units,
        "y_units": one.y_units,
        "points": int(one.wavenumber.size),
        "wavenumber_min": float(one.wavenumber[0]),
        "wavenumber_max": float(one.wavenumber[-1]),
        "resolution_cm": one.resolution_cm if isinstance(one, FileSpectrum) else None,
        "gaps": [list(gap) for gap in one.gaps] if isinstance(one, FileSpectrum) else [],
        "warnings": list(one.warnings),
        "notes": {name: value for name, value in asdict(one.notes).items() if value},
    }
    if isinstance(one, FileBandList):
        result["bands"] = int(one.wavenumber.size)
    if not with_arrays:
        return result
    result["wavenumber"] = one.wavenumber.tolist()
    if isinstance(one, FileBandList):
        result["absorbance"] = None
        result["strength"] = one.strength.tolist()
        return result
    result["absorbance"] = None if one.absorbance is None else one.absorbance.tolist()
    if one.absorbance is None and one.ordinate is not None:
        result["ordinate"] = one.ordinate.tolist()
    return result


def source_object(source: Source) -> dict[str, Any]:
    """Give the ``source`` of a JSON line: where a spectrum lies."""
    return {
        "path": source.path,
        "block": source.block,
        "sha256": source.sha256,
        "format": source.format,
    }
