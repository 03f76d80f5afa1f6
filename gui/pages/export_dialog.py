"""Asks where the log is to be exported to, with every button in the language of the screen."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PyQt6.QtCore import QStandardPaths
from PyQt6.QtWidgets import QFileDialog, QWidget

from gui.widgets.labels import Words
from inspection.log_kind import LogKind


def proposed_name(kind: LogKind, now: datetime) -> str:
    """Give a name that says which log it is, and of which day; its ending comes with the kind of file."""
    return f"chemgate-{kind}-{now.astimezone():%Y-%m-%d}"


def ask_export_path(parent: QWidget, words: Words, name: str) -> Path | None:
    """Ask for a file; None when the person thought better of it.  A name without an ending gets one."""
    dialog = QFileDialog(parent, words("Export the log"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    endings = {
        words("Table (*.csv)"): ".csv",
        words("Workbook (*.xlsx)"): ".xlsx",
        words("Pages to print (*.pdf)"): ".pdf",
        words("One entry a line (*.json)"): ".json",
        words("For an opposing expert (*.zip)"): ".zip",
    }
    dialog.setNameFilters(list(endings))
    labels = QFileDialog.DialogLabel
    for label, text in (
        (labels.Accept, words("Export")),
        (labels.Reject, words("Cancel")),
        (labels.FileName, words("File name")),
        (labels.FileType, words("Kind")),
        (labels.LookIn, words("Folder")),
    ):
        dialog.setLabelText(label, text)
    dialog.setDirectory(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    dialog.selectFile(name)
    if not dialog.exec() or not dialog.selectedFiles():
        return None
    path = Path(dialog.selectedFiles()[0])
    return path if path.suffix else path.with_suffix(endings[dialog.selectedNameFilter()])
