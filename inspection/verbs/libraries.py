"""``library show | search | coverage``: what the program can name, and what it cannot."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from inspection.desk import Desk, ExitCode
from inspection.permissions import no_user
from inspection.verbs import calibrations, catalogue, imports, own_spectra, packages, shelf
from inspection.wording import status_sentence, technique_word, tier_word
from spectra_library.coverage import (
    CoverageSummary,
    SubstanceCoverage,
    coverage,
    outside_catalogue,
    summarise,
)
from spectra_library.errors import CatalogueError
from spectra_library.library import BandList, Reference, ReferenceLibrary
from spectra_library.substance import Substance


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this family's verbs."""
    library = verbs.add_parser("library", help="reference libraries and the substance catalogue")
    actions = library.add_subparsers(dest="action", metavar="ACTION", required=True)

    show = actions.add_parser("show", help="a substance with its references, or one reference")
    show.add_argument("what", metavar="SUBSTANCE_OR_REFERENCE")
    show.set_defaults(verb_function=show_entry, permission=no_user)

    search = actions.add_parser(
        "search", help="substances by name in any language, synonym, CAS number, formula or HS code"
    )
    search.add_argument("text", metavar="TEXT")
    search.set_defaults(verb_function=search_catalogue, permission=no_user)

    cover = actions.add_parser("coverage", help="which substances have a reference, and of what kind")
    cover.set_defaults(verb_function=show_coverage, permission=no_user)

    catalogue.add_actions(actions)
    shelf.add_actions(actions)
    imports.add_action(actions)
    packages.add_actions(actions)
    own_spectra.add_actions(actions)
    calibrations.add_action(actions)

    for action in (show, search, cover):
        action.add_argument("--json", action="store_true", help="one JSON object per line")


