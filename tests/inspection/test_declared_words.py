from __future__ import annotations

import pytest

from inspection.declared.codes import read_codes
from inspection.declared.endings import is_form
from inspection.declared.tables import CargoClass, Sort, hs_codes, passing_words, trade_words, un_numbers
from inspection.declared.words import read_text
from spectra_library.names import fold


def named(text: str, catalogue) -> set[str]:
    return {sub.id for one in read_text(text, catalogue).named for sub in one.substances}


def denied(text: str, catalogue) -> set[str]:
    return {sub.id for one in read_text(text, catalogue).denied for sub in one.substances}


def classes(text: str, catalogue) -> set[str]:
    return {one.cargo_class.value for one in read_text(text, catalogue).classes}


# --- Endings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("ацетон", "ацетона ацетону ацетоном ацетоне ацетоны"),
        ("кислота", "кислоты кислоте кислоту кислотой кислот кислотами"),
        ("уксусная", "уксусной уксусную уксусные уксусных"),
        ("уксусный", "уксусного уксусному уксусным"),
        ("калий", "калия калию калием"),
        ("удобрение", "удобрения удобрений удобрениям удобрениями"),
        ("соль", "соли солью солей"),
        ("краска", "краски красок красками"),
        ("порошок", "порошка порошки порошков порошком"),
        ("вода", "воды воде водой воду"),
        ("aseton", "asetonun asetona asetonu asetonda asetondan asetonla asetonlar asetonların"),
        ("turşusu", "turşusunun turşusuna turşusunu turşusunda turşusundan turşuları turşularının"),
        ("spirti", "spirtinin spirtinə spirtləri"),
        ("boya", "boyanın boyaya boyanı boyalar boyaların boyası"),
        ("yağı", "yağının yağları yağlarının"),
        ("solvent", "solvents"),
        ("cleaner", "cleaners"),
    ],
)
def test_a_word_is_known_in_all_its_cases(name, forms):
    assert [one for one in forms.split() if not is_form(fold(one), fold(name))] == []


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("ацетон", "ацетат ацетонитрил полиацетон ацетил ацетоновый"),
        ("сера", "серый серой серебро серия"),
        ("этанол", "этаноламин метанол"),
        ("толуол", "толуолсульфокислота толуидин"),
        ("aseton", "asetonitril asetat asetofenon"),
        ("acetone", "acetonitrile acetonide"),
        ("toluene", "toluenesulfonic"),
        ("salt", "salty saltpetre"),
        ("tea", "teak team"),
        ("su", "sum suda"),
        ("p2p", "p2ps"),
    ],
)
def test_another_word_is_no_form_of_it(name, others):
    assert [one for one in others.split() if is_form(fold(one), fold(name))] == []


# --- What a text names ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "substances"),
    [
        ("acid, acetic, 60 %", {"glacial-acetic-acid"}),
        ("ангидрида уксусного 40 кг", {"acetic-anhydride"}),
        ("калия перманганат", {"potassium-permanganate"}),
        ("1,4-butanediol 99 %", {"1-4-butanediol"}),
        ("1.4 butanediol", {"1-4-butanediol"}),
        ("MEK", {"methyl-ethyl-ketone"}),
        ("200 drums of MEK", {"methyl-ethyl-ketone"}),
        ("mek parts", set()),
        ("acetone-toluene", {"acetone", "toluene"}),
        ("H2SO4 98 %", {"sulphuric-acid"}),
        ("kükürd turşusu", {"sulphuric-acid"}),
        ("lactose monohydrate, 25 kg", {"lactose-monohydrate"}),
    ],
)
def test_names_are_found_in_any_order_and_abbreviations_in_capitals(text, substances, catalogue):
    assert named(text, catalogue) - {"water"} == substances - {"water"}


@pytest.mark.parametrize(
    "text",
    [
        "acetone-free remover",
        "acetone free",
        "free of acetone",
        "does not contain toluene or acetone",
        "contains no acetone",
        "without any acetone",
        "без ацетона",
        "не содержит ацетон",
        "не содержит толуол и ацетон",
        "ацетона не содержит",
        "заменитель ацетона",
        "tərkibində aseton yoxdur",
        "tərkibində toluol, aseton yoxdur",
        "aseton olmayan vasitə",
        "asetonsuz",
        "aseton əvəzinə",
        "acetone substitute",
        "non-acetone solvent",
    ],
)
def test_what_is_said_not_to_be_there_is_not_named(text, catalogue):
    assert "acetone" not in named(text, catalogue)
    assert "acetone" in denied(text, catalogue)


@pytest.mark.parametrize(
    ("text", "substance"),
    [
        ("acetone, free of water", "acetone"),
        ("without toluene; contains acetone", "acetone"),
        ("без толуола, содержит ацетон", "acetone"),
        ("не опасный груз, ацетон", "acetone"),
        ("aseton, tərkibində toluol yoxdur", "acetone"),
        ("UN No. 1090 acetone", "acetone"),
        ("acetone-based cleaner", "acetone"),
    ],
)
def test_a_denial_ends_where_another_thought_begins(text, substance, catalogue):
    assert substance in named(text, catalogue)
    assert substance not in denied(text, catalogue)


