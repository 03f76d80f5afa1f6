"""Files as an agency's library holds them, with curves drawn by chance."""

from __future__ import annotations

from typing import Any

import numpy as np

from spectra_library.formats.file_spectrum import FileNotes
from spectra_library.formats.jcamp_writer import jcamp_bytes
from spectra_library.spectrum import Spectrum, Technique


def drawn_spectrum(seed: int, *, low: float = 650.0, high: float = 4000.0, noise: float = 1e-4) -> Spectrum:
    """Draw a dozen bands by chance."""
    rng = np.random.default_rng(seed)
    wavenumber = np.arange(low, high, 4.0)
    centres, heights = rng.uniform(700, 1750, 12), rng.uniform(0.1, 0.8, 12)
    shape = heights / (1 + ((wavenumber[:, None] - centres) / 15.0) ** 2)
    return Spectrum(wavenumber, shape.sum(axis=1) + rng.normal(0, noise, wavenumber.size), Technique.ATR, 4.0)


def agency_file(
    seed: int,
    title: str = "",
    *,
    cas: str = "",
    phase: str = "",
    spectrum: Spectrum | None = None,
    **notes: Any,
) -> bytes:
    """Write one spectrum as JCAMP-DX; ``notes`` are those of FileNotes."""
    return jcamp_bytes(
        drawn_spectrum(seed) if spectrum is None else spectrum,
        title=title,
        cas=cas,
        phase=phase,
        notes=FileNotes(**notes),
    )
