"""A declared quantity: as it was entered, and in kilograms or litres where that is beyond doubt.

2 400 kg    2,4 t    1.200,5 л    25 бочек    200 L        understood
1,200 kg    1.200 kg                                      1.2 or 1200?  Asked back, never guessed
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from spectra_library.units import convert

LONGEST: Final = 80  # characters that are looked at
MOST_DIGITS: Final = 15  # more than a float keeps
PACKAGES: Final = "packages"  # the unit of a count

# Keys are what ``_key`` leaves of the words; values are units of ``spectra_library.units``.
_MASSES: Final = {
    **dict.fromkeys(("kg", "kgs", "kilo", "kilogram", "kilograms", "kilogramme", "kilogrammes"), "kg"),
    **dict.fromkeys(("кг", "килограмм", "килограмма", "килограммов", "килограммы"), "kg"),
    **dict.fromkeys(("kq", "kiloqram"), "kg"),
    **dict.fromkeys(("g", "gr", "gram", "grams", "gramme", "grammes"), "g"),
    **dict.fromkeys(("г", "гр", "грамм", "грамма", "граммов", "граммы"), "g"),
    **dict.fromkeys(("q", "qr", "qram"), "g"),
    **dict.fromkeys(("mg", "milligram", "milligrams", "мг", "миллиграмм", "mq", "milliqram"), "mg"),
    **dict.fromkeys(("t", "tonne", "tonnes", "mt", "metric ton", "metric tons"), "t"),
    **dict.fromkeys(("т", "тн", "тонна", "тонны", "тонн"), "t"),
    **dict.fromkeys(("ton", "tons"), "t"),  # with a note: the English word means other masses too
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), "lb"),
}
_VOLUMES: Final = {
    **dict.fromkeys(("l", "lt", "ltr", "litre", "litres", "liter", "liters"), "l"),
    **dict.fromkeys(("л", "литр", "литра", "литров", "литры", "litr"), "l"),
    **dict.fromkeys(("ml", "millilitre", "millilitres", "milliliter", "milliliters"), "ml"),
    **dict.fromkeys(("мл", "миллилитр", "миллилитра", "миллилитров", "millilitr"), "ml"),
    **dict.fromkeys(("cl", "сл"), "cl"),
    **dict.fromkeys(("dal", "дал", "декалитр", "декалитра", "декалитров", "dekalitr"), "dal"),
    **dict.fromkeys(("hl", "hectolitre", "hectolitres", "гл", "гектолитр", "hektolitr"), "hl"),
    **dict.fromkeys(("m3", "m^3", "cbm", "cubic metre", "cubic metres", "cubic meter"), "m^3"),
    **dict.fromkeys(("м3", "м^3", "куб м", "куб", "кубометр", "кубометра", "кубометров"), "m^3"),
    **dict.fromkeys(("kub m", "kub metr", "kubmetr"), "m^3"),
}
_COUNTS: Final = frozenset(
    (
        *("package", "packages", "pkg", "pkgs", "piece", "pieces", "pcs", "item", "items", "unit", "units"),
        *("drum", "drums", "barrel", "barrels", "bag", "bags", "sack", "sacks", "box", "boxes"),
        *("carton", "cartons", "ctn", "ctns", "case", "cases", "crate", "crates", "can", "cans"),
        *("canister", "canisters", "jerrycan", "jerrycans", "bottle", "bottles", "cylinder", "cylinders"),
        *("pallet", "pallets", "ibc", "ibcs", "tank", "tanks", "parcel", "parcels", "roll", "rolls"),
        *("место", "места", "мест", "штука", "штуки", "штук", "шт", "упаковка", "упаковки", "упаковок"),
        *("бочка", "бочки", "бочек", "мешок", "мешка", "мешков", "ящик", "ящика", "ящиков"),
        *("коробка", "коробки", "коробок", "канистра", "канистры", "канистр", "бутылка", "бутылки"),
        *("бутылок", "баллон", "баллона", "баллонов", "поддон", "поддона", "поддонов"),
        *("паллета", "паллеты", "паллет", "посылка", "посылки", "посылок", "рулон", "рулона", "рулонов"),
        *("yer", "ədəd", "bağlama", "çəllək", "boçka", "kisə", "torba", "qutu", "yeşik", "kanistr"),
        *("butulka", "şüşə", "balon", "palet", "rulon"),
    )
)
_SEVERAL_TONS: Final = ("ton", "tons")
_SEVERAL_GALLONS: Final = ("gal", "gallon", "gallons", "галлон", "галлона", "галлонов", "qallon")

_QUANTITY: Final = re.compile(r"(?P<number>[0-9](?:[0-9.,'\u2019\s]*[0-9])?)\s*(?P<unit>[^0-9.,\s].*|)")
_SPACED: Final = re.compile(r"[0-9]{1,3}(?:[\s'\u2019][0-9]{3})+(?:[.,][0-9]+)?")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:(?P<mark>[.,])[0-9]{3})(?:(?P=mark)[0-9]{3})+")
_BOTH: Final = re.compile(r"[0-9]{1,3}(?P<mark>[.,])[0-9]{3}(?:(?P=mark)[0-9]{3})*(?!(?P=mark))[.,][0-9]+")
_PLAIN: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_AMBIGUOUS: Final = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


class QuantityNote(StrEnum):
    """What has to be said of a quantity."""

    NOT_UNDERSTOOD = "not_understood"
    AMBIGUOUS_NUMBER = "ambiguous_number"  # 1,200: a decimal comma or a thousands separator?
    NO_UNIT = "no_unit"
    UNKNOWN_UNIT = "unknown_unit"
    SEVERAL_UNITS = "several_units"  # a gallon is one of two, and not taken for either
    PACKAGES = "packages"  # a count: neither mass nor volume
    METRIC_TON = "metric_ton"  # "ton" was read as 1000 kg; in English it may be another


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity: ``entered`` as a person typed it, and what could be read from it.

    ``value`` and ``unit`` what it says; None where that is not certain.  ``unit`` is "packages" for a count.
    ``kilograms`` for a mass, ``litres`` for a volume, else None.
    ``readings`` the values that an ambiguous number may have.
    """

    entered: str
    value: float | None = None
    unit: str | None = None
    kilograms: float | None = None
    litres: float | None = None
    note: QuantityNote | None = None
    readings: tuple[float, ...] = ()


