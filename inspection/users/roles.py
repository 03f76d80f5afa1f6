"""Who may do what: four roles, the actions of the program, and one table between them.  Pure.

Duties are kept apart.  Officers and supervisors record evidence; only a supervisor signs it off.  The
administrator keeps users, copies, volumes and libraries, and writes no findings.  The trainer works on the
training log.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from inspection.log_kind import LogKind


class Role(StrEnum):
    """What somebody is here."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    TRAINER = "trainer"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """What can be allowed or not.  What is none of these needs no user at all."""

    INSPECT = "inspect"  # look at inspections, and at what is in force here
    EXPORT = "export"
    STATISTICS = "statistics"
    REMATCH = "rematch"  # identify a stored spectrum again; nothing is written
    CHANGE_OWN_PIN = "change_own_pin"
    RECORD = "record"  # open and close inspections, write findings into them
    AMEND = "amend"
    DEVICE = "device"  # watch an instrument's folder, check an instrument with polystyrene
    SIGN_OFF = "sign_off"
    OVERRIDE = "override"  # change a verdict
    COUNTERSIGN = "countersign"
    BACKUP = "backup"
    RESTORE = "restore"
    RETIRE = "retire"  # move a sealed volume to an archive
    BEGIN_VOLUME = "begin_volume"  # a new volume, a new key
    MANAGE_LIBRARIES = "manage_libraries"  # references, catalogue, national list, calibration, trusted keys
    MANAGE_USERS = "manage_users"


EVERYONE: Final = frozenset(
    {Action.INSPECT, Action.EXPORT, Action.STATISTICS, Action.REMATCH, Action.CHANGE_OWN_PIN}
)
_RECORDING: Final = frozenset({Action.RECORD, Action.AMEND, Action.DEVICE})
_ADMINISTRATION: Final = frozenset(
    {
        *(Action.DEVICE, Action.BACKUP, Action.RESTORE, Action.RETIRE, Action.BEGIN_VOLUME),
        *(Action.MANAGE_LIBRARIES, Action.MANAGE_USERS),
    }
)

ALLOWED: Final[Mapping[Role, frozenset[Action]]] = {
    Role.OFFICER: EVERYONE | _RECORDING,
    Role.SUPERVISOR: EVERYONE | _RECORDING | {Action.SIGN_OFF, Action.OVERRIDE, Action.COUNTERSIGN},
    Role.TRAINER: EVERYONE,
    Role.ADMINISTRATOR: EVERYONE | _ADMINISTRATION,
}
# The training log is nobody's evidence: everyone may practise on it.
ALSO_IN_TRAINING: Final = _RECORDING


def may(role: Role, action: Action, kind: LogKind) -> bool:
    """Tell whether somebody of this role may do that on the log of this kind."""
    return action in ALLOWED[role] or (kind is LogKind.TRAINING and action in ALSO_IN_TRAINING)


def roles_that_may(action: Action, kind: LogKind) -> tuple[Role, ...]:
    """Name the roles that may do that."""
    return tuple(role for role in Role if may(role, action, kind))
