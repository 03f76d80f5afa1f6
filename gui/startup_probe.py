"""One start of a window, watched from within: how much processor time has been spent at which moment.

    main(["empty"])                     an empty window of PyQt6 is on the screen
    main(["program", DATA_FOLDER])      the program's window is on the screen; the demonstration is usable

prints one JSON object, seconds of the whole process by moment.  ``inspection/bench/startup.py`` starts this
in processes of its own; nothing is imported above but what an empty window is to be counted with.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:  # an empty window is counted without them
    from PyQt6.QtWidgets import QApplication

    from gui.app import Program

SHOWN, USABLE, EMPTY = "shown", "usable", "empty"


def main(arguments: list[str] | None = None) -> None:
    """Watch what the arguments name."""
    what, *rest = sys.argv[1:] if arguments is None else arguments
    # sqlite-utils imports pandas where it is installed: on a developer's computer, on no user's.
    sys.modules["pandas"] = None  # type: ignore[assignment]
    if what == EMPTY:
        empty_window()
    else:
        program(rest[0])


def empty_window() -> None:
    """Show an empty window of the program's size."""
    from PyQt6.QtCore import QTimer  # what is imported is what is measured, here and below
    from PyQt6.QtWidgets import QApplication, QWidget

    app = QApplication([])
    window = QWidget()
    window.resize(1366, 768)
    window.show()
    QTimer.singleShot(0, app.quit)
    app.exec()
    print(json.dumps({EMPTY: time.process_time()}))
    del window  # before the application, which as the older name would go first


def program(data_folder: str) -> NoReturn:
    """Start the demonstration as main.py does, until the library is there and the detector connected.

    It ends as main.py does, too: a start whose end fails is a failed start.
    """
    import gc

    from gui.preflight import obstacle

    why_not = obstacle()
    if why_not is not None:
        sys.exit(why_not)
    gc.disable()  # as main.py does
    from gui.app import run_window

    run_window(["--demonstration", "--data-dir", data_folder], watch=_note_moments)


def _note_moments(app: QApplication, running: Program) -> None:
    """Print what has been spent when ``running`` is usable, and close it."""
    spent: dict[str, float] = {}

    def note_usable() -> None:
        if USABLE not in spent:
            spent[USABLE] = time.process_time()
            print(json.dumps(spent))
            app.quit()

    running.painted.connect(lambda: spent.setdefault(SHOWN, time.process_time()))
    running.ready.connect(note_usable)
