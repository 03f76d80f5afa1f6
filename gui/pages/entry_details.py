"""What one entry of the log says, with the spectrum that is stored beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.icons import Icon
from gui.pages.log_words import entry_banner, entry_facts, is_finding
from gui.pages.numbers import capital
from gui.pages.overlay import References, overlay
from gui.pages.result_words import local_name
from gui.pages.side_column import SideColumn
from gui.pages.text_rows import TextRows
from gui.palette import Tone
from gui.theme import TypeRole, current_look
from gui.widgets.curves import Curve
from gui.widgets.fact_list import FactList
from gui.widgets.labels import IconLabel, PlainLabel, Words, put_on
from gui.widgets.qr_code import QrCode
from gui.widgets.spectrum_plot import SpectrumPlot
from gui.widgets.verdict_banner import SIGNS, verdict_tone
from inspection.curves import StoredSpectrum
from inspection.entry_words import entry_word
from inspection.export.qr import qr_matrix
from inspection.language import Wording
from inspection.log_check import VerifyReport
from inspection.records import LogEntry
from spectra_library.catalogue import Catalogue
from spectra_library.verdicts import Verdict

if TYPE_CHECKING:  # of the workers a page knows the values alone
    from gui.log_worker import Checked

WIDTH = 424
PLOT_HEIGHT = 190
PROBLEMS_SHOWN = 6


class EntryDetails(QWidget):
    """One entry, or what the check of the log found."""

    def __init__(self, words: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put_on(self, "page")
        self._words = words
        self._sign = IconLabel(None, size=40)
        self._word = PlainLabel(role=TypeRole.BODY, strong=True)
        self._name = PlainLabel(role=TypeRole.SUBTITLE, strong=True, wraps=True)
        self._status = PlainLabel(role=TypeRole.LABEL, wraps=True)
        self.plot = SpectrumPlot(words, is_compact=True)
        self.plot.setFixedHeight(current_look().px(PLOT_HEIGHT))
        self.facts = FactList(row_height=36)
        self._rows = TextRows()
        self._head_code = QrCode()
        self._advice = PlainLabel(tone=Tone.QUIET, wraps=True)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for part in (self._word, self._name, self._status):
            texts.addWidget(part)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._sign)
        head.addLayout(texts, 1)
        self._side = SideColumn(spacing=10, width=WIDTH)
        column = self._side.column
        column.setContentsMargins(20, 14, 16, 12)
        column.addLayout(head)
        column.addWidget(self.plot)
        column.addWidget(self.facts)
        column.addWidget(self._advice)
        column.addWidget(self._head_code)
        column.addWidget(self._rows)
        column.addStretch(1)  # alone: nothing else is to grow
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._side)
        self.show_nothing()

    def show_nothing(self) -> None:
        """Show no entry."""
        self._head(None, Tone.QUIET, "", "", "")
        self.plot.hide()
        self.facts.set_facts(())
        self._rows.set_rows(())
        self._advice.hide()
        self._head_code.hide()

    def show_entry(
        self,
        entry: LogEntry,
        stored: StoredSpectrum | None,
        catalogue: Catalogue,
        references: References | None,
    ) -> None:
        """Show ``entry`` with the curve that is ``stored`` beside it."""
        words = self._words
        if is_finding(entry):
            banner = entry_banner(words, entry, catalogue)
            tone = verdict_tone(banner.verdict, is_alarming=banner.is_alarming, is_unknown=banner.is_unknown)
            self._head(SIGNS[banner.verdict], tone, banner.word, banner.name, banner.status)
        else:
            self._head(Icon.LOG, Tone.QUIET, "", capital(entry_word(words, entry)), "")
        self.facts.set_facts(entry_facts(words, entry, catalogue))
        self._rows.set_rows(())
        self._advice.hide()
        self._head_code.hide()
        self.plot.setVisible(stored is not None)
        if stored is not None:
            self._show_curve(entry, stored, references, catalogue)

    def show_report(self, checked: Checked) -> None:
        """Show what the check of the whole log found, and its head as text and as a code to photograph."""
        words, report = self._words, checked.report
        self.plot.hide()
        if report.ok:
            title = words("Nothing was changed")
            self._head(Icon.SHIELD_CHECK, Tone.AGREE, words("Log checked"), title, "")
        else:
            title = words("The log does not hold together")
            self._head(Icon.WARNING, Tone.ALARM, words("Log checked"), title, "")
        self.facts.set_facts(())
        advice = (
            words(
                "Photograph the code or copy the head, and keep it elsewhere: later it proves that no record "
                "is missing at the end."
            )
            if report.ok
            else words(
                "Do not repair it. Leave every volume as it is and tell your administrator; new records are "
                "kept apart from the damage."
            )
        )
        self._advice.show_text(advice)
        self._head_code.set_matrix(qr_matrix(report.anchor) if report.anchor else (), report.anchor)
        self._rows.set_rows([*_problems(words, report), *report_rows(words, checked)])

    def _show_curve(
        self,
        entry: LogEntry,
        stored: StoredSpectrum,
        references: References | None,
        catalogue: Catalogue,
    ) -> None:
        words, spectrum = self._words, stored.spectrum
        sample = Curve(words("Sample"), spectrum.wavenumber, spectrum.absorbance)
        candidates: Any = entry.body.get("candidates") or ()
        laid = None
        # One reference alone over a mixture would look like the answer.
        is_alone = entry.body.get("verdict") != Verdict.MIXTURE
        if references is not None and candidates and is_alone:
            reference = references.find(candidates[0]["library"], candidates[0]["reference"])
            if reference is not None and candidates[0]["conversion"] == "none":
                laid = overlay(
                    spectrum,
                    reference.spectrum,
                    reference_label=_name(words, candidates[0], catalogue),
                    difference_label=words("Difference"),
                )
        self.plot.set_result(sample, laid.reference if laid is not None else None)

    def _head(self, icon: Icon | None, tone: Tone, word: str, name: str, status: str) -> None:
        self._sign.set_icon(icon, tone)
        self._sign.setVisible(icon is not None)
        self._word.show_text(word)
        self._word.set_tone(tone)
        self._name.show_text(name)
        self._status.show_text(status)


def _name(words: Wording, candidate: Mapping[str, Any], catalogue: Catalogue) -> str:
    """Give the name of a candidate, the recorded one where the catalogue no longer knows it."""
    substance = candidate["substance"]
    if substance in catalogue:
        return local_name(words, catalogue.get(substance))
    return str(candidate["name"])


def _problems(words: Words, report: VerifyReport) -> list[tuple[str, str]]:
    """Give the first problems, and how many more there are."""
    rows = [(words("Problem"), problem.message) for problem in report.problems[:PROBLEMS_SHOWN]]
    more = len(report.problems) - PROBLEMS_SHOWN
    return [*rows, (words("Problem"), words("and {count} more").format(count=more))] if more > 0 else rows


def report_rows(words: Wording, checked: Checked) -> list[tuple[str, str]]:
    """Say what was checked, where the key is kept, and which volumes were left as they were found."""
    report = checked.report
    entries = words.plural(
        "{count}, against the hash of the one before and the signature",
        "{count}, each against the hash of the one before and its signature",
        report.entries,
    )
    rows = [
        (words("Head"), _in_groups(report.anchor)),
        (words("Entries"), entries.format(count=report.entries)),
        (words("Spectra"), words("each against the hash in its entry")),
        (words("Search fields"), words("each against what its entry says")),
    ]
    key = {
        "keyring": words("in the key store of this computer"),
        "file": words("in a file beside the log, which its owner alone may read"),
    }.get(checked.key_kept_in)
    if key is not None:
        rows.append((words("Signing key"), key))
    for volume in checked.set_aside:
        left = words("found damaged or without its key; kept as it is, and a new volume was begun after it")
        rows.append((words("Volume {number}").format(number=volume), left))
    return rows


def _in_groups(anchor: str) -> str:
    """Break the long hash so that it can be read, and wrapped."""
    lead, _, head = anchor.rpartition(":")
    groups = " ".join(head[start : start + 8] for start in range(0, len(head), 8))
    return f"{lead}: {groups}" if lead else groups
