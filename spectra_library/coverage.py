"""Which substances the libraries can name, by tier, and which controlled ones they cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from spectra_library.catalogue import Catalogue
from spectra_library.library import ReferenceLibrary, Tier
from spectra_library.substance import LegalStatus


@dataclass(frozen=True, slots=True)
class SubstanceCoverage:
    """How many references of each tier stand behind one substance, over all libraries asked about.

    ``visible``: infrared can see it at all.  ``lists`` the legal lists it stands on, in words.
    """

    substance: str
    name: str
    lists: tuple[str, ...]
    status: LegalStatus
    measured: int
    derived: int
    bands: int
    visible: bool

    @property
    def can_match(self) -> bool:
        """Tell whether there is a spectrum that may lead to a match."""
        return self.measured + self.derived > 0


@dataclass(frozen=True, slots=True)
class CoverageSummary:
    """The same, counted.  ``..._measured`` and ``..._derived`` may count one substance twice.

    ``..._bands_only`` have a band list and no spectrum: a hint is all they can lead to.
    ``..._without`` have nothing; ``..._without_reference`` are their ids, and those among them that no
    infrared library could ever hold stand in ``controlled_invisible`` too.
    ``outside_catalogue`` are substances that only the libraries know, and in no other sum.
    """

    substances: int
    substances_matchable: int
    controlled: int
    controlled_measured: int
    controlled_derived: int
    controlled_bands_only: int
    controlled_without: int
    watched: int
    watched_measured: int
    watched_derived: int
    watched_bands_only: int
    watched_without: int
    controlled_without_reference: tuple[str, ...]
    controlled_bands_only_reference: tuple[str, ...]
    controlled_invisible: tuple[str, ...]
    watched_without_reference: tuple[str, ...]
    outside_catalogue: int = 0


def coverage(catalogue: Catalogue, libraries: Iterable[ReferenceLibrary]) -> tuple[SubstanceCoverage, ...]:
    """Count the references of every substance of ``catalogue``, in its order.

    Teaching spectra do not count, nor do references of substances that only a library knows.
    """
    counts: Counter[tuple[str, Tier]] = Counter()
    for library in libraries:
        counts.update((catalogue.get(one).id, tier) for one, tier in _references(library) if one in catalogue)
    return tuple(
        SubstanceCoverage(
            substance=substance.id,
            name=substance.name,
            lists=substance.lists,
            status=substance.status,
            measured=counts[substance.id, Tier.MEASURED],
            derived=counts[substance.id, Tier.DERIVED],
            bands=counts[substance.id, Tier.BANDS],
            visible=not catalogue.invisible_reason(substance.id),
        )
        for substance in catalogue.substances
        if not substance.is_outside
    )


def outside_catalogue(catalogue: Catalogue, libraries: Iterable[ReferenceLibrary]) -> int:
    """Count the substances that only the libraries know: no legal list was asked about them."""
    named = {one for library in libraries for one, tier in _references(library) if tier is not Tier.TEACHING}
    return sum(one not in catalogue or catalogue.get(one).is_outside for one in named)


def summarise(rows: Iterable[SubstanceCoverage], *, outside: int = 0) -> CoverageSummary:
    """Count ``rows``, controlled and watched substances apart; ``outside`` see ``outside_catalogue``."""
    rows = tuple(rows)
    controlled = [row for row in rows if row.status is LegalStatus.CONTROLLED]
    watched = [row for row in rows if row.status is LegalStatus.WATCHED]
    return CoverageSummary(
        substances=len(rows),
        substances_matchable=sum(row.can_match for row in rows),
        controlled=len(controlled),
        controlled_measured=sum(row.measured > 0 for row in controlled),
        controlled_derived=sum(row.derived > 0 for row in controlled),
        controlled_bands_only=len(_bands_only(controlled)),
        controlled_without=len(_without(controlled)),
        watched=len(watched),
        watched_measured=sum(row.measured > 0 for row in watched),
        watched_derived=sum(row.derived > 0 for row in watched),
        watched_bands_only=len(_bands_only(watched)),
        watched_without=len(_without(watched)),
        controlled_without_reference=_without(controlled),
        controlled_bands_only_reference=_bands_only(controlled),
        controlled_invisible=tuple(row.substance for row in controlled if not row.visible),
        watched_without_reference=_without(watched),
        outside_catalogue=outside,
    )


def _references(library: ReferenceLibrary) -> list[tuple[str, Tier]]:
    found = [(one.substance, one.tier) for one in library.references]
    return found + [(one.substance, Tier.BANDS) for one in library.band_lists]


def _bands_only(rows: Iterable[SubstanceCoverage]) -> tuple[str, ...]:
    return tuple(row.substance for row in rows if row.bands and not row.can_match)


def _without(rows: Iterable[SubstanceCoverage]) -> tuple[str, ...]:
    return tuple(row.substance for row in rows if not row.bands and not row.can_match)
