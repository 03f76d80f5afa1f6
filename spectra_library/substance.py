"""One chemical or material of the catalogue: names, numbers, legal status, hazards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from spectra_library.legal_lists import Listing

WATCHED_KINDS: Final = ("precursor", "narcotic", "psychotropic", "nps")


class LegalStatus(StrEnum):
    """How the lists that this catalogue knows treat a substance."""

    CONTROLLED = "controlled"
    # Not under international control, yet what controls are about; national rules may apply.
    WATCHED = "watched"
    OTHER = "other"
    UNKNOWN = "unknown"  # not in this catalogue: nobody looked it up, so it is not "not listed" either


@dataclass(frozen=True, slots=True)
class Substance:
    """One chemical or material.  Texts are empty where the catalogue does not know.

    ``kind`` precursor, narcotic, psychotropic, nps, cutting_agent, cargo or hazard.
    ``ir_active`` yes, no, weak, mixture or trace-limited: what infrared can see of it.
    ``mw`` g/mol.  ``hs_code`` is indicative.  ``ghs`` hazard statements (H302 ...).
    ``listings`` its places on the legal lists; ``un_remark`` what was noted where no UN list names it.
    ``unverified`` names the fields that stand on no checked source.
    ``is_outside``: an imported library names it, and neither the catalogue nor a legal list was asked.
    """

    id: str
    name: str
    name_ru: str
    name_az: str
    cas: str
    formula: str
    inchikey: str
    smiles: str
    kind: str
    hs_code: str
    hs_text: str
    un_number: str
    ghs: tuple[str, ...]
    pictograms: tuple[str, ...]
    state: str
    ir_active: str
    controlled_for: str
    source: str
    synonyms: tuple[str, ...]
    mw: float | None
    note: str
    unverified: tuple[str, ...]
    listings: tuple[Listing, ...] = ()
    un_remark: str = ""
    is_outside: bool = False

    @property
    def is_controlled(self) -> bool:
        """Tell whether a UN convention, an EU category or the imported national list names it."""
        return any(listing.of.is_control for listing in self.listings)

    @property
    def is_watched(self) -> bool:
        """Tell whether it is another precursor, narcotic, psychotropic or NPS, drafts included."""
        return not self.is_controlled and self.kind in WATCHED_KINDS

    @property
    def status(self) -> LegalStatus:
        """Give the legal status in one word."""
        if self.is_controlled:
            return LegalStatus.CONTROLLED
        if self.is_watched:
            return LegalStatus.WATCHED
        return LegalStatus.UNKNOWN if self.is_outside else LegalStatus.OTHER

    @property
    def status_matters(self) -> bool:
        """Tell whether the status has to be said beside the name: always, but where no list names it."""
        return self.status is not LegalStatus.OTHER

    @property
    def lists(self) -> tuple[str, ...]:
        """Name the lists it stands on, in plain words; empty when none is known."""
        return tuple(listing.wording for listing in self.listings)

    @property
    def list_names(self) -> tuple[str, ...]:
        """Name the same lists without years and remarks, so that two substances can share one."""
        return tuple(listing.name for listing in self.listings)

    @property
    def un_list(self) -> str:
        """Give its place on the UN lists ("1988 Table I (2001)"), or what was noted where it has none."""
        places = [one.wording.removeprefix("UN ") for one in self.listings if one.of.short.startswith("UN ")]
        return "; ".join(places) or self.un_remark

    @property
    def eu_category(self) -> str:
        """Give its category in the EU lists of drug precursors: 1, 2A, 2B, 3, draft-2026, or nothing."""
        found = [one.schedule for one in self.listings if one.of.short == "EU"]
        return "; ".join(one.removeprefix("category ").replace(" ", "-") for one in found)

    @property
    def hazards(self) -> tuple[str, ...]:
        """Give the GHS hazard statements; they are unverified, see ``unverified``."""
        return self.ghs

    @property
    def names(self) -> tuple[str, ...]:
        """Give every name, the English one first."""
        return tuple(name for name in (self.name, self.name_ru, self.name_az, *self.synonyms) if name)


def outside_substance(
    substance_id: str,
    name: str,
    *,
    cas: str = "",
    formula: str = "",
    inchikey: str = "",
    synonyms: tuple[str, ...] = (),
    source: str = "",
) -> Substance:
    """Make a substance that an imported library brings and the catalogue does not know.

    ``substance_id`` such as ``outside:agency-a/xyz``.  Its legal status is UNKNOWN, see
    ``Catalogue.extended``; of what it is, nothing was checked.
    """
    return Substance(
        id=substance_id,
        name=name,
        name_ru="",
        name_az="",
        cas=cas,
        formula=formula,
        inchikey=inchikey,
        smiles="",
        kind="",
        hs_code="",
        hs_text="",
        un_number="",
        ghs=(),
        pictograms=(),
        state="",
        ir_active="",
        controlled_for="",
        source=source,
        synonyms=synonyms,
        mw=None,
        note="",
        unverified=("identity",),
        is_outside=True,
    )