@pytest.mark.parametrize(
    "text",
    [
        "canisters for acetone",
        "тара из-под ацетона",
        "оборудование для производства ацетона",
        "aseton istehsalı üçün avadanlıq",
        "drums previously holding acetone",
        "acetone cyanohydrin",
        "acetone sensors",
        "methyl acetone",
        "spare parts",
        "запасные части для автомобиля",
        "mebel furniturası",
        "crack filler",
        "amber glass bottles",
        "water pump",
        "su nasosu",
        "vinyl acetate monomer",
        "dimethyl ether",
        "isopropyl ether",
        "toluene-2,4-diisocyanate",
        "эфир ацетона",
        "derivatives of acetone",
        "fatty alcohol ethoxylate",
        "безалкогольное пиво",
        "серая краска",
        "сахарная свёкла",
        "stainless steel sheets",
        "electronic components",
        "детские игрушки",
        "uşaq oyuncaqları",
        "Portland, Oregon",
    ],
)
def test_a_text_that_is_about_something_else_names_nothing(text, catalogue):
    assert named(text, catalogue) == set()


@pytest.mark.parametrize(
    ("text", "substances"),
    [
        ("sugar in jute bags", {"sucrose"}),
        ("citric acid packed in polyethylene bags", {"citric-acid"}),
        ("лимонная кислота в полиэтиленовых мешках", {"citric-acid"}),
        ("лимонная кислота в мешках из полиэтилена", {"citric-acid"}),
        ("limon turşusu, polietilen kisələrdə", {"citric-acid"}),
        ("polyethylene bags", {"polyethylene"}),
        ("polietilen kisələr", {"polyethylene"}),
    ],
)
def test_packaging_is_not_what_is_declared_unless_it_is_the_goods(text, substances, catalogue):
    assert named(text, catalogue) == substances


@pytest.mark.parametrize(
    ("text", "has_water"),
    [
        ("acetic acid 10 % solution", True),
        ("acetic acid, aqueous", True),
        ("раствор уксусной кислоты в воде", True),
        ("водный раствор ацетона", True),
        ("sirkə turşusunun sulu məhlulu", True),
        ("safrole, solution in ethanol", False),
        ("aqueous safrole and ethanol", True),
        ("acetic acid 99 %", False),
        ("water-soluble fertiliser", False),
        ("suda həll olan gübrə", False),
        ("solution", False),
    ],
)
def test_water_is_declared_with_a_solution_unless_another_solvent_is_named(text, has_water, catalogue):
    assert ("water" in named(text, catalogue)) is has_water


@pytest.mark.parametrize(
    "text",
    [
        "empty drums, last contained ethanol",
        "EMPTY, UNCLEANED, UN 1170 ETHANOL, 3, II",
        "UN 1170 ETHANOL, 3, II, RESIDUE, LAST CONTAINED",
        "drums with residues of ethanol",
        "empty 200 l steel drums (ethanol solution)",
        "порожние бочки из-под этанола",
        "остатки этанола в цистернах",
        "этанол, бочки пустые, с остатками",
        "etanol qalıqları olan boş çəlləklər",
        "boş kanistrlər (etanol)",
    ],
)
def test_the_last_contents_of_empty_packaging_are_not_declared(text, catalogue):
    assert read_text(text, catalogue).is_emptied
    assert named(text, catalogue) == set()


@pytest.mark.parametrize(
    ("text", "substances"),
    [
        ("empty polyethylene drums, last contained ethanol", {"polyethylene"}),
        ("ethanol, 5 empty drums", {"ethanol"}),
        ("empty drums; ethanol", {"ethanol"}),
        ("ethanol, residue on evaporation 0.001 %, drums", {"ethanol"}),
        ("ethanol in drums, free of residues", {"ethanol"}),
        ("ethanol in drums, empty container weight 20 kg", {"ethanol"}),
        ("этанол в бочках, сухой остаток 0,1 %", {"ethanol"}),
        ("empty gelatin capsules", {"gelatin"}),
    ],
)
def test_goods_beside_empty_packaging_and_its_material_are_declared(text, substances, catalogue):
    assert named(text, catalogue) == substances


@pytest.mark.parametrize(
    ("text", "substances"),
    [
        ("xylene", {"o-xylene", "m-xylene", "p-xylene"}),
        ("xylene (o-xylene)", {"o-xylene"}),
        ("xylene and toluene", {"o-xylene", "m-xylene", "p-xylene", "toluene"}),
        ("antifreeze, propylene glycol", {"propylene-glycol", "water"}),
        ("antifreeze", {"ethylene-glycol", "propylene-glycol", "water"}),
    ],
)
def test_a_word_for_several_gives_way_to_the_one_that_is_named_beside_it(text, substances, catalogue):
    assert named(text, catalogue) == substances


@pytest.mark.parametrize(
    "word", ["windscreen washer fluid", "стеклоомыватель", "незамерзайка", "şüşəyuyan maye"]
)
def test_a_washer_fluid_names_no_alcohol(word, catalogue):
    assert named(word, catalogue) == set()
    assert classes(word, catalogue) == {"cleaning_agent"}


