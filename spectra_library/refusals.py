"""Spectra that are no question to this library: said at once, with the reason, instead of answered badly.

Raman and near-infrared files are refused where they are read, by what they say of themselves; here stands
what only the curve, or its phase, tells.  Command line, window and scripts all come through here.
"""

from __future__ import annotations

from spectra_library.errors import SpectrumError
from spectra_library.spectrum import Spectrum, Technique

NEAR_INFRARED_CM = 4000.0  # ISO 20473: the mid infrared reaches from here ...
FAR_INFRARED_CM = 200.0  # ... to here


def refuse_unsuitable(spectrum: Spectrum) -> None:
    """Raise SpectrumError for a spectrum that cannot be compared with references of solids and liquids."""
    if spectrum.technique is Technique.REFLECTANCE:
        raise SpectrumError(
            "expected an ATR or transmission spectrum, found reflectance, for which there are no references"
        )
    if spectrum.is_gas:
        raise SpectrumError(
            "expected the spectrum of a solid or liquid, found a gas or vapour: its bands have another shape "
            "and place, and the references are of solids and liquids"
        )
    measured = f"{spectrum.wavenumber_min:.0f} to {spectrum.wavenumber_max:.0f} cm-1"
    if spectrum.wavenumber_min >= NEAR_INFRARED_CM:
        raise SpectrumError(f"expected a mid-infrared spectrum, found near infrared: {measured}")
    if spectrum.wavenumber_max <= FAR_INFRARED_CM:
        raise SpectrumError(f"expected a mid-infrared spectrum, found far infrared: {measured}")
