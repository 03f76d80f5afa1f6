"""The command line: parse the verb, run it, and turn every known error into one line and an exit code.

chemgate [--data-dir DIR] [--language en|ru|az] [--user NAME] [--training] VERB ...
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Final

from detector.errors import DetectorError, SettingsError
from inspection.desk import Desk, ExitCode
from inspection.errors import (
    ExportNoRoomError,
    InspectionError,
    LogSettingsError,
    LogVersionError,
    LogWriteError,
    NotAllowedError,
)
from inspection.folders import DataFolder, default_data_folder
from inspection.language import Language, Wording
from inspection.log_kind import LogKind
from inspection.log_writer import program_version
from inspection.options import add_global_options
from inspection.sign_in import authorised
from inspection.verbs import bench, checks, inspections, instrument, libraries, logbook, spectra, users
from inspection.wording import KnownError
from spectra_library.errors import SpectraLibraryError

MAY_BE_PATHS: Final = ("anchor", "library", "port", "profile", "sample")  # of those not parsed as a path
FAMILIES = (spectra, libraries, instrument, inspections, logbook, users, checks, bench)


def run(argv: Sequence[str]) -> int:
    """Run one call of the command line and return its exit code."""
    _speak_utf8()
    arguments = parser().parse_args(argv)
    desk = Desk(
        out=sys.stdout,
        err=sys.stderr,
        words=Wording(Language(arguments.language)),
        data=DataFolder(arguments.data_dir or default_data_folder()),
        kind=LogKind.TRAINING if arguments.training else LogKind.EVIDENCE,
        user=None,  # until somebody has signed in
    )
    try:
        _require_text(arguments)
        return int(arguments.verb_function(authorised(desk, arguments), arguments))
    except (DetectorError, SpectraLibraryError, InspectionError) as error:
        desk.complain(error)
        return exit_code_of(error)
    except BrokenPipeError:
        # The reader of our output (``| head``) has gone; what it wanted, it has.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except KeyboardInterrupt:
        desk.warn(desk.words("Stopped."))
        return 130


def _require_text(arguments: argparse.Namespace) -> None:
    """Refuse bytes that are no UTF-8, but in what may be a path: they can be neither recorded nor looked up.

    Raises InspectionError.
    """
    for name, value in vars(arguments).items():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and name not in MAY_BE_PATHS and not _is_text(text):
                raise InspectionError(f"expected text in UTF-8 for {name.replace('_', ' ')}, found {text!r}")


def _is_text(found: str) -> bool:
    try:
        found.encode()
    except UnicodeEncodeError:
        return False
    return True


def exit_code_of(error: KnownError) -> ExitCode:
    """Give the exit code of a known error."""
    if isinstance(error, DetectorError) and not isinstance(error, SettingsError):
        return ExitCode.DETECTOR_TROUBLE
    if isinstance(error, (LogWriteError, LogSettingsError, LogVersionError, ExportNoRoomError)):
        return ExitCode.NOT_RECORDED
    if isinstance(error, NotAllowedError):
        return ExitCode.NOT_ALLOWED
    return ExitCode.WRONG_INPUT


def parser() -> argparse.ArgumentParser:
    """Build the parser of all verbs."""
    result = argparse.ArgumentParser(
        prog="chemgate",
        description="Names what a portable FTIR detector sees, compares it with what was declared, "
        "and keeps the evidence. Without a verb the window opens; --demonstration opens it on a simulated "
        "detector.",
    )
    add_global_options(result)
    result.add_argument("--version", action="version", version=f"chemgate {program_version()}")
    verbs = result.add_subparsers(dest="verb", metavar="VERB", required=True)
    for family in FAMILIES:
        family.add_verbs(verbs)
    return result


def _speak_utf8() -> None:
    """Make sure that Azerbaijani and Russian reach a pipe or an old console, whatever its code page."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
