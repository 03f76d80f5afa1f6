"""``bench search``: how fast this computer searches, as ratios measured in one run."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys

from inspection.desk import Desk, ExitCode
from inspection.search_bench import ONE_THREAD


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this family's verbs."""
    bench = verbs.add_parser("bench", help="how fast this computer works, as ratios measured in one run")
    subjects = bench.add_subparsers(dest="subject", metavar="SUBJECT", required=True)
    search = subjects.add_parser("search", help="the search against the plain product and other libraries")
    search.add_argument(
        "--references", type=_count, default=10_000, metavar="R", help="rows (default: 10000)"
    )
    search.add_argument(
        "--points", type=_count, default=1801, metavar="P", help="points per row (default: 1801)"
    )
    search.add_argument("--json", action="store_true", help="one JSON object per line")
    search.set_defaults(verb_function=bench_search)


def bench_search(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Measure the search in a process of its own, with one thread from its start."""
    command = [sys.executable, "-m", "inspection.search_bench"]
    command += ["--references", str(arguments.references), "--points", str(arguments.points)]
    with subprocess.Popen(
        command, env={**os.environ, **ONE_THREAD}, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            figure = json.loads(line)
            if arguments.json:
                desk.emit(figure)
            else:
                desk.say(sentence(figure))
    return ExitCode.DONE if process.returncode == 0 else ExitCode.CHECK_FAILED


def sentence(figure: dict[str, object]) -> str:
    """Write one figure for people: its name, and what was measured."""
    told = ("bench", "workload", "references", "points", "threads", "figure")
    values = ", ".join(f"{name} {value}" for name, value in figure.items() if name not in told)
    return f"{figure['figure']}: {values}"


def _count(text: str) -> int:
    number = int(text)
    if number < 20:
        raise argparse.ArgumentTypeError(f"expected at least 20, found {text}")
    return number
