"""``library national``; and in words what the catalogue knows of a substance, and what is unverified."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inspection.desk import Desk, ExitCode
from inspection.export.atomic import write_atomically
from inspection.language import Wording
from inspection.users.roles import Action
from inspection.wording import error_sentence
from spectra_library.catalogue import load_catalogue
from spectra_library.errors import CatalogueError
from spectra_library.legal_lists import LegalList, Listing
from spectra_library.national_links import NationalLinks, UnknownLine, link
from spectra_library.national_list import LARGEST_LIST, parse_national_list, read_bounded, template
from spectra_library.national_store import (
    StoredNationalList,
    read_stored_list,
    remove_stored_list,
    store_national_list,
)
from spectra_library.substance import Substance


def add_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the action to ``library``."""
    national = actions.add_parser("national", help="the national list of controlled substances in force")
    wish = national.add_mutually_exclusive_group()
    wish.add_argument("file", nargs="?", type=Path, metavar="FILE", help="let this list be in force")
    wish.add_argument("--template", type=Path, metavar="OUT", help="write an empty list to fill in")
    wish.add_argument("--remove", action="store_true", help="let no national list be in force")
    national.add_argument("--json", action="store_true", help="one JSON object")
    national.set_defaults(verb_function=national_list, permission=_permission)


def _permission(arguments: argparse.Namespace) -> Action:
    changes = arguments.remove or arguments.file is not None
    return Action.MANAGE_LIBRARIES if changes else Action.INSPECT


