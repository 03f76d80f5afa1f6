"""``library export | key | trust``: libraries on a memory stick, signed, and whose are taken."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from inspection.desk import Desk, ExitCode
from inspection.export.atomic import require_place, write_atomically
from inspection.library_packages import exported_package, install_package, package_bytes
from inspection.package_keys import PackageKeys, TrustedKey
from inspection.permissions import needs
from inspection.users.roles import Action
from spectra_library.errors import PackageError
from spectra_library.packages import ENDING, fingerprint, public_key


def add_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the actions to ``library``."""
    export = actions.add_parser("export", help=f"a library as a signed package ({ENDING})")
    export.add_argument("name", metavar="NAME")
    export.add_argument("out", type=Path, metavar="OUT")
    export.add_argument("--publisher", default="", metavar="TEXT", help="who gives it, in words")
    export.add_argument("--expires", type=_day, metavar="YYYY-MM-DD", help="last day it may be installed")
    export.add_argument("--json", action="store_true", help="one JSON object")
    export.set_defaults(verb_function=export_library, permission=needs(Action.MANAGE_LIBRARIES))

    key = actions.add_parser("key", help="the public key that this installation signs packages with")
    key.add_argument("--json", action="store_true", help="one JSON object")
    key.set_defaults(verb_function=show_key, permission=needs(Action.MANAGE_LIBRARIES))

    trust = actions.add_parser("trust", help="take packages signed with a key; without one list those taken")
    trust.add_argument("key", nargs="?", metavar="KEY", help="public key, 64 hex digits")
    trust.add_argument("--name", metavar="TEXT", help="whose key it is")
    trust.add_argument("--remove", metavar="KEY_OR_NAME", help="take no more packages of this publisher")
    trust.add_argument("--json", action="store_true", help="one JSON object per key")
    trust.set_defaults(verb_function=trust_key, permission=_trust_permission)


def export_library(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Write one library as a signed package."""
    out: Path = arguments.out
    require_place(out)
    if out.suffix.lower() != ENDING:
        raise PackageError(f"expected an output name ending in {ENDING}, found {out.name!r}")
    content = exported_package(
        desk.data,
        arguments.name,
        publisher=arguments.publisher,
        released=datetime.now(UTC),
        expires=arguments.expires,
    )
    sha256 = write_atomically(out, content)
    own = public_key(PackageKeys(desk.data.keys).signing_key())
    if arguments.json:
        desk.emit({"path": str(out), "sha256": sha256, "bytes": len(content), "key": own})
        return ExitCode.DONE
    desk.say(str(out))
    desk.say(
        desk.words("signed with the key {fingerprint}; who installs it has to trust {key}").format(
            fingerprint=fingerprint(own), key=own
        )
    )
    return ExitCode.DONE


def install_packages(desk: Desk, paths: list[Path], *, as_json: bool) -> ExitCode:
    """Install each package, or refuse it whole."""
    for path in paths:
        manifest = install_package(desk.data, package_bytes(path), today=datetime.now(UTC).date())
        if as_json:
            desk.emit({"package": {"path": str(path), **asdict(manifest)}})
            continue
        desk.say(
            desk.words("{name} {version}: installed, signed by {fingerprint}").format(
                name=manifest.name, version=manifest.version, fingerprint=manifest.fingerprint
            )
        )
    return ExitCode.DONE


def show_key(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print the public key of this installation; it is made when there is none."""
    own = public_key(PackageKeys(desk.data.keys).signing_key())
    if arguments.json:
        desk.emit({"key": own, "fingerprint": fingerprint(own)})
    else:
        desk.say(own)
        desk.say(desk.words("fingerprint {fingerprint}").format(fingerprint=fingerprint(own)))
    return ExitCode.DONE


def _trust_permission(arguments: argparse.Namespace) -> Action:
    changes = arguments.key is not None or arguments.remove is not None
    return Action.MANAGE_LIBRARIES if changes else Action.INSPECT


def trust_key(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Trust a key, take trust back, or list whose packages are taken."""
    keys = PackageKeys(desk.data.keys)
    if arguments.remove is not None:
        if arguments.key is not None:
            raise PackageError("expected either a key to trust or --remove, found both")
        shown: tuple[TrustedKey, ...] = (keys.distrust(arguments.remove),)
    elif arguments.key is not None:
        if not (arguments.name or "").strip():
            raise PackageError("expected --name: whose key it is")
        shown = (keys.trust(arguments.key, arguments.name.strip(), today=datetime.now(UTC).date()),)
    else:
        shown = keys.trusted()
    for one in shown:
        if arguments.json:
            desk.emit({**asdict(one), "fingerprint": fingerprint(one.key)})
        else:
            desk.say(f"{one.name}  {fingerprint(one.key)}  {one.since}")
    return ExitCode.DONE


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a day such as 2027-12-31, found {text!r}") from None
