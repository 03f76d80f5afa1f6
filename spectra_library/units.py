"""Unit words to meaning: words of files by plain tables, text typed by a person through pint, once."""

from __future__ import annotations

import functools
import re
import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from spectra_library.errors import QuantityError

if TYPE_CHECKING:
    import pint


class AxisUnit(StrEnum):
    """What the horizontal axis of a spectrum file counts."""

    WAVENUMBER = "1/cm"
    MICROMETRE = "um"
    NANOMETRE = "nm"


class OrdinateUnit(StrEnum):
    """What the vertical axis of a spectrum file holds."""

    ABSORBANCE = "absorbance"
    TRANSMITTANCE = "transmittance"  # 0..1
    PERCENT_TRANSMITTANCE = "percent transmittance"  # 0..100
    REFLECTANCE = "reflectance"  # fraction, percent or log 1/R: named, never converted
    KUBELKA_MUNK = "Kubelka-Munk"
    ARBITRARY = "arbitrary units"
    UNSTATED = "unstated"  # the file says nothing: the numbers have to speak


# Keys are what ``_key`` leaves of the words: capitals, digits, % and /.  Russian and Azerbaijani words stand
# beside the English ones; "sm" is the centimetre of Azerbaijani.
_AXIS_WORDS: Final = {
    **dict.fromkeys(
        ("1/CM", "CM1", "/CM", "CM^1", "WAVENUMBER", "WAVENUMBERS", "WN", "KAYSER"), AxisUnit.WAVENUMBER
    ),
    **dict.fromkeys(("INVERSECM", "RECIPROCALCM", "RECIPROCALCENTIMETERS"), AxisUnit.WAVENUMBER),
    **dict.fromkeys(("СМ1", "1/СМ", "/СМ", "ОБРСМ", "SM1", "1/SM", "/SM"), AxisUnit.WAVENUMBER),
    **dict.fromkeys(("ВОЛНОВОЕЧИСЛО", "ВОЛНОВЫЕЧИСЛА"), AxisUnit.WAVENUMBER),
    **dict.fromkeys(("DALĞAƏDƏDI", "DALĞAƏDƏDLƏRI", "DALGAEDEDI"), AxisUnit.WAVENUMBER),
    **dict.fromkeys(("UM", "MICROMETERS", "MICROMETER", "MICROMETRES", "MICROMETRE"), AxisUnit.MICROMETRE),
    **dict.fromkeys(("MICRON", "MICRONS", "МКМ", "МИКРОН", "МИКРОМЕТР", "MKM"), AxisUnit.MICROMETRE),
    **dict.fromkeys(("NM", "NANOMETERS", "NANOMETER", "NANOMETRES", "NANOMETRE"), AxisUnit.NANOMETRE),
    **dict.fromkeys(("НМ", "НАНОМЕТР"), AxisUnit.NANOMETRE),
}
_WAVELENGTH_NAMES: Final = (
    *("WAVELENGTHS", "WAVELENGTH", "LAMBDA", "\u039b"),  # a capital lambda is what the small one becomes
    *("ДЛИНАВОЛНЫ", "DALĞAUZUNLUĞU", "DALGAUZUNLUGU"),
)
_AXIS_NAMES: Final = (
    "WAVENUMBERS",
    "WAVENUMBER",
    *("ВОЛНОВОЕЧИСЛО", "ВОЛНОВЫЕЧИСЛА", "DALĞAƏDƏDLƏRI", "DALĞAƏDƏDI", "DALGAEDEDI"),
    *_WAVELENGTH_NAMES,
    *("FREQUENCY", "ЧАСТОТА", "TEZLIK"),
    "XUNITS",
    "XAXIS",
    "X",
)
_ORDINATE_WORDS: Final = {
    **dict.fromkeys(("ABSORBANCE", "ABSORBANCES", "ABS", "A", "ABSORBANCEUNITS"), OrdinateUnit.ABSORBANCE),
    **dict.fromkeys(("ABSORBANCEAU", "ATRABSORBANCE", "ABSORPTION"), OrdinateUnit.ABSORBANCE),
    **dict.fromkeys(
        (
            *("ПОГЛОЩЕНИЕ", "ПОГЛОЩЕНИЕОТНЕД", "ОПТИЧЕСКАЯПЛОТНОСТЬ", "АБСОРБЦИЯ"),
            *("UDMA", "UDULMA", "ABSORBSIYA", "OPTIKSIXLIQ"),
        ),
        OrdinateUnit.ABSORBANCE,
    ),
    **dict.fromkeys(("LOG1/T", "LOG101/T"), OrdinateUnit.ABSORBANCE),
    # Thousandths of an absorbance are no absorbances.
    **dict.fromkeys(
        ("MAU", "MABS", "MOD", "ABSORBANCEMAU", "ABSORBANCEMABS", "ABSORBANCEMOD"), OrdinateUnit.ARBITRARY
    ),
    # The light that stays in the sample, in percent: neither of the two, and not converted.
    **dict.fromkeys(
        ("ABSORPTION%", "%ABSORPTION", "ПОГЛОЩЕНИЕ%", "%ПОГЛОЩЕНИЯ", "UDMA%", "UDULMA%"),
        OrdinateUnit.ARBITRARY,
    ),
    **dict.fromkeys(("TRANSMITTANCE", "TRANSMISSION", "T", "TRANSMITTANCEUNITS"), OrdinateUnit.TRANSMITTANCE),
    **dict.fromkeys(
        (
            *("ПРОПУСКАНИЕ", "СВЕТОПРОПУСКАНИЕ", "КОЭФФИЦИЕНТПРОПУСКАНИЯ"),
            *("BURAXMA", "BURAXMAƏMSALI", "KEÇIRICILIK", "KEÇIRMƏ"),
        ),
        OrdinateUnit.TRANSMITTANCE,
    ),
    **dict.fromkeys(
        (
            *("ПРОПУСКАНИЕ%", "%ПРОПУСКАНИЯ", "СВЕТОПРОПУСКАНИЕ%", "КОЭФФИЦИЕНТПРОПУСКАНИЯ%"),
            *("BURAXMA%", "BURAXMAƏMSALI%", "KEÇIRICILIK%", "KEÇIRMƏ%"),
            *("%T", "T%", "%TRANSMITTANCE", "TRANSMITTANCE%", "PERCENTTRANSMITTANCE", "PERCENTT"),
            *("%TRANSMISSION", "TRANSMISSION%", "PERCENTTRANSMISSION", "TRANSMITTANCEPERCENT"),
        ),
        OrdinateUnit.PERCENT_TRANSMITTANCE,
    ),
    **dict.fromkeys(
        (
            *("REFLECTANCE", "R", "%R", "R%", "%REFLECTANCE", "REFLECTANCE%", "PERCENTREFLECTANCE"),
            *("REFLECTION", "LOG1/R", "LOG10/1R", "REFLECTANCEUNITS"),
            *("ОТРАЖЕНИЕ", "ОТРАЖЕНИЕ%", "КОЭФФИЦИЕНТОТРАЖЕНИЯ", "КОЭФФИЦИЕНТОТРАЖЕНИЯ%"),
            *("ƏKSOLUNMA", "ƏKSOLUNMA%", "QAYTARMA", "QAYTARMA%"),
        ),
        OrdinateUnit.REFLECTANCE,
    ),
    **dict.fromkeys(("KUBELKAMUNK", "KM", "KUBELKAMUNKUNITS", "K/M"), OrdinateUnit.KUBELKA_MUNK),
    **dict.fromkeys(
        ("ARBITRARYUNITS", "ARBITRARY", "ARBUNITS", "ARBITRARYUNIT", "COUNTS", "AU"), OrdinateUnit.ARBITRARY
    ),
    **dict.fromkeys(("INTENSITY", "SIGNAL", "VALUE", "Y"), OrdinateUnit.UNSTATED),
    **dict.fromkeys(("ИНТЕНСИВНОСТЬ", "СИГНАЛ", "INTENSIVLIK", "SIQNAL"), OrdinateUnit.UNSTATED),
}