def national_list(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Show, import or remove the national list, or write an empty one to fill in."""
    if arguments.template is not None:
        return _write_template(desk, arguments.template, as_json=arguments.json)
    path = desk.data.national_list
    if arguments.remove:
        was_there = remove_stored_list(path)
        if arguments.json:
            desk.emit({"removed": was_there})
        else:
            desk.say(
                desk.words("National list removed") if was_there else desk.words("No national list in force")
            )
        return ExitCode.DONE
    if arguments.file is not None:
        _import(desk, arguments.file, path)
    return _show(desk, path, as_json=arguments.json)


def legal_lines(words: Wording, substance: Substance) -> Iterator[str]:
    """Say on which lists the substance stands, of what date and from what source, and what is unverified."""
    unverified = words("unverified")
    for listing in substance.listings:
        parts = [f"{listing.unmarked.wording}: {listing.of.title}", listing.of.as_of]
        if listing.source:
            parts.append(listing.source)
        yield "; ".join(parts) + ("" if listing.is_verified else f" ({unverified})")
    if substance.unverified:
        fields = ", ".join(field_word(words, field) for field in substance.unverified)
        yield words("Unverified: {fields}").format(fields=fields)


def knowledge_lines(words: Wording, substance: Substance) -> Iterator[str]:
    """Say everything that the catalogue knows besides names and numbers; each unverified field says so."""
    unverified = words("unverified")

    def marked(text: str, field: str) -> str:
        return f"{text} ({unverified})" if field in substance.unverified else text

    for label, text, field in (
        (words("Russian name"), substance.name_ru, "name_ru"),
        (words("Azerbaijani name"), substance.name_az, "name_az"),
        (words("Formula"), substance.formula, "identity"),
        (words("Hazard statements"), " ".join(substance.hazards), "ghs"),
        (words("Lists of the United Nations"), substance.un_remark, "un_list"),
    ):
        if text:
            yield f"{label}: {marked(text, field)}"
    yield from legal_lines(words, substance)


def field_word(words: Wording, field: str) -> str:
    """Name a field that can stand unverified."""
    return {
        "name_ru": words("Russian name"),
        "name_az": words("Azerbaijani name"),
        "ghs": words("hazard statements"),
        "un_list": words("place on the lists of the United Nations"),
        "eu_category": words("category of the European Union"),
        "identity": words("identity (name, numbers, structure)"),
    }.get(field, field)


def listing_object(listing: Listing) -> dict[str, Any]:
    """Give one place on one list with its date and source."""
    return {
        "list": listing.of.id,
        "title": listing.of.title,
        "schedule": listing.schedule,
        "since": listing.since,
        "remark": listing.remark,
        "as_of": listing.of.as_of,
        "date": listing.of.date,
        "source": listing.source,
        "verified": listing.is_verified,
    }


def _write_template(desk: Desk, out: Path, *, as_json: bool) -> ExitCode:
    if out.exists():
        raise CatalogueError(f"expected a name that no file has yet, found {out}")
    write_atomically(out, template())
    if as_json:
        desk.emit({"template": str(out)})
    else:
        desk.say(desk.words("Written: {path}").format(path=out))
    return ExitCode.DONE


def _import(desk: Desk, file: Path, path: Path) -> None:
    """Check the list to the end, its substances too, before it takes the place of the one in force."""
    content = read_bounded(file, LARGEST_LIST)
    link(parse_national_list(content, name=file.name), load_catalogue())
    store_national_list(path, content, file=file.name, by=desk.user or "", at=datetime.now(UTC))


def _show(desk: Desk, path: Path, *, as_json: bool) -> ExitCode:
    """Show the lists in force; a damaged national list is not, and that is a failed check."""
    catalogue = load_catalogue()
    try:
        stored = read_stored_list(path)
        links = None if stored is None else link(stored.national, catalogue)
    except CatalogueError as error:
        sentence = f"{error}; the national list is not in force"
        if as_json:
            lists = [list_object(one) for one in catalogue.lists]
            desk.emit({"lists": lists, "national": None, "problem": sentence})
        desk.warn(error_sentence(desk.words, CatalogueError(sentence)))
        return ExitCode.CHECK_FAILED
    if as_json:
        lists = [list_object(one) for one in catalogue.lists]
        national = None if stored is None or links is None else _national_object(stored, links)
        desk.emit({"lists": lists, "national": national})
        return ExitCode.DONE
    for one in catalogue.lists:
        desk.say(f"{one.title}; {one.as_of}; {one.source}")
    if stored is None or links is None:
        desk.say(desk.words("No national list in force"))
        return ExitCode.DONE
    for line in _national_lines(desk.words, stored, links):
        desk.say(line)
    return ExitCode.DONE


def list_object(legal_list: LegalList) -> dict[str, Any]:
    """Give one legal list with its date and source."""
    return {
        "list": legal_list.id,
        "title": legal_list.title,
        "as_of": legal_list.as_of,
        "date": legal_list.date,
        "source": legal_list.source,
        "is_control": legal_list.is_control,
        "superseded_by": legal_list.superseded_by,
    }


def _national_object(stored: StoredNationalList, links: NationalLinks) -> dict[str, Any]:
    return {
        **list_object(stored.national.legal_list),
        "by": stored.by,
        "at": stored.at,
        "file": stored.file,
        "sha256": stored.sha256,
        "substances": len(stored.national.lines),
        "linked": len(links.listings),
        "unknown": [
            {"line": one.line, "text": one.text, "substance": one.substance, "near": list(one.near)}
            for one in links.unknown
        ],
    }


def _national_lines(words: Wording, stored: StoredNationalList, links: NationalLinks) -> Iterator[str]:
    legal_list = stored.national.legal_list
    yield f"{legal_list.title}; {legal_list.as_of}; {legal_list.source}"
    yield "  " + words("Imported {time} by {officer} from {file}, sha256 {sha256}").format(
        time=stored.at, officer=stored.by or words("not recorded"), file=stored.file, sha256=stored.sha256
    )
    yield "  " + words("{count} substances, of which the catalogue knows {linked}").format(
        count=len(stored.national.lines), linked=len(links.listings)
    )
    for one in links.unknown:
        yield f"  {_unknown_line(words, one)}"


def _unknown_line(words: Wording, unknown: UnknownLine) -> str:
    if not unknown.near:
        return words("line {line}: {text} is not in the catalogue; kept as an entry of its own").format(
            line=unknown.line, text=unknown.text
        )
    return words(
        "line {line}: {text} is not in the catalogue; kept as an entry of its own. Similar: {near}"
    ).format(line=unknown.line, text=unknown.text, near=", ".join(unknown.near))
