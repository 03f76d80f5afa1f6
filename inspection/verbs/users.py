"""``user add | list | disable | enable | role | passwd``: who may sign in, and as what.

Every change is an entry of the evidence log too; see inspection/users/service.py.
"""

from __future__ import annotations

import argparse

from inspection.desk import Desk, ExitCode
from inspection.errors import UserError
from inspection.permissions import needs
from inspection.sign_in import new_pin
from inspection.users.role_words import role_word
from inspection.users.roles import Action, Role
from inspection.users.user import User, UserEvent, compared_name, user_name


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this family's verbs."""
    user = verbs.add_parser("user", help="who may sign in, and as what")
    actions = user.add_subparsers(dest="action", metavar="ACTION", required=True)

    add = actions.add_parser("add", help="add a user; the first one is the administrator")
    add.add_argument("name", metavar="NAME")
    add.add_argument(
        "--role",
        choices=[role.value for role in Role],
        help="default: officer; the first user: administrator",
    )
    add.set_defaults(verb_function=add_user, permission=needs(Action.MANAGE_USERS))

    listing = actions.add_parser("list", help="all users")
    listing.set_defaults(verb_function=list_users, permission=needs(Action.MANAGE_USERS))

    disable = actions.add_parser("disable", help="let a user in no more; the records stay as they are")
    enable = actions.add_parser("enable", help="let a user in again, also after too many wrong PINs")
    for switch, is_enabled in ((disable, False), (enable, True)):
        switch.add_argument("name", metavar="NAME")
        switch.set_defaults(
            verb_function=switch_user, is_enabled=is_enabled, permission=needs(Action.MANAGE_USERS)
        )

    role = actions.add_parser("role", help="give a user another role")
    role.add_argument("name", metavar="NAME")
    role.add_argument("role", choices=[role.value for role in Role], metavar="ROLE", help=", ".join(Role))
    role.set_defaults(verb_function=change_role, permission=needs(Action.MANAGE_USERS))

    passwd = actions.add_parser("passwd", help="change one's own PIN, or as administrator anybody's")
    passwd.add_argument("name", nargs="?", metavar="NAME")
    passwd.set_defaults(verb_function=change_pin, permission=_passwd_permission)

    for action in (add, listing, disable, enable, role, passwd):
        action.add_argument("--json", action="store_true", help="one JSON object per user")


def _passwd_permission(arguments: argparse.Namespace) -> Action:
    is_own = arguments.name is None or compared_name(arguments.name) == compared_name(arguments.user or "")
    return Action.CHANGE_OWN_PIN if is_own else Action.MANAGE_USERS


def add_user(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Add a user; the first one is the administrator."""
    is_first = desk.user is None
    role = Role(arguments.role or (Role.ADMINISTRATOR if is_first else Role.OFFICER))
    if is_first and role is not Role.ADMINISTRATOR:
        raise UserError(f"expected the first user to be the administrator, found {role}")
    name = user_name(arguments.name)
    pin = new_pin(desk, name, is_first=is_first)
    if is_first:
        user = desk.user_service.begin(name, pin)
    else:
        user = desk.user_service.change(UserEvent.ADDED, name, by=desk.user, role=role, pin=pin)
    if arguments.json:
        desk.emit({"user": user.name, "role": user.role.value})
    else:
        _tell(desk, user, as_json=False)
    return ExitCode.DONE


def list_users(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print one line per user."""
    users = desk.users.users()
    for user in users:
        _tell(desk, user, as_json=arguments.json)
    if not users and not arguments.json:
        desk.say(desk.words("No users yet: everything is open, and records carry no name"))
    return ExitCode.DONE


def switch_user(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Let a user in, or no more."""
    event = UserEvent.ENABLED if arguments.is_enabled else UserEvent.DISABLED
    user = desk.user_service.change(event, arguments.name, by=desk.user)
    _tell(desk, user, as_json=arguments.json)
    return ExitCode.DONE


def change_role(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Give a user another role."""
    role = Role(arguments.role)
    user = desk.user_service.change(UserEvent.ROLE_CHANGED, arguments.name, by=desk.user, role=role)
    _tell(desk, user, as_json=arguments.json)
    return ExitCode.DONE


def change_pin(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Give a user another PIN."""
    name = arguments.name or desk.user
    if name is None:
        raise UserError(
            "expected a user to give another PIN to, found no users yet; 'user add' makes the first"
        )
    name = desk.users.find(name).name
    pin = new_pin(desk, name)
    user = desk.user_service.change(UserEvent.PIN_CHANGED, name, by=desk.user, pin=pin)
    _tell(desk, user, as_json=arguments.json)
    return ExitCode.DONE


def user_object(user: User) -> dict[str, object]:
    """Give the JSON object of a user."""
    until = user.locked_until
    return {
        "user": user.name,
        "role": user.role.value,
        "state": "enabled" if user.is_enabled else "disabled",
        "locked_until": None if until is None else until.isoformat(timespec="seconds"),
    }


def _tell(desk: Desk, user: User, *, as_json: bool) -> None:
    if as_json:
        desk.emit(user_object(user))
        return
    words = desk.words
    parts = [user.name, role_word(words, user.role)]
    if not user.is_enabled:
        parts.append(words("disabled"))
    if user.locked_until is not None:
        parts.append(words("locked until {time} UTC").format(time=f"{user.locked_until:%Y-%m-%d %H:%M:%S}"))
    desk.say("  ".join(parts))
