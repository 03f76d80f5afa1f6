"""The options that stand before a verb, and whether there is a verb at all.

Loads nothing heavy: the window reads its options here and must be on the screen at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from inspection.language import Language

OPTIONS_WITH_VALUE = ("--data-dir", "--language", "--user")


def wants_window(argv: Sequence[str]) -> bool:
    """Tell whether ``argv`` names no verb, so that the window is meant."""
    if any(argument in ("-h", "--help", "--version") for argument in argv):
        return False
    rest = iter(argv)
    for argument in rest:
        if argument in OPTIONS_WITH_VALUE:
            next(rest, None)
        elif not argument.startswith("-"):
            return False
    return True


def add_global_options(result: argparse.ArgumentParser) -> None:
    """Add the options that stand before the verb."""
    result.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="where logs and settings live (default: this user's data folder)",
    )
    result.add_argument("--language", choices=[language.value for language in Language], default="en")
    result.add_argument(
        "--user", metavar="NAME", help="who works; the PIN is taken from CHEMGATE_PIN, or asked for"
    )
    result.add_argument("--training", action="store_true", help="work on the training log, not on evidence")


def window_parser() -> argparse.ArgumentParser:
    """Build the parser of the window's options."""
    result = argparse.ArgumentParser(prog="chemgate", description="Opens the window.")
    add_global_options(result)
    result.add_argument(
        "--demonstration",
        action="store_true",
        help="work on a simulated detector and the training log",
    )
    return result