@pytest.mark.parametrize(
    ("text", "substances"),
    [
        ("C2H5OH", {"ethanol"}),
        ("С2Н5ОН", {"ethanol"}),  # typed in Cyrillic
        ("C₂H₅OH", {"ethanol"}),
        ("(CH3CO)2O", {"acetic-anhydride"}),
        ("KMnO4 25 kg", {"potassium-permanganate"}),
        ("CO(NH2)2", {"urea"}),
        ("CH3OCH3", set()),  # dimethyl ether: the atoms of ethanol
        ("C3H8O", set()),  # two propanols
        ("C10H15N", set()),  # too many substances
        ("CuSO4·5H2O", set()),
        ("CO NO", set()),
        ("HS 3, PP2, B12, E330", set()),
    ],
)
def test_a_formula_names_a_substance_that_has_it_for_itself(text, substances, catalogue):
    assert named(text, catalogue) == substances


def test_a_class_word_is_kept_whatever_the_goods_are_for(catalogue):
    assert classes("растворитель для красок", catalogue) == {"thinner", "paint"}
    assert classes("boyalar üçün həlledici", catalogue) == {"paint", "solvent"}


@pytest.mark.parametrize("text", ["", "   ", ";;;", "%", "\\x00", "1" * 5000, "ацетон" * 2000, "(" * 3000])
def test_any_text_can_be_read(text, catalogue):
    assert named(text, catalogue) == set()


# --- What a text says besides -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "acetone 99.5 %, 4x2.5L, 25kg, UN1090, PG II",
        "Ацетон ч.д.а., ГОСТ 2603-79, в стальных бочках, без запаха",
        "aseton, texniki, 180 kq-lıq çəlləklərdə",
        "acetone for the degreasing of parts",
        "lak sənayesi üçün aseton",
        "acetone, country of origin Turkey",
        "acetone, free of any odour, no defects",
    ],
)
def test_amounts_grades_packing_purposes_and_origins_are_read(text, catalogue):
    assert read_text(text, catalogue).unread == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Acetone scented Candles, 20 kg", ("scented", "Candles")),
        ("acetone-d6", ("d6",)),
        ("тест на морфин", ("тест",)),
        ("aseton qoxulu şam", ("qoxulu", "şam")),
        ("acetone, rock wool", ("rock", "wool")),
    ],
)
def test_all_other_words_are_told_as_they_stand_there(text, words, catalogue):
    assert read_text(text, catalogue).unread == words


def test_no_passing_word_is_the_name_of_something(catalogue):
    names = {word for word in passing_words() if catalogue.by_name(word)}

    assert {word for word in names if any(one.is_controlled for one in catalogue.by_name(word))} == set()


# --- Numbers and tables -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("acetone CAS 67-64-1, UN 1090, HS 2914.11", ["67-64-1", "1090", "2914.11"]),
        ("Ацетон, ООН № 1090, ТН ВЭД ЕАЭС 2914 11 000 0", ["1090", "2914 11 000 0"]),
        ("aseton, XİF MN: 2914110000", ["2914110000"]),
        ("UN1090", ["1090"]),
        ("union 1090 kg", []),
        ("phone 067-64-12", []),
    ],
)
def test_numbers_are_found_inside_a_text(text, numbers, catalogue):
    assert [one.number for one in read_codes(text, catalogue, hs_code="", un_number="", cas="")] == numbers


@pytest.mark.parametrize("number", ["", "x", "29", "1", "99999", "UN", "2914.1"])
def test_what_is_no_number_is_passed_over(number, catalogue):
    claims = read_codes("", catalogue, hs_code=number, un_number=number, cas=number)

    assert [one for one in claims if one.substances or one.cargo_class] == []


def test_every_row_of_the_tables_means_something_that_there_is(catalogue):
    for entry in (*trade_words(), *hs_codes().values(), *un_numbers().values()):
        assert [one for one in entry.substances if one not in catalogue] == []
        assert (entry.cargo_class is not None) is (entry.sort is Sort.CLASS)
        if entry.sort is Sort.SUBSTANCE:
            assert entry.substances


def test_every_class_is_reached_by_a_word_in_each_language_that_needs_one():
    said = {entry.cargo_class for entry in trade_words()}

    assert set(CargoClass) <= said


def test_no_number_of_goods_not_otherwise_specified_names_a_substance():
    for entry in un_numbers().values():
        assert not (entry.sort is Sort.NOTHING and entry.substances)


def test_a_subheading_for_one_substance_agrees_with_the_code_of_that_substance(catalogue):
    """A tariff row that points at a substance of another heading is a slip of the pen, but for these."""
    elsewhere = {("220860", "ethanol"), ("220900", "glacial-acetic-acid"), ("252010", "calcium-sulfate")}
    astray = [
        (digits, one)
        for digits, entry in hs_codes().items()
        for one in entry.substances
        if one != "water" and not catalogue.get(one).hs_code.replace(".", "").startswith(digits[:4])
    ]

    assert set(astray) == elsewhere
