"""The frame of the window: header, rail and foot around the page, and the keys that belong to them."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSlot
from PyQt6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.pages.course import Course
from gui.pages.job import Job
from gui.pages.notice_strip import NoticeStrip, StandingStrip
from gui.pages.wishes import Bar
from gui.widgets.action_bar import ActionBar
from gui.widgets.header_bar import HeaderBar
from gui.widgets.header_signs import Lamp
from gui.widgets.labels import put_on
from gui.widgets.nav_rail import NavRail, Page
from gui.widgets.training_band import TrainingBand
from inspection.language import Wording
from inspection.record.containers import ContainerProblem, check_container

REAL_PAGES = (Page.SCAN, Page.LOG, Page.DEVICE, Page.USERS)


class Frame(QWidget):
    """Around ``pages``; ``is_training`` puts the band across the top."""

    def __init__(self, words: Wording, pages: QStackedWidget, *, officer: str, is_training: bool) -> None:
        super().__init__()
        put_on(self, "bezel")
        self._words = words
        self.header = HeaderBar(words)
        self.header.set_officer(officer)
        self.rail = NavRail(words, enabled=REAL_PAGES)
        for page in Page:
            if page not in REAL_PAGES:
                self.rail.item(page).setToolTip(words("Not part of this version"))
        self.notice = NoticeStrip(words)
        self.standing = StandingStrip()
        self.bar = ActionBar()
        self._bar_shown: Bar | None = None
        put_on(pages, "page")
        page_column = QVBoxLayout()
        page_column.setSpacing(0)
        page_column.addWidget(self.standing)
        page_column.addWidget(pages, 1)
        page_column.addWidget(self.notice)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addLayout(page_column, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if is_training:
            column.addWidget(TrainingBand(words("TRAINING – nothing here is evidence")))
        column.addWidget(self.header)
        column.addLayout(middle, 1)
        column.addWidget(self.bar)

    def show_bar(self, bar: Bar) -> None:
        """Show the foot, and give the keys to its primary action when it is another than before."""
        if bar != self._bar_shown:
            self._bar_shown = bar
            had_keys = self.focusWidget() is self.bar.primary
            self.bar.set_sentence(bar.sentence, lead=bar.lead)
            self.bar.set_actions(bar.quiet, bar.primary)
            if had_keys and self.focusWidget() is not self.bar.primary:
                self.setFocus()  # kept for the next primary action: Qt would give them to a field of the page
            self._give_focus()

    def show_header(self, page: Page, job: Job, course: Course, lamp: tuple[Lamp, str]) -> None:
        """Show which page, which inspection and how the detector is."""
        self.rail.set_page(page)
        title = self._words("New inspection")
        if job.inspection:
            title = self._words("Inspection {number}").format(number=job.inspection)
        container = job.papers.tidy.container
        problem = check_container(container).problem
        # A plate is no container number, and so neither right nor wrong.
        is_valid = None if problem is ContainerProblem.NOT_ISO_6346 else problem is None
        self.header.set_inspection(title, container=container, container_is_valid=is_valid)
        self.header.set_detector(*lamp)
        self.header.set_battery(course.status.battery_percent if course.status is not None else None)

    def show_officer(self, name: str, standing: str, *, can_lock: bool) -> None:
        """Show who is on duty, and what holds the whole time; an empty ``standing`` takes no room."""
        self.header.set_officer(name, can_lock=can_lock)
        self.standing.show_text(standing)

    @pyqtSlot()
    def return_focus(self) -> None:
        """Let the next Enter press the primary action."""
        if self.bar.primary.isVisible() and self.bar.primary.isEnabled():
            self.bar.primary.setFocus()

    def _give_focus(self) -> None:
        """Let Enter and Space be the primary action's, unless a person is at work elsewhere on the page."""
        focused = self.focusWidget()
        is_idle = focused in (None, self) or isinstance(focused, QAbstractButton)
        if is_idle or (focused is not None and not focused.isVisible()):
            self.return_focus()
