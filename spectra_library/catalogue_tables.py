"""The rows of the catalogue's tables as substances, with their places on the legal lists."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from spectra_library.legal_lists import LEGAL_FOLDER, LegalTables, read_legal_tables
from spectra_library.substance import Substance
from spectra_library.tables import read_table
from spectra_library.verifications import (
    VERIFIED_TABLE,
    Verification,
    column_of,
    read_verifications,
    verified,
)


def read_substances(folder: Path, same_as: Mapping[str, str]) -> tuple[tuple[Substance, ...], LegalTables]:
    """Read the substances of ``folder`` in the tables' order, without the ids in ``same_as``, and its lists.

    Raises CatalogueError when a table is missing or broken.
    """
    rows = [
        row
        for table in ("substances.csv", "materials.csv")
        for row in read_table(folder / table)
        if row["id"] not in same_as
    ]
    known = frozenset(row["id"] for row in rows)
    legal = read_legal_tables(folder / LEGAL_FOLDER, known)
    checked = read_verifications(folder / VERIFIED_TABLE, known)
    substances = tuple(_substance(row, legal) for row in rows)
    return with_verifications(substances, checked), legal


def with_verifications(
    substances: tuple[Substance, ...], entries: tuple[Verification, ...]
) -> tuple[Substance, ...]:
    """Give ``substances`` without the marks that ``entries`` take away."""
    if not entries:
        return substances
    by_id: dict[str, list[Verification]] = {}
    for entry in entries:
        by_id.setdefault(entry.substance, []).append(entry)
    return tuple(verified(one, by_id[one.id]) if one.id in by_id else one for one in substances)


def _substance(row: Mapping[str, str], legal: LegalTables) -> Substance:
    def text(column: str) -> str:
        return row.get(column, "").strip()

    def several(column: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in text(column).split(";") if part.strip())

    return Substance(
        id=row["id"],
        name=row["name"],
        name_ru=text("name_ru"),
        name_az=text("name_az"),
        cas=text("cas"),
        formula=text("formula"),
        inchikey=text("inchikey"),
        smiles=text("smiles"),
        kind=text("class"),
        hs_code=text("hs_code"),
        hs_text=text("hs_text"),
        un_number=text("un_number"),
        ghs=several("ghs"),
        pictograms=several("pictograms"),
        state=text("state"),
        ir_active=text("ir_active"),
        controlled_for=text("controlled_for"),
        source=text("source"),
        synonyms=several("synonyms"),
        mw=float(text("mw")) if text("mw") else None,
        note=text("note"),
        unverified=_unverified(row, legal),
        listings=legal.listings.get(row["id"], ()),
        un_remark=legal.remarks.get(row["id"], ""),
    )


def _unverified(row: Mapping[str, str], legal: LegalTables) -> tuple[str, ...]:
    """Name the filled fields that no checked source stands behind: always GHS and the translated names."""
    always = [column for column in ("name_ru", "name_az", "ghs") if row.get(column)]
    places = [column_of(one) for one in legal.listings.get(row["id"], ()) if not one.is_verified]
    remarks = ["un_list"] if row["id"] in legal.remarks else []  # noted, not looked up
    identity = ["identity"] if "unverified" in row.get("verification", "") else []
    return tuple(dict.fromkeys((*always, *places, *remarks, *identity)))
