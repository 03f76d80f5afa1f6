"""One start of a window, watched from within: how much processor time has been spent at which moment.

    main(["empty"])                     an empty window of PyQt6 is on the screen
    main(["program", DATA_FOLDER])      the program's window is on the screen; the demonstration is usable

prints one JSON object, seconds of the whole process by moment.  ``inspection/startup_bench.py`` starts this
in processes of its own; nothing is imported above but what an empty window is to be counted with.
"""

from __future__ import annotations

import json
import sys
import time

SHOWN, USABLE, EMPTY = "shown", "usable", "empty"


def main(arguments: list[str] | None = None) -> None:
    """Watch what the arguments name."""
    what, *rest = sys.argv[1:] if arguments is None else arguments
    # sqlite-utils imports pandas where it is installed: on a developer's computer, on no user's.
    sys.modules["pandas"] = None  # type: ignore[assignment]
    spent = empty_window() if what == EMPTY else program(rest[0])
    print(json.dumps(spent))


def empty_window() -> dict[str, float]:
    """Show an empty window of the program's size."""
    from PyQt6.QtCore import QTimer  # what is imported is what is measured, here and below
    from PyQt6.QtWidgets import QApplication, QWidget

    app = QApplication([])
    window = QWidget()
    window.resize(1366, 768)
    window.show()
    QTimer.singleShot(0, app.quit)
    app.exec()
    return {EMPTY: time.process_time()}


def program(data_folder: str) -> dict[str, float]:
    """Start the demonstration as main.py does, until the library is there and the detector connected."""
    import gc

    from gui.preflight import obstacle

    why_not = obstacle()
    if why_not is not None:
        sys.exit(why_not)
    gc.disable()  # as main.py does
    from PyQt6.QtWidgets import QApplication

    from gui.app import Program, make_window, start_of
    from gui.fault_report import FaultDesk
    from gui.palette import DAY
    from gui.theme import apply_theme

    start = start_of(["--demonstration", "--data-dir", data_folder])
    app = QApplication([])
    apply_theme(app, DAY.for_training())
    running = Program(start, FaultDesk(start.data.path / "faults"), make_window(start))
    spent: dict[str, float] = {}
    running.painted.connect(lambda: spent.setdefault(SHOWN, time.process_time()))
    running.ready.connect(lambda: spent.setdefault(USABLE, time.process_time()))
    running.ready.connect(app.quit)
    running.show()
    app.exec()
    running.stop()
    return spent
