"""The substances this program knows of: names, numbers, legal status, hazards.

Tables under ``data/catalogue``: ``substances.csv`` (drugs, precursors, cutting agents, cargo, hazards),
``materials.csv`` (what the open reference library holds besides), ``same_substance.csv`` (ids that are
another row's), ``forms.csv`` (bases, salts and hydrates that have rows of their own), ``legal/`` (who stands
on which list, see legal_lists.py) and ``verified.csv`` (who checked what, see verifications.py).  Nothing
here is an opinion about a sample.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from spectra_library.catalogue_tables import read_substances, with_verifications
from spectra_library.errors import CatalogueError
from spectra_library.formulas import is_same_formula
from spectra_library.legal_lists import LegalList, Listing
from spectra_library.lookalikes import Invisible, Lookalike, read_invisible, read_lookalikes
from spectra_library.names import fold, name_variants, plain_cas
from spectra_library.substance import Substance
from spectra_library.tables import read_table
from spectra_library.verifications import Verification

CATALOGUE_FOLDER = Path(__file__).parent / "data" / "catalogue"

CONTAINED_NAME_MIN = 4  # letters; shorter names (AA, BR) stand by chance inside longer texts

_CAS_NUMBER = re.compile(r"\b\d{2,7}-\d{2}-\d\b")
_HS_CODE = re.compile(r"\d{4}([. ]?\d{2}){0,3}")
_SUBHEADING_DIGITS = 6  # of the Harmonized System; what stands behind them is national


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
        lists: tuple[LegalList, ...] = (),
    ) -> None:
        self.substances = substances
        self.lists = lists
        self.lookalikes = lookalikes
        self._same_as = dict(same_as or {})
        self._by_id = {substance.id: substance for substance in substances}
        if len(self._by_id) != len(substances):
            raise CatalogueError("expected unique substance ids, found one twice")
        self._forms = {one.id: one for one in forms}
        self._invisible_entries = invisible
        self._invisible = {one: entry for entry in invisible for one in entry.substances}

    def extended(self, substances: Iterable[Substance]) -> Catalogue:
        """Give a catalogue that also knows ``substances``, which imported libraries bring.

        Ids that are known already are left out.  What has the CAS number, the InChIKey or a name of a
        controlled substance (of a national list that came later, say) stands on its lists.
        """
        added: dict[str, Substance] = {}
        for one in substances:
            if one.id not in self:
                added.setdefault(one.id, replace(one, listings=self._listings_like(one)))
        return self._with((*self.substances, *added.values()), self.lists) if added else self

    def with_list(
        self, legal_list: LegalList, listings: Mapping[str, Listing], own: tuple[Substance, ...] = ()
    ) -> Catalogue:
        """Give a catalogue with one more legal list: ``listings`` by substance id, ``own`` what is new.

        Raises CatalogueError when ``own`` has the id of a substance that is known.
        """
        listed = tuple(
            replace(one, listings=(*one.listings, listings[one.id])) if one.id in listings else one
            for one in self.substances
        )
        return self._with((*listed, *own), (*self.lists, legal_list))

    def with_verifications(self, entries: tuple[Verification, ...]) -> Catalogue:
        """Give a catalogue without the marks that ``entries`` take away."""
        return self._with(with_verifications(self.substances, entries), self.lists) if entries else self

    def _with(self, substances: tuple[Substance, ...], lists: tuple[LegalList, ...]) -> Catalogue:
        return Catalogue(
            substances,
            same_as=self._same_as,
            lookalikes=self.lookalikes,
            invisible=self._invisible_entries,
            forms=tuple(self._forms.values()),
            lists=lists,
        )

    def _listings_like(self, substance: Substance) -> tuple[Listing, ...]:
        alike = [*self.by_cas(substance.cas), *self.by_inchikey(substance.inchikey)]
        for name in substance.names:
            alike += self.by_name(name)
        found = {listing.of.id: listing for one in alike for listing in one.listings}
        return tuple(found[one.id] for one in self.lists if one.id in found)

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
        """Give the substances with this CAS number; "CAS 67-64-1", "67641" and any dash mean the same."""
        return self._by_cas.get(plain_cas(cas), ())

    def by_inchikey(self, inchikey: str) -> tuple[Substance, ...]:
        """Give the substances with this InChIKey, in whatever case, "InChIKey=" before it or not."""
        return self._by_inchikey.get(inchikey.strip().upper().removeprefix("INCHIKEY="), ())

    def by_name(self, name: str) -> tuple[Substance, ...]:
        """Give the substances of which this is a name, synonym or id in any language: the whole name only."""
        return self._by_name.get(fold(name), ())

    def find(self, text: str, limit: int = 20) -> tuple[Substance, ...]:
        """Give the substances that ``text`` may mean: exact, then beginning with it, then containing it.

        Looks at names in three languages, synonyms, ids, CAS numbers, formulas (the whole one, its elements
        in any order) and HS codes (with or without dots, from four digits on; what follows the sixth is
        national and not looked at).  Within each group the catalogue's order holds.
        """
        wanted = fold(text)
        if not wanted:
            return ()
        ranked: list[list[Substance]] = [[], [], []]
        meant = {one.id for one in self.by_cas(text)}
        for substance, keys in zip(self.substances, self._folded_names, strict=True):
            rank = _rank(wanted, keys)
            if substance.id in meant or is_same_formula(text, substance.formula):
                rank = 0
            if rank is not None:
                ranked[rank].append(substance)
        if _HS_CODE.fullmatch(wanted):
            digits = re.sub("[. ]", "", wanted)[:_SUBHEADING_DIGITS]
            headed = [one for one in self.substances if one.hs_code.replace(".", "").startswith(digits)]
            ranked[1] = [*headed, *(one for one in ranked[1] if one not in headed)]
        return tuple(dict.fromkeys(one for group in ranked for one in group))[:limit]

    def named_in(self, text: str) -> tuple[Substance, ...]:
        """Give the substances that a free text (a declaration) names; empty when it names none.

        A text that is a name means that substance alone.  Otherwise CAS numbers and whole words count, longer
        names first, so "lactose monohydrate, 25 kg" does not also name lactose.
        """
        exact = self.by_name(text)
        if exact or not text.strip():
            return exact
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

    @property
    def folded_names(self) -> Mapping[str, tuple[Substance, ...]]:
        """Give the substances by every name, synonym, id and CAS number, each folded (names.py)."""
        return self._by_name

    def by_un_number(self, number: str) -> tuple[Substance, ...]:
        """Give the substances with this UN number, four digits."""
        return tuple(one for one in self.substances if number and one.un_number == number)

    def under_hs_code(self, digits: str) -> tuple[Substance, ...]:
        """Give the substances whose code begins with ``digits``, four to six of them and no dots."""
        return tuple(one for one in self.substances if one.hs_code.replace(".", "").startswith(digits))

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
    def sha256(self) -> str:
        """The hash under which results name this catalogue, what the user added to it included."""
        tables = (
            [asdict(row) for row in self.substances],
            [asdict(row) for row in self.lists],
            [asdict(row) for row in self.lookalikes],
            [asdict(row) for row in self._invisible_entries],
            [asdict(row) for row in self._forms.values()],
            self._same_as,
        )
        return hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()

    @cached_property
    def _folded_names(self) -> tuple[frozenset[str], ...]:
        return tuple(
            frozenset(
                key for name in (*substance.names, substance.id, substance.cas) for key in name_variants(name)
            )
            for substance in self.substances
        )

    @cached_property
    def _by_cas(self) -> dict[str, tuple[Substance, ...]]:
        return _grouped((plain_cas(substance.cas), substance) for substance in self.substances)

    @cached_property
    def _by_inchikey(self) -> dict[str, tuple[Substance, ...]]:
        return _grouped((substance.inchikey.upper(), substance) for substance in self.substances)

    @cached_property
    def _by_name(self) -> dict[str, tuple[Substance, ...]]:
        keyed = zip(self.substances, self._folded_names, strict=True)
        return _grouped((key, substance) for substance, keys in keyed for key in keys)

    @cached_property
    def _names_by_length(self) -> tuple[tuple[str, tuple[Substance, ...]], ...]:
        texts = {
            key: found
            for key, found in self._by_name.items()
            if len(key) >= CONTAINED_NAME_MIN and not _CAS_NUMBER.fullmatch(key)
        }
        return tuple(sorted(texts.items(), key=lambda item: (-len(item[0]), item[0])))


@cache
def load_catalogue(folder: Path = CATALOGUE_FOLDER) -> Catalogue:
    """Read the catalogue's tables; the second call costs nothing.

    Raises CatalogueError when a table is missing or broken.
    """
    same_as = {row["id"]: row["same_as"] for row in read_table(folder / "same_substance.csv")}
    substances, legal = read_substances(folder, same_as)
    known = frozenset(substance.id for substance in substances)
    pairs = [*read_table(folder / "lookalikes.csv"), *read_table(folder / "materials_lookalikes.csv")]
    return Catalogue(
        substances,
        same_as=same_as,
        lookalikes=read_lookalikes(pairs, known),
        invisible=read_invisible(read_table(folder / "invisible.csv"), known),
        forms=tuple(Form(row["id"], row["of"], row["form"]) for row in read_table(folder / "forms.csv")),
        lists=legal.lists,
    )


def is_cas_sound(cas: str) -> bool:
    """Tell whether the CAS number's check digit is right; False without a number."""
    from stdnum import casrn  # 10 ms that a start does not need

    return bool(cas) and casrn.is_valid(cas)


def _grouped(pairs: Iterable[tuple[str, Substance]]) -> dict[str, tuple[Substance, ...]]:
    found: dict[str, list[Substance]] = {}
    for key, substance in pairs:
        if key:
            found.setdefault(key, []).append(substance)
    return {key: tuple(substances) for key, substances in found.items()}


def _rank(wanted: str, keys: frozenset[str]) -> int | None:
    if wanted in keys:
        return 0
    if any(key.startswith(wanted) for key in keys):
        return 1
    return 2 if any(wanted in key for key in keys) else None
