"""A finding until it is in the log: its papers, its saving, and what is asked before it is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from gui.page_shelf import PageShelf
from gui.pages.questions import Leaving
from gui.pages.wishes import Wish
from gui.palette import Tone
from gui.situation import Situation

if TYPE_CHECKING:  # what the first sight of the window does not wait for; most of it loads numpy
    from gui.log_worker import Saved
    from gui.pages.job import Papers
    from inspection.errors import InspectionError
    from inspection.wording import KnownError


class Saving(QObject):
    """Keeps what must not be lost.

    Signals:
        save_wished(SaveWish): to the log writer.
        saved(): one more finding is in the log.
        leave_wished(): nothing unsaved is left; the other log may be opened.
    """

    save_wished = pyqtSignal(object)
    saved = pyqtSignal()
    leave_wished = pyqtSignal()

    def __init__(self, situation: Situation, pages: PageShelf) -> None:
        super().__init__()
        self._situation, self._pages = situation, pages
        self._then: Leaving | None = None
        self._warned_of: int | None = None

    def wishes(self) -> dict[Wish, Callable[[], object]]:
        """Give what fulfils the wishes about findings and papers."""
        return {
            Wish.NEW_INSPECTION: self._new_inspection,
            Wish.EDIT_DECLARED: self._edit_declared,
            Wish.SAVE: self._save,
            Wish.SCAN_AGAIN: lambda: self._leave(Leaving.SCAN_AGAIN),
            Wish.KEEP_FINDING: self.keep,
            Wish.SAVE_AND_LEAVE: self._save_and_leave,
            Wish.LEAVE_FINDING: self._leave_unsaved,
            Wish.NEXT_SAMPLE: self._next_sample,
        }

    # Papers

    @pyqtSlot(object)
    def take_papers(self, papers: Papers) -> None:
        """Keep what was typed."""
        self._situation.job = self._situation.job.with_papers(papers)
        self._situation.changed.emit()

    @pyqtSlot(str)
    def declare(self, declared: str) -> None:
        """Compare the finding with another declared text."""
        situation = self._situation
        situation.job = situation.job.declared_as(declared)
        situation.compare_again()
        if situation.finding is not None:
            self._pages.result.show_declaration(situation.finding)
        situation.changed.emit()

    def _edit_declared(self) -> None:
        self._pages.result.edit_declared()  # the page is made when it is first wanted

    def _new_inspection(self) -> None:
        situation = self._situation
        situation.job = situation.job.next_inspection()
        situation.begin_papers()
        situation.changed.emit()

    # Saving

    def _save(self) -> None:
        from gui.log_worker import SaveWish  # it loads numpy; by now it is there

        situation = self._situation
        if situation.finding is None or situation.is_saving or not situation.may_record:
            return
        if situation.is_others_finding:
            return  # nobody signs for what another has measured
        papers = situation.job.papers.tidy
        situation.is_saving = True
        self._pages.result.set_saving(True)
        situation.changed.emit()
        self.save_wished.emit(
            SaveWish(
                finding=situation.finding,
                inspection=situation.job.inspection or None,
                container=papers.container,
                declared=papers.declared,
                hs_code="",
                catalogue=situation.catalogue,
                officer=situation.measured_by,
            )
        )

    @pyqtSlot(object)
    def was_saved(self, saved: Saved) -> None:
        """The finding is on the disk: go where the officer wanted to go."""
        situation, words = self._situation, self._situation.words
        declared = situation.job.papers.declared
        situation.is_saving, situation.finding = False, None
        situation.job = situation.job.saved(saved.inspection)
        then, self._then = self._then, None
        if then is Leaving.SCAN_AGAIN:  # the same sample, so the same papers
            situation.job = situation.job.declared_as(declared)
        situation.begin_papers()
        situation.say(
            words("Saved as record {record:04d}: sample {sample} of inspection {inspection}.").format(
                record=saved.entry.sequence, sample=saved.sample, inspection=saved.inspection
            ),
            Tone.AGREE,
        )
        self.saved.emit()
        if then is Leaving.SCAN_AGAIN:
            situation.go(situation.course.sample_again())
        else:
            situation.go(situation.course.next_sample())
        if then is Leaving.OTHER_LOG:
            self.leave_wished.emit()

    @pyqtSlot(object)
    def save_failed(self, error: KnownError) -> None:
        """Nothing of the finding is in the log; it is kept here."""
        situation = self._situation
        if not situation.is_saving:  # it was the background's entry
            situation.say(situation.words_of(error), Tone.ALARM)
            return
        from gui.pages import states  # by now it is there

        self._then = None
        situation.is_saving = False
        self._pages.result.set_saving(False, states.not_saved(situation.words, situation.words_of(error)))
        situation.changed.emit()

    @pyqtSlot(object)
    def log_failed(self, error: InspectionError) -> None:
        """The log cannot be opened for writing."""
        if not self._situation.is_viewer:  # which says so all the time
            self._situation.say(self._situation.words_of(error), Tone.ALARM)

    # Leaving

    def keep(self) -> None:
        """Stay with the finding: nothing is asked any more."""
        self._situation.question = None
        self._situation.changed.emit()

    def holds_open(self) -> bool:
        """Tell whether the window must not close yet; for one finding it says so once."""
        situation = self._situation
        if situation.finding is None or self._warned_of == situation.job.scanned:
            return False
        if not situation.may_record and not situation.is_others_finding:
            return False  # it could not be saved, and that was said
        self._warned_of = situation.job.scanned
        sentence = situation.words(
            "This finding is not saved. Save it, or close once more to leave without it."
        )
        if situation.is_others_finding:
            sentence = situation.words(
                "The finding of {name} is not saved. Close once more to leave without it."
            ).format(name=situation.measured_by)
        situation.say(sentence, Tone.DOUBT)
        return True

    @pyqtSlot()
    def leave_for_other_log(self) -> None:
        """Leave the demonstration, or go to it."""
        self._leave(Leaving.OTHER_LOG)

    def _leave(self, leaving: Leaving) -> None:
        """Leave the finding; one that says something and is not saved is asked about first."""
        situation = self._situation
        if situation.is_saving:
            return
        is_worth_asking = situation.may_record or situation.is_others_finding
        finding = situation.finding
        if finding is not None and is_worth_asking and not leaving.is_free_to_go(finding):
            situation.question = leaving
            situation.changed.emit()
        else:
            self._go(leaving)

    def _save_and_leave(self) -> None:
        self._then, self._situation.question = self._situation.question, None
        self._save()

    def _leave_unsaved(self) -> None:
        leaving, self._situation.question = self._situation.question, None
        if self._situation.is_others_finding and leaving is not Leaving.OTHER_LOG:
            self._situation.finding = None
            self._situation.begin_anew()
        elif leaving is not None:
            self._go(leaving)

    def _next_sample(self) -> None:
        """Leave a result that nobody wants kept, or that cannot be."""
        situation = self._situation
        situation.finding = None
        situation.begin_papers()
        situation.go(situation.course.next_sample())

    def _go(self, leaving: Leaving) -> None:
        situation = self._situation
        situation.finding = None
        if leaving is Leaving.SCAN_AGAIN:
            situation.begin_papers()
            situation.go(situation.course.sample_again())
        else:
            self.leave_wished.emit()
