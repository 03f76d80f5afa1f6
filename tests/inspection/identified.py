"""Identifications written down in one line, and a table of declarations to compare with them.

acetone             a match             acetone + toluene    a mixture
acetone | toluene   a group             hint:acetone         a hint, and no name
(nothing)           no match
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from inspection.declared.declaration import DeclarationFinding, Declared, compare
from spectra_library.catalogue import Catalogue
from spectra_library.hints import Hint
from spectra_library.identification import Candidate, Component, Conversion, Identification, LibraryStamp
from spectra_library.library import Tier
from spectra_library.preprocess import Recipe
from spectra_library.spectrum import Technique
from spectra_library.verdicts import Verdict


def identified(text: str, catalogue: Catalogue) -> Identification:
    """Make the identification that ``text`` writes down."""
    names = [one.strip() for one in text.replace("|", "+").split("+") if one.strip()]
    hints = tuple(one.removeprefix("hint:") for one in names if one.startswith("hint:"))
    named = [one for one in names if not one.startswith("hint:")]
    verdict = Verdict.NO_MATCH
    if named:
        verdict = Verdict.GROUP if "|" in text else Verdict.MIXTURE if len(named) > 1 else Verdict.MATCH
    return Identification(
        verdict=verdict,
        candidates=tuple(_candidate(one, catalogue) for one in named),
        group=tuple(named) if verdict is Verdict.GROUP else (),
        components=tuple(Component(one, one, 1 / len(named), weight=0.99) for one in named)
        if verdict is Verdict.MIXTURE
        else (),
        explained=1.0,
        hints=tuple(Hint(catalogue.get(one).id, 7, 8, 0.9, "", "") for one in hints),
        quality=(),
        cautions=(),
        compared_as=Technique.ATR,
        library=LibraryStamp("made up", "1", "", 1),
        recipe=Recipe(),
    )


def _candidate(substance: str, catalogue: Catalogue) -> Candidate:
    return Candidate(
        substance=catalogue.get(substance).id,
        name=substance,
        cas="",
        reference=f"made-up:{substance}",
        library="made up",
        tier=Tier.MEASURED,
        form="",
        technique=Technique.ATR,
        conversion=Conversion.NONE,
        score=0.97,
        absorbance_correlation=0.97,
        confidence=None,
        confidence_note="",
        source="",
        licence="",
    )


@dataclass(frozen=True)
class Row:
    """One declaration of the table with the answer that a chemist would give."""

    text: str
    language: str
    hs_code: str
    un_number: str
    identified: str
    expected: str
    trap: str
    known_wrong: str

    def compared(self, catalogue: Catalogue) -> DeclarationFinding:
        """Compare it."""
        paper = Declared(self.text, hs_code=self.hs_code, un_number=self.un_number)
        return compare(paper, identified(self.identified, catalogue), catalogue)

    def is_right(self, found: DeclarationFinding) -> bool:
        """Tell whether verdict and trap are the expected ones."""
        trap = "" if found.trap is None else found.trap.name.value
        return (found.verdict.value, trap) == (self.expected, self.trap)


def rows_of(name: str) -> list[Row]:
    """Read a table of declarations that lies beside this file."""
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return [Row(**row) for row in csv.DictReader(file)]