def read_quantity(entered: str) -> Quantity:
    """Read a quantity as people write it in English, Russian and Azerbaijani.  Never raises."""
    text = entered.strip()
    found = _QUANTITY.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return Quantity(entered, note=QuantityNote.NOT_UNDERSTOOD)
    number = found["number"]
    if _AMBIGUOUS.fullmatch(number):
        return _ambiguous(entered, number)
    value = _value(number)
    if value is None:
        return Quantity(entered, note=QuantityNote.NOT_UNDERSTOOD)
    return _with_unit(entered, value, _key(found["unit"]))


def _ambiguous(entered: str, number: str) -> Quantity:
    whole, decimals = re.split("[.,]", number)
    return Quantity(
        entered,
        note=QuantityNote.AMBIGUOUS_NUMBER,
        readings=(float(f"{whole}.{decimals}"), float(whole + decimals)),
    )


def _value(number: str) -> float | None:
    """Read a number that is not ambiguous; None for signs that group no digits by three."""
    if sum(one.isdigit() for one in number) > MOST_DIGITS:
        return None
    if _SPACED.fullmatch(number):
        return float(re.sub(r"[\s'\u2019]", "", number).replace(",", "."))
    if _GROUPED.fullmatch(number):
        return float(re.sub("[.,]", "", number))
    both = _BOTH.fullmatch(number)
    if both is not None:
        return float(number.replace(both["mark"], "").replace(",", "."))
    return float(number.replace(",", ".")) if _PLAIN.fullmatch(number) else None


def _with_unit(entered: str, value: float, unit: str) -> Quantity:
    if not unit:
        return Quantity(entered, value, note=QuantityNote.NO_UNIT)
    if unit in _MASSES:
        note = QuantityNote.METRIC_TON if unit in _SEVERAL_TONS else None
        known = _MASSES[unit]
        return Quantity(entered, value, known, kilograms=convert(value, known, "kg"), note=note)
    if unit in _VOLUMES:
        known = _VOLUMES[unit]
        return Quantity(entered, value, known, litres=convert(value, known, "l"))
    if unit in _COUNTS:
        if not value.is_integer():
            return Quantity(entered, note=QuantityNote.NOT_UNDERSTOOD)
        return Quantity(entered, value, PACKAGES, note=QuantityNote.PACKAGES)
    if unit in _SEVERAL_GALLONS:
        return Quantity(entered, value, note=QuantityNote.SEVERAL_UNITS)
    # "2 million kg", "10 x 5 kg": the number alone would mislead.
    return Quantity(entered, note=QuantityNote.UNKNOWN_UNIT)


def _key(unit: str) -> str:
    # The dotted capital of Azerbaijani leaves a dot behind when it is made small.
    plain = unicodedata.normalize("NFKC", unit).casefold().replace("\u0307", "")
    return " ".join(plain.replace(".", " ").split())
