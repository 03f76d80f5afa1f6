"""The rows of a large log, written by several processes at once and put together in the order of the log.

    entries 1 to 500 -> lines | entries 501 to 1000 -> lines | ...  -> one file

Each part is read on a connection of its own.  Entries never change, so the parts still speak of one log.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inspection.errors import ExportError
from inspection.log_kind import LogKind
from inspection.log_volume import LogVolume
from inspection.processes import helpers, processors
from inspection.records import LogEntry, LogHead

Rows = Callable[[Iterable[LogEntry], LogHead], Iterator[tuple[bytes, int]]]

ENTRIES_OF_A_PART: Final = 500
WORTH_PROCESSES: Final = 5_000  # entries: below, starting processes takes longer than they save
_AT_ONCE: Final = 25  # entries in memory: with more, Python spends a third of the time looking for garbage
_AHEAD: Final = 3  # parts for each process that may wait to be written


@dataclass(frozen=True, slots=True)
class Part:
    """The entries ``first`` to ``last`` of a volume; ``rows`` writes them, each row with the ``anchor``.

    ``excerpt`` of their bodies is all that ``rows`` looks at, see LogVolume.excerpts; None for all of them.
    """

    path: Path
    kind: LogKind
    first: int
    last: int
    rows: Rows
    anchor: LogHead
    excerpt: Mapping[str, str] | None


def rows_in_parts(
    volumes: Iterable[LogVolume],
    kind: LogKind,
    rows: Rows,
    anchor: LogHead,
    *,
    last: int,
    excerpt: Mapping[str, str] | None = None,
) -> Generator[tuple[bytes, int], None, None]:
    """Give what ``rows`` makes of all entries up to ``last``, in pieces with the number of records in each.

    ``rows`` is a function of a module, which another process can import; see Part for ``excerpt``.
    Raises ExportError when such a process is ended from outside, LogError as reading does.
    """
    waiting: deque[Future[tuple[bytes, int]]] = deque()
    with helpers(ExportError) as pool:
        for path, first, end in _stretches(volumes, last):
            part = Part(path, kind, first, end, rows, anchor, excerpt)
            waiting.append(pool.submit(rows_of, part))
            if len(waiting) > _AHEAD * processors():
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def rows_of(part: Part) -> tuple[bytes, int]:
    """Write one part: its bytes, and how many records are in them."""
    with closing(LogVolume.open_read_only(part.path, kind=part.kind)) as volume:
        written = list(part.rows(_entries(volume, part), part.anchor))
    return b"".join(line for line, _ in written), sum(records for _, records in written)


def _entries(volume: LogVolume, part: Part) -> Iterator[LogEntry]:
    for first in range(part.first, part.last + 1, _AT_ONCE):
        last = min(first + _AT_ONCE - 1, part.last)
        if part.excerpt is not None:
            yield from volume.excerpts(first, last, part.excerpt)
        else:
            yield from volume.page("sequence BETWEEN ? AND ?", [first, last])


def _stretches(volumes: Iterable[LogVolume], last: int) -> Iterator[tuple[Path, int, int]]:
    """Cut the log up to ``last`` into the entries that are one part each."""
    for volume in volumes:
        end = min(volume.last()[0], last)
        for first in range(volume.first, end + 1, ENTRIES_OF_A_PART):
            yield volume.path, first, min(first + ENTRIES_OF_A_PART - 1, end)
