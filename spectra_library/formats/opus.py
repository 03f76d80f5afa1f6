"""Bruker OPUS files to a spectrum: the result of the measurement, else the ratio of its two single beams.

    absorbance, else transmittance, else reflectance, Kubelka-Munk ... (named, not converted)
    else sample / reference single beam -> absorbance = -log10(sample / reference), with a warning
    else refused: Raman, series of spectra, derivatives, a lone single beam, an interferogram

Where a file holds two absorbance spectra the last one is the result: the first is what was measured, and
OPUS appends what a correction (of water vapour and carbon dioxide mostly) made of it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import Final

import numpy as np

from spectra_library.errors import DamagedFileError, FormatError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.assembling import Header, assemble
from spectra_library.formats.file_spectrum import FileNotes, FileSpectrum, RefusedBlock
from spectra_library.formats.opus_blocks import (
    SIGNATURE,
    BlockKind,
    OpusBlock,
    Value,
    read_directory,
    read_parameters,
)
from spectra_library.formats.opus_curves import Curve, read_curve
from spectra_library.formats.plain_text import cleaned
from spectra_library.formats.sampling_words import technique_after, technique_in
from spectra_library.spectrum import FloatArray
from spectra_library.units import AxisUnit, OrdinateUnit

FORMAT: Final = "opus"

# In the order in which one is chosen.  "ATR" is absorbance times a function of the wavenumber; results of
# spectrum arithmetic may be anything.
_RESULTS: Final = {
    4: ("absorbance", OrdinateUnit.ABSORBANCE),
    5: ("transmittance", OrdinateUnit.TRANSMITTANCE),
    12: ("reflectance", OrdinateUnit.REFLECTANCE),
    6: ("Kubelka-Munk", OrdinateUnit.KUBELKA_MUNK),
    15: ("log reflectance", OrdinateUnit.REFLECTANCE),
    16: ("ATR units", OrdinateUnit.ARBITRARY),
    17: ("photoacoustic", OrdinateUnit.ARBITRARY),
    18: ("result of arithmetic", OrdinateUnit.ARBITRARY),
    19: ("result of arithmetic", OrdinateUnit.ARBITRARY),
}
_SINGLE_BEAM, _INTERFEROGRAM, _RAMAN, _EMISSION = 1, 2, 10, 11
_SERIES_QUANTITIES: Final = (7, 8, 9)  # a trace over time, series of interferograms or of spectra
_SERIES_EXTENSION: Final = 2
_INSTRUMENT, _ACQUISITION, _OPTICS, _SAMPLE = 2, 3, 6, 10
# Sample, its form, accessory (two names), instrument, company.
_WORDS: Final = ("SNM", "SFM", "ACC", "ACN", "INS", "CPY")
# What OPUS puts into an empty field for the form of the sample.
_PROMPTS: Final = frozenset({"instrument type and / or accessory", "sample form"})
_ON_THE_GRID: Final = 1e-6  # of a step; real files agree within 1e-11


def is_opus(content: bytes) -> bool:
    """Tell whether a file begins as OPUS files do."""
    return content.startswith(SIGNATURE)


def read_opus(content: bytes, *, name: str) -> tuple[FileSpectrum | RefusedBlock, ...]:
    """Read the spectrum of an OPUS file; ``name`` of the file is the title where the file has none.

    A spectrum that cannot be used is a RefusedBlock.  Raises DamagedFileError when the directory of the
    file does not fit the file.
    """
    blocks = read_directory(content)
    about, unread = _about(content, blocks)
    title = about.get("SNM", "") or cleaned(PurePath(name).stem)
    try:
        return (_assembled(content, blocks, title=title, about=about, warnings=unread),)
    except FormatError as error:
        return (RefusedBlock(block=0, error=error, title=title),)


def _assembled(
    content: bytes,
    blocks: tuple[OpusBlock, ...],
    *,
    title: str,
    about: dict[str, str],
    warnings: tuple[str, ...],
) -> FileSpectrum:
    words, unit, curve = _result(content, blocks)
    form = about.get("SFM", "")
    form = "" if form.lower() in _PROMPTS else form
    technique = technique_in([about.get("ACC", ""), about.get("ACN", ""), form])
    technique, said = technique_after(technique, _history(content, blocks))
    date = " ".join(str(curve.status[key]) for key in ("DAT", "TIM") if key in curve.status)
    header = Header(
        block=0,
        format=FORMAT,
        title=title,
        technique=technique,
        phase=form,
        x_units="cm-1",
        y_units=words,
        resolution_cm=_resolution(content, blocks),
        warnings=warnings + curve.warnings + said,
        notes=FileNotes(
            form=form, instrument=about.get("INS", ""), origin=about.get("CPY", ""), date=cleaned(date)
        ),
    )
    return assemble(header, curve.axis.wavenumbers(), curve.y, axis=AxisUnit.WAVENUMBER, ordinate=unit)


def _result(content: bytes, blocks: tuple[OpusBlock, ...]) -> tuple[str, OrdinateUnit, Curve]:
    """Choose and read the spectrum: its words, its unit, the curve."""
    results = [block for block in blocks if _is_plain(block.kind, beam=3) and block.kind.quantity in _RESULTS]
    for quantity, (words, unit) in _RESULTS.items():
        chosen = max(
            (block for block in results if block.kind.quantity == quantity), key=_start, default=None
        )
        if chosen is not None:
            curve = read_curve(content, chosen, blocks)
            return words, unit, replace(curve, warnings=curve.warnings + _besides(chosen, results))
    sample_beam, reference_beam = _single_beam(blocks, 1), _single_beam(blocks, 2)
    if sample_beam is None or reference_beam is None or _holds(blocks, _RAMAN):
        raise _nothing_to_read(blocks)
    sample, reference = read_curve(content, sample_beam, blocks), read_curve(content, reference_beam, blocks)
    said = ("computed from the sample and reference single beams of the file, which holds no absorbance",)
    ratio = replace(
        sample,
        y=_absorbance(sample, reference),
        warnings=sample.warnings + reference.warnings + said,
    )
    return "absorbance", OrdinateUnit.ABSORBANCE, ratio


def _holds(blocks: tuple[OpusBlock, ...], quantity: int) -> bool:
    return any(block.kind.quantity == quantity and block.kind.parameters == 0 for block in blocks)


def _is_plain(kind: BlockKind, *, beam: int) -> bool:
    is_first_channel = kind.channel == 0 and kind.derivative == 0 and kind.extension == 0
    return kind.part == 3 and kind.beam == beam and kind.parameters == 0 and is_first_channel


def _single_beam(blocks: tuple[OpusBlock, ...], beam: int) -> OpusBlock | None:
    found = [
        block for block in blocks if _is_plain(block.kind, beam=beam) and block.kind.quantity == _SINGLE_BEAM
    ]
    return max(found, key=_start, default=None)


def _start(block: OpusBlock) -> int:
    return block.start


def _besides(chosen: OpusBlock, results: list[OpusBlock]) -> tuple[str, ...]:
    others = [
        f"{_RESULTS[block.kind.quantity][0]} at byte {block.start}" for block in results if block != chosen
    ]
    if not others:
        return ()
    return (f"read is the spectrum at byte {chosen.start}, not read: {', '.join(others[:5])}",)


def _absorbance(sample: Curve, reference: Curve) -> FloatArray:
    """Return -log10(sample / reference) (N,), NaN where a beam is not positive.

    Raises DamagedFileError when the points of the sample are not points of the reference.
    """
    step = reference.axis.step
    offset = (sample.axis.first - reference.axis.first) / step
    begin = round(offset)
    end = begin + sample.axis.points
    drift = max(abs(offset - begin), abs((sample.axis.last - reference.axis.first) / step - (end - 1)))
    if begin < 0 or end > reference.axis.points or drift > _ON_THE_GRID:
        raise DamagedFileError(
            f"expected a reference at the {sample.axis.points} wavenumbers of the sample, "
            f"{sample.axis.first:.3f} to {sample.axis.last:.3f}, found one from {reference.axis.first:.3f} "
            f"to {reference.axis.last:.3f} in {reference.axis.points} points"
        )
    under = reference.y[begin:end]
    absorbance = np.full(sample.axis.points, np.nan)
    lit = (sample.y > 0) & (under > 0)
    # Not the logarithm of the ratio: that may overflow.
    absorbance[lit] = np.log10(under[lit]) - np.log10(sample.y[lit])
    return absorbance


def _nothing_to_read(blocks: tuple[OpusBlock, ...]) -> FormatError:
    """Name what the file holds instead of a spectrum."""
    kinds = [block.kind for block in blocks if block.kind.parameters == 0]
    quantities = {kind.quantity for kind in kinds}
    if _RAMAN in quantities:
        return NotInfraredError("expected a mid-infrared spectrum, found a Raman spectrum")
    if _EMISSION in quantities:
        return NotInfraredError("expected absorbance or transmittance, found an emission spectrum")
    if any(
        kind.quantity and kind.extension == _SERIES_EXTENSION for kind in kinds
    ) or quantities.intersection(_SERIES_QUANTITIES):
        return UnsupportedFormatError(
            "expected one spectrum, found a series (a map, a time course or a GC run), which is not read; "
            "export its spectra as JCAMP-DX or CSV"
        )
    results = [kind for kind in kinds if kind.quantity in _RESULTS]
    for found, is_such in (
        ("a derivative of a spectrum", any(kind.derivative for kind in results)),
        ("the spectrum of a second channel", any(kind.channel for kind in results)),
        ("a compact copy of a spectrum", any(kind.extension == 4 for kind in results)),
        ("one part of a complex spectrum", any(kind.part in (1, 2) for kind in results)),
    ):
        if is_such:
            return UnsupportedFormatError(f"expected a spectrum, found {found}, which is not read")
    if _SINGLE_BEAM in quantities:
        return NotInfraredError(
            "expected absorbance, transmittance or two single beams, found only a single beam"
        )
    if _INTERFEROGRAM in quantities:
        return NotInfraredError("expected a mid-infrared spectrum, found an interferogram")
    return UnsupportedFormatError("expected a spectrum, found an OPUS file without one")


def _about(content: bytes, blocks: tuple[OpusBlock, ...]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the words on sample, optics and instrument, and warnings for blocks that cannot be read."""
    words: dict[str, str] = {}
    warnings: tuple[str, ...] = ()
    for block in blocks:
        if block.kind.beam == 0 and block.kind.parameters in (_INSTRUMENT, _OPTICS, _SAMPLE):
            found, said = _read_or_warn(content, block)
            words |= {key: cleaned(str(found[key])) for key in _WORDS if key in found}
            warnings += said
    return words, warnings[:1]


def _resolution(content: bytes, blocks: tuple[OpusBlock, ...]) -> float | None:
    for block in blocks:
        if block.kind.beam == 0 and block.kind.parameters == _ACQUISITION:
            resolution = _read_or_warn(content, block)[0].get("RES")
            if isinstance(resolution, float) and 0 < resolution < 1000:
                return resolution
    return None


def _read_or_warn(content: bytes, block: OpusBlock) -> tuple[dict[str, Value], tuple[str, ...]]:
    # The curve has its own checks; a broken word about the sample must not cost it.
    try:
        return read_parameters(content, block), ()
    except DamagedFileError as error:
        return {}, (f"words on the measurement are not read: {error}",)


def _history(content: bytes, blocks: tuple[OpusBlock, ...]) -> str:
    texts = [
        content[block.start : block.stop]
        for block in blocks
        if block.kind.extension == 5 and block.kind.quantity == 0 and block.kind.parameters == 0
    ]
    return b"\n".join(texts).decode("cp1252", errors="replace")
