"""Measure how much work the start of the window is, against an empty window of Qt's.

    python tools/measure_startup.py [--runs N] [--display]

Processor time of the whole process, all threads, at four moments; medians over some runs:

    empty         an empty window of PyQt6 is on the screen
    shown         the program's window is, with its sentence and its primary action  at most 3 times empty
    usable        the simulated detector is connected and the library loaded         at most 12 times empty
    first usable  the same, the first time ever, when the cache of the prepared library is still to be made

Exits 1 when a limit is exceeded.  Without ``--display`` the windows are drawn offscreen.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMITS = {"shown": 3.0, "usable": 12.0}

EMPTY = """
import json, time
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QWidget

app = QApplication([])
window = QWidget()
window.resize(1366, 768)
window.show()
QTimer.singleShot(0, app.quit)
app.exec()
print(json.dumps({"empty": time.process_time()}))
"""

PROGRAM = """
import gc, json, sys, time
from gui.preflight import obstacle

assert obstacle() is None
gc.disable()  # as main.py does
from PyQt6.QtWidgets import QApplication
from gui.app import Program, make_window, start_of
from gui.fault_report import FaultDesk
from gui.palette import DAY
from gui.theme import apply_theme

start = start_of(["--demonstration", "--data-dir", sys.argv[1]])
faults = FaultDesk(start.data.path / "faults")
app = QApplication([])
apply_theme(app, DAY.for_training())
program = Program(start, faults, make_window(start))
spent = {}
program.painted.connect(lambda: spent.setdefault("shown", time.process_time()))
program.ready.connect(lambda: (spent.setdefault(sys.argv[2], time.process_time()), app.quit()))
program.show()
app.exec()
program.stop()
print(json.dumps(spent))
"""


def main() -> int:
    """Measure, print a table, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=7, metavar="N")
    parser.add_argument("--display", action="store_true", help="open real windows")
    options = parser.parse_args()
    spent = measured(options.runs, is_offscreen=not options.display)
    empty_s = spent["empty"]
    code = 0
    for moment, seconds in spent.items():
        limit = LIMITS.get(moment)
        is_exceeded = limit is not None and seconds > limit * empty_s
        code = 1 if is_exceeded else code
        told = "" if limit is None else f"  at most {limit:4.1f}{'  EXCEEDED' if is_exceeded else ''}"
        print(f"{moment:13s}{1000 * seconds:7.0f} ms  {seconds / empty_s:5.1f} times{told}")
    return code


def measured(runs: int, *, is_offscreen: bool) -> dict[str, float]:
    """Give the median processor time, seconds, of each moment; one run more warms the disk's cache."""
    found: dict[str, list[float]] = {"empty": [], "shown": [], "usable": [], "first usable": []}
    for run in range(runs + 1):
        with tempfile.TemporaryDirectory() as folder:
            # Taken in turns, so that whatever else this computer does hits all alike.
            for code, moment in ((EMPTY, "empty"), (PROGRAM, "first usable"), (PROGRAM, "usable")):
                spent = one_run(code, folder, moment, is_offscreen=is_offscreen)
                if run > 0:
                    for name, seconds in spent.items():
                        found[name].append(seconds)
    return {moment: statistics.median(values) for moment, values in found.items()}


def one_run(code: str, folder: str, moment: str, *, is_offscreen: bool) -> dict[str, float]:
    """Run ``code`` on a data ``folder`` in a process of its own and give the moments, the last so called."""
    # One thread for arithmetic: a second one that only waits would be counted as work.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    if is_offscreen:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    finished = subprocess.run(
        [sys.executable, "-c", code, folder, moment],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    moments: dict[str, float] = json.loads(finished.stdout.splitlines()[-1])
    return moments


if __name__ == "__main__":
    sys.exit(main())
