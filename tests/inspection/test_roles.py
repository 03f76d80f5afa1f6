"""Who may do what: every role with every action, against a table that is written out here once more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from inspection.log_kind import LogKind
from inspection.users.roles import ALLOWED, Action, Role, may, roles_that_may

GUIDE = Path(__file__).parents[2] / "docs" / "users.md"
# "yes" on both logs, "practice" on the training log alone, "-" never.
TABLE = """
    action             officer    supervisor  trainer    administrator
    inspect            yes        yes         yes        yes
    export             yes        yes         yes        yes
    statistics         yes        yes         yes        yes
    rematch            yes        yes         yes        yes
    change_own_pin     yes        yes         yes        yes
    record             yes        yes         practice   practice
    amend              yes        yes         practice   practice
    device             yes        yes         practice   yes
    sign_off           -          yes         -          -
    override           -          yes         -          -
    countersign        -          yes         -          -
    backup             -          -           -          yes
    restore            -          -           -          yes
    retire             -          -           -          yes
    begin_volume       -          -           -          yes
    manage_libraries   -          -           -          yes
    manage_users       -          -           -          yes
"""


def expected() -> dict[tuple[str, str], str]:
    head, *rows = (line.split() for line in TABLE.strip().splitlines())
    return {(row[0], role): said for row in rows for role, said in zip(head[1:], row[1:], strict=True)}


CASES = [(role, action, kind) for role in Role for action in Action for kind in LogKind]


def test_the_table_here_names_every_role_with_every_action():
    assert set(expected()) == {(action.value, role.value) for role in Role for action in Action}
    assert len(CASES) == len(Role) * len(Action) * 2


@pytest.mark.parametrize(("role", "action", "kind"), CASES, ids=str)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role, action, kind):
    said = expected()[action, role]

    assert may(role, action, kind) == (said == "yes" or (said == "practice" and kind is LogKind.TRAINING))


@pytest.mark.parametrize("action", [Action.SIGN_OFF, Action.OVERRIDE, Action.COUNTERSIGN])
@pytest.mark.parametrize("kind", LogKind)
def test_what_a_supervisor_stands_for_nobody_else_can_do_even_in_training(action, kind):
    assert roles_that_may(action, kind) == (Role.SUPERVISOR,)


def test_nobody_who_manages_users_or_volumes_writes_findings():
    for role in Role:
        administers = ALLOWED[role] & {
            Action.MANAGE_USERS,
            Action.RESTORE,
            Action.RETIRE,
            Action.BEGIN_VOLUME,
        }
        writes = ALLOWED[role] & {Action.RECORD, Action.AMEND, Action.SIGN_OFF, Action.OVERRIDE}
        assert not (administers and writes)


def test_every_action_is_somebodys():
    assert all(roles_that_may(action, LogKind.EVIDENCE) for action in Action)


def test_the_guide_shows_the_same_table():
    marks = {"yes": "yes", "practice": "training", "-": ""}
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|(.*)\|$", GUIDE.read_text("utf-8"), flags=re.MULTILINE)

    shown = {
        (action, role): cell.strip()
        for action, cells in rows
        for role, cell in zip(Role, cells.split("|"), strict=True)
    }
    assert shown == {key: marks[said] for key, said in expected().items()}
