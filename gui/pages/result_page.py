"""The result: the verdict first, numbers second, the spectrum third.

banner              | declared against identified
sample, reference,  | what is wrong, candidates or components, sheets, hints, what stands behind it
difference          |
"""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.icons import Icon
from gui.pages.declared_panel import DeclaredPanel
from gui.pages.mixture_overlay import mixture_overlay
from gui.pages.overlay import References, highest_peaks, listed_and_missing, overlay
from gui.pages.result_words import (
    banner,
    candidate_lines,
    component_row,
    confidence_text,
    hazards_of,
    is_alarming,
    local_name,
    named,
    result_bar,
)
from gui.pages.side_column import SideColumn
from gui.pages.states import State
from gui.pages.text_rows import TextRows
from gui.pages.wishes import Bar
from gui.palette import Tone
from gui.theme import TypeRole, current_look
from gui.widgets.candidate_table import CandidateRow, CandidateTable
from gui.widgets.component_list import ComponentList
from gui.widgets.curves import Curve
from gui.widgets.hint_card import HintCard
from gui.widgets.labels import IconLabel, PlainLabel, put_on
from gui.widgets.plot_marks import BandMarks
from gui.widgets.spectrum_plot import SpectrumPlot
from gui.widgets.state_card import StateCard, StateKind
from gui.widgets.substance_sheet import SubstanceSheet
from gui.widgets.verdict_banner import VerdictBanner
from inspection.findings import Finding
from inspection.language import Wording
from inspection.mixture_words import incomplete_sentence, residual_sentence, share_note
from inspection.wording import (
    caution_sentences,
    quality_sentences,
    shown_similarity,
    status_sentence,
    tier_word,
)
from spectra_library.catalogue import Catalogue
from spectra_library.hints import Hint
from spectra_library.substance import Substance
from spectra_library.verdicts import Verdict

CANDIDATES_SHOWN = 4
SIDE_WIDTH = 456
WIDEST_SCALE = 1.2  # of the text with which the components have strips of their own


