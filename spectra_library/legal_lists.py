"""Legal lists are dated tables with their source: which lists there are, and who stands on them where.

    legal/lists.csv       id, title, short, date, as_of, source, terms, controls, superseded_by, schedules
    legal/listings.csv    list, schedule, substance, since, remark, verified, source
    legal/not_listed.csv  substance, remark, source       what was noted where no list of the UN names it

``short`` goes before the schedule in words: "UN 1988" + "Table I" + "(2024; ester of PMK glycidic acid)".
``since`` and ``remark`` are the text of the source: a year, or "Table II 1988; transferred 2001".
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from spectra_library.errors import CatalogueError
from spectra_library.tables import read_table

LEGAL_FOLDER = "legal"
UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class LegalList:
    """One list of substances that a law or a treaty names.

    ``date`` of the text that was read, as far as it is known: "2025", "2025-03" or "2025-03-14".
    ``as_of`` the same in words.  ``is_control``: whoever stands on it is controlled; False for a draft.
    ``superseded_by`` the id of a newer list, empty while none is known.
    ``schedules`` the parts that an entry may stand in; empty where any text is allowed.
    """

    id: str
    title: str
    short: str
    date: str
    as_of: str
    source: str
    terms: str = ""
    is_control: bool = True
    superseded_by: str = ""
    schedules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """One place of one substance on one list.

    ``since`` and ``remark`` as the source has them, empty where it has none.
    ``is_verified``: ``source`` is a document that names this very place.
    """

    of: LegalList
    schedule: str
    since: str = ""
    remark: str = ""
    is_verified: bool = False
    source: str = ""

    @property
    def name(self) -> str:
        """Name the place without years and remarks: "UN 1988 Table I"."""
        return " ".join(part for part in (self.of.short, self.schedule) if part)

    @property
    def wording(self) -> str:
        """Name the place with them: "UN 1988 Table I (Table II 1988; transferred 2001)"."""
        told = "; ".join(part for part in (self.since, self.remark) if part)
        return f"{self.name} ({told})" if told else self.name

    @property
    def unmarked(self) -> Listing:
        """Give the place without the word "unverified" in its remark, for where that is said apart."""
        parts = [part for part in self.remark.split("; ") if part != UNVERIFIED]
        return replace(self, remark="; ".join(parts))


@dataclass(frozen=True, slots=True)
class LegalTables:
    """All lists, the places by substance in the lists' order, and the remarks where no UN list names one."""

    lists: tuple[LegalList, ...]
    listings: Mapping[str, tuple[Listing, ...]]
    remarks: Mapping[str, str]


def read_legal_tables(folder: Path, known: Container[str]) -> LegalTables:
    """Read the three tables under ``folder``; ``known`` are the ids that they may name.

    Raises CatalogueError when a table is missing or broken, or names an unknown list, schedule or substance.
    """
    lists = {row["id"]: _legal_list(row) for row in read_table(folder / "lists.csv")}
    path = folder / "listings.csv"
    found: dict[str, list[Listing]] = {}
    for number, row in enumerate(read_table(path), start=2):
        listing = _listing(row, lists, f"{path}, row {number}")
        _require_known(row["substance"], known, f"{path}, row {number}")
        places = found.setdefault(row["substance"], [])
        if any(one.of is listing.of for one in places):
            raise CatalogueError(
                f"expected each substance once on a list, found {row['substance']!r} again in {path}, "
                f"row {number}"
            )
        places.append(listing)
    order = {one: place for place, one in enumerate(lists)}
    return LegalTables(
        lists=tuple(lists.values()),
        listings={
            substance: tuple(sorted(places, key=lambda one: order[one.of.id]))
            for substance, places in found.items()
        },
        remarks=_remarks(folder / "not_listed.csv", known),
    )


def _legal_list(row: Mapping[str, str]) -> LegalList:
    return LegalList(
        id=row["id"],
        title=row["title"],
        short=row["short"],
        date=row["date"],
        as_of=row["as_of"],
        source=row["source"],
        terms=row["terms"],
        is_control=_is_yes(row["controls"], f"controls of the list {row['id']!r}"),
        superseded_by=row["superseded_by"],
        schedules=tuple(part.strip() for part in row["schedules"].split(";") if part.strip()),
    )


def _listing(row: Mapping[str, str], lists: Mapping[str, LegalList], where: str) -> Listing:
    legal_list = lists.get(row["list"])
    if legal_list is None:
        raise CatalogueError(f"expected a list of lists.csv, found {row['list']!r} in {where}")
    if row["schedule"] not in legal_list.schedules:
        expected = ", ".join(legal_list.schedules)
        raise CatalogueError(
            f"expected one of the schedules {expected} of {legal_list.id}, "
            f"found {row['schedule']!r} in {where}"
        )
    is_verified = _is_yes(row["verified"], f"verified in {where}")
    if is_verified and not row["source"]:
        raise CatalogueError(f"expected the source of what is verified, found none in {where}")
    return Listing(legal_list, row["schedule"], row["since"], row["remark"], is_verified, row["source"])


def _remarks(path: Path, known: Container[str]) -> dict[str, str]:
    remarks: dict[str, str] = {}
    for number, row in enumerate(read_table(path), start=2):
        _require_known(row["substance"], known, f"{path}, row {number}")
        remarks[row["substance"]] = row["remark"]
    return remarks


def _require_known(substance: str, known: Container[str], where: str) -> None:
    if substance not in known:
        raise CatalogueError(
            f"expected the id of a substance in the catalogue, found {substance!r} in {where}"
        )


def _is_yes(word: str, where: str) -> bool:
    if word not in ("yes", "no"):
        raise CatalogueError(f"expected yes or no as {where}, found {word!r}")
    return word == "yes"
