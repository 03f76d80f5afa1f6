"""A stored spectrum: the curve that was searched, the single beams it came from, and the raw bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from inspection.chain import canonical_json, spectrum_hash
from inspection.errors import RecordError
from spectra_library.errors import SpectrumError
from spectra_library.spectrum import FloatArray, Spectrum, Technique, read_only

PARTS = ("header", "wavenumber", "absorbance", "sample_beam", "background_beam", "raw_payload")
STORED_FLOAT = "<f8"  # little-endian on every machine


@dataclass(frozen=True, slots=True, eq=False)
class StoredSpectrum:
    """One curve as evidence.

    ``spectrum`` wavenumber and absorbance, technique, resolution and gaps: exactly what was searched.
    ``sample_beam``, ``background_beam`` (N,) float64, arbitrary units; None for a spectrum from a file.
    ``raw_payload`` the bytes that came from the instrument, or the file's.
    ``sha256`` of all of it, 64 hex digits; inspection/chain.py draws what is hashed.

    Raises RecordError when a beam does not fit the curve.
    """

    spectrum: Spectrum
    sample_beam: FloatArray | None = None
    background_beam: FloatArray | None = None
    raw_payload: bytes = b""
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        for name in ("sample_beam", "background_beam"):
            beam = getattr(self, name)
            if beam is None:
                continue
            beam = read_only(beam)
            if beam.shape != self.spectrum.wavenumber.shape:
                raise RecordError(
                    f"expected {self.spectrum.wavenumber.size} numbers in {name}, found shape {beam.shape}"
                )
            object.__setattr__(self, name, beam)
        parts = self.parts()
        object.__setattr__(self, "sha256", spectrum_hash(parts[name] for name in PARTS))

    def parts(self) -> dict[str, bytes]:
        """Write every part, by its name in ``PARTS``, as the bytes that are stored and hashed."""
        header = {
            "gaps": self.spectrum.gaps,
            "points": int(self.spectrum.wavenumber.size),
            "resolution_cm": self.spectrum.resolution_cm,
            "technique": self.spectrum.technique,
        }
        return {
            "header": canonical_json(header),
            "wavenumber": _to_bytes(self.spectrum.wavenumber),
            "absorbance": _to_bytes(self.spectrum.absorbance),
            "sample_beam": _to_bytes(self.sample_beam),
            "background_beam": _to_bytes(self.background_beam),
            "raw_payload": self.raw_payload,
        }

    @classmethod
    def from_parts(cls, parts: Mapping[str, bytes]) -> StoredSpectrum:
        """Read a spectrum back from its stored parts.  Raises RecordError when they are not one."""
        try:
            header = json.loads(parts["header"])
            spectrum = Spectrum(
                wavenumber=_from_bytes(parts["wavenumber"]),
                absorbance=_from_bytes(parts["absorbance"]),
                technique=Technique(header["technique"]),
                resolution_cm=header["resolution_cm"],
                gaps=tuple((low, high) for low, high in header["gaps"]),
            )
            beams = {
                name: _from_bytes(parts[name]) if parts[name] else None
                for name in ("sample_beam", "background_beam")
            }
            return cls(spectrum=spectrum, **beams, raw_payload=parts["raw_payload"])
        except (ValueError, KeyError, TypeError, SpectrumError) as error:
            raise RecordError(f"expected the parts of a stored spectrum, found: {error}") from error


def _to_bytes(values: FloatArray | None) -> bytes:
    """Write an array; an absent beam is empty."""
    return b"" if values is None else values.astype(STORED_FLOAT).tobytes()


def _from_bytes(stored: bytes) -> FloatArray:
    return read_only(np.frombuffer(stored, dtype=STORED_FLOAT))
