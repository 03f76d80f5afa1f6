"""Declared quantities as people write them in three languages, and what must not be guessed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspection.language import Language, Wording
from inspection.record.quantities import (
    _COUNTS,
    _MASSES,
    _SEVERAL_GALLONS,
    _VOLUMES,
    Quantity,
    QuantityNote,
    read_quantity,
)
from inspection.record.record_words import quantity_sentence
from spectra_library.errors import QuantityError
from spectra_library.units import convert


@pytest.mark.parametrize(
    ("entered", "value", "unit", "kilograms"),
    [
        ("2 400 kg", 2400, "kg", 2400),
        ("2\u00a0400 кг", 2400, "kg", 2400),
        ("2\u202f400,5 kq", 2400.5, "kg", 2400.5),
        ("2'400 kg", 2400, "kg", 2400),
        ("2,4 t", 2.4, "t", 2400),
        ("2.4 т", 2.4, "t", 2400),
        ("2,4 тонны", 2.4, "t", 2400),
        ("0,250 kg", 0.25, "kg", 0.25),
        ("1200,500 кг", 1200.5, "kg", 1200.5),
        ("1,200.5 kg", 1200.5, "kg", 1200.5),
        ("1.200,5 kq", 1200.5, "kg", 1200.5),
        ("1,200,500 kg", 1_200_500, "kg", 1_200_500),
        ("1 200,500 kg", 1200.5, "kg", 1200.5),
        ("500 g", 500, "g", 0.5),
        ("500 г", 500, "g", 0.5),
        ("500 qram", 500, "g", 0.5),
        ("250 мг", 250, "mg", 0.00025),
        ("10 lb", 10, "lb", 4.5359237),
        ("25KG", 25, "kg", 25),
        ("25 KİLOQRAM", 25, "kg", 25),
        (" 25 кг. ", 25, "kg", 25),
    ],
)
def test_a_mass_is_understood_in_three_languages(entered, value, unit, kilograms):
    quantity = read_quantity(entered)

    assert (quantity.entered, quantity.value, quantity.unit) == (entered, value, unit)
    assert quantity.kilograms == pytest.approx(kilograms, rel=1e-12)
    assert (quantity.litres, quantity.note) == (None, None)
    assert quantity_sentence(Wording(), quantity) == ""


@pytest.mark.parametrize(
    ("entered", "value", "unit", "litres"),
    [
        ("200 L", 200, "l", 200),
        ("1.200,5 л", 1200.5, "l", 1200.5),
        ("200 litr", 200, "l", 200),
        ("200 LİTR", 200, "l", 200),
        ("200 ℓ", 200, "l", 200),
        ("750 ml", 750, "ml", 0.75),
        ("750 мл", 750, "ml", 0.75),
        ("12 дал", 12, "dal", 120),
        ("3 hl", 3, "hl", 300),
        ("5 m³", 5, "m^3", 5000),
        ("5 м3", 5, "m^3", 5000),
        ("5 куб. м", 5, "m^3", 5000),
        ("5 kub metr", 5, "m^3", 5000),
    ],
)
def test_a_volume_is_understood_in_three_languages(entered, value, unit, litres):
    quantity = read_quantity(entered)

    assert (quantity.value, quantity.unit, quantity.kilograms, quantity.note) == (value, unit, None, None)
    assert quantity.litres == pytest.approx(litres, rel=1e-12)


@pytest.mark.parametrize("entered", ["25 бочек", "25 drums", "25 çəllək", "25 МЕСТ", "25 шт.", "25 KİSƏ"])
def test_packages_are_counted_and_are_no_mass(entered):
    quantity = read_quantity(entered)

    assert (quantity.value, quantity.unit, quantity.note) == (25, "packages", QuantityNote.PACKAGES)
    assert (quantity.kilograms, quantity.litres) == (None, None)


@pytest.mark.parametrize(
    "entered", ["1,200 kg", "1.200 кг", "1,200 kq", "1,200 bags", "1,200", "1.200 parsnips"]
)
def test_a_number_that_may_be_two_is_asked_back(entered):
    quantity = read_quantity(entered)

    assert (quantity.value, quantity.unit, quantity.kilograms) == (None, None, None)
    assert (quantity.note, quantity.readings) == (QuantityNote.AMBIGUOUS_NUMBER, (1.2, 1200))
    assert "1.2 or 1200" in quantity_sentence(Wording(), quantity)


@pytest.mark.parametrize("entered", ["3 ton", "3 tons", "3 TON"])
def test_a_ton_is_read_as_the_metric_one_and_that_is_told(entered):
    quantity = read_quantity(entered)

    # pint's own "ton" is the short one of 907 kg
    assert (quantity.unit, quantity.kilograms, quantity.note) == ("t", 3000, QuantityNote.METRIC_TON)
    assert "1000 kg" in quantity_sentence(Wording(), quantity)


@pytest.mark.parametrize(
    ("entered", "note"),
    [
        ("200", QuantityNote.NO_UNIT),
        ("10 gal", QuantityNote.SEVERAL_UNITS),
        ("10 галлонов", QuantityNote.SEVERAL_UNITS),
    ],
)
def test_a_number_without_a_certain_unit_is_not_converted(entered, note):
    quantity = read_quantity(entered)

    assert (quantity.value, quantity.unit, quantity.note) == (float(entered.split()[0]), None, note)
    assert (quantity.kilograms, quantity.litres) == (None, None)


@pytest.mark.parametrize(
    "entered",
    [
        *("200 parsnips", "10² kg", "1e3 kg", "9**9**9 kg", "5 kg*kg", "5 kg; import os", "2 million kg"),
        *("5 тыс. кг", "25 drums x 200 l", "25 бочек по 200 л", "5 \udcff kg", "5 kг"),
    ],
)
def test_of_an_unknown_unit_not_even_the_number_is_taken(entered):
    assert read_quantity(entered) == Quantity(entered, note=QuantityNote.UNKNOWN_UNIT)


@pytest.mark.parametrize(
    "entered",
    [
        *("", "  ", "kg", "-5 kg", "about 5 kg", "½ kg", "٣ kg", "1,00,000 kg"),
        *("2 40 kg", "1.2,5 kg", "1,2,3 kg", "1.200,500,3 kg", "5, kg", "1" * 16 + " kg", "5 kg" * 100),
        *("2,5 bags", "1,200.500.300 kg", "nan kg", "5\n6 kg", "1234 567 kg"),
    ],
)
def test_what_is_no_plain_quantity_is_kept_and_nothing_else(entered):
    quantity = read_quantity(entered)

    assert quantity == Quantity(entered, note=QuantityNote.NOT_UNDERSTOOD)


@settings(deadline=None)  # the first conversion loads pint
@given(st.text(max_size=30) | st.text("0123456789., 'кгlt", max_size=15))
def test_no_text_is_too_much_for_it(entered):
    quantity = read_quantity(entered)

    assert quantity.entered == entered
    for language in Language:
        quantity_sentence(Wording(language), quantity)


@settings(deadline=None)  # the first conversion loads pint
@given(st.floats(0, 1e9).map(lambda number: round(number, 2)))
def test_a_number_with_a_dot_and_two_decimals_is_read_back_exactly(number):
    assert read_quantity(f"{number:.2f} kg").value == number
    assert read_quantity(f"{number:.2f} л".replace(".", ",")).litres == number


@pytest.mark.parametrize(
    ("unit", "into"), [*((u, "kg") for u in _MASSES.values()), *((u, "l") for u in _VOLUMES.values())]
)
def test_every_unit_of_the_tables_converts(unit, into):
    assert convert(1.0, unit, into) > 0


def test_no_word_means_two_things():
    tables = [set(_MASSES), set(_VOLUMES), set(_COUNTS), set(_SEVERAL_GALLONS)]

    assert len(set.union(*tables)) == sum(map(len, tables))


def test_every_word_of_the_tables_is_found_as_it_is_written():
    for word in (*_MASSES, *_VOLUMES, *_COUNTS):
        assert read_quantity(f"2 {word}").value == 2
        assert read_quantity(f"2 {word.upper()}").unit is not None


def test_a_mass_is_no_volume():
    with pytest.raises(QuantityError, match="expected a unit that fits l"):
        convert(1.0, "kg", "l")
    with pytest.raises(QuantityError, match="expected a unit"):
        convert(1.0, "kg*kg", "kg")


@pytest.mark.parametrize("note", QuantityNote)
@pytest.mark.parametrize("language", Language)
def test_every_note_has_a_sentence(note, language):
    examples = {
        QuantityNote.NOT_UNDERSTOOD: "?",
        QuantityNote.AMBIGUOUS_NUMBER: "1,200 kg",
        QuantityNote.NO_UNIT: "5",
        QuantityNote.UNKNOWN_UNIT: "5 parsnips",
        QuantityNote.SEVERAL_UNITS: "5 gal",
        QuantityNote.PACKAGES: "5 drums",
        QuantityNote.METRIC_TON: "5 ton",
    }
    quantity = read_quantity(examples[note])

    sentence = quantity_sentence(Wording(language), quantity)

    assert quantity.note is note
    assert repr(examples[note]) in sentence
    assert "{" not in sentence