def axis_unit(words: str) -> AxisUnit | None:
    """Return what the axis words of a file mean, or None when the table does not know them."""
    key = _key(words)
    if key in _AXIS_WORDS:
        return _AXIS_WORDS[key]
    return _AXIS_WORDS.get(_without_axis_name(key))


def is_axis_name(words: str) -> bool:
    """Tell whether ``words`` head a column of wavenumbers or wavelengths, with a unit or without."""
    key = _key(words)
    return axis_unit(words) is not None or (key != "X" and key in _AXIS_NAMES)


def is_wavelength_name(words: str) -> bool:
    """Tell whether ``words`` begin with a name of the wavelength."""
    return _key(words).startswith(_WAVELENGTH_NAMES)


def ordinate_unit(words: str) -> OrdinateUnit | None:
    """Return what the ordinate words of a file mean, or None when the table does not know them."""
    return _ORDINATE_WORDS.get(_key(words))


def _without_axis_name(key: str) -> str:
    for name in _AXIS_NAMES:
        if key.startswith(name) and len(key) > len(name):
            # "Wavelength / um", "Wavenumbers in cm-1"
            return key[len(name) :].removeprefix("/").removeprefix("IN")
    return key


def _key(words: str) -> str:
    # Mu is folded to u first: its capital is a Greek letter that looks like a Latin M.
    plain = unicodedata.normalize("NFKC", words[:80]).replace("\u00b5", "u").replace("\u03bc", "u")
    # The dotted capital of Azerbaijani is what "i" becomes there; here, both are one.
    # A letter that no word of the tables has stays, so that the whole is no known word.
    return re.sub(r"[^\w%/]|_", "", plain.upper().replace("\u0130", "I"))


