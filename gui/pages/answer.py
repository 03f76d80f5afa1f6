"""Why what was typed was not taken, said below where it was typed."""

from __future__ import annotations

from gui.palette import Tone
from gui.widgets.labels import PlainLabel


class Answer(PlainLabel):
    """One sentence, shown with ``show_text``; hidden it takes no room."""

    def __init__(self) -> None:
        super().__init__(tone=Tone.ALARM, wraps=True)
        self.hide()

    @property
    def said(self) -> str:
        """What is said, empty when nothing is."""
        return self.text() if not self.isHidden() else ""
