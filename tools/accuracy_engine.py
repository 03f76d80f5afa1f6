"""Ask the engine and take its answer down: the only file here that knows how ``identify`` is called.

question + truth --identify--> Outcome (verdict, what was named, whether that is right)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spectra_library.catalogue import Catalogue
from spectra_library.identification import Identification
from spectra_library.identify import identify
from spectra_library.library import ReferenceLibrary
from spectra_library.prepared import PreparedLibrary
from spectra_library.spectrum import Spectrum
from spectra_library.substance import Substance
from spectra_library.verdicts import Verdict

NAMING = (Verdict.MATCH, Verdict.GROUP, Verdict.MIXTURE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer beside its truth.

    ``truth`` what was on the crystal; ``is_held`` whether the library has it (all of it, for a mixture).
    ``named`` what the verdict names: one substance for a match, several for a group or a mixture, else none.
    ``first`` the head of the candidates, empty when there are none.
    """

    truth: frozenset[str]
    is_held: bool
    verdict: Verdict
    named: frozenset[str]
    first: str

    @property
    def is_right(self) -> bool:
        """Tell whether a match or a mixture names just the truth, or a group has it."""
        if self.verdict is Verdict.GROUP:
            return bool(self.truth & self.named)
        return self.named == self.truth

    @property
    def is_named(self) -> bool:
        """Tell whether the verdict is a match or a group."""
        return self.verdict in (Verdict.MATCH, Verdict.GROUP)


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine over one prepared library."""

    library: PreparedLibrary
    catalogue: Catalogue

    def ask(self, query: Spectrum, truth: Iterable[str], *, is_held: bool) -> Outcome:
        """Put one question."""
        found = identify(query, self.library, self.catalogue)
        head = found.candidates[0] if found.candidates else None
        return Outcome(
            truth=frozenset(truth),
            is_held=is_held,
            verdict=found.verdict,
            named=named_by(found),
            first=head.substance if head else "",
        )


def engine_over(libraries: Sequence[ReferenceLibrary], catalogue: Catalogue) -> Engine:
    """Prepare the libraries and give the engine over them."""
    return Engine(PreparedLibrary(tuple(libraries)), catalogue)


def named_by(found: Identification) -> frozenset[str]:
    """Give the substances that the verdict names."""
    if found.verdict is Verdict.MATCH:
        return frozenset({found.candidates[0].substance})
    if found.verdict is Verdict.GROUP:
        return frozenset(found.group)
    if found.verdict is Verdict.MIXTURE:
        return frozenset(component.substance for component in found.components)
    return frozenset()


def catalogue_of(materials: Iterable[str]) -> Catalogue:
    """Give a catalogue whose substances are nothing but the classes of the accuracy table."""
    return Catalogue(tuple(_substance(material) for material in sorted(set(materials))))


def _substance(material: str) -> Substance:
    return Substance(
        id=material,
        name=material,
        name_ru="",
        name_az="",
        cas="",
        formula="",
        inchikey="",
        smiles="",
        kind="cargo",
        hs_code="",
        hs_text="",
        un_number="",
        ghs=(),
        pictograms=(),
        state="",
        ir_active="yes",
        controlled_for="",
        source="",
        synonyms=(),
        mw=None,
        note="",
        unverified=(),
    )
