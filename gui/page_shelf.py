"""The pages of the window, each made when it is first wanted; their signals are passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QStackedWidget

from inspection.language import Wording

if TYPE_CHECKING:  # each is read when it is made
    from gui.pages.device_page import DevicePage
    from gui.pages.log_page import LogPage
    from gui.pages.result_page import ResultPage
    from gui.pages.scan_page import ScanPage
    from gui.pages.users_page import UsersPage


class PageShelf(QStackedWidget):
    """Holds the pages; ``watermark`` lies over their plots.

    Signals, passed on from the pages:
        cancel_requested(), papers_changed(Papers): of the scan page.
        declared_changed(str): of the result page.
        filter_changed(LogFilter), entry_requested(int): of the log page.
        typing_ended(): of the scan page and the device page.
        other_log_requested(): of the device page.
        user_chosen(), user_form_edited(), user_form_entered(): of the users page.
    """

    cancel_requested = pyqtSignal()
    papers_changed = pyqtSignal(object)
    declared_changed = pyqtSignal(str)
    filter_changed = pyqtSignal(object)
    entry_requested = pyqtSignal(int)
    typing_ended = pyqtSignal()
    other_log_requested = pyqtSignal()
    user_chosen = pyqtSignal()
    user_form_edited = pyqtSignal()
    user_form_entered = pyqtSignal()

    def __init__(self, words: Wording, watermark: str) -> None:
        super().__init__()
        self._words, self._watermark = words, watermark
        self._scan: ScanPage | None = None
        self._result: ResultPage | None = None
        self._log: LogPage | None = None
        self._device: DevicePage | None = None
        self._users: UsersPage | None = None

    @property
    def has_scan(self) -> bool:
        """Whether the scan page was made: the frame is filled."""
        return self._scan is not None

    @property
    def has_log(self) -> bool:
        """Whether the log page was made."""
        return self._log is not None

    @property
    def has_device(self) -> bool:
        """Whether the device page was made."""
        return self._device is not None

    @property
    def has_users(self) -> bool:
        """Whether the page of the users was made."""
        return self._users is not None

    @property
    def scan(self) -> ScanPage:
        """The scan page, made after the frame."""
        if self._scan is None:
            from gui.pages.scan_page import ScanPage  # the frame does not wait for it

            self._scan = ScanPage(self._words)
            self._scan.cancel_requested.connect(self.cancel_requested)
            self._scan.papers_changed.connect(self.papers_changed)
            self._scan.typing_ended.connect(self.typing_ended)
            self._scan.set_training(self._watermark)
            self.addWidget(self._scan)
        return self._scan

    @property
    def result(self) -> ResultPage:
        """The result page, made when it is first wanted."""
        if self._result is None:
            from gui.pages.result_page import ResultPage  # it loads pyqtgraph

            self._result = ResultPage(self._words)
            self._result.declared_changed.connect(self.declared_changed)
            self._result.set_training(self._watermark)
            self.addWidget(self._result)
        return self._result

    @property
    def log(self) -> LogPage:
        """The log page, made when it is first wanted."""
        if self._log is None:
            from gui.pages.log_page import LogPage  # it loads pyqtgraph

            self._log = LogPage(self._words)
            self._log.filter_changed.connect(self.filter_changed)
            self._log.entry_requested.connect(self.entry_requested)
            self._log.set_training(self._watermark)
            self.addWidget(self._log)
        return self._log

    @property
    def device(self) -> DevicePage:
        """The device page, made when it is first wanted."""
        if self._device is None:
            from gui.pages.device_page import DevicePage  # seldom wanted

            self._device = DevicePage(self._words)
            self._device.typing_ended.connect(self.typing_ended)
            self._device.other_log_requested.connect(self.other_log_requested)
            self.addWidget(self._device)
        return self._device

    @property
    def users(self) -> UsersPage:
        """The page of the users, made when it is first wanted."""
        if self._users is None:
            from gui.pages.users_page import UsersPage  # seldom wanted

            self._users = UsersPage(self._words)
            self._users.user_chosen.connect(self.user_chosen)
            self._users.edited.connect(self.user_form_edited)
            self._users.entered.connect(self.user_form_entered)
            self.addWidget(self._users)
        return self._users
