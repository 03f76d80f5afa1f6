"""Where logs, libraries and exports live.  Naming a place makes nothing; the first write does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inspection.log_kind import LogKind


def default_data_folder() -> Path:
    r"""Give this user's data folder on this platform.

    Linux ~/.local/share/chemgate, Windows %LOCALAPPDATA%\chemgate.
    """
    import platformdirs  # 7 ms, which a start with --data-dir does not wait for

    return platformdirs.user_data_path("chemgate", appauthor=False)


@dataclass(frozen=True, slots=True)
class DataFolder:
    """One data folder, and the names of what is in it."""

    path: Path

    def log(self, kind: LogKind) -> Path:
        """Give the log file of ``kind``; evidence and training never share one."""
        return self.path / f"{kind}.sqlite"

    @property
    def evidence_log(self) -> Path:
        """The evidence log."""
        return self.log(LogKind.EVIDENCE)

    @property
    def libraries(self) -> Path:
        """The folder of imported reference libraries."""
        return self.path / "libraries"

    @property
    def keys(self) -> Path:
        """The folder of the key that library packages are signed with, and of those that are trusted."""
        return self.path / "keys"

    @property
    def users(self) -> Path:
        """The list of users; see inspection/users/store.py."""
        return self.path / "users.sqlite"

    @property
    def cache(self) -> Path:
        """The folder of what can be computed again: deleting it costs the next start half a second."""
        return self.path / "cache"

    @property
    def calibration(self) -> Path:
        """The user's own calibration of the confidence; where there is none, the shipped one holds."""
        return self.path / "calibration.json"

    @property
    def national_list(self) -> Path:
        """The national list of controlled substances in force; see spectra_library/national_store.py."""
        return self.path / "national_list.csv"

    @property
    def verified(self) -> Path:
        """The table of what the user verified in the catalogue; see spectra_library/verifications.py."""
        return self.path / "verified.csv"

    @property
    def photographs(self) -> Path:
        """The photographs that the logs name, each under its hash; see record/photographs.py."""
        return self.path / "photographs"

    @property
    def exports(self) -> Path:
        """The folder that exports go to when no other is named."""
        return self.path / "exports"
