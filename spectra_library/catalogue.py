"""The substances this program knows of: names, numbers, legal status, hazards.

Tables under ``data/catalogue``: ``substances.csv`` (drugs, precursors, cutting agents, cargo, hazards),
``materials.csv`` (what the open reference library holds besides), ``same_substance.csv`` (ids that are
another row's) and ``forms.csv`` (bases, salts and hydrates that have rows of their own).  Nothing here is an
opinion about a sample.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path

from spectra_library.errors import CatalogueError
from spectra_library.lookalikes import Invisible, Lookalike, read_invisible, read_lookalikes
from spectra_library.names import fold, name_variants

CATALOGUE_FOLDER = Path(__file__).parent / "data" / "catalogue"

CONVENTIONS = ("1961", "1971", "1988")
EU_CATEGORIES = ("1", "2A", "2B", "3")
WATCHED_KINDS = ("precursor", "narcotic", "psychotropic", "nps")
CONTAINED_NAME_MIN = 4  # letters; shorter names (AA, BR) stand by chance inside longer texts

_CAS_NUMBER = re.compile(r"\b\d{2,7}-\d{2}-\d\b")
_HS_CODE = re.compile(r"\d{4}(\.?\d{2}){0,3}")


class LegalStatus(StrEnum):
    """How the lists that this catalogue knows treat a substance."""

    CONTROLLED = "controlled"
    WATCHED = (
        "watched"  # not under international control, yet what controls are about; national rules may apply
    )
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Substance:
    """One chemical or material.  Texts are empty where the catalogue does not know.

    ``kind`` precursor, narcotic, psychotropic, nps, cutting_agent, cargo or hazard.
    ``ir_active`` yes, no, weak, mixture or trace-limited: what infrared can see of it.
    ``mw`` g/mol.  ``hs_code`` is indicative.  ``ghs`` hazard statements (H302 ...).
    ``unverified`` names the fields that stand on no checked source.
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
    un_list: str
    eu_category: str
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

    @property
    def is_controlled(self) -> bool:
        """Tell whether a UN convention or an EU category names it."""
        return self.un_list.startswith(CONVENTIONS) or self.eu_category in EU_CATEGORIES

    @property
    def is_watched(self) -> bool:
        """Tell whether it is another precursor, narcotic, psychotropic or NPS, drafts included."""
        return not self.is_controlled and self.kind in WATCHED_KINDS

    @property
    def status(self) -> LegalStatus:
        """Give the legal status in one word."""
        if self.is_controlled:
            return LegalStatus.CONTROLLED
        return LegalStatus.WATCHED if self.is_watched else LegalStatus.OTHER

    @property
    def lists(self) -> tuple[str, ...]:
        """Name the lists it stands on, in plain words; empty when none is known."""
        found = []
        if self.un_list.startswith(CONVENTIONS):
            found.append(f"UN {self.un_list}")
        if self.eu_category in EU_CATEGORIES:
            found.append(f"EU category {self.eu_category}")
        elif self.eu_category:
            found.append(f"EU {self.eu_category.replace('-', ' ')}")
        return tuple(found)

    @property
    def hazards(self) -> tuple[str, ...]:
        """Give the GHS hazard statements; they are unverified, see ``unverified``."""
        return self.ghs

    @property
    def is_cas_sound(self) -> bool:
        """Tell whether the CAS number's check digit is right; False without a number."""
        from stdnum import casrn  # 10 ms that a start does not need

        return bool(self.cas) and casrn.is_valid(self.cas)

    @property
    def names(self) -> tuple[str, ...]:
        """Give every name, the English one first."""
        return tuple(name for name in (self.name, self.name_ru, self.name_az, *self.synonyms) if name)


@dataclass(frozen=True, slots=True)
class Form:
    """A base, salt or hydrate with a row of its own: ``form``, in words, of the substance ``of``."""

    id: str
    of: str
    form: str


