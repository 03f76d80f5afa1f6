"""Collect every sentence of the program, bring the translations up to date, and compile them.

    python tools/translations.py            writes the .pot, .po and .mo files under inspection/locale
    python tools/translations.py --check    exits 1 when something is out of date or untranslated

A sentence is whatever stands in a call of ``words(...)`` or ``words.plural(one, many, count)``.  Translate in
the .po files; run this again to compile.
"""

from __future__ import annotations

import argparse
import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "inspection" / "locale"
LANGUAGES = ("ru", "az")
ROOMS = ("inspection", "gui")
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS: dict[str, tuple[int, ...] | None] = {"words": None, "_words": None, "plural": (1, 2)}


def main() -> int:
    """Write the files, or with ``--check`` compare them; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    is_check = parser.parse_args().check
    sentences = collected()
    files = {LOCALE / "chemgate.pot": po_bytes(sentences)}
    missing = []
    for language in LANGUAGES:
        folder = LOCALE / language / "LC_MESSAGES"
        translated = updated(folder / "chemgate.po", language, sentences)
        files[folder / "chemgate.po"] = po_bytes(translated)
        files[folder / "chemgate.mo"] = mo_bytes(translated)
        missing += [
            f"{language}: {message.id!r}" for message in translated if message.id and not is_done(message)
        ]
    if not is_check:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    stale = [str(path.relative_to(ROOT)) for path, content in files.items() if is_stale(path, content)]
    for line in [*(f"out of date: {path}" for path in stale), *(f"untranslated: {one}" for one in missing)]:
        print(line)
    print(f"{len(sentences)} sentences, {len(missing)} untranslated, {len(stale)} files out of date")
    return 1 if is_check and (stale or missing) else 0


def collected() -> Catalog:
    """Gather the sentences of the rooms that speak to people, in order of the text."""
    found: set[str | tuple[str, ...]] = set()
    for room in ROOMS:
        for _, _, message, _, _ in extract_from_dir(
            ROOT / room, method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            found.add(message)
    catalog = new_catalog(None)
    for message in sorted(found, key=str):
        catalog.add(message)
    return catalog


def updated(path: Path, language: str, sentences: Catalog) -> Catalog:
    """Give the translations at ``path`` for exactly ``sentences``; what is gone is dropped."""
    known = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(language)
    result = new_catalog(language)
    for message in sentences:
        if message.id:
            old = known.get(message.id)
            result.add(message.id, old.string if old else None)
    return result


def new_catalog(language: str | None) -> Catalog:
    """Make a catalogue whose header is the same on every day and machine."""
    return Catalog(
        locale=language,
        project="Chemgate",
        version="0",
        fuzzy=False,
        header_comment="# Sentences of Chemgate; GPL-3.0-or-later.  Made by tools/translations.py.",
    )


def po_bytes(catalog: Catalog) -> bytes:
    """Give the text form, without dates."""
    stream = io.BytesIO()
    write_po(stream, catalog, width=100, omit_header=False, no_location=True)
    lines = stream.getvalue().decode().splitlines(keepends=True)
    dropped = tuple(
        f'"{name}'
        for name in (
            "POT-Creation-Date",
            "PO-Revision-Date",
            "Last-Translator",
            "Language-Team",
            "Report-Msgid-Bugs-To",
            "Generated-By",
        )
    )
    return "".join(line for line in lines if not line.startswith(dropped)).encode()


def mo_bytes(catalog: Catalog) -> bytes:
    """Give the compiled form."""
    stream = io.BytesIO()
    dateless = read_po(io.BytesIO(po_bytes(catalog)), locale=catalog.locale)
    dateless.creation_date = BEGINNING  # else babel writes the time of compiling into the file
    write_mo(stream, dateless)
    return stream.getvalue()


def is_done(message: object) -> bool:
    """Tell whether a message has a translation in every form."""
    text = getattr(message, "string", "")
    return all(text) if isinstance(text, tuple) else bool(text)


def is_stale(path: Path, content: bytes) -> bool:
    """Tell whether the file differs from what it should be."""
    return not path.exists() or path.read_bytes() != content


if __name__ == "__main__":
    sys.exit(main())
