"""What a verb of the command line asks of the person who calls it: the ``permission`` of its parser.

verb.set_defaults(verb_function=export_entries, permission=needs(Action.EXPORT))
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from inspection.users.roles import Action

Permission = Callable[[argparse.Namespace], Action | None]


def no_user(arguments: argparse.Namespace) -> None:
    """Ask for nobody: this verb is open to everyone who can start the program."""


def needs(action: Action) -> Permission:
    """Ask for somebody who may do that."""

    def permission(arguments: argparse.Namespace) -> Action:
        return action

    return permission


def needs_when(action: Action, *options: str) -> Permission:
    """Ask for somebody who may do that when one of these options was given, and for nobody otherwise."""

    def permission(arguments: argparse.Namespace) -> Action | None:
        is_asked = any(getattr(arguments, option) not in (None, False) for option in options)
        return action if is_asked else None

    return permission