class Catalogue:
    """All substances, in the order of the tables, and how to find them."""

    def __init__(
        self,
        substances: tuple[Substance, ...],
        *,
        same_as: Mapping[str, str] | None = None,
        lookalikes: tuple[Lookalike, ...] = (),
        invisible: tuple[Invisible, ...] = (),
        forms: tuple[Form, ...] = (),
    ) -> None:
        self.substances = substances
        self.lookalikes = lookalikes
        self._same_as = dict(same_as or {})
        self._by_id = {substance.id: substance for substance in substances}
        if len(self._by_id) != len(substances):
            raise CatalogueError("expected unique substance ids, found one twice")
        self._forms = {one.id: one for one in forms}
        self._invisible = {one: entry for entry in invisible for one in entry.substances}

    def get(self, substance_id: str) -> Substance:
        """Give the substance with this id (or with an id that means the same).  Raises CatalogueError."""
        substance = self._by_id.get(self._same_as.get(substance_id, substance_id))
        if substance is None:
            raise CatalogueError(f"expected the id of a substance in the catalogue, found {substance_id!r}")
        return substance

    def __contains__(self, substance_id: object) -> bool:
        return substance_id in self._by_id or substance_id in self._same_as

    def parent_of(self, substance_id: str) -> str:
        """Give the id of the substance that this one is a base, salt or hydrate of, or else its own."""
        own = self._same_as.get(substance_id, substance_id)
        return self._forms[own].of if own in self._forms else own

    def form_of(self, substance_id: str) -> str:
        """Name the form that this row stands for (base, hydrochloride ...); empty where there is one only."""
        own = self._same_as.get(substance_id, substance_id)
        return self._forms[own].form if own in self._forms else ""

    def by_cas(self, cas: str) -> tuple[Substance, ...]:
        """Give the substances with this CAS number."""
        return tuple(
            substance for substance in self.substances if substance.cas and substance.cas == cas.strip()
        )

    def find(self, text: str, limit: int = 20) -> tuple[Substance, ...]:
        """Give the substances that ``text`` may mean: exact, then beginning with it, then containing it.

        Looks at names in three languages, synonyms, ids, CAS numbers, formulas (exact only) and HS codes
        (with or without dots, from four digits on).  Within each group the catalogue's order holds.
        """
        wanted = fold(text)
        if not wanted:
            return ()
        ranked: list[list[Substance]] = [[], [], []]
        for substance, keys in zip(self.substances, self._folded_names, strict=True):
            rank = _rank(wanted, keys)
            if fold(substance.formula) == wanted:
                rank = 0
            if rank is not None:
                ranked[rank].append(substance)
        if _HS_CODE.fullmatch(wanted):
            digits = wanted.replace(".", "")
            headed = [one for one in self.substances if one.hs_code.replace(".", "").startswith(digits)]
            ranked[1] = [*headed, *(one for one in ranked[1] if one not in headed)]
        return tuple(dict.fromkeys(one for group in ranked for one in group))[:limit]

    def named_in(self, text: str) -> tuple[Substance, ...]:
        """Give the substances that a free text (a declaration) names; empty when it names none.

        A text that is a name means that substance alone.  Otherwise CAS numbers and whole words count, longer
        names first, so "lactose monohydrate, 25 kg" does not also name lactose.
        """
        exact = [
            substance
            for substance, keys in zip(self.substances, self._folded_names, strict=True)
            if fold(text) in keys
        ]
        if exact or not text.strip():
            return tuple(exact)
        named: dict[str, Substance] = {}
        for cas in _CAS_NUMBER.findall(text):
            named.update({substance.id: substance for substance in self.by_cas(cas)})
        remaining = fold(text)
        for key, substances in self._names_by_length:
            found = re.search(rf"(?<!\w){re.escape(key)}(?!\w)", remaining) if key in remaining else None
            if found:
                remaining = f"{remaining[: found.start()]} ; {remaining[found.end() :]}"
                named.update({substance.id: substance for substance in substances})
        return tuple(substance for substance in self.substances if substance.id in named)

    def lookalikes_of(self, substance_id: str) -> tuple[Lookalike, ...]:
        """Give the pairs with this substance that infrared does not, or hardly, tell apart."""
        return tuple(pair for pair in self.lookalikes if substance_id in (*pair.first, *pair.second))

    def cautions(self, substance_id: str) -> tuple[str, ...]:
        """Say in plain sentences what must be told beside an answer that names this substance."""
        sentences = []
        for pair in self.lookalikes_of(substance_id):
            other = pair.second_text if substance_id in pair.first else pair.first_text
            sentences.append(f"Look-alike ({pair.kind}): {other}. {pair.how_to_tell_apart}.")
        entry = self._invisible.get(substance_id)
        if entry is not None:
            sentences.append(f"Hardly visible in the infrared: {entry.why}. {entry.advice}.")
        return tuple(sentences)

    def invisible_entry(self, substance_id: str) -> Invisible | None:
        """Give what the table says of a substance that infrared hardly sees; None where it names it not."""
        return self._invisible.get(substance_id)

    def invisible_reason(self, substance_id: str) -> str:
        """Say why infrared cannot see this substance; empty when nothing is known against it."""
        entry = self._invisible.get(substance_id)
        if entry is not None:
            return entry.why
        return "" if self.get(substance_id).ir_active != "no" else "no bands in the mid-infrared"

    @cached_property
    def _folded_names(self) -> tuple[frozenset[str], ...]:
        return tuple(
            frozenset(
                key for name in (*substance.names, substance.id, substance.cas) for key in name_variants(name)
            )
            for substance in self.substances
        )

    @cached_property
    def _names_by_length(self) -> tuple[tuple[str, tuple[Substance, ...]], ...]:
        found: dict[str, list[Substance]] = {}
        for substance, keys in zip(self.substances, self._folded_names, strict=True):
            for key in keys:
                if len(key) >= CONTAINED_NAME_MIN and not _CAS_NUMBER.fullmatch(key):
                    found.setdefault(key, []).append(substance)
        ordered = sorted(found.items(), key=lambda item: (-len(item[0]), item[0]))
        return tuple((key, tuple(substances)) for key, substances in ordered)