_QUANTITY: Final = re.compile(
    r"\s*(?P<number>[+-]?(?:[0-9]{1,15}(?:[.,][0-9]{1,15})?|[.,][0-9]{1,15})(?:[eE][+-]?[0-9]{1,2})?)\s*(?P<unit>.*?)\s*"
)
_UNIT: Final = re.compile(r"(?:1/)?[A-Za-z\u00b5\u03bc\u00b0%]{1,20}(?:(?:\^|\*\*)[+-]?[1-3])?")
_TYPED_UNITS: Final = {"cm-1": "1/cm", "cm^-1": "1/cm", "cm\u207b\u00b9": "1/cm", "/cm": "1/cm"}


def parse_quantity(text: str, unit: str) -> float:
    """Turn text typed by a person, such as ``4 1/cm`` or ``2,5 kg``, into a number of ``unit``.

    A bare number is taken to be in ``unit`` already.  Only a number and one plain unit are accepted:
    pint evaluates expressions, so nothing longer reaches it.

    Raises QuantityError when the text is not that, or its unit measures something else.
    """
    found = _QUANTITY.fullmatch(text[:80])
    if found is None:
        raise QuantityError(f"expected a number with a unit such as '4 {unit}', found {text[:80]!r}")
    number = float(found["number"].replace(",", "."))
    typed = _TYPED_UNITS.get(found["unit"], found["unit"])
    if typed in ("", unit):
        return number
    if not _UNIT.fullmatch(typed):
        raise QuantityError(f"expected a unit that fits {unit}, found {typed!r}")
    return _convert(number, typed, unit)


def convert(number: float, unit: str, into: str) -> float:
    """Turn ``number`` of one plain unit, such as ``t``, into that of another, such as ``kg``.

    For units that a table of the program names; text of a person goes through ``parse_quantity``.

    Raises QuantityError when the two do not measure the same, or ``unit`` is more than one plain unit.
    """
    if unit == into:
        return number
    if not _UNIT.fullmatch(unit):
        raise QuantityError(f"expected a unit that fits {into}, found {unit!r}")
    return _convert(number, unit, into)


def _convert(number: float, typed: str, unit: str) -> float:
    # Imported late: pint costs 250 ms and its registry 200 ms, and most runs never parse typed text.
    import pint

    try:
        return float(_registry().Quantity(number, typed).to(unit).magnitude)
    except (pint.PintError, AttributeError) as error:
        raise QuantityError(f"expected a unit that fits {unit}, found {typed!r}") from error


@functools.cache
def _registry() -> pint.UnitRegistry[Any]:
    import pint

    return pint.UnitRegistry()
