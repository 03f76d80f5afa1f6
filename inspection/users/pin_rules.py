"""How long a name and a PIN may be, and which PINs are guessed first.  Pure, and quickly imported."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from inspection.errors import PinError

LONGEST_NAME: Final = 64
SHORTEST_PIN: Final = 6
LONGEST_PIN: Final = 64


def require_pin(pin: str) -> None:
    """Refuse what is tried first by anyone who guesses.  Raises PinError; the PIN is never told in it."""
    if not is_pin(pin):
        raise PinError(f"expected a PIN of {SHORTEST_PIN} to {LONGEST_PIN} digits 0-9")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps == {0}:
        raise PinError("expected a PIN of different digits, found one digit again and again")
    if steps in ({1}, {9}):
        raise PinError("expected a PIN that is not one digit after the other, up or down, found such a row")


def is_pin(pin: str) -> bool:
    """Tell whether it has the form of a PIN."""
    return pin.isascii() and pin.isdigit() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN
