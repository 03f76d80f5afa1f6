"""Galactic SPC files to spectra, strictly: new and old format, every structure of the specification.

    content -spc_header-> header -spc_words-> refused, or units
                            `-spc_layout, spc_checks-> subfiles -spc_subfile-> x, y -> assemble

Own reader on purpose: the existing ones take the exponent of the wrong header, read it unsigned, or read
integers for floats, and give wrong values without a word.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from spectra_library.errors import FormatError
from spectra_library.formats.assembling import Header, assemble
from spectra_library.formats.file_spectrum import FileNotes, FilePart, FileSpectrum, RefusedBlock
from spectra_library.formats.plain_text import cleaned
from spectra_library.formats.spc_checks import check_ends
from spectra_library.formats.spc_header import (
    NEW_BIG,
    NEW_LITTLE,
    OLD,
    OLD_SIZE,
    Flags,
    SpcHeader,
    parse_header,
)
from spectra_library.formats.spc_layout import layout_of
from spectra_library.formats.spc_log import log_entries
from spectra_library.formats.spc_subfile import Subfile, abscissas, ordinates
from spectra_library.formats.spc_words import axis_of, ordinate_of, refuse_other_experiments
from spectra_library.units import AxisUnit, OrdinateUnit

FORMAT: Final = "spc"
_RESOLUTION: Final = re.compile(
    r"\s*([0-9]{1,3}(?:\.[0-9]{0,6})?)\s*(?:cm-1|cm\^-1|1/cm|cm)?\s*", re.IGNORECASE
)
# Columns of gas: a path length times a pressure or a mixing ratio, which no liquid or solid has.
_GAS: Final = re.compile(r"\b(gas|vapou?r)\b|\batm[ .*-]m(et(er|re)s?)?\b|\bppm[ .*-]m\b", re.IGNORECASE)


def is_spc(content: bytes) -> bool:
    """Tell whether this is a Galactic SPC file, by its version byte and the flags that can go with it."""
    # Text may have a K there, and pictures begin with BM and MM: no text has a NUL, and no SPC file has
    # axes of its own without abscissas, which excludes every capital and small letter as the first byte.
    if len(content) < OLD_SIZE or b"\x00" not in content[:OLD_SIZE]:
        return False
    axes = content[0] & (Flags.OWN_AXES | Flags.ABSCISSAS)
    if content[1] == OLD:
        return axes == 0
    return content[1] in (NEW_LITTLE, NEW_BIG) and axes != Flags.OWN_AXES


def read_spc(content: bytes, *, name: str) -> tuple[FilePart, ...]:
    """Read every spectrum of an SPC file; ``name`` of the file is the title where the file has none.

    A subfile that is refused does not spoil the others.  Raises NotInfraredError naming what else it is,
    UnsupportedFormatError for units and structures that are not read, DamagedFileError with the offset
    in bytes when the file contradicts itself.
    """
    header = parse_header(content)
    log, log_warnings = log_entries(content, header)
    said = refuse_other_experiments(header, log)
    axis, x_words, axis_warnings = axis_of(header)
    ordinate, y_words, ordinate_warnings = ordinate_of(header)
    subfiles, layout_warnings = layout_of(content, header)
    title = header.title or log.get("NAME", "") or cleaned(PurePath(name).stem)
    warnings = said + axis_warnings + ordinate_warnings + layout_warnings + log_warnings + _factor(header)
    common = Header(
        block=0,
        format=FORMAT,
        title=title,
        phase="gas" if _GAS.search(title) else "",
        x_units=x_words,
        y_units=y_words,
        resolution_cm=_resolution(header, log) if axis is AxisUnit.WAVENUMBER else None,
        warnings=warnings,
        notes=FileNotes(instrument=log.get("MODEL", "") or header.source, date=header.date),
    )
    parts: list[FilePart] = []
    for subfile in subfiles:
        part = replace(
            common,
            block=subfile.index,
            title=title if len(subfiles) == 1 else f"{title} #{subfile.index + 1}",
        )
        try:
            parts.append(_spectrum(content, header, subfile, part, axis=axis, ordinate=ordinate))
        except FormatError as error:
            parts.append(RefusedBlock(block=part.block, error=error, title=part.title))
    return tuple(parts)


def _spectrum(
    content: bytes,
    header: SpcHeader,
    subfile: Subfile,
    part: Header,
    *,
    axis: AxisUnit,
    ordinate: OrdinateUnit,
) -> FileSpectrum:
    x = abscissas(content, header, subfile)
    part = replace(part, warnings=part.warnings + check_ends(header, subfile, x))
    y = ordinates(content, header, subfile)
    return assemble(part, x, y, axis=axis, ordinate=ordinate, holes_are_gaps=subfile.x_at is not None)


def _resolution(header: SpcHeader, log: dict[str, str]) -> float | None:
    # Free text, left unset by some writers: what is no number says nothing.
    for words in (header.resolution, log.get("RES", "")):
        found = _RESOLUTION.fullmatch(words)
        if found is not None and 0 < float(found[1]) < 1000:
            return float(found[1])
    return None


def _factor(header: SpcHeader) -> tuple[str, ...]:
    # A wish for the processing after the measurement (SPC.H), not a part of the ordinates.
    if not math.isfinite(header.factor) or header.factor in (0.0, 1.0):
        return ()
    return (f"the header names a concentration factor of {header.factor:g}, which is not applied",)
