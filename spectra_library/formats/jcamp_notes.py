"""What a JCAMP-DX header says of the sample and of the making of the file, in its own words."""

from __future__ import annotations

import re
from typing import Final

from spectra_library.formats.file_spectrum import FileNotes
from spectra_library.formats.jcamp_labels import Block, data_lines
from spectra_library.formats.plain_text import cleaned

FORM_LABEL: Final = "$CHEMGATEFORM"
_MAX_NAMES: Final = 50
_INCHIKEY: Final = re.compile(r"[A-Z]{14}-[A-Z]{10}-[A-Z]")  # InChI technical manual, chapter on InChIKey
_INCHIKEY_LABELS: Final = ("INCHIKEY", "$INCHIKEY", ".INCHIKEY")

# Whole words that name what a base or an acid was turned into, or what crystallised with it.
_FORM: Final = re.compile(
    r"\b(?:(?:di|mono|tri|hemi|sesqui)?hydro(?:chloride|bromide|iodide)|HCl|HBr"
    r"|(?:hydrogen |bi|hemi)?(?:sul(?:f|ph)ate|tartrate|maleate|fumarate|oxalate|succinate|citrate|phosphate)"
    r"|(?:(?:di|mono|tri|tetra|penta|hexa|hepta|deca|hemi|sesqui)-?)?hydrate|anhydrous"
    r"|(?:sodium|potassium|calcium|magnesium|lithium|ammonium|lead) salt|free ?base|free acid)\b",
    re.IGNORECASE,
)
_FORM_LABELS: Final = ("STATE", "SAMPLEDESCRIPTION")


def notes_of(block: Block, lines: list[str]) -> tuple[FileNotes, tuple[str, ...]]:
    """Return the notes of a header, and a warning for an InChIKey that is none."""
    inchikey, warnings = _inchikey(block)
    notes = FileNotes(
        names=_names(block, lines),
        formula=cleaned(block.text("MOLFORM")),
        inchikey=inchikey,
        form=_form(block),
        instrument=cleaned(block.text("SPECTROMETERDATASYSTEM") or block.text("INSTRUMENT")),
        origin=cleaned(block.text("ORIGIN")),
        owner=cleaned(block.text("OWNER")),
        date=cleaned(block.text("LONGDATE") or block.text("DATE")),
    )
    return notes, warnings


def _names(block: Block, lines: list[str]) -> tuple[str, ...]:
    """List the names: those beside the label are separated by semicolons, below it each has its line."""
    record = block.records.get("NAMES")
    if record is None:
        return ()
    stop = min(record.stop, record.start + _MAX_NAMES)
    below = [text for _, text in data_lines(record, lines, stop=stop)]
    names = [cleaned(name) for name in (*record.beside.split(";"), *below)]
    return tuple(dict.fromkeys(name for name in names if name))[:_MAX_NAMES]


def _inchikey(block: Block) -> tuple[str, tuple[str, ...]]:
    for label in _INCHIKEY_LABELS:
        said = cleaned(block.text(label), limit=40).removeprefix("InChIKey=")
        if said:
            if _INCHIKEY.fullmatch(said):
                return said, ()
            return "", (f"'{said}' is not an InChIKey",)
    return "", ()


def _form(block: Block) -> str:
    """Return the salt or hydrate that the state or the description of the sample names in plain words."""
    own_words = cleaned(block.text(FORM_LABEL))
    if own_words:
        return own_words
    for label in _FORM_LABELS:
        named = [found[0] for found in _FORM.finditer(cleaned(block.text(label)))]
        if named:
            return " ".join(dict.fromkeys(named))
    return ""
