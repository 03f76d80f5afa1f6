"""The front door: with a verb the command line, without one the window."""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run ``argv`` (default: the process's arguments) and return the exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    from inspection.cli import run, wants_window

    if wants_window(arguments):
        return open_window(arguments)
    return run(arguments)


def open_window(argv: list[str] | None = None) -> int:
    """Open the window; also the entry point of ``chemgate-gui``."""
    from gui.app import run_window  # Qt is loaded only when a window is wanted

    return run_window(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
