"""A stored identification asked again: the same library and recipe have to give the same answer.

    entry + stored curve -> library and recipe of the entry, where they are at hand -> asked again -> Rematch

Compared is everything that the entry says of the answer: verdict, candidates with all their numbers, group,
components, hints, quality, the declaration's verdict, the code of its reason and what was understood.
Numbers are compared as they are written, to six digits.  Not compared are sentences (wording may improve),
the time it took, where the spectrum came from, and what the entry says of its library, recipe, calibration
and catalogue: whether those are the same is told beside the changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from inspection.declared.declaration import Declared
from inspection.errors import RecordError
from inspection.findings import Finding, JsonObject, Source, finding_object
from inspection.folders import DataFolder
from inspection.knowledge import Knowledge, outside_substances
from inspection.log import InspectionLog
from inspection.own_catalogue import own_catalogue
from inspection.records import EntryKind, LogEntry
from inspection.session import InspectionSession
from spectra_library.errors import LibraryStoreError
from spectra_library.library import ReferenceLibrary
from spectra_library.prepared import PreparedLibrary
from spectra_library.preprocess import Recipe
from spectra_library.shelf import LibraryShelf
from spectra_library.store import load_library

USUAL_TOP: Final = 10
DIGITS: Final = 6
KEPT_SESSIONS: Final = 4  # prepared libraries in memory; an archive names few, and one after another
BASIS: Final = ("library", "recipe", "calibration", "catalogue")  # what the answer was computed from
# Origins and sentences: see above.
NOT_COMPARED: Final = frozenset(
    {"source", "title", "capture", "top", "elapsed_ms", "advice", "notes", "cautions", *BASIS}
)
SENTENCES: Final = frozenset({"sentence", "cause", "action", "reason", "alarm", "confidence_note"})
RULES: Final = "declared.rules"  # told by has_same_rules

# A recipe out of a log is computed with: one not written by this program must not take all memory.
_LARGEST_WAVENUMBER: Final = 20_000.0  # cm-1
_LEAST_STEP: Final = 0.1  # cm-1
_LARGEST_RESOLUTION: Final = 1000.0  # cm-1
_HIGHEST_ORDER: Final = 10
_MOST_REFINED: Final = 1000
_LONGEST_LIST: Final = 100


@dataclass(frozen=True, slots=True)
class Change:
    """One place in which two answers differ, such as ``candidates[0].score``; None where one has nothing."""

    what: str
    then: object
    now: object


@dataclass(frozen=True, slots=True)
class Rematch:
    """What an entry says, and what the same curve gives now.

    ``then`` and ``now`` are objects of ``identify --json``.  ``is_at_hand``: the recorded library was found.
    """

    entry: int
    then: Mapping[str, Any]
    now: Mapping[str, Any]
    changes: tuple[Change, ...]
    is_at_hand: bool

    def has_same(self, what: str) -> bool:
        """Tell whether ``what`` of ``BASIS`` is what the entry was computed from."""
        return _identity(self.then.get(what)) == _identity(self.now.get(what))

    @property
    def is_same(self) -> bool:
        """Tell whether the answer is the same."""
        return not self.changes

    @property
    def is_failed(self) -> bool:
        """Tell whether the answer differs although it was computed from the same.

        What other rules make of the same declaration is told and is no failure.
        """
        counted = [one for one in self.changes if not _is_declared(one.what) or self.has_same_rules]
        return bool(counted) and all(self.has_same(what) for what in BASIS)

    @property
    def has_same_rules(self) -> bool:
        """Tell whether the declaration was understood by the same tables and rules."""
        then, now = (_mapping(answer.get("declared")).get("rules") for answer in (self.then, self.now))
        return _identity(then) == _identity(now)


class Rematcher:
    """Asks stored curves again.  The libraries are read and prepared once, not once an entry."""

    def __init__(self, known: Knowledge, data: DataFolder, *, is_chosen: bool = False) -> None:
        """Take what is known now.  ``is_chosen``: ask its libraries, whatever an entry was asked of.

        Otherwise they answer where the library of an entry is not at hand.
        """
        self._known = known
        self._data = data
        self._is_chosen = is_chosen
        self._shelf = self._unread()
        self._at_hand: list[ReferenceLibrary] = list(known.libraries)
        self._sessions: dict[tuple[str, ...], InspectionSession] = {}

    def rematch(self, log: InspectionLog, entry: LogEntry) -> Rematch:
        """Ask the curve of ``entry`` again.

        Raises RecordError when it holds no identification with its curve, LogError when the curve cannot be
        read, SpectraLibraryError when the curve is no question to the library that is asked.
        """
        then = entry.body
        stored = log.spectrum(entry.sequence) if entry.kind is EntryKind.IDENTIFICATION else None
        if stored is None:
            raise RecordError(
                f"expected an identification with its curve, found entry {entry.sequence}, {entry.kind}"
            )
        found = self._again(then)
        libraries = self._known.libraries if self._is_chosen or found is None else found
        session = self._session(libraries, recipe_again(then.get("recipe")) or Recipe())
        finding = session.name(
            stored.spectrum,
            source=Source(path="", block=0, sha256="", format="log"),
            title="",
            declared=_declared_then(then),
            top=_asked_for(then),
        )
        now = _as_written(finding, session)
        return Rematch(entry.sequence, then, now, tuple(changes(then, now)), is_at_hand=found is not None)

    def _again(self, then: Mapping[str, object]) -> tuple[ReferenceLibrary, ...] | None:
        """Find the libraries that an entry was asked of; None when one of them is not at hand."""
        parts = _mapping(then.get("library")).get("parts")
        if not isinstance(parts, list) or not parts:
            return None
        found = [self._library(_mapping(part)) for part in parts]
        return tuple(one for one in found if one is not None) if None not in found else None

    def _library(self, part: Mapping[str, object]) -> ReferenceLibrary | None:
        """Find a library by its name and content, reading on through the shelf only as far as needed."""
        for library in self._at_hand:
            if _is_part(library, part):
                return library
        for library in self._shelf:
            self._at_hand.append(library)
            if _is_part(library, part):
                return library
        return None

    def _unread(self) -> Iterator[ReferenceLibrary]:
        """Read the libraries of the shelf, switched on or not; a damaged one is not at hand."""
        for entry in LibraryShelf(self._data.libraries).entries():
            try:
                yield load_library(entry.path)
            except LibraryStoreError:
                continue

    def _session(self, libraries: tuple[ReferenceLibrary, ...], recipe: Recipe) -> InspectionSession:
        key = (recipe.sha256, *(f"{library.sha256} {library.name}" for library in libraries))
        if key not in self._sessions:
            if len(self._sessions) == KEPT_SESSIONS:
                self._sessions.pop(next(iter(self._sessions)))
            catalogue = self._known.catalogue
            if libraries != self._known.libraries:  # each brings substances that only it knows
                catalogue = own_catalogue(self._data, outside_substances(libraries)).catalogue
            self._sessions[key] = InspectionSession(
                PreparedLibrary.open_or_build(libraries, self._data.cache, recipe),
                catalogue,
                calibration=self._known.calibration,
            )
        return self._sessions[key]


def recipe_again(recorded: object) -> Recipe | None:
    """Build the recipe that an entry names; None when this program cannot prepare spectra by it."""
    held = dict(_mapping(recorded))
    sha256 = held.pop("sha256", None)
    if held.keys() != {one.name for one in fields(Recipe)}:
        return None
    recipe = Recipe(**{name: _frozen(value) for name, value in held.items()})
    try:
        return recipe if recipe.sha256 == sha256 and _is_sane(recipe) else None
    except (TypeError, ValueError):  # something else stands where a number should
        return None


def changes(then: Mapping[str, object], now: Mapping[str, object]) -> Iterator[Change]:
    """Name every place in which ``now`` differs from what ``then`` says; see the top of this module.

    What ``then`` does not mention, because a later program says more, is no change.
    """
    for name in then:
        if name not in NOT_COMPARED:
            yield from _changes(name, then[name], now.get(name))


def _changes(place: str, then: object, now: object) -> Iterator[Change]:
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for name in then:
            if name not in SENTENCES and f"{place}.{name}" != RULES:
                yield from _changes(f"{place}.{name}", then[name], now.get(name))
    elif isinstance(then, list) and isinstance(now, list):
        for i in range(max(len(then), len(now))):
            yield from _changes(f"{place}[{i}]", _at(then, i), _at(now, i))
    elif _written(then) != _written(now):
        yield Change(place, then, now)


def _is_declared(what: str) -> bool:
    return what == "declared" or what.startswith("declared.")


def _declared_then(then: Mapping[str, object]) -> Declared | None:
    """Give the papers that an entry was compared with; those of earlier programs hold a text alone."""
    held = _mapping(then.get("declared"))
    if "text" not in held:
        return None
    text, hs_code, un_number, cas = (
        str(held.get(name, "")) for name in ("text", "hs_code", "un_number", "cas")
    )
    return Declared(text, hs_code=hs_code, un_number=un_number, cas=cas)


def _at(values: Sequence[object], i: int) -> object:
    return values[i] if i < len(values) else None


def _written(value: object) -> object:
    return round(value, DIGITS) if isinstance(value, float) else value


def _as_written(finding: Finding, session: InspectionSession) -> JsonObject:
    """Give the object of a finding as a log gives it back."""
    written: JsonObject = json.loads(json.dumps(finding_object(finding, session.catalogue)))
    return written


def _identity(basis: object) -> tuple[object, object]:
    """Take from a library, recipe, calibration or catalogue what tells it from others."""
    held = _mapping(basis)
    return held.get("name"), held.get("sha256")


def _is_part(library: ReferenceLibrary, part: Mapping[str, object]) -> bool:
    return (library.sha256, library.name) == (part.get("sha256"), part.get("name"))


def _asked_for(then: Mapping[str, object]) -> int:
    top = then.get("top")
    return top if isinstance(top, int) and top >= 1 else USUAL_TOP


def _mapping(value: object) -> Mapping[str, Any]:
    """Give ``value`` if it is an object, else an empty one: another hand may have written the entry."""
    return value if isinstance(value, Mapping) else {}


def _frozen(value: object) -> Any:
    """Give JSON's lists as the tuples that a recipe holds."""
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value


