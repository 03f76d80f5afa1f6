"""``bench``: how fast this computer works, as ratios measured in one run.

    search      against the plain product and other libraries
    identify    one whole identification against the plain product
    startup     the window against an empty one
    log         a large log: listed, searched, appended to, checked, exported

Each is measured in a process of its own, with one thread from its start.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from inspection.bench.search import ONE_THREAD
from inspection.desk import Desk, ExitCode
from inspection.permissions import no_user

_ROOT = Path(__file__).resolve().parents[2]
_TOLD = (
    "bench",
    "workload",
    "references",
    "rows",
    "points",
    "threads",
    "runs",
    "is_offscreen",
    "figure",
    "records",
)
_LEAST_REFERENCES = 20


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
    identify = subjects.add_parser("identify", help="one whole identification against the plain product")
    identify.add_argument(
        "--questions", type=_at_least_one, default=200, metavar="N", help="spectra asked (default: 200)"
    )
    startup = subjects.add_parser("startup", help="the start of the window against an empty window")
    startup.add_argument(
        "--runs", type=_at_least_one, default=9, metavar="N", help="starts of each (default: 9)"
    )
    startup.add_argument("--display", action="store_true", help="open real windows on the screen")
    log = subjects.add_parser("log", help="a large log: listed, searched, appended to, checked and exported")
    log.add_argument(
        "--records", type=_at_least_one, default=10_000, metavar="N", help="identifications (default: 10000)"
    )
    log.add_argument(
        "--appends", type=_at_least_one, default=2_000, metavar="N", help="records appended (default: 2000)"
    )
    log.add_argument(
        "--folder", type=_folder, metavar="DIR", help="where it is made up (default: the temporary folder)"
    )
    for parser, function in (
        (search, bench_search),
        (identify, bench_identify),
        (startup, bench_startup),
        (log, bench_log),
    ):
        parser.add_argument("--json", action="store_true", help="one JSON object per line")
        parser.set_defaults(verb_function=function, permission=no_user)


def bench_search(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Measure the search."""
    size = ["--references", str(arguments.references), "--points", str(arguments.points)]
    return _measured(desk, "inspection.bench.search", size, as_json=arguments.json)


def bench_identify(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Measure whole identifications."""
    questions = ["--questions", str(arguments.questions)]
    return _measured(desk, "inspection.bench.identify", questions, as_json=arguments.json)


def bench_startup(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Measure the start of the window."""
    options = ["--runs", str(arguments.runs), *(["--display"] if arguments.display else [])]
    return _measured(desk, "inspection.bench.startup", options, as_json=arguments.json)


def bench_log(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Measure a log that is made up for it and thrown away."""
    options = ["--records", str(arguments.records), "--appends", str(arguments.appends)]
    options += [] if arguments.folder is None else ["--folder", str(arguments.folder)]
    return _measured(desk, "inspection.bench.log", options, as_json=arguments.json)


def _measured(desk: Desk, module: str, options: list[str], *, as_json: bool) -> ExitCode:
    """Run ``module``, which prints one JSON object per figure, and pass the figures on."""
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]  # a checkout need not be installed
    with subprocess.Popen(
        [sys.executable, "-m", module, *options],
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(paths)},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            figure = json.loads(line)
            if as_json:
                desk.emit(figure)
            else:
                desk.say(sentence(figure))
    return ExitCode.DONE if process.returncode == 0 else ExitCode.CHECK_FAILED


def sentence(figure: dict[str, object]) -> str:
    """Write one figure for people: its name, and what was measured."""
    values = ", ".join(f"{name} {value}" for name, value in figure.items() if name not in _TOLD)
    return f"{figure['figure']}: {values}"


def _count(text: str) -> int:
    number = int(text)
    if number < _LEAST_REFERENCES:
        raise argparse.ArgumentTypeError(f"expected at least {_LEAST_REFERENCES}, found {text}")
    return number


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected at least 1, found {text}")
    return number


def _folder(text: str) -> Path:
    try:
        is_folder = Path(text).is_dir()
    except (OSError, ValueError):  # no name of a file at all
        is_folder = False
    if not is_folder:
        raise argparse.ArgumentTypeError(f"expected a folder, found {text!r}")
    return Path(text)
