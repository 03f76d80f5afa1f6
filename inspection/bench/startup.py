"""How much work the start of the window is, beside an empty window of PyQt6's, taken in turns in one run.

    python -m inspection.bench.startup [--runs N] [--display]

prints one JSON object per moment.  What is measured is processor time of the whole process, all threads:

    shown               the program's window is on the screen, with its sentence and its primary action
    usable, first ever  library loaded, simulated detector connected; nothing is kept of an earlier start
    usable              the same, with what an earlier start kept

The windows themselves are shown by ``gui.startup_probe``, in processes of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from inspection.bench.search import ONE_THREAD, Figure

GOALS = {"shown": 3.0, "usable, first ever": 12.0, "usable": 12.0}  # times the empty window

_PROBE = "from gui.startup_probe import main; main()"  # -m would count the module that runs modules
_WITHOUT_MODULES = "PYTHONDONTWRITEBYTECODE"  # with it each start would compile the whole program anew


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measures the start; one JSON object per moment.")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--display", action="store_true", help="open real windows")
    arguments = parser.parse_args()
    try:
        for figure in measure(arguments.runs, is_offscreen=not arguments.display):
            print(json.dumps(figure), flush=True)
    except subprocess.CalledProcessError as error:
        sys.exit(
            f"expected a window that starts and ends, found exit code {error.returncode}:\n{error.stderr}"
        )


def measure(runs: int, *, is_offscreen: bool) -> Iterator[Figure]:
    """Start each window ``runs`` times, in turns, and once more before, which compiles the modules."""
    rounds = [one_round(is_offscreen=is_offscreen) for _ in range(runs + 1)][1:]
    common: Figure = {"bench": "startup", "runs": runs, "is_offscreen": is_offscreen}
    yield common | {"figure": "empty window", "cpu_ms": _median_ms([one["empty"] for one in rounds])}
    for moment, goal in GOALS.items():
        ratio = statistics.median(one[moment] / one["empty"] for one in rounds)
        yield common | {
            "figure": moment,
            "ratio": round(ratio, 2),
            "cpu_ms": _median_ms([one[moment] for one in rounds]),
            "goal": goal,
            "goal_reached": ratio <= goal,
        }


def one_round(*, is_offscreen: bool) -> dict[str, float]:
    """Start all windows once; seconds by moment."""
    with tempfile.TemporaryDirectory() as folder:
        empty = started(["empty"], is_offscreen=is_offscreen)
        first = started(["program", folder], is_offscreen=is_offscreen)
        again = started(["program", folder], is_offscreen=is_offscreen)
    return {
        **empty,
        "shown": again["shown"],
        "usable, first ever": first["usable"],
        "usable": again["usable"],
    }


def started(arguments: list[str], *, is_offscreen: bool) -> dict[str, float]:
    """Start one window.  Raises CalledProcessError when it does not come to its end."""
    # One thread for arithmetic: a second one that only waits would be counted as work.
    environment = {**os.environ, **ONE_THREAD}
    environment.pop(_WITHOUT_MODULES, None)
    if is_offscreen:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    finished = subprocess.run(
        [sys.executable, "-c", _PROBE, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    spent: dict[str, float] = json.loads(finished.stdout.splitlines()[-1])
    return spent


def _median_ms(seconds: list[float]) -> int:
    return round(1000 * statistics.median(seconds))


if __name__ == "__main__":
    main()
