"""Is what was typed a container number by ISO 6346, and does its check digit fit?  Warns, never refuses.

MWC      U          605978    4
owner    category   serial    check digit
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST: Final = 40  # characters; a container number has 11, whatever stands between them

# What a Russian or an Azerbaijani keyboard types in place of a Latin letter that looks the same.
_LOOK_ALIKE: Final = str.maketrans("АВСЕНКМОРТХавсенкмортхİı", "ABCEHKMOPTXABCEHKMOPTXII")
_CAPITALS: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SEPARATORS: Final = "._/"  # besides every kind of space and dash

_SHAPE: Final = re.compile(r"(?P<owner>[A-Z]{3})(?P<category>[A-Z])(?P<serial>[0-9]{6})(?P<digit>[0-9]?)")
_ODD_OWNER: Final = re.compile(r"[A-Z]{3}[0-9]{6,7}|(?=[A-Z0-9]{0,2}[A-Z])[A-Z0-9]{3}[UJZ][0-9]{6,7}")
_ODD_SERIAL: Final = re.compile(r"[A-Z]{3}[UJZ](?=[A-Z]*[0-9])[A-Z0-9]{6,7}")
_ODD_LENGTH: Final = re.compile(r"[A-Z]{3}[UJZ][0-9]+")


class ContainerProblem(StrEnum):
    """Why a text is no container number that is right."""

    WRONG_CHECK_DIGIT = "wrong_check_digit"
    MISSING_CHECK_DIGIT = "missing_check_digit"
    WRONG_OWNER_CODE = "wrong_owner_code"  # not three letters
    WRONG_CATEGORY = "wrong_category"  # the fourth letter is none of U, J and Z
    WRONG_SERIAL = "wrong_serial"  # a letter among the digits: O for 0, I for 1
    WRONG_LENGTH = "wrong_length"
    NOT_ISO_6346 = "not_iso_6346"  # a truck's plate, a wagon, a word


@dataclass(frozen=True, slots=True)
class ContainerCheck:
    """What was typed, as a container number.

    ``entered`` as it was typed, with Latin letters in place of those that only look like them.
    ``number`` without spaces, in capitals: "MWCU6059784".  ``shown`` as on the door: "MWCU 605978 4".
    What is no container number stays in both as it was typed.
    ``check_digit`` the digit that belongs to the number; empty where none can be told.
    ``is_converted`` whether a letter was replaced by a Latin one.
    """

    entered: str
    number: str
    shown: str
    problem: ContainerProblem | None
    check_digit: str = ""
    is_converted: bool = False


def check_container(typed: str) -> ContainerCheck:
    """Check a container number as people type it, with any spaces, dashes, dots, small letters.

    Raises nothing, whatever the text.
    """
    latin = typed.translate(_LOOK_ALIKE)
    number = "".join(one for one in latin if not _separates(one)) if len(typed) <= LONGEST else ""
    number = number.translate(_CAPITALS)
    problem, digit = _judge(number)
    if problem is ContainerProblem.NOT_ISO_6346:
        # A Russian plate is made of these very letters: it stays Russian.
        return ContainerCheck(typed, typed.strip(), typed.strip(), problem)
    shown = " ".join(part for part in (number[:4], number[4:10], number[10:]) if part)
    if problem in (ContainerProblem.WRONG_OWNER_CODE, ContainerProblem.WRONG_LENGTH):
        shown = number  # parted, it would show parts that it has not
    return ContainerCheck(latin, number, shown, problem, digit, is_converted=latin != typed)


def _judge(number: str) -> tuple[ContainerProblem | None, str]:
    """Say what is wrong with a number without spaces, and which check digit belongs to it."""
    found = _SHAPE.fullmatch(number)
    if found is None:
        return _misshapen(number), ""
    if found["category"] not in "UJZ":
        return ContainerProblem.WRONG_CATEGORY, ""
    digit = _check_digit(number[:10])
    if not found["digit"]:
        return ContainerProblem.MISSING_CHECK_DIGIT, digit
    return None if found["digit"] == digit else ContainerProblem.WRONG_CHECK_DIGIT, digit


def _misshapen(number: str) -> ContainerProblem:
    if _ODD_OWNER.fullmatch(number):
        return ContainerProblem.WRONG_OWNER_CODE
    if _ODD_SERIAL.fullmatch(number):
        return ContainerProblem.WRONG_SERIAL
    if _ODD_LENGTH.fullmatch(number):
        return ContainerProblem.WRONG_LENGTH
    return ContainerProblem.NOT_ISO_6346


def _check_digit(number: str) -> str:
    """Give the check digit of four letters and six digits; a remainder of 10 counts as 0."""
    from stdnum import iso6346  # milliseconds that a start does not need

    return iso6346.calc_check_digit(number)


def _separates(letter: str) -> bool:
    return letter in _SEPARATORS or letter.isspace() or unicodedata.category(letter) == "Pd"
