"""``log receipt | countersign``: the end of the log, taken away on paper or on another medium."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from inspection.countersignature import countersignature_bytes, countersigned, require_renewable
from inspection.desk import Desk, ExitCode
from inspection.errors import ExportError
from inspection.export.atomic import require_file_name, require_place, write_atomically
from inspection.export.qr import half_blocks, qr_matrix
from inspection.export.receipt import receipt_of
from inspection.export.receipt_layout import receipt_svg, receipt_text
from inspection.log import utc_now
from inspection.permissions import needs
from inspection.records import LogHead
from inspection.users.roles import Action
from inspection.verbs.spectra import positive

LAYOUTS = {".svg": receipt_svg, ".txt": receipt_text}


def add_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the actions to ``log``."""
    receipt = actions.add_parser(
        "receipt", help="a slip for the printer, 80 mm wide, with the end of the log"
    )
    receipt.add_argument("out", type=Path, metavar="OUT", help="ends in .svg or .txt")
    about = receipt.add_mutually_exclusive_group()
    about.add_argument("--entry", type=positive, metavar="N", help="say what this entry recorded")
    about.add_argument("--inspection", metavar="ID", help="say what was found in this inspection")
    receipt.set_defaults(verb_function=print_receipt, permission=needs(Action.EXPORT))

    countersign = actions.add_parser(
        "countersign", help="write the end of the log, signed, into a file for another medium"
    )
    countersign.add_argument("out", type=Path, metavar="OUT")
    countersign.add_argument("--remark", default="", metavar="TEXT")
    countersign.set_defaults(verb_function=countersign_log, permission=needs(Action.COUNTERSIGN))

    for action in (receipt, countersign):
        action.add_argument("--json", action="store_true", help="one JSON object")


def print_receipt(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Write a receipt."""
    out: Path = arguments.out
    require_place(out)
    layout = LAYOUTS.get(out.suffix.lower())
    if layout is None:
        raise ExportError(f"expected a name ending in .svg or .txt, found {out.name!r}")
    with desk.read_log() as log:
        receipt = receipt_of(
            log,
            desk.words,
            moment=utc_now(),
            entry=None if arguments.entry is None else log.entry(arguments.entry),
            inspection=None if arguments.inspection is None else log.inspection(arguments.inspection),
            user=desk.user,
        )
    sha256 = write_atomically(out, layout(receipt))
    _tell(desk, arguments, receipt.head, sha256)
    return ExitCode.DONE


def countersign_log(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Record that a supervisor takes the end of the log along, and write it into a file."""
    from inspection.keys import LogKeys  # 30 ms of cryptography that other verbs do without

    out: Path = arguments.out
    require_file_name(out)
    with desk.open_log() as log:
        require_place(out)  # which the data folder is from now on
        require_renewable(out, log)
        entry = log.append(countersigned(log.head(), remark=arguments.remark))
        head = log.head()
        keys = LogKeys(desk.data.keys)
        content = countersignature_bytes(
            head,
            signer=keys.signer(desk.kind),
            installation=keys.installation(),
            supervisor=entry.officer,
            moment=entry.time,
            remark=arguments.remark,
        )
    sha256 = write_atomically(out, content)
    if out.resolve().is_relative_to(desk.data.path.resolve()):
        desk.warn(
            desk.words("{path} lies beside the log: only on another medium it protects anything.").format(
                path=out
            )
        )
    _tell(desk, arguments, head, sha256)
    return ExitCode.DONE


def show_code(desk: Desk, head: LogHead) -> None:
    """Print an anchor as a QR code, for a screen that writes light on dark."""
    for line in half_blocks(qr_matrix(str(head)), light_is_drawn=True):
        desk.say(line)


def _tell(desk: Desk, arguments: argparse.Namespace, head: LogHead, sha256: str) -> None:
    if arguments.json:
        desk.emit({"path": str(arguments.out), "sha256": sha256, **asdict(head)})
    else:
        desk.say(f"{arguments.out}: {head}")