def show_entry(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print a substance with all its references, or one reference."""
    known = desk.knowledge()
    substances, libraries = known.catalogue, known.libraries
    entries = [(library, entry) for library in libraries for entry in _entries(library)]
    by_id = [(library, entry) for library, entry in entries if entry.id == arguments.what]
    if by_id:
        library, entry = by_id[0]
        substance = substances.get(entry.substance)
        shown = by_id
    else:
        found = substances.find(arguments.what, limit=1)
        if not found:
            raise CatalogueError(
                f"expected a substance or a reference, found nothing called {arguments.what!r}"
            )
        substance = found[0]
        shown = [(library, entry) for library, entry in entries if entry.substance == substance.id]
    if arguments.json:
        references = [reference_object(library, entry) for library, entry in shown]
        desk.emit({**substance_object(substance), "references": references})
        return ExitCode.DONE
    desk.say(substance_line(desk, substance))
    for line in catalogue.knowledge_lines(desk.words, substance):
        desk.say(f"  {line}")
    for library, entry in shown:
        desk.say(f"  {_reference_line(desk, library, entry)}")
    if not shown:
        desk.say("  " + desk.words("no reference and no band list: this program cannot name it"))
    return ExitCode.DONE


def search_catalogue(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print the substances that a text names."""
    found = desk.knowledge().catalogue.find(arguments.text, limit=50)
    for substance in found:
        if arguments.json:
            desk.emit(substance_object(substance))
            continue
        desk.say(substance_line(desk, substance))
        for line in catalogue.legal_lines(desk.words, substance):
            desk.say(f"  {line}")
    if not found and not arguments.json:
        desk.say(desk.words("nothing found"))
    return ExitCode.DONE


def show_coverage(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print which substances have references of which tier, and which controlled ones have none."""
    known = desk.knowledge()
    rows = coverage(known.catalogue, known.libraries)
    summary = summarise(rows, outside=outside_catalogue(known.catalogue, known.libraries))
    if arguments.json:
        for row in rows:
            desk.emit(coverage_object(row))
        desk.emit({"summary": asdict(summary)})
        return ExitCode.DONE
    _say_coverage(desk, rows, summary)
    return ExitCode.DONE


def substance_object(substance: Substance) -> dict[str, Any]:
    """Give the catalogue's knowledge of a substance; unverified columns say so."""
    return {
        "substance": substance.id,
        "name": substance.name,
        "name_ru": substance.name_ru,
        "name_az": substance.name_az,
        "cas": substance.cas,
        "formula": substance.formula,
        "lists": list(substance.lists),
        "status": substance.status.value,
        "hs_code": substance.hs_code,
        "un_number": substance.un_number,
        "hazards": list(substance.hazards),
        "unverified": list(substance.unverified),
        "synonyms": list(substance.synonyms),
        "listings": [catalogue.listing_object(one) for one in substance.listings],
        "un_remark": substance.un_remark,
        "is_outside": substance.is_outside,
    }


def substance_line(desk: Desk, substance: Substance) -> str:
    """One substance in one line."""
    parts = [
        f"{substance.id}: {substance.name}",
        substance.name_ru,
        substance.name_az,
        f"CAS {substance.cas}" if substance.cas else "",
        f"HS {substance.hs_code}" if substance.hs_code else "",
        status_sentence(desk.words, substance),
    ]
    return "  ".join(part for part in parts if part)


def reference_object(library: ReferenceLibrary, entry: Reference | BandList) -> dict[str, Any]:
    """Give one reference or band list with where it comes from."""
    result: dict[str, Any] = {
        "reference": entry.id,
        "substance": entry.substance,
        "library": library.name,
        "form": entry.form,
        "source": entry.source,
        "licence": entry.licence,
    }
    if isinstance(entry, BandList):
        return {**result, "tier": "bands", "bands": entry.wavenumber.tolist()}
    return {
        **result,
        "tier": entry.tier.value,
        "technique": entry.spectrum.technique.value,
        "resolution_cm": entry.spectrum.resolution_cm,
        "wavenumber_min": entry.spectrum.wavenumber_min,
        "wavenumber_max": entry.spectrum.wavenumber_max,
    }


def coverage_object(row: SubstanceCoverage) -> dict[str, Any]:
    """Give the ``coverage`` object of cli.md for one substance."""
    return {
        "substance": row.substance,
        "name": row.name,
        "lists": list(row.lists),
        "status": row.status,
        "tiers": {"measured": row.measured, "derived": row.derived, "bands": row.bands},
        "visible": row.visible,
    }


def _entries(library: ReferenceLibrary) -> tuple[Reference | BandList, ...]:
    return (*library.references, *library.band_lists)


def _reference_line(desk: Desk, library: ReferenceLibrary, entry: Reference | BandList) -> str:
    if isinstance(entry, BandList):
        what = desk.words("band list, {count} bands").format(count=entry.wavenumber.size)
    else:
        what = f"{tier_word(desk.words, entry.tier)}, {technique_word(desk.words, entry.spectrum.technique)}"
    form = f" ({entry.form})" if entry.form else ""
    return f"{entry.id}{form}  {what}  {library.name}  {entry.source}  [{entry.licence}]"


def _say_coverage(desk: Desk, rows: tuple[SubstanceCoverage, ...], summary: CoverageSummary) -> None:
    words = desk.words
    desk.say(
        words("Controlled substances: {count}. With a reference of tier").format(count=summary.controlled)
    )
    desk.say(f"  {words('measured')}: {summary.controlled_measured}")
    desk.say(f"  {words('derived')}: {summary.controlled_derived}")
    desk.say("  " + words("band list only: {count}").format(count=summary.controlled_bands_only))
    desk.say("  " + words("none: {count}").format(count=summary.controlled_without))
    if summary.outside_catalogue:
        desk.say(
            words("Outside the catalogue, legal status not known: {count}").format(
                count=summary.outside_catalogue
            )
        )
    desk.say(words("Controlled substances that this program cannot name:"))
    names = {row.substance: row.name for row in rows}
    for substance in summary.controlled_without_reference:
        desk.say(f"  {names[substance]} ({substance})")
