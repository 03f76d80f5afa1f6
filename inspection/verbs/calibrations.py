"""``library calibrate``: redo the confidence on own repeat measurements, or show what is in use."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from inspection.desk import Desk, ExitCode
from inspection.own_calibration import Repeat, own_calibration, read_repeats
from inspection.users.roles import Action
from inspection.verbs.spectra import refuse
from spectra_library.calibration_file import load_calibration, write_calibration
from spectra_library.confidence import Calibration
from spectra_library.errors import CalibrationError


def add_action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
) -> None:
    """Add the action to ``library``."""
    calibrate = actions.add_parser(
        "calibrate", help="measure the confidence on own repeat measurements of known substances"
    )
    calibrate.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="files whose CAS entry or title names the substance, or folders named after it",
    )
    calibrate.add_argument(
        "--library", action="append", metavar="NAME_OR_PATH", help="search this library (repeatable)"
    )
    calibrate.add_argument("--show", action="store_true", help="say which calibration is in use")
    calibrate.add_argument("--json", action="store_true", help="one JSON object per line")
    calibrate.set_defaults(verb_function=calibrate_library, permission=_permission)


def _permission(arguments: argparse.Namespace) -> Action:
    return Action.INSPECT if arguments.show else Action.MANAGE_LIBRARIES


def calibrate_library(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Calibrate, store it in the data folder, and say what it stands on."""
    own = desk.data.calibration
    if arguments.show == bool(arguments.paths):
        raise CalibrationError("expected either files and folders to calibrate on, or --show")
    if arguments.show:
        calibration = load_calibration(own)
        if calibration is None:
            raise CalibrationError("expected a calibration, found none")
        _tell(desk, calibration, as_json=arguments.json)
        return ExitCode.DONE
    code = ExitCode.DONE
    catalogue = desk.catalogue()
    repeats: list[Repeat] = []
    for item in read_repeats(arguments.paths, catalogue):
        if isinstance(item, Repeat):
            repeats.append(item)
        else:
            code = refuse(desk, item, as_json=arguments.json)
    calibration = own_calibration(
        repeats, desk.library(arguments.library), catalogue, today=datetime.now(UTC).date()
    )
    write_calibration(calibration, own)
    _tell(desk, calibration, as_json=arguments.json)
    return code


def _tell(desk: Desk, calibration: Calibration, *, as_json: bool) -> None:
    if as_json:
        desk.emit({"calibration": asdict(calibration)})
        return
    words = desk.words
    desk.say(
        words("Calibrated {date} on {description}").format(
            date=calibration.date, description=calibration.description
        )
    )
    desk.say(
        "  "
        + words(
            "{questions} questions, {held} with the substance in the library, {right} answered rightly"
        ).format(questions=calibration.questions, held=calibration.held, right=calibration.right)
    )
    desk.say("  " + words("highest probability given: {value:.2f}").format(value=calibration.ceiling))
    for kind in calibration.kinds:
        parts = (kind.tier, kind.technique, kind.family, kind.state)
        desk.say("  " + words("given for: {kind}").format(kind=", ".join(part for part in parts if part)))
    if not calibration.kinds:
        desk.say("  " + words("given for no kind of reference: too few repeats of any"))
    if calibration.licence:
        desk.say(f"  {calibration.source} [{calibration.licence}]")
