"""What can go wrong in this room, as a tree.

    InspectionError
    |-- RecordError                a record that contradicts itself, refused before it is written
    |   `-- ColumnError                a cell of a table that is not what it should be
    |-- LogError                   the log file
    |   |-- LogWriteError              a record could not be written; nothing of it is in the log
    |   |   |-- LogNoRoomError               the disk is full
    |   |   `-- LogKeyError                  the key that signs the log cannot be had
    |   |-- LogMissingError            there is no log there yet
    |   |-- LogDamagedError            the file cannot be read as a log
    |   |-- LogKindError               a training log opened as evidence, or the reverse, or no log
    |   |-- LogVersionError            SQLite is too old for evidence, or the log newer than the program
    |   `-- LogSettingsError           SQLite did not take the settings that make a record durable
    |-- AnchorError                a text that is not an anchor
    |-- UnknownInspectionError     no inspection of that number in this log
    |-- InspectionClosedError      it was closed; findings can no longer be added
    |-- UnknownEntryError          no entry of that number in this log
    |-- UserError                  a name or a role that cannot be, or a user that is not there
    |   `-- PinError                   a PIN that is too easily guessed, or none
    |-- NotAllowedError            not allowed for this user
    |   |-- SignInError                the name or the PIN is wrong
    |   |-- LockedOutError             too many wrong PINs
    |   `-- UserListError              the list of users cannot be relied on: it lets nobody in
    |-- BackupError                a backup that is damaged, of another log, or too old
    |-- RetirementError            a volume that cannot be moved to an archive
    `-- ExportError                a file could not be written; an older file of that name is untouched
        `-- ExportNoRoomError          the disk is full

``kind`` is the stable word that scripts see in ``{"error": {"kind": ...}}``.
"""

from __future__ import annotations

from typing import ClassVar


class InspectionError(Exception):
    """The root: every expected trouble with records."""

    kind: ClassVar[str] = "inspection"


class RecordError(InspectionError):
    """A record that contradicts itself."""

    kind = "record"


class ColumnError(RecordError):
    """A cell of a table that is not what it should be; ``column`` names it."""

    kind = "column"

    def __init__(self, message: str, column: str = "") -> None:
        super().__init__(message)
        self.column = column


class LogError(InspectionError):
    """Something about the log file."""

    kind = "log"


class LogWriteError(LogError):
    """A record could not be written.  Nothing of it is in the log; it may be tried again."""

    kind = "log_write"


class LogNoRoomError(LogWriteError):
    """The disk is full."""

    kind = "log_no_room"


class LogKeyError(LogWriteError):
    """The key that signs the log cannot be had: nothing can be recorded."""

    kind = "log_key"


class LogMissingError(LogError):
    """There is no log at that place yet."""

    kind = "log_missing"


class LogDamagedError(LogError):
    """The file, or an entry in it, cannot be read as a log."""

    kind = "log_damaged"


class LogKindError(LogError):
    """Evidence and training are different files; this is the other one, or another program's."""

    kind = "log_kind"


class LogVersionError(LogError):
    """SQLite is too old to keep evidence, or the log was written by a newer program."""

    kind = "log_version"


class LogSettingsError(LogError):
    """SQLite did not take the settings that make a written record durable."""

    kind = "log_settings"


class AnchorError(InspectionError):
    """A text that is not an anchor (volume, count and head of a log)."""

    kind = "anchor"


class UnknownInspectionError(InspectionError):
    """No inspection of that number is in this log."""

    kind = "unknown_inspection"


class InspectionClosedError(InspectionError):
    """The inspection was closed, and a finding was to be added."""

    kind = "inspection_closed"


class UnknownEntryError(InspectionError):
    """No entry of that number is in this log."""

    kind = "unknown_entry"


class UserError(InspectionError):
    """A name or a role that cannot be, or a user that is not there."""

    kind = "user"


class PinError(UserError):
    """A PIN that is too easily guessed, or none."""

    kind = "pin"


class NotAllowedError(InspectionError):
    """This user may not do that."""

    kind = "not_allowed"


class SignInError(NotAllowedError):
    """The name or the PIN is wrong; which of the two is not said.

    ``locked`` whom this wrong PIN locks out, as the list spells the name; None when it locks nobody.
    """

    kind = "sign_in"

    def __init__(self, message: str, *, locked: str | None = None) -> None:
        super().__init__(message)
        self.locked = locked


class LockedOutError(NotAllowedError):
    """There were too many wrong PINs; the next try is possible in ``wait_s`` seconds."""

    kind = "locked_out"

    def __init__(self, message: str, *, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class UserListError(NotAllowedError):
    """The user list is missing, damaged or out of reach: nobody may do anything that needs a user."""

    kind = "user_list"


class BackupError(InspectionError):
    """A backup that is damaged, of another log, or older than what it would replace.  Nothing was changed."""

    kind = "backup"


class RetirementError(InspectionError):
    """A volume that cannot be moved to an archive; it is where it was."""

    kind = "retirement"


class ExportError(InspectionError):
    """An export could not be written.  What was there before is untouched."""

    kind = "export"


class ExportNoRoomError(ExportError):
    """The disk is full: not a wrong call, and the same call succeeds once there is room."""

    kind = "export_no_room"
