"""A date or a time as it is typed on the command line."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime


def moment(text: str) -> datetime:
    """Parse an ISO date or time; without a zone it is UTC, as the log is."""
    try:
        parsed = datetime.fromisoformat(text)
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # no time, or one whose UTC lies before the year 1
        raise argparse.ArgumentTypeError(
            f"expected a date or time like 2026-11-24 or 2026-11-24T08:30, found {text!r}"
        ) from None
