"""Numbers and times as the language of the screen writes them."""

from __future__ import annotations

from datetime import datetime

from PyQt6.QtCore import QLocale


def number(value: float, digits: int = 2) -> str:
    """Write ``value`` with the decimal mark of the screen's language."""
    return QLocale().toString(value, "f", digits)


def capital(word: str) -> str:
    """Begin ``word`` with a capital; Python's own upper() is wrong for Azerbaijani."""
    return QLocale().toUpper(word[:1]) + word[1:]


def clock_time(moment: datetime) -> str:
    """Write the time of day where the officer is."""
    return f"{moment.astimezone():%H:%M}"


def date_time(moment: datetime) -> str:
    """Write day and time where the officer is, in the one order that cannot be mistaken."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"
