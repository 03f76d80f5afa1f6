"""Words of JCAMP-DX headers to meaning: what was measured, how, on what."""

from __future__ import annotations

import re
from typing import Final

from spectra_library.errors import NotInfraredError
from spectra_library.formats.jcamp_labels import Block
from spectra_library.formats.plain_text import cleaned
from spectra_library.formats.sampling_words import technique_in
from spectra_library.spectrum import Technique
from spectra_library.units import AxisUnit, OrdinateUnit, axis_unit, ordinate_unit

# In this order: "NEAR INFRARED" and "INFRARED INTERFEROGRAM" hold the word INFRARED too.
_OTHER_TYPES: Final = (
    (r"INTERFEROGRAM", "an interferogram"),
    (r"SINGLE.?BEAM|BACKGROUND", "a single-beam spectrum"),
    (r"NEAR.?I|\bNIR\b", "a near-infrared spectrum"),
    (r"FAR.?I|\bFIR\b|TERAHERTZ|\bTHZ\b", "a far-infrared spectrum"),
    (r"RAMAN", "a Raman spectrum"),
    (r"NMR|\bFID\b", "an NMR spectrum"),
    (r"MASS", "a mass spectrum"),
    (r"\bUV|VISIBLE|\bVIS\b", "an ultraviolet or visible spectrum"),
    (r"\bE[PS]R\b", "an EPR spectrum"),
    (r"CHROMATOGRA", "a chromatogram"),
    (r"FLUORESCENCE|LUMINESCENCE", "a fluorescence spectrum"),
    (r"X.?RAY|DIFFRACT", "an X-ray pattern"),
    (r"ION.?MOBILITY|\bIMS\b", "an ion mobility spectrum"),
)
_INFRARED: Final = re.compile(r"INFRARED|INFRA-RED|\bFT-?IR\b|\bIR\b|\bATR\b|\bMIR\b")
_SIMULATED: Final = re.compile(r"\b(simulated|calculated|computed|theoretical|predicted)\b", re.IGNORECASE)

# Operators write these by hand, beside what sampling_words knows.  Only words that leave no doubt: "KBr"
# alone may be the window, the beam splitter or the sample.
_HEADER_WORDS: Final = {
    Technique.ATR: r"\bU?HATR\b",
    Technique.TRANSMISSION: r"\bTRANSMISSION\b|\bKBR.(PLATE|WINDOW)|\b(CAPILLARY|LIQUID|CAST).FILM"
    r"|\bFILM\b.{0,20}\bBETWEEN\b|^\s*FILM\s*$",
    Technique.REFLECTANCE: r"\bREFLECTANCE\b",
}
TECHNIQUE_LABEL: Final = "$CHEMGATETECHNIQUE"
_TECHNIQUE_LABELS: Final = (
    *("SAMPLINGPROCEDURE", "SAMPLEPREPARATION", "SAMPLEDESCRIPTION", "INSTRUMENTPARAMETERS"),
    *("INSTRUMENTALPARAMETERS", "SPECTROMETERDATASYSTEM", "ACCESSORY", "SPECTROMETERSETTINGS"),
    *("DATAPROCESSING", "TITLE"),
)


def refuse_other_types(block: Block) -> tuple[str, ...]:
    """Return warnings for a block that says, or lets conclude, that it is infrared.

    Raises NotInfraredError naming what it says it is.
    """
    said = cleaned(block.text("DATATYPE"), limit=60)
    words = said.upper()
    for pattern, name in _OTHER_TYPES:
        if re.search(pattern, words):
            raise NotInfraredError(f"expected a mid-infrared spectrum, found {name} (##DATA TYPE= {said})")
    if _INFRARED.search(words):
        title = block.text("TITLE")
        return (
            ("the title says that this spectrum is computed, not measured",)
            if _SIMULATED.search(title)
            else ()
        )
    if said:
        raise NotInfraredError(f"expected a mid-infrared spectrum, found ##DATA TYPE= {said}")
    ordinate = ordinate_unit(block.text("YUNITS"))
    if axis_unit(block.text("XUNITS")) is AxisUnit.WAVENUMBER and ordinate in (
        *(OrdinateUnit.ABSORBANCE, OrdinateUnit.TRANSMITTANCE, OrdinateUnit.PERCENT_TRANSMITTANCE),
    ):
        return ("##DATA TYPE= is missing: taken for infrared by its units",)
    units = f"{cleaned(block.text('XUNITS'), limit=30)} and {cleaned(block.text('YUNITS'), limit=30)}"
    raise NotInfraredError(
        f"expected ##DATA TYPE= INFRARED SPECTRUM, found no data type and the units {units}"
    )


def technique_of(block: Block) -> Technique:
    """Return the technique that the header names in plain words; UNKNOWN when none or several are named.

    Files of this program say it in a label of their own, which decides: a title may name another one.
    """
    own_word = block.text(TECHNIQUE_LABEL)
    if own_word in {technique.value for technique in Technique}:
        return Technique(own_word)
    return technique_in((block.text(label) for label in _TECHNIQUE_LABELS), also=_HEADER_WORDS)


def phase_of(block: Block) -> str:
    """Return the state of the sample in the file's words; a gas may be named in the procedure only."""
    state = cleaned(block.text("STATE"), limit=80)
    if not state and re.search(r"\b(GAS|VAPOU?R)\b", block.text("SAMPLINGPROCEDURE").upper()):
        return "gas"
    return state


def cas_of(block: Block) -> tuple[str, tuple[str, ...]]:
    """Return the CAS registry number of the header, and a warning when its check digit is wrong."""
    said = cleaned(block.text("CASREGISTRYNO"), limit=40)
    if not said:
        return "", ()
    found = re.fullmatch(r"(\d{2,7})-?(\d{2})-?(\d)", said.replace(" ", ""))
    if found is None:
        return said, (f"'{said}' is not a CAS registry number",)
    digits = found[1] + found[2]
    total = sum(weight * int(digit) for weight, digit in enumerate(reversed(digits), 1))
    number = f"{found[1]}-{found[2]}-{found[3]}"
    if total % 10 != int(found[3]):
        return number, (f"the check digit of CAS number {number} is wrong: it should be {total % 10}",)
    return number, ()