class ResultPage(QWidget):
    """Shows one finding.

    Signals:
        declared_changed(str): the declared text as it is typed; the finding is to be compared anew.
    """

    declared_changed = pyqtSignal(str)

    def __init__(self, words: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put_on(self, "page")
        self._words = words
        self._finding: Finding | None = None
        self._catalogue: Catalogue | None = None
        self._references: References | None = None
        self._is_saving = False
        self._unsaved: State | None = None
        self._changing: list[QWidget] = []
        self.banner = VerdictBanner(words)
        self.banner.why_requested.connect(self._toggle_why)
        self.declared = DeclaredPanel(words)
        self.declared.declared_changed.connect(self.declared_changed)
        self.plot = SpectrumPlot(words)
        self.candidates = CandidateTable(words)
        self.candidates.candidate_chosen.connect(self.show_candidate)
        self.card = StateCard()
        self._why = PlainLabel(wraps=True)
        self._why.hide()
        self._behind = TextRows(TypeRole.LABEL)
        self._side = SideColumn(spacing=12, width=SIDE_WIDTH)
        self._side.column.setContentsMargins(0, 12, 16, 12)
        for part in (self.card, self._why, self.candidates):
            self._side.column.addWidget(part)
        self._side.column.addWidget(self._behind)
        self._side.column.addStretch(1)  # alone: nothing else is to grow
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self.banner, 1)
        top.addWidget(self.declared)
        body = QHBoxLayout()
        body.setContentsMargins(24, 0, 0, 12)
        body.setSpacing(24)
        body.addWidget(self.plot, 1)
        body.addWidget(self._side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(body, 1)

    def show_finding(self, finding: Finding, catalogue: Catalogue, references: References) -> None:
        """Show a new finding."""
        self._finding, self._catalogue, self._references = finding, catalogue, references
        self._is_saving, self._unsaved = False, None
        self.declared.close_field()
        self._why.hide()
        self._show_words()
        self._fill_side(finding, catalogue)
        if not self._show_mixture(finding, catalogue, references):
            self.show_candidate(self._chosen_at_first(finding))
        bar = self._side.verticalScrollBar()
        if bar is not None:
            bar.setValue(0)

    def show_declaration(self, finding: Finding) -> None:
        """Show the same finding, compared with another declared text."""
        self._finding = finding
        self._show_words()

    def set_saving(self, is_saving: bool, unsaved: State | None = None) -> None:
        """Show that the finding is being saved, or why it could not be."""
        self._is_saving, self._unsaved = is_saving, unsaved
        self.card.setVisible(unsaved is not None)
        if unsaved is not None:
            unsaved.show_on(self.card)

    def set_training(self, watermark: str) -> None:
        """Lay ``watermark`` over the plot."""
        self.plot.set_training(watermark)

    def edit_declared(self) -> None:
        """Open the field for the declared text."""
        self.declared.edit()

    def bar(self) -> Bar:
        """Give the foot of the window."""
        if self._finding is None:
            return Bar("")
        return result_bar(
            self._words, self._finding, is_saving=self._is_saving, is_unsaved=self._unsaved is not None
        )

    def _chosen_at_first(self, finding: Finding) -> int | None:
        """Give the row that is laid over the sample unasked; none where nothing alone resembles it."""
        found = finding.identification
        return 0 if found.candidates and found.verdict not in (Verdict.NO_MATCH, Verdict.MIXTURE) else None

    def _show_mixture(self, finding: Finding, catalogue: Catalogue, references: References) -> bool:
        """Draw the components of a mixture and what they leave over; False with nothing to draw."""
        words, found = self._words, finding.identification
        if found.verdict is not Verdict.MIXTURE:
            return False
        laid = mixture_overlay(
            finding.spectrum,
            found,
            references.library,
            catalogue,
            labels=[local_name(words, one) for one in named(found, catalogue)],
            sample_label=words("Sample, as compared"),
            total_label=words("Sum of the components"),
            rest_label=words("Left over"),
        )
        if laid is None:
            return False
        self._behind.set_rows(())
        if current_look().scale > WIDEST_SCALE:  # beside large text each strip would be a line
            self.plot.set_result(laid.sample, laid.total, difference=laid.rest)
        else:
            self.plot.set_mixture(laid.sample, laid.total, laid.parts, rest=laid.rest)
        return True

    def show_candidate(self, row: int | None) -> None:
        """Lay the candidate in ``row`` over the sample; None shows the sample alone."""
        finding, catalogue, references = self._finding, self._catalogue, self._references
        if finding is None or catalogue is None or references is None:
            return
        words, found = self._words, finding.identification
        sample = Curve(words("Sample"), finding.spectrum.wavenumber, finding.spectrum.absorbance)
        laid = None
        if row is None:
            self._behind.set_rows(())
        else:
            candidate = found.candidates[row]
            self._behind.set_rows(candidate_lines(words, candidate))
            reference = references.spectrum_for(candidate)
            name = local_name(words, catalogue.get(candidate.substance))
            if reference is not None:
                laid = overlay(
                    finding.spectrum,
                    reference,
                    reference_label=words("{name}, reference").format(name=name),
                    difference_label=words("Difference"),
                )
        if laid is None:
            self.plot.set_result(sample)
        else:
            self.plot.set_result(sample, laid.reference, difference=laid.difference)
        self.plot.set_marks(self._marks(finding, references))

    def _marks(self, finding: Finding, references: References) -> BandMarks:
        """Mark the bands of a hint where nothing was named, else the highest bands of the sample."""
        found = finding.identification
        if found.verdict is Verdict.REJECTED:
            return BandMarks()
        if found.hints and found.verdict in (Verdict.NO_MATCH, Verdict.INCONCLUSIVE):
            bands = references.bands_of(found.hints[0].substance)
            if bands is not None:
                listed, missing = listed_and_missing(finding.spectrum, bands)
                return BandMarks(listed=listed, missing=missing)
        return BandMarks(peaks=highest_peaks(finding.spectrum))

    def _show_words(self) -> None:
        if self._finding is not None and self._catalogue is not None:
            self.banner.set_finding(banner(self._words, self._finding, self._catalogue))
            self.declared.show_declaration(self._finding.declaration)

    def _fill_side(self, finding: Finding, catalogue: Catalogue) -> None:
        words, found = self._words, finding.identification
        self.card.hide()
        for widget in self._changing:
            self._side.column.removeWidget(widget)
            widget.hide()  # what is still to be shown would otherwise open as a window of its own
            widget.setParent(None)
            widget.deleteLater()
        self._changing = []
        is_mixture = found.verdict is Verdict.MIXTURE
        # Beside a mixture they would be read as what it is made of.
        shown = () if is_mixture else found.candidates[:CANDIDATES_SHOWN]
        rows = [
            CandidateRow(
                local_name(words, catalogue.get(one.substance)),
                tier_word(words, one.tier),
                shown_similarity(one.score),
            )
            for one in shown
        ]
        self.candidates.set_candidates(rows, chosen=self._chosen_at_first(finding))
        self.candidates.setFixedHeight(self.candidates.sizeHint().height())
        self.candidates.setVisible(bool(rows))
        if found.candidates:
            self._why.setText(confidence_text(words, found, catalogue))
        incomplete = incomplete_sentence(words, found)
        if incomplete:
            self._add(_line(Icon.INFO, Tone.DOUBT, incomplete), before=self.candidates)
        for finding_of_quality in found.quality:
            cause, action = quality_sentences(words, finding_of_quality)
            card = StateCard()
            card.set_state(StateKind.FIX, Icon.WEAK_SIGNAL, title=cause, advice=action)
            self._add(card, before=self.candidates)
        substances = named(found, catalogue)
        if is_mixture:
            self._add_components(finding, catalogue)
        for hint in _other_hints(found.hints, substances):
            hint_card = self._hint(hint, catalogue)
            self._add(hint_card, before=self.candidates if not substances else self._behind)
        # What is listed comes first: its dangers are not to be scrolled to.
        for substance in sorted(substances, key=lambda one: not (one.is_controlled or one.is_watched)):
            self._add_sheet(substance, is_alone=len(substances) == 1)
        for caution in caution_sentences(words, found, catalogue) if substances else ():
            self._add(_line(Icon.INFO, Tone.QUIET, caution), before=self._behind)

    def _add_components(self, finding: Finding, catalogue: Catalogue) -> None:
        words, found = self._words, finding.identification
        references = self._references
        rows = [
            component_row(
                words,
                one,
                catalogue,
                () if references is None else references.of_component(one.substance, found.compared_as),
            )
            for one in found.components
        ]
        self._add(ComponentList(words("Components"), share_note(words), rows), before=self.candidates)
        residual = residual_sentence(words, found, catalogue)
        if residual:
            self._add(_line(Icon.INFO, Tone.QUIET, residual), before=self.candidates)

    def _add_sheet(self, substance: Substance, *, is_alone: bool) -> None:
        words = self._words
        if not is_alone:
            heading = PlainLabel(local_name(words, substance), TypeRole.HEADING, strong=True, wraps=True)
            self._add(heading, before=self._behind)
        sheet = SubstanceSheet(words)
        sheet.set_substance(
            status=substance.status,
            status_text=status_sentence(words, substance),
            hazards=hazards_of(words, substance),
            cas=substance.cas,
            hs_code=substance.hs_code,
        )
        first_hint = next((one for one in self._changing if isinstance(one, HintCard)), self._behind)
        self._add(sheet, before=first_hint)

    def _hint(self, hint: Hint, catalogue: Catalogue) -> HintCard:
        words, substance = self._words, catalogue.get(hint.substance)
        card = HintCard(words)
        card.set_hint(
            local_name(words, substance),
            bands=words("{found} of {listed} listed bands are in this spectrum.").format(
                found=hint.bands_found, listed=hint.bands_listed
            ),
            status=status_sentence(words, substance),
        )
        return card

    def _add(self, widget: QWidget, *, before: QWidget) -> None:
        self._side.column.insertWidget(self._side.column.indexOf(before), widget)
        self._changing.append(widget)

    def _toggle_why(self) -> None:
        self._why.setVisible(self._why.isHidden())
        bar = self._side.verticalScrollBar()
        if bar is not None and not self._why.isHidden():
            bar.setValue(0)

    @property
    def is_alarming(self) -> bool:
        """Whether what is shown is controlled, watched, or not what was declared."""
        return (
            self._finding is not None
            and self._catalogue is not None
            and is_alarming(self._finding, self._catalogue)
        )


def _other_hints(hints: tuple[Hint, ...], substances: tuple[Substance, ...]) -> tuple[Hint, ...]:
    """Leave out the hints at what was named anyway."""
    known = {one.id for one in substances}
    return tuple(hint for hint in hints if hint.substance not in known)[:2]


def _line(icon: Icon, tone: Tone, sentence: str) -> QWidget:
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    sign = QVBoxLayout()
    sign.addWidget(IconLabel(icon, tone, 20))
    sign.addStretch()
    row.addLayout(sign)
    row.addWidget(PlainLabel(sentence, wraps=True), 1)
    return widget
