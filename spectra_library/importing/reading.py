"""Many files read by a few limited readers at once; the answers come in the order of the files.

    members -> hashed -> a reader each, two at a time -> answers, first in first out

A few files and at most 64 MiB are under way at any time, whatever comes.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import PurePosixPath
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Final, Generic, Protocol, Self, TypeVar

from spectra_library.errors import FormatError, ReaderFailedError, ReadingLimitError
from spectra_library.formats.file_spectrum import FilePart
from spectra_library.formats.sandbox import CHOSEN_LIBRARY, LimitedReader, ReadingLimits

READERS: Final = 2
_UNDER_WAY: Final = 4 * READERS  # so that no reader waits for a slow file in front
_UNDER_WAY_BYTES: Final = CHOSEN_LIBRARY.file_bytes

Answer = tuple[FilePart, ...] | FormatError
Tag = TypeVar("Tag")


class SpectrumReader(Protocol):
    """What reads the parts of a file; see ``formats.sandbox.LimitedReader``."""

    def read(
        self, content: bytes, name: str, *, cancel: threading.Event | None = None
    ) -> tuple[FilePart, ...]:
        """Read all parts of a file.  Raises FormatError, ReadingCancelledError."""

    def close(self) -> None:
        """End the reader; reading again starts another."""


ReaderMaker = Callable[[ReadingLimits], SpectrumReader]


@dataclass(frozen=True, slots=True)
class Asked(Generic[Tag]):
    """A file to be read, or one whose ``answer`` is there already; ``tag`` comes back with the answer."""

    tag: Tag
    name: str = ""
    content: bytes = b""
    is_chosen: bool = False
    answer: Answer | None = None


class ReadingCrew:
    """A few readers in threads.  Use it as a context: leaving it ends the readers."""

    def __init__(
        self,
        *,
        readers: int = READERS,
        cancel: threading.Event | None = None,
        make: ReaderMaker = LimitedReader,
    ) -> None:
        """Start nothing yet; ``make`` gives a reader with these limits."""
        self._cancel, self._make = cancel, make
        self._threads = ThreadPoolExecutor(readers, thread_name_prefix="file reading")
        self._idle: dict[bool, SimpleQueue[SpectrumReader]] = {
            is_chosen: SimpleQueue() for is_chosen in (False, True)
        }

    def answers(self, asked: Iterable[Asked[Tag]]) -> Iterator[tuple[Tag, Answer]]:
        """Read every file and give each answer with the tag of its file, in their order.

        Raises ReadingCancelledError when ``cancel`` was set while a file was read.
        """
        waiting: deque[tuple[Asked[Tag], Future[Answer] | None]] = deque()
        under_way = 0
        for one in asked:
            while waiting and (len(waiting) >= _UNDER_WAY or under_way + len(one.content) > _UNDER_WAY_BYTES):
                under_way -= len(waiting[0][0].content)
                yield _first(waiting)
            future = self._threads.submit(self._read, one) if one.answer is None else None
            waiting.append((one, future))
            under_way += len(one.content)
        while waiting:
            yield _first(waiting)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=True)
        for idle in self._idle.values():
            while not idle.empty():
                idle.get().close()

    def _read(self, one: Asked[Any]) -> Answer:
        idle = self._idle[one.is_chosen]
        try:
            reader = idle.get_nowait()
        except Empty:
            reader = self._make(CHOSEN_LIBRARY if one.is_chosen else ReadingLimits())
        try:
            return reader.read(one.content, PurePosixPath(one.name).name, cancel=self._cancel)
        except FormatError as error:
            return error
        finally:
            idle.put(reader)


def is_final(answer: Answer) -> bool:
    """Tell whether reading the file again would give the same; what failed under a limit might not."""
    return not isinstance(answer, (ReadingLimitError, ReaderFailedError))


def _first(waiting: deque[tuple[Asked[Tag], Future[Answer] | None]]) -> tuple[Tag, Answer]:
    asked, future = waiting.popleft()
    if future is not None:
        return asked.tag, future.result()
    assert asked.answer is not None
    return asked.tag, asked.answer
