"""What every verb of the command line works with: where words go, where data lives, which library answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import TextIO

from inspection.errors import LogDamagedError, LogKindError, LogWriteError
from inspection.folders import DataFolder
from inspection.knowledge import Knowledge, knowledge
from inspection.language import Wording
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_notice import NoticeKind
from inspection.own_catalogue import own_catalogue
from inspection.session import InspectionSession
from inspection.users.service import UserService
from inspection.users.store import UserStore
from inspection.wording import KnownError, error_sentence, notice_sentence
from spectra_library.catalogue import Catalogue
from spectra_library.formats.plain_text import written_out
from spectra_library.prepared import PreparedLibrary
from spectra_library.shelf import LibraryShelf


class ExitCode(IntEnum):
    """What the command line returns; scripts rely on it."""

    DONE = 0
    CHECK_FAILED = 1
    WRONG_INPUT = 2
    DETECTOR_TROUBLE = 3
    NOT_ALLOWED = 4
    NOT_RECORDED = 5


@dataclass(frozen=True, slots=True)
class Desk:
    """One call of the command line: ``out`` for results, ``err`` for words to people, in one language.

    ``user`` who signed in; None where nobody had to.
    """

    out: TextIO
    err: TextIO
    words: Wording
    data: DataFolder
    kind: LogKind
    user: str | None

    def emit(self, result: Mapping[str, object]) -> None:
        """Print one JSON object on one line."""
        print(json.dumps(result, ensure_ascii=False, allow_nan=False), file=self.out, flush=True)

    def say(self, text: str) -> None:
        """Print text for people."""
        print(written_out(text), file=self.out, flush=True)

    def warn(self, text: str) -> None:
        """Tell people something that is not a result."""
        print(written_out(text), file=self.err, flush=True)

    def complain(self, error: KnownError) -> None:
        """Tell people of a known error in one line."""
        self.warn(error_sentence(self.words, error))

    def catalogue(self) -> Catalogue:
        """Give the substance catalogue with what the data folder adds; a damaged table is complained of."""
        own = own_catalogue(self.data)
        for problem in own.problems:
            self.complain(problem)
        return own.catalogue

    @property
    def shelf(self) -> LibraryShelf:
        """Give the libraries of the program and of the data folder."""
        return LibraryShelf(self.data.libraries)

    def knowledge(self, libraries: list[str] | None = None) -> Knowledge:
        """Read what spectra are named with: these libraries, by default all that are switched on.

        What is damaged in the data folder is complained of, and the rest answers.
        """
        found = knowledge(self.data, libraries or ())
        for problem in found.problems:
            self.complain(problem)
        return found

    def library(self, names: list[str] | None = None) -> PreparedLibrary:
        """Prepare the libraries of these names or paths; see ``knowledge``."""
        return PreparedLibrary.open_or_build(self.knowledge(names).libraries, self.data.cache)

    def session(
        self, libraries: list[str] | None = None, *, log: InspectionLog | None = None
    ) -> InspectionSession:
        """Begin to work with these libraries; see ``knowledge``."""
        known = self.knowledge(libraries)
        return InspectionSession(
            PreparedLibrary.open_or_build(known.libraries, self.data.cache),
            known.catalogue,
            calibration=known.calibration,
            log=log,
        )

    @property
    def users(self) -> UserStore:
        """Give the list of users."""
        return UserStore(self.data.users)

    @property
    def user_service(self) -> UserService:
        """Give what signs in and changes the list of users, and records both."""
        return UserService(
            self.users, self.data.evidence_log, open_for=self.evidence_log, complain=self.complain
        )

    def log_path(self) -> Path:
        """Give the file of the evidence log, or of the training log with ``--training``."""
        return self.data.log(self.kind)

    @contextmanager
    def open_log(self) -> Iterator[InspectionLog]:
        """Open the log for writing; it is made when there is none.  What it has to say is said at the end.

        Raises LogWriteError also for a file that is no log of this kind: nothing can be recorded there.
        """
        try:
            log = InspectionLog.open(self.log_path(), kind=self.kind, officer=self.user)
        except (LogDamagedError, LogKindError) as error:
            raise LogWriteError(str(error)) from error
        with log:
            is_done = False
            try:
                yield log
                is_done = True
            finally:
                for notice in log.notices:  # of a full disk the error speaks
                    if is_done or notice.kind is not NoticeKind.NO_RESERVE:
                        self.warn(notice_sentence(self.words, notice))

    def evidence_log(self, officer: str | None) -> AbstractContextManager[InspectionLog]:
        """Open the evidence log for ``officer``, whichever log this call works on: it tells of users."""
        return replace(self, kind=LogKind.EVIDENCE, user=officer).open_log()

    def read_log(self) -> AbstractContextManager[InspectionLog]:
        """Open the log for reading only.  Raises LogMissingError when there is none."""
        return InspectionLog.open_read_only(self.log_path(), kind=self.kind)
