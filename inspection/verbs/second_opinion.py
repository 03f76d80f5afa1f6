"""``log ask | opinion | answer``: a second opinion of a colleague or a laboratory, on a USB stick."""

from __future__ import annotations

import argparse
from pathlib import Path

from inspection.desk import Desk, ExitCode
from inspection.export.atomic import require_file_name, write_atomically
from inspection.laboratory.second_opinion import (
    answer_in,
    answering,
    asked,
    request_in,
    unknown_in,
    with_opinion,
)
from inspection.log import utc_now
from inspection.permissions import needs, no_user
from inspection.users.roles import Action
from inspection.verbs.spectra import positive
from inspection.wording import verdict_word
from spectra_library.verdicts import Verdict


def add_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the actions to ``log``."""
    ask = actions.add_parser("ask", help="write a package that asks a colleague about a finding")
    ask.add_argument("entry", type=positive, metavar="ENTRY", help="number of the identification")
    ask.add_argument("out", type=Path, metavar="OUT", help="a zip file")
    ask.add_argument("--question", required=True, metavar="TEXT")
    ask.add_argument("--blind", action="store_true", help="do not say what this program found")
    ask.add_argument(
        "--with-entry",
        action="store_true",
        help="put the entry itself in: it names the officer and the declared goods",
    )
    ask.set_defaults(verb_function=ask_colleague, permission=needs(Action.EXPORT))

    opinion = actions.add_parser("opinion", help="answer such a package with another one")
    opinion.add_argument("package", type=Path, metavar="PACKAGE", help="the zip file that asks")
    opinion.add_argument("out", type=Path, metavar="OUT", help="the zip file that answers")
    opinion.add_argument("--verdict", required=True, choices=[verdict.value for verdict in Verdict])
    opinion.add_argument(
        "--substance",
        action="append",
        default=[],
        metavar="ID",
        help="id, CAS number or name; may be given several times",
    )
    opinion.add_argument("--remark", default="", metavar="TEXT")
    opinion.add_argument("--by", required=True, metavar="TEXT", help="who answers")
    opinion.set_defaults(verb_function=give_opinion, permission=no_user)

    answer = actions.add_parser("answer", help="read the answer back and write it into the log")
    answer.add_argument("package", type=Path, metavar="OPINION", help="the zip file that answers")
    answer.set_defaults(verb_function=record_answer, permission=needs(Action.RECORD))

    for action in (ask, opinion, answer):
        action.add_argument("--json", action="store_true", help="one JSON object")


def ask_colleague(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Write the package that asks."""
    out: Path = arguments.out
    require_file_name(out)
    with desk.read_log() as log:
        package = asked(
            log,
            arguments.entry,
            arguments.question,
            is_blind=arguments.blind,
            with_entry=arguments.with_entry,
        )
    sha256 = write_atomically(out, package)
    if arguments.with_entry:
        desk.warn(
            desk.words("{path} holds the entry itself: the officer's name and the declared goods.").format(
                path=out
            )
        )
    if arguments.json:
        desk.emit({"path": str(out), "sha256": sha256, "entry": arguments.entry, "blind": arguments.blind})
    else:
        desk.say(f"{out}: sha256 {sha256}")
    return ExitCode.DONE


def give_opinion(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Write the package that answers."""
    out: Path = arguments.out
    require_file_name(out)
    package = with_opinion(
        arguments.package,
        desk.catalogue(),
        verdict=Verdict(arguments.verdict),
        substances=arguments.substance,
        remark=arguments.remark,
        by=arguments.by,
        moment=utc_now(),
    )
    request = request_in(arguments.package)
    sha256 = write_atomically(out, package)
    if arguments.json:
        desk.emit(
            {
                "path": str(out),
                "sha256": sha256,
                "question": request.question,
                "request_sha256": request.sha256,
            }
        )
    else:
        desk.say(desk.words("asked: {question}").format(question=request.question))
        desk.say(f"{out}: sha256 {sha256}")
    return ExitCode.DONE


def record_answer(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Write an answer into the log."""
    answer = answer_in(arguments.package)
    catalogue = desk.catalogue()
    unknown = unknown_in(answer, catalogue)
    with desk.open_log() as log:
        entry = log.append(answering(log, answer, catalogue))
    if arguments.json:
        desk.emit(
            {
                "entry": entry.sequence,
                "answers": answer.request.sequence,
                "inspection": entry.inspection,
                "sample": entry.sample,
                "verdict": answer.verdict.value,
                "substances": [one.id for one in answer.substances if one not in unknown],
                "unknown": [f"{one.name} {one.cas}".strip() for one in unknown],
                "by": answer.by,
            }
        )
    else:
        desk.say(
            desk.words("entry {entry}: second opinion on entry {asked} by {name}: {verdict}").format(
                entry=entry.sequence,
                asked=answer.request.sequence,
                name=answer.by,
                verdict=verdict_word(desk.words, answer.verdict),
            )
        )
    if unknown:
        names = "; ".join(f"{one.name} {one.cas} ({one.id})" for one in unknown)
        desk.warn(
            desk.words("Not in the catalogue, and so kept in the finding only: {names}").format(names=names)
        )
    return ExitCode.DONE
