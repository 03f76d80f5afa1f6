"""Words of a table's header that name another axis, or an ordinate that nothing here converts.

What is listed here is known and cannot be converted: an axis of it is refused, an ordinate of it is kept as
it is.  Any other unknown word is a title, because substances are called anything.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from spectra_library.units import OrdinateUnit, axis_unit, is_axis_name, is_wavelength_name, ordinate_unit

_LONGEST: Final = 120  # characters of a cell that are looked at
_QUANTITIES: Final = frozenset(
    {
        *("time", "elapsed time", "date", "temperature", "temp", "energy", "photon energy", "mass", "charge"),
        *(
            "point",
            "points",
            "data point",
            "data points",
            "point number",
            "index",
            "idx",
            "no",
            "nr",
            "number",
        ),
        *("id", "row", "line", "scan", "channel", "pixel", "step", "cycle", "wave", "period", "volume"),
        *(
            "distance",
            "position",
            "depth",
            "thickness",
            "angle",
            "voltage",
            "potential",
            "current",
            "pressure",
        ),
        *("concentration", "field", "magnetic field", "delay", "shift", "optical retardation", "retardation"),
        *("время", "дата", "температура", "энергия", "точка", "номер", "индекс", "расстояние", "давление"),
        *("vaxt", "zaman", "tarix", "temperatur", "enerji", "nöqtə", "nömrə", "indeks", "məsafə", "təzyiq"),
    }
)
_OTHER_UNITS: Final = frozenset(
    {
        *("s", "sec", "second", "seconds", "ms", "us", "ns", "ps", "fs", "min", "minutes", "h", "hours"),
        *("k", "°c", "°f", "kelvin", "ev", "mev", "kev", "j", "kj/mol", "kcal/mol", "hartree"),
        *("hz", "khz", "mhz", "ghz", "thz", "phz", "m", "mm", "cm", "pm", "å", "angstrom", "angstroms"),
        *("mm-1", "1/mm", "m-1", "1/m", "um-1", "1/um", "nm-1", "1/nm", "mm^-1", "m^-1", "um^-1", "nm^-1"),
        *("deg", "degrees", "rad", "v", "mv", "a.u.", "с", "сек", "мин", "эв", "гц", "тгц", "мм", "san"),
    }
)
# "Wavenumber, mm-1", "Frequency / THz", "Time (s)", "Energy in eV": name and unit.
_NAME_AND_UNIT: Final = re.compile(
    r"(?P<name>[^()\[\],;/]*?)\s*(?:[(\[](?P<inside>.*)[)\]]|(?:[,;/]|\s+in\s+)\s*(?P<behind>[^()\[\]]*))?\s*"
)
_LABEL_OF_UNIT: Final = re.compile(r"X[ _-]?(UNITS?|AXIS|LABEL)", re.IGNORECASE)
_REFLECTED: Final = re.compile(
    r"\b(REFLECTIVITY|REFLECTANCE|REFLECTION|ОТРАЖЕНИ\w*)\b|\b1 ?/ ?R\b|\bLOG ?\(? ?R\b"
)
_NEVER_CONVERTED: Final = re.compile(
    r"\b(ABSORPTANCE|ABSORBTANCE|ABSORPTIVITY|ABSORBANCY|EMISSIVITY|EMITTANCE|EMITTANCY|EMISSION|RADIANCE"
    r"|IRRADIANCE|EXITANCE|NAPIERIAN|NEPERIAN|COEFFICIENTS?|DIFFERENCE|PERMITTIVITY|DIELECTRIC|SUSCEPTIBILITY"
    r"|REFRACTIVE INDEX|ATTENUATION|CROSS.?SECTIONS?|PHOTOACOUSTIC|FLUORESCENCE|LUMINESCENCE|DICHROISM"
    r"|ИЗЛУЧЕНИ\w*|ИСПУСКАНИ\w*|РАЗНОСТЬ|ПРЕЛОМЛЕНИ\w*|FƏRQ|ŞÜALANMA)\b"
    # Slopes, differences, natural logarithms and multiples of an ordinate.
    r"|\bD[23²³]?[ (]?(A|ABS\w*|T|TRANS\w*)\)? ?/ ?D|[Δ∆] ?A(BS\w*)?\b|\bDELTA[ _-]A(BS\w*)?\b"
    r"|\bABS\w* (DERIVATIVE|DIFFERENCE|COEFFICIENT)\b|\bLN\b"
    r"|\b(ABS\w*|TRANS\w*|A|T)\b.*([X×*] ?1(0+\b|0 ?\^|E)|\b10 ?\^|(CM|MM|M) ?\^?[-⁻][1¹]|/ ?[CM]?M\b)"
)
# The beginnings of words above a table that say what its ordinate is.
_ORDINATE_LABEL: Final = re.compile(r"Y[ _-]?(UNITS?|AXIS|LABEL)", re.IGNORECASE)
_PLAIN_ORDINATES: Final = (
    *(OrdinateUnit.ABSORBANCE, OrdinateUnit.TRANSMITTANCE, OrdinateUnit.PERCENT_TRANSMITTANCE),
    *(OrdinateUnit.REFLECTANCE, OrdinateUnit.KUBELKA_MUNK),
)


def is_foreign_axis(heading: str) -> bool:
    """Tell whether the heading of an axis names another quantity, or a unit that no table knows."""
    words = heading[:_LONGEST].strip()
    if axis_unit(words) is not None:
        return False
    if words.lower() in _QUANTITIES | _OTHER_UNITS:
        return True
    found = _NAME_AND_UNIT.fullmatch(words)
    if found is None:
        # Brackets in an order that means nothing to us hold a unit, as likely as not.
        return any(mark in words for mark in "([")
    name, inside, behind = found["name"].lower(), found["inside"], found["behind"]
    if name in _QUANTITIES:
        return axis_unit(inside or behind or "") is None
    if inside is not None:
        return not inside.strip().isdigit() and axis_unit(inside) is None
    if behind:
        return axis_unit(behind) is None and (is_axis_name(name) or behind.lower() in _OTHER_UNITS)
    # "Wavenumber mm-1", "Frequency THz"
    first, _, rest = name.partition(" ")
    return rest in _OTHER_UNITS and (is_axis_name(first) or is_wavelength_name(first))


def foreign_axis_above(cells: list[str]) -> str:
    """Return the unit that a line such as "XUNITS,SECONDS" above a table names, when no table knows it."""
    named = len(cells) == 2 and _LABEL_OF_UNIT.fullmatch(cells[0].strip())
    words = cells[1].strip() if named else ""
    return words if words and axis_unit(words) is None and not is_axis_name(words) else ""


def foreign_ordinate(heading: str) -> OrdinateUnit | None:
    """Return as what an ordinate is kept that its heading names and nothing converts, else None."""
    words = unicodedata.normalize("NFC", heading[:_LONGEST]).upper().replace("_", " ")
    if _NEVER_CONVERTED.search(words):
        return OrdinateUnit.ARBITRARY
    # Attenuated total reflection is a way to measure an absorbance.
    if _REFLECTED.search(words) and "TOTAL" not in words:
        return OrdinateUnit.REFLECTANCE
    return None


def foreign_ordinate_above(cells: list[str]) -> OrdinateUnit | None:
    """Return as what ordinates are kept of which a line such as "YUNITS,ABSORPTANCE" above a table speaks."""
    if len(cells) != 2 or not _ORDINATE_LABEL.fullmatch(cells[0].strip()) or not cells[1].strip():
        return None
    if ordinate_unit(cells[1]) is not None:
        return None
    return foreign_ordinate(cells[1]) or OrdinateUnit.ARBITRARY


def contradiction(before: OrdinateUnit | None, inside: OrdinateUnit | None) -> OrdinateUnit | None:
    """Return as what an ordinate is kept that is two things: "Absorbance (log 1/R)"; None when it is one."""
    if before not in _PLAIN_ORDINATES or inside not in _PLAIN_ORDINATES or before is inside:
        return None
    transmitted = {OrdinateUnit.TRANSMITTANCE, OrdinateUnit.PERCENT_TRANSMITTANCE}
    if {before, inside} == transmitted:
        return None
    return (
        OrdinateUnit.REFLECTANCE if OrdinateUnit.REFLECTANCE in (before, inside) else OrdinateUnit.ARBITRARY
    )
