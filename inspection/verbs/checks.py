"""``demo``, ``selftest``: does the whole program work on this computer?"""

from __future__ import annotations

import argparse

from inspection.demo import demonstrate
from inspection.desk import Desk, ExitCode
from inspection.permissions import no_user
from inspection.selftest import run_checks


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this family's verbs."""
    demo = verbs.add_parser("demo", help="the whole job without hardware, on a simulated detector")
    demo.set_defaults(verb_function=run_demo, permission=no_user)
    selftest = verbs.add_parser("selftest", help="a few seconds of checks")
    selftest.set_defaults(verb_function=run_selftest, permission=no_user)
    for verb in (demo, selftest):
        verb.add_argument("--json", action="store_true", help="one JSON object per line")


def run_demo(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Run the demonstration; it writes into the training log."""
    return demonstrate(desk, as_json=arguments.json)


def run_selftest(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Run every check and print one line for each."""
    code = ExitCode.DONE
    for check in run_checks():
        if not check.ok:
            code = ExitCode.CHECK_FAILED
        if arguments.json:
            desk.emit({"check": check.name, "ok": check.ok, "detail": check.detail})
        else:
            mark = desk.words("ok") if check.ok else desk.words("FAILED")
            desk.say(f"{mark:8s}{check.name}: {check.detail}")
    return code