def _is_sane(recipe: Recipe) -> bool:
    """Tell whether a computer can prepare spectra by ``recipe``.  Raises TypeError for what is no number."""
    usual = asdict(Recipe())
    if not all(_has_kind(value, usual[name]) for name, value in asdict(recipe).items()):
        return False
    lists = recipe.excluded, recipe.coarser_cm, recipe.depth_exponents, recipe.peak_indices
    resolutions = recipe.resolution_cm, recipe.assumed_resolution_cm, *recipe.coarser_cm
    return (
        0 < recipe.wavenumber_min < recipe.wavenumber_max <= _LARGEST_WAVENUMBER
        and recipe.step_cm >= _LEAST_STEP
        and all(0 < one <= _LARGEST_RESOLUTION for one in resolutions)
        and 0 <= recipe.baseline_order <= _HIGHEST_ORDER
        and 0 <= recipe.refined <= _MOST_REFINED
        and all(len(one) <= _LONGEST_LIST for one in lists)
        and all(len(pair) == 2 for pair in recipe.excluded)
    )


def _has_kind(value: object, usual: object) -> bool:
    """Tell whether ``value`` is what ``usual`` is: a number, a whole one, or a list of such."""
    if isinstance(usual, tuple):
        return isinstance(value, tuple) and all(_has_kind(one, usual[0]) for one in value)
    if isinstance(usual, int):
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, int | float) and not isinstance(value, bool)
