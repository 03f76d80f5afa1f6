"""What the window knows at this moment: where the sample stands, whose it is, what was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from gui.pages.course import Course
from gui.pages.job import Job
from gui.palette import Tone
from gui.widgets.nav_rail import Page
from inspection.language import Wording
from inspection.log_kind import LogKind

if TYPE_CHECKING:  # what the first sight of the window does not wait for; most of it loads numpy
    from gui.demonstration import Demonstration
    from gui.pages.overlay import References
    from gui.pages.questions import Leaving
    from inspection.findings import Finding
    from inspection.folders import DataFolder
    from inspection.log_notice import LogNotice
    from inspection.users.user import User
    from inspection.wording import KnownError
    from spectra_library.catalogue import Catalogue


class Situation(QObject):
    """Shared by the parts of one window, in its thread alone; each part changes what is its own.

    ``data`` (given once) holds the user's own legal lists; None where only the program's own are wanted.
    ``finding`` the one that is shown and not yet saved.  ``question`` what is asked before it is left.
    ``demonstration`` the simulated instrument that is served here, when there is one.
    ``user`` signed in, or went away and may come back; None where nobody has to.  ``roll`` all users.
    ``officer`` whose name stands in records where nobody signs in.  ``measured_by`` who began the measurement
    under way, or that of the finding.  ``is_viewer`` the data folder can only be read.

    Signals:
        changed(): everything is to be shown anew.
        said(str, Tone): one sentence about what has just happened.
    """

    changed = pyqtSignal()
    said = pyqtSignal(str, object)

    def __init__(
        self,
        words: Wording,
        kind: LogKind,
        *,
        is_demonstration: bool,
        data: DataFolder | None = None,
        officer: str = "",
    ) -> None:
        super().__init__()
        self._data = data
        self.words, self.kind, self.is_demonstration = words, kind, is_demonstration
        self.course, self.job, self.page = Course(), Job(), Page.SCAN
        self.demonstration: Demonstration | None = None
        self.catalogue: Catalogue | None = None
        self.references: References | None = None
        self.finding: Finding | None = None
        self.question: Leaving | None = None
        self.is_saving = False
        self.log_notices: tuple[LogNotice, ...] = ()
        self.officer = officer
        self.user: User | None = None
        self.roll: tuple[User, ...] = ()
        self.measured_by: str | None = None
        self.is_viewer = False

    def go(self, course: Course) -> None:
        """Stand at ``course``."""
        self.course = course
        self.changed.emit()

    def say(self, sentence: str, tone: Tone) -> None:
        """Tell what has just happened."""
        self.said.emit(sentence, tone)

    def words_of(self, error: KnownError) -> str:
        """Put ``error`` into words."""
        from inspection.wording import error_sentence  # it loads numpy; by now it is there

        return error_sentence(self.words, error)

    @property
    def signature(self) -> str | None:
        """Whose name stands in what is recorded now."""
        return self.user.name if self.user is not None else self.officer or None

    @property
    def may_record(self) -> bool:
        """Whether findings of whoever is at the window can be kept."""
        if self.is_viewer:
            return False
        if self.user is None:
            return True
        from inspection.users.roles import Action, may  # nobody has signed in at the first sight

        return may(self.user.role, Action.RECORD, self.kind)

    @property
    def is_others_finding(self) -> bool:
        """Whether the finding that is shown was measured by somebody who is not at the window now."""
        return self.finding is not None and self.user is not None and self.measured_by != self.user.name

    @property
    def can_export(self) -> bool:
        """Whether the log may be exported: by any user, or by anyone where there are none."""
        return not self.is_viewer or self._data is None or not has_user_list(self._data)

    def standing(self) -> str:
        """Say what holds the whole time and cannot be seen: that nothing is kept, and why."""
        if self.is_viewer:
            return self.words(
                "This data folder can only be read: the log is shown as it is, scans show their result, "
                "nothing is saved."
            )
        if self.user is None or self.may_record:
            return ""
        from gui.pages.access_words import cannot_record  # nobody has signed in at the first sight

        return cannot_record(self.words, self.user.role)

    def begin_anew(self) -> None:
        """Leave the inspection and begin at gate 1."""
        self.job = Job(scanned=self.job.scanned)
        self.begin_papers()
        self.go(self.course.next_sample())

    @property
    def watermark(self) -> str:
        """What stands across every plot; empty on the evidence log."""
        return self.words("TRAINING") if self.kind is LogKind.TRAINING else ""

    @property
    def is_simulated(self) -> bool:
        """Whether the detector is the demonstration's."""
        return self.demonstration is not None and self.course.port == self.demonstration.url

    def substances(self) -> Catalogue:
        """Give the catalogue; the log can be read without a library too."""
        if self.catalogue is None and self._data is not None:
            from inspection.own_catalogue import own_catalogue

            own = own_catalogue(self._data)
            self.catalogue = own.catalogue
            for problem in own.problems:
                self.say(self.words_of(problem), Tone.ALARM)
        if self.catalogue is None:
            from spectra_library.catalogue import load_catalogue

            self.catalogue = load_catalogue()
        return self.catalogue

    def begin_papers(self) -> None:
        """Take the papers of the next sample of the demonstration."""
        if self.demonstration is not None and self.is_simulated:
            self.job = self.job.declared_as(self.demonstration.declared(self.job.scanned))

    def compare_again(self) -> None:
        """Compare the finding with what the papers say now."""
        from inspection.declared.declaration import Declared, compare  # it loads numpy; by now it is there

        declared = self.job.papers.tidy.declared
        if self.finding is not None and self.catalogue is not None:
            found = self.finding.identification
            declaration = compare(Declared(declared), found, self.catalogue) if declared else None
            self.finding = replace(self.finding, declaration=declaration)


def has_user_list(data: DataFolder) -> bool:
    """Tell whether there is a list of users, or a folder that does not let anyone look."""
    try:
        return data.users.exists()
    except OSError:
        return True


def utc_now() -> datetime:
    """Give this moment."""
    return datetime.now(UTC)
