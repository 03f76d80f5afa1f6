"""How often the instrument and the laboratory agree: by substance, device, library and verdict.

    results of laboratories -> the identifications they speak of -> Compared -> counts, shares, intervals

What *agree* means for each verdict is drawn in agreement.py.  Of several results for one identification the
newest that names a substance counts; where none does, nothing can be compared, and it is counted apart.
Shares by substance, device and library are those of matches, groups and mixtures alone: only these name
something.

    substance   what was named: a match, the best of a group, each component of a mixture by itself
    device      the serial number; empty for spectra from files
    library     that of the best reference; of a mixture the name of all that answered
    verdict     all six

Nothing here is written anywhere, and nothing is calibrated with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import Any, Final

from inspection.chain import volume_of
from inspection.errors import LogError
from inspection.laboratory.agreement import EXCERPT, Compared, Judge
from inspection.laboratory.results import NewestResult, newest_results
from inspection.log import InspectionLog
from inspection.log_file import translated
from inspection.log_rows import time_text
from inspection.log_volume import LogVolume, reading_ahead
from inspection.records import EntryKind, LogEntry
from spectra_library.catalogue import Catalogue

LEVEL: Final = 0.95  # of the intervals: Clopper and Pearson's, which hold at least what they promise
ENOUGH: Final = 10  # results; of fewer, the interval is as good as all of it
WINDOW: Final = 25  # entries read at a time; see log.PAGE
DENSE: Final = 4  # one in so many is wanted: all are fetched ahead
SHOWN_ENTRIES: Final = 200  # numbers that are listed of what went wrong, the newest


class By(StrEnum):
    """What shares are told by."""

    SUBSTANCE = "substance"
    DEVICE = "device"
    LIBRARY = "library"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Share:
    """How many of ``n`` agree, with the interval of that share; all three None where there is none.

    ``overridden`` of the n, those whose verdict a person amended.
    """

    n: int
    agree: int | None
    overridden: int = 0

    @property
    def share(self) -> float | None:
        """The share that agrees, 0..1."""
        return None if self.agree is None or not self.n else self.agree / self.n

    @property
    def interval(self) -> tuple[float, float] | None:
        """The exact 95 % interval of that share."""
        return None if self.agree is None or not self.n else proportion_interval(self.agree, self.n)

    @property
    def is_enough(self) -> bool:
        """Tell whether there are results enough to say anything."""
        return self.n >= ENOUGH


@dataclass(frozen=True, slots=True)
class Row:
    """One line: ``key`` a substance id, a serial number, a library or a verdict."""

    by: By
    key: str
    share: Share


@dataclass(frozen=True, slots=True)
class Confusion:
    """What was said and what the laboratory found instead, ``n`` times."""

    verdict: str
    said: tuple[str, ...]
    found: tuple[str, ...]
    n: int


@dataclass(frozen=True, slots=True)
class Wrong:
    """So many of a kind of mistake: by verdict, and the newest of the entries."""

    n: int
    by_verdict: Mapping[str, int]
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was done in the period, laboratories left out.

    ``verdicts`` and ``declared`` by their words.  ``overridden`` identifications with an amended verdict.
    """

    inspections: int = 0
    identifications: int = 0
    verdicts: Mapping[str, int] = field(default_factory=dict)
    declared: Mapping[str, int] = field(default_factory=dict)
    overridden: int = 0


@dataclass(frozen=True, slots=True)
class Statistics:
    """All of it.

    ``with_result`` identifications of the period with a result: ``claims`` of them compared in the shares,
    ``unnamed`` whose results name no substance, ``contradictory`` with results that name different ones.
    ``out_of_reach`` results whose identification is not here: in an archive, or damaged.
    ``hinted`` of what was missed, that which was hinted at.
    """

    counts: Counts
    rows: tuple[Row, ...]
    confusions: tuple[Confusion, ...]
    with_result: int
    claims: Share
    unnamed: int
    contradictory: int
    out_of_reach: int
    falsely_controlled: Wrong
    missed_controlled: Wrong
    hinted: int