@cache
def load_catalogue(folder: Path = CATALOGUE_FOLDER) -> Catalogue:
    """Read the catalogue's tables; the second call costs nothing.

    Raises CatalogueError when a table is missing or broken.
    """
    same_as = {row["id"]: row["same_as"] for row in read_table(folder / "same_substance.csv")}
    substances = tuple(
        _substance(row)
        for table in ("substances.csv", "materials.csv")
        for row in read_table(folder / table)
        if row["id"] not in same_as
    )
    known = frozenset(substance.id for substance in substances)
    pairs = [*read_table(folder / "lookalikes.csv"), *read_table(folder / "materials_lookalikes.csv")]
    return Catalogue(
        substances,
        same_as=same_as,
        lookalikes=read_lookalikes(pairs, known),
        invisible=read_invisible(read_table(folder / "invisible.csv"), known),
        forms=tuple(Form(row["id"], row["of"], row["form"]) for row in read_table(folder / "forms.csv")),
    )


def read_table(path: Path) -> list[dict[str, str]]:
    """Read a CSV table with a header.  Raises CatalogueError when it is missing or a row does not fit."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CatalogueError(f"expected a table in {path}, found: {error}") from error
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise CatalogueError(f"expected one field for each column in {path}, row {number}")
    return rows


def _substance(row: Mapping[str, str]) -> Substance:
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
        un_list=text("un_list"),
        eu_category=text("eu_category"),
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
        unverified=_unverified(row),
    )


def _unverified(row: Mapping[str, str]) -> tuple[str, ...]:
    """Name the filled fields that no checked source stands behind: always GHS and the translated names."""
    always = tuple(column for column in ("name_ru", "name_az", "ghs") if row.get(column))
    by_word = tuple(
        field
        for field, column in (("un_list", "un_list"), ("un_list", "source"), ("identity", "verification"))
        if "unverified" in row.get(column, "")
    )
    return tuple(dict.fromkeys((*always, *by_word)))


def _rank(wanted: str, keys: frozenset[str]) -> int | None:
    if wanted in keys:
        return 0
    if any(key.startswith(wanted) for key in keys):
        return 1
    return 2 if any(wanted in key for key in keys) else None
