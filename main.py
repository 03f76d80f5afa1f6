"""The front door: with a verb the command line, without one the window."""

from __future__ import annotations

import gc
import sys


def main(argv: list[str] | None = None) -> int:
    """Run ``argv`` (default: the process's arguments) and return the exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    from inspection.options import wants_window  # light: the verbs would keep the window waiting

    if wants_window(arguments):
        return open_window(arguments)
    from inspection.cli import run

    return run(arguments)


def open_window(argv: list[str] | None = None) -> int:
    """Open the window; also the entry point of ``chemgate-gui``."""
    from gui.preflight import obstacle  # Qt is loaded only when a window is wanted, and only if it can be

    why_not = obstacle()
    if why_not is not None:
        print(why_not, file=sys.stderr)
        return 2
    gc.disable()  # gui/garbage.py takes over; amid the imports it would find nothing, and cost 5 ms
    from gui.app import run_window

    return run_window(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