NOTHING: Final = Statistics(
    counts=Counts(),
    rows=(),
    confusions=(),
    with_result=0,
    claims=Share(0, 0),
    unnamed=0,
    contradictory=0,
    out_of_reach=0,
    falsely_controlled=Wrong(0, {}, ()),
    missed_controlled=Wrong(0, {}, ()),
    hinted=0,
)


def statistics(
    log: InspectionLog,
    catalogue: Catalogue,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Statistics:
    """Count over the identifications of a period; ``since`` is included, ``until`` is not.

    Counts without a laboratory come from what the log is searched by, which ``log verify`` compares with the
    entries.  Raises LogError, LogDamagedError.
    """
    log.head()  # so that a volume which another program has just begun is known
    tally = Tally(Judge(catalogue), _overridden(log))
    results = newest_results(log)
    reached = 0
    for entry in _identifications(log, results):
        reached += 1
        if (since is None or entry.time >= since) and (until is None or entry.time < until):
            tally.add(entry, results[entry.sequence])
    return tally.statistics(_counts(log, tally.overridden, since, until), out_of_reach=len(results) - reached)


@lru_cache(maxsize=4096)
def proportion_interval(successes: int, n: int) -> tuple[float, float]:
    """Give the exact (Clopper-Pearson) interval of a share, at the level LEVEL."""
    from scipy.stats import binomtest  # a second that no other verb waits for

    found = binomtest(successes, n).proportion_ci(LEVEL, method="exact")
    return float(found.low), float(found.high)


class Tally:
    """Counts identifications with a result, one after the other."""

    def __init__(self, judge: Judge, overridden: frozenset[int]) -> None:
        self.overridden = overridden
        self._judge = judge
        self._n: Counter[tuple[By, str]] = Counter()
        self._agree: Counter[tuple[By, str]] = Counter()
        self._amended: Counter[tuple[By, str]] = Counter()
        self._claims: Counter[str] = Counter()
        self._confusions: Counter[tuple[str, tuple[str, ...], tuple[str, ...]]] = Counter()
        self._false: list[tuple[int, str]] = []
        self._missed: list[tuple[int, str]] = []
        self._others: Counter[str] = Counter()

    def add(self, entry: LogEntry, result: NewestResult) -> None:
        """Count one identification; what it said in ``entry.body`` as EXCERPT names it."""
        answer = self._judge.answer(entry.body)
        if answer is None:
            return
        self._others["with_result"] += 1
        self._others["contradictory"] += result.is_contradictory
        if not result.found:
            self._others["unnamed"] += 1
            return
        compared = self._judge.compare(answer, result.found)
        is_amended = entry.sequence in self.overridden
        for by, key, agrees in _keys(compared):
            self._n[by, key] += 1
            self._agree[by, key] += agrees
            self._amended[by, key] += is_amended
        if answer.is_claim:
            self._claims.update(n=1, agree=int(bool(compared.agrees)), overridden=int(is_amended))
        self._count_mistakes(entry.sequence, compared)

    def _count_mistakes(self, sequence: int, compared: Compared) -> None:
        verdict = compared.answer.verdict.value
        if compared.agrees is False:
            said = tuple(part[0] for part in compared.answer.parts)
            self._confusions[verdict, said, tuple(sorted(compared.found))] += 1
        if compared.is_falsely_controlled:
            self._false.append((sequence, verdict))
        if compared.missed:
            self._missed.append((sequence, verdict))
            self._others["hinted"] += compared.is_hinted

    def statistics(self, counts: Counts, *, out_of_reach: int) -> Statistics:
        """Give what was counted, the most frequent first."""
        return Statistics(
            counts=counts,
            rows=tuple(self._rows()),
            confusions=tuple(
                Confusion(verdict, said, found, n)
                for (verdict, said, found), n in sorted(
                    self._confusions.items(), key=lambda item: (-item[1], item[0])
                )
            ),
            with_result=self._others["with_result"],
            claims=Share(self._claims["n"], self._claims["agree"], self._claims["overridden"]),
            unnamed=self._others["unnamed"],
            contradictory=self._others["contradictory"],
            out_of_reach=out_of_reach,
            falsely_controlled=_wrong(self._false),
            missed_controlled=_wrong(self._missed),
            hinted=self._others["hinted"],
        )

    def _rows(self) -> Iterator[Row]:
        order = list(By)
        ranked = sorted(self._n, key=lambda place: (order.index(place[0]), -self._n[place], place[1]))
        for by, key in ranked:
            says_nothing = (by, key) == (By.VERDICT, "rejected")
            agree = None if says_nothing else self._agree[by, key]
            yield Row(by, key, Share(self._n[by, key], agree, self._amended[by, key]))


def _keys(compared: Compared) -> Iterator[tuple[By, str, bool]]:
    """Say where one comparison counts, and whether it agrees there."""
    answer, agrees = compared.answer, bool(compared.agrees)
    yield By.VERDICT, answer.verdict.value, agrees
    if answer.is_claim:
        yield By.DEVICE, answer.serial, agrees
        yield By.LIBRARY, answer.library, agrees
        for part, is_found in zip(answer.parts, compared.borne_out, strict=True):
            yield By.SUBSTANCE, part[0], is_found


def _wrong(found: list[tuple[int, str]]) -> Wrong:
    newest = sorted(sequence for sequence, _ in found)[-SHOWN_ENTRIES:]
    return Wrong(len(found), dict(Counter(verdict for _, verdict in found)), tuple(newest))


def _identifications(log: InspectionLog, wanted: Mapping[int, Any]) -> Iterator[LogEntry]:
    """Read the identifications of these numbers, as far as they are here, in excerpts."""
    by_volume: dict[int, list[int]] = {}
    for number in sorted(wanted):
        by_volume.setdefault(volume_of(number), []).append(number)
    for volume in log.volumes:
        numbers = by_volume.get(volume.number, [])
        # Where few are wanted, fetching all between them would take longer than they do.
        is_dense = len(numbers) * DENSE > numbers[-1] - numbers[0] if numbers else False
        with reading_ahead(volume.path, numbers[0], numbers[-1]) if is_dense else nullcontext():
            for window in _windows(numbers):
                for entry in volume.excerpts(window[0], window[-1], EXCERPT):
                    if entry.sequence in wanted and entry.kind is EntryKind.IDENTIFICATION:
                        yield entry


def _windows(numbers: Sequence[int]) -> Iterator[list[int]]:
    """Part numbers, in their order, into those that lie close to each other."""
    for _, window in groupby(numbers, key=lambda number: number // WINDOW):
        yield list(window)


def _overridden(log: InspectionLog) -> frozenset[int]:
    amendments = log.entries(kind=EntryKind.AMENDMENT)
    numbers = (one.body.get("entry") for one in amendments if one.body.get("field") == "verdict")
    return frozenset(number for number in numbers if isinstance(number, int))


def _counts(
    log: InspectionLog, overridden: frozenset[int], since: datetime | None, until: datetime | None
) -> Counts:
    inspections = 0
    verdicts: Counter[str] = Counter()
    declared: Counter[str] = Counter()
    amended = 0
    for volume in log.volumes:
        for kind, verdict, declared_verdict, n in _grouped(volume, since, until):
            if kind == EntryKind.INSPECTION_OPENED:
                inspections += n
            elif kind == EntryKind.IDENTIFICATION:
                verdicts[verdict or ""] += n
                if declared_verdict:
                    declared[declared_verdict] += n
        amended += sum(
            (since is None or entry.time >= since) and (until is None or entry.time < until)
            for number in sorted(overridden)
            if volume_of(number) == volume.number
            for entry in volume.excerpts(number, number, {})
        )
    return Counts(inspections, verdicts.total(), dict(verdicts), dict(declared), amended)


def _grouped(
    volume: LogVolume, since: datetime | None, until: datetime | None
) -> list[tuple[str, str | None, str | None, int]]:
    beginning = "" if since is None else time_text(since)
    end = "~" if until is None else time_text(until)  # after every digit
    sql = (
        "SELECT kind, verdict, declared_verdict, count(*) FROM entries INDEXED BY entries_by_kind "
        "WHERE kind IN (?, ?) AND time >= ? AND time < ? GROUP BY 1, 2, 3"
    )
    kinds = [str(EntryKind.INSPECTION_OPENED), str(EntryKind.IDENTIFICATION)]
    with translated(volume.path, "read", LogError):
        return list(volume.db.execute(sql, [*kinds, beginning, end]).fetchall())
