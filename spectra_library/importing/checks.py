"""Whether a spectrum of a file can be a reference of a solid or liquid, and if not, why.

The limits are those of ``quality`` and ``refusals``: what would not be accepted as a question is no answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from spectra_library.errors import FormatError, SpectrumError
from spectra_library.formats.file_spectrum import FileBandList, FileSpectrum
from spectra_library.library import Tier
from spectra_library.quality import (
    BAND_SHARE,
    CUT_BAND_SHARE,
    FINGERPRINT,
    FLAT_ABSORBANCE,
    SNR_FATAL,
    Issue,
    QualityFinding,
    Severity,
    findings,
)
from spectra_library.refusals import refuse_unsuitable
from spectra_library.spectrum import Spectrum, Technique

_COMPUTED: Final = re.compile(
    r"\b(simulat(ed|ion)|calculated|computed|theoretical|predicted|synthetic spectrum)\b", re.IGNORECASE
)

_TOLD_FIRST: Final = (Issue.TRUNCATED_RANGE, Issue.NOISY)


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why something is no reference: a stable word and a sentence."""

    kind: str
    reason: str


def reference_spectrum(part: FileSpectrum, tier: Tier) -> Spectrum | Unfit:
    """Give the curve of ``part`` if it can be a reference of ``tier``."""
    computed = _unfit_as_computed(part, tier)
    if computed is not None:
        return computed
    if part.absorbance is None and not part.is_gas:
        words = part.y_units or "an unnamed ordinate"
        return Unfit(
            "no_absorbance",
            f"expected absorbance or transmittance, found {words}, which is not converted",
        )
    try:
        spectrum = part.spectrum()
        refuse_unsuitable(spectrum)
    except (SpectrumError, FormatError) as error:
        return Unfit(_kind(part, error), str(error))
    poor = [one for one in findings(spectrum) if one.severity is Severity.FATAL]
    return _poor(spectrum, min(poor, key=_rank)) if poor else spectrum


def unfit_bands(part: FileBandList, tier: Tier) -> Unfit | None:
    """Say why ``part`` can be no list of bands of a solid or liquid; None when it can."""
    if part.is_gas:
        return Unfit("gas_phase", "expected the bands of a solid or liquid, found those of a gas or vapour")
    return _unfit_as_computed(part, tier)


def _unfit_as_computed(part: FileSpectrum | FileBandList, tier: Tier) -> Unfit | None:
    """Say why ``part`` cannot pass for measured where it calls itself computed."""
    if tier is not Tier.MEASURED:
        return None
    for text in (part.title, *part.notes.names, part.notes.origin, part.notes.instrument):
        found = _COMPUTED.search(text)
        if found:
            return Unfit(
                "computed",
                f"expected a measured spectrum, found one that calls itself {found[0].lower()!r}: "
                "import it as derived",
            )
    return None


def _kind(part: FileSpectrum, error: SpectrumError | FormatError) -> str:
    if part.is_gas:
        return "gas_phase"
    return "reflectance" if part.technique is Technique.REFLECTANCE else error.kind


def _rank(finding: QualityFinding) -> int:
    """Order by what explains the rest: in noise, or a short range, there are no bands either."""
    return _TOLD_FIRST.index(finding.issue) if finding.issue in _TOLD_FIRST else len(_TOLD_FIRST)


def _poor(spectrum: Spectrum, finding: QualityFinding) -> Unfit:
    low, high = FINGERPRINT
    measured = f"{spectrum.wavenumber_min:.0f} to {spectrum.wavenumber_max:.0f} cm-1"
    if finding.issue is Issue.TRUNCATED_RANGE:
        return Unfit(
            "too_narrow",
            f"expected at least half of {low:.0f} to {high:.0f} cm-1, where substances differ most, "
            f"found {100 * finding.value:.0f} % of it: {measured}",
        )
    if finding.issue is Issue.NOISY:
        return Unfit(
            "too_noisy",
            f"expected a signal of at least {SNR_FATAL:.0f} times the noise, found {finding.value:.1f} times",
        )
    if finding.issue is Issue.NO_BANDS:
        whole, cut = 100 * BAND_SHARE, 100 * CUT_BAND_SHARE
        return Unfit(
            "no_bands",
            f"expected a band of at least {whole:.0f} % of the span ({cut:.0f} % where the range is cut), "
            f"found a slope, or nothing above the noise: {100 * finding.value:.0f} %",
        )
    if finding.issue is Issue.NO_SIGNAL:
        return Unfit(
            "no_bands",
            f"expected an absorbance of at least {FLAT_ABSORBANCE:g}, found {finding.value:.4f} at most",
        )
    if finding.issue is Issue.FLAT_LINE:
        return Unfit(
            "no_bands",
            f"expected a spectrum, found one number at {100 * finding.value:.0f} % of its points",
        )
    return Unfit("poor", f"expected a spectrum that can be compared, found {finding.issue.value}")
