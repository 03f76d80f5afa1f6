"""What infrared does not tell apart, and what it does not see: two short tables, read as far as they can be.

Some entries name substances of the catalogue, others a family ("synthetic cathinones") or a situation
("aqueous solutions").  The text is always kept; ids are taken where a part of it is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from spectra_library.errors import CatalogueError


class Separable(StrEnum):
    """What an infrared spectrum of one side says against the other."""

    NO = "no"  # nothing: the answer is both, whether or not there is a reference of the other
    COMPARED = "compared"  # something, where references of both were compared
    YES = "yes"  # enough, by the bands that the row names


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Two sides that an infrared tool must not pretend to tell apart without saying how.

    ``first``, ``second`` the catalogue ids that the texts name; empty where they name none.
    ``separable`` whether the spectrum of one excludes the other.
    """

    first_text: str
    second_text: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    kind: str
    how_to_tell_apart: str
    evidence: str
    separable: Separable = Separable.COMPARED

    def other_side(self, substance_id: str) -> tuple[str, ...]:
        """Give the ids that are alike to this one; empty when it stands on neither side."""
        if substance_id in self.first:
            return self.second
        return self.first if substance_id in self.second else ()


@dataclass(frozen=True, slots=True)
class Invisible:
    """What infrared cannot see, why, and what to do instead.  ``substances`` the catalogue ids it names."""

    text: str
    substances: tuple[str, ...]
    why: str
    advice: str


def read_lookalikes(rows: Iterable[Mapping[str, str]], known: frozenset[str]) -> tuple[Lookalike, ...]:
    """Read rows with the columns a, b, kind, separable, how_to_tell_apart, evidence.

    The substances of a side are separated by " / ".  Raises CatalogueError for an unknown ``separable``.
    """
    return tuple(
        Lookalike(
            first_text=row["a"],
            second_text=row["b"],
            first=_ids(row["a"], " / ", known),
            second=_ids(row["b"], " / ", known),
            kind=row["kind"],
            how_to_tell_apart=row["how_to_tell_apart"].rstrip("."),
            evidence=row["evidence"],
            separable=_separable(row["separable"]),
        )
        for row in rows
    )


def read_invisible(rows: Iterable[Mapping[str, str]], known: frozenset[str]) -> tuple[Invisible, ...]:
    """Read rows with the columns substance, why, advice; several substances are separated by ";"."""
    return tuple(
        Invisible(
            text=row["substance"],
            substances=_ids(row["substance"], ";", known),
            why=row["why"],
            advice=row["advice"].rstrip("."),
        )
        for row in rows
    )


def _separable(word: str) -> Separable:
    try:
        return Separable(word)
    except ValueError as error:
        known = ", ".join(Separable)
        raise CatalogueError(f"expected one of {known} as separable, found {word!r}") from error


def _ids(text: str, separator: str, known: frozenset[str]) -> tuple[str, ...]:
    """Give the parts of ``text`` that are catalogue ids, without what follows them ("(aq)", "and others")."""
    parts = (re.split(r" and | \(", part.strip())[0].strip() for part in text.split(separator))
    return tuple(part for part in parts if part in known)
