"""What the window remembers from one start to the next, in a file beside the log."""

from __future__ import annotations

from PyQt6.QtCore import QSettings

from inspection.folders import DataFolder


def remembered_port(data: DataFolder) -> str | None:
    """Give the port of the detector that was last connected; None when there was none."""
    port = _settings(data).value("detector/port")
    return port if isinstance(port, str) and port else None


def remember_port(data: DataFolder, url: str) -> None:
    """Keep ``url`` for the next start."""
    _settings(data).setValue("detector/port", url)


def _settings(data: DataFolder) -> QSettings:
    return QSettings(str(data.path / "window.ini"), QSettings.Format.IniFormat)
