"""What infrared does not tell apart, and what it does not see: two short tables, read as far as they can be.

Some entries name substances of the catalogue, others a family ("synthetic cathinones") or a situation
("aqueous solutions").  The text is always kept; ids are taken where a part of it is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Two sides that an infrared tool must not pretend to tell apart without saying how.

    ``first``, ``second`` the catalogue ids that the texts name; empty where they name none.
    """

    first_text: str
    second_text: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    kind: str
    how_to_tell_apart: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Invisible:
    """What infrared cannot see, why, and what to do instead.  ``substances`` the catalogue ids it names."""

    text: str
    substances: tuple[str, ...]
    why: str
    advice: str


def read_lookalikes(rows: Iterable[Mapping[str, str]], known: frozenset[str]) -> tuple[Lookalike, ...]:
    """Read rows with the columns a, b, kind, how_to_tell_apart, evidence; sides are separated by " / "."""
    return tuple(
        Lookalike(
            first_text=row["a"],
            second_text=row["b"],
            first=_ids(row["a"], " / ", known),
            second=_ids(row["b"], " / ", known),
            kind=row["kind"],
            how_to_tell_apart=row["how_to_tell_apart"].rstrip("."),
            evidence=row["evidence"],
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


def _ids(text: str, separator: str, known: frozenset[str]) -> tuple[str, ...]:
    """Give the parts of ``text`` that are catalogue ids, without what follows them ("(aq)", "and others")."""
    parts = (re.split(r" and | \(", part.strip())[0].strip() for part in text.split(separator))
    return tuple(part for part in parts if part in known)
