"""``library add | forget``: own measurements of known substances as references, approved by name."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from inspection.desk import Desk, ExitCode
from inspection.own_references import OwnSpectrum, approve, forget
from inspection.permissions import needs
from inspection.spectrum_files import Refused, read_curves
from inspection.users.roles import Action
from inspection.verbs.spectra import positive
from inspection.wording import substance_name
from spectra_library.catalogue import Catalogue
from spectra_library.errors import CatalogueError, LibraryStoreError
from spectra_library.substance import Substance


def add_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the actions to ``library``."""
    add = actions.add_parser("add", help="make an own measurement of a known substance a reference")
    add.add_argument("path", nargs="?", type=Path, metavar="PATH", help="the file with the spectrum")
    add.add_argument("--entry", type=positive, metavar="N", help="instead of a file: an entry of the log")
    add.add_argument("--block", type=int, metavar="N", help="which spectrum of the file, counted from 0")
    add.add_argument("--substance", required=True, metavar="TEXT", help="name, CAS number or catalogue id")
    add.add_argument("--form", default="", metavar="TEXT", help="salt, hydrate or state")
    add.add_argument("--approved-by", required=True, metavar="NAME", help="who answers for it")
    add.add_argument("--json", action="store_true", help="one JSON object")
    add.set_defaults(verb_function=add_own_spectrum, permission=needs(Action.MANAGE_LIBRARIES))

    out = actions.add_parser("forget", help="take an own spectrum out of the references again")
    out.add_argument("reference", metavar="REFERENCE")
    out.set_defaults(verb_function=forget_own_spectrum, permission=needs(Action.MANAGE_LIBRARIES))


def add_own_spectrum(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Put one spectrum into the library of own spectra."""
    if (arguments.path is None) == (arguments.entry is None):
        raise LibraryStoreError("expected either a file or --entry N")
    substance = named_substance(arguments.substance, desk.catalogue())
    if arguments.entry is None:
        own = _of_file(arguments.path, arguments.block, substance, arguments.form)
    else:
        own = _of_entry(desk, arguments.entry, substance, arguments.form)
    reference = approve(own, desk.data, approved_by=arguments.approved_by, today=datetime.now(UTC).date())
    if arguments.json:
        desk.emit({"reference": reference.id, "substance": substance.id, "sha256": own.sha256})
    else:
        desk.say(
            desk.words("{reference}: a reference of {substance} now, approved by {name}").format(
                reference=reference.id,
                substance=substance_name(desk.words, substance),
                name=arguments.approved_by,
            )
        )
    return ExitCode.DONE


def forget_own_spectrum(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Take one spectrum out of the library of own spectra."""
    forget(arguments.reference, desk.data)
    desk.say(desk.words("{name}: removed").format(name=arguments.reference))
    return ExitCode.DONE


def named_substance(text: str, catalogue: Catalogue) -> Substance:
    """Give the one substance with this id, CAS number or whole name.  Raises CatalogueError."""
    if text in catalogue:
        return catalogue.get(text)
    found = catalogue.by_cas(text) or catalogue.by_name(text)
    if len(found) != 1:
        which = ", ".join(one.id for one in found) or "none"
        raise CatalogueError(
            f"expected the name, CAS number or id of one substance in the catalogue, found {which}: {text!r}"
        )
    return found[0]


def _of_file(path: Path, block: int | None, substance: Substance, form: str) -> OwnSpectrum:
    items = list(read_curves([path]))
    if block is None and len(items) > 1:
        raise LibraryStoreError(f"expected --block: {path} holds {len(items)} spectra, counted from 0")
    chosen = [one for one in items if one.source.block == (block or 0)]
    if not chosen:
        raise LibraryStoreError(f"expected a spectrum {block} in {path}, found {len(items)} spectra")
    [item] = chosen
    if isinstance(item, Refused):
        raise item.error
    one = item.spectrum
    return OwnSpectrum(
        spectrum=one.spectrum(),
        sha256=item.source.sha256,
        block=one.block,
        place=path.name,
        title=one.title,
        substance=substance.id,
        form=form or one.notes.form,
        instrument=one.notes.instrument,
    )


def _of_entry(desk: Desk, sequence: int, substance: Substance, form: str) -> OwnSpectrum:
    with desk.read_log() as log:
        stored = log.spectrum(sequence)
    if stored is None:
        raise LibraryStoreError(f"expected an entry with a spectrum, found entry {sequence} without one")
    return OwnSpectrum(
        spectrum=stored.spectrum,
        sha256=stored.sha256,
        block=0,
        place=f"log entry {sequence}",
        title="",
        substance=substance.id,
        form=form,
    )
