"""Who calls the command line, and whether that person may: asked in one place, before any verb runs.

    --user NAME, and the PIN from the variable CHEMGATE_PIN or asked for at a terminal

Until there are users everything is open, and records carry no name: one that nobody vouches for has no place
in evidence.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from getpass import getpass
from typing import Final

from inspection.desk import Desk
from inspection.errors import NotAllowedError, PinError
from inspection.log_kind import LogKind
from inspection.permissions import Permission
from inspection.users.roles import ALSO_IN_TRAINING, EVERYONE, Action, may, roles_that_may
from inspection.users.user import User

PIN_VARIABLE: Final = "CHEMGATE_PIN"
NEW_PIN_VARIABLE: Final = "CHEMGATE_NEW_PIN"


def authorised(desk: Desk, arguments: argparse.Namespace) -> Desk:
    """Give the desk of whoever may run this verb, with the name that was signed in with.

    Raises NotAllowedError and its children.
    """
    permission: Permission = arguments.permission
    action = permission(arguments)
    if action is None:
        return desk
    name: str | None = arguments.user
    if not desk.user_service.has_users():
        return _without_users(desk, action, name)
    user = _signed_in(desk, name)
    if not may(user.role, action, desk.kind):
        wish, who_may = str(action).replace("_", " "), " or ".join(roles_that_may(action, desk.kind))
        raise NotAllowedError(f"expected {who_may} for '{wish}', found {user.name}, {user.role}")
    return replace(desk, user=user.name)


def new_pin(desk: Desk, name: str, *, is_first: bool = False) -> str:
    """Get a new PIN: from CHEMGATE_NEW_PIN, asked for twice at a terminal, or a line of standard input.

    For the first user, who has no other PIN yet, CHEMGATE_PIN is taken too.  Raises PinError.
    """
    given = os.environ.get(NEW_PIN_VARIABLE) or (os.environ.get(PIN_VARIABLE) if is_first else None)
    if given:
        return given
    if not sys.stdin.isatty():
        line = sys.stdin.readline().strip()
        if not line:
            raise PinError(f"expected the new PIN in {NEW_PIN_VARIABLE}, at a terminal or in a line of input")
        return line
    first = _asked(desk, desk.words("New PIN of {name}: ").format(name=name))
    if not first or _asked(desk, desk.words("The same PIN again: ")) != first:
        raise PinError("the two PINs differ" if first else "expected a new PIN, found none")
    return first


def _without_users(desk: Desk, action: Action, name: str | None) -> Desk:
    is_practice = desk.kind is LogKind.TRAINING and action in EVERYONE | ALSO_IN_TRAINING
    if name is None or is_practice:
        return replace(desk, user=name)
    raise NotAllowedError(
        f"there are no users yet, so nobody vouches for the name {name!r}: 'user add' makes the first one, "
        "an administrator; without --user records carry no name"
    )


def _signed_in(desk: Desk, name: str | None) -> User:
    if name is None:
        raise NotAllowedError(f"expected --user NAME, and the PIN in {PIN_VARIABLE} or at a terminal")
    pin = os.environ.get(PIN_VARIABLE)
    if not pin and sys.stdin.isatty():
        pin = _asked(desk, desk.words("PIN of {name}: ").format(name=name))
    if not pin:
        raise NotAllowedError(f"expected the PIN of {name!r} in {PIN_VARIABLE} or at a terminal, found none")
    return desk.user_service.sign_in(name, pin)


def _asked(desk: Desk, question: str) -> str:
    """Ask without showing what is typed; nothing typed is an empty text."""
    try:
        return getpass(question, stream=desk.err)
    except EOFError:
        return ""
