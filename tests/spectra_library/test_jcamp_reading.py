"""JCAMP-DX files to spectra: made by hand here, so that every number is known."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_library.errors import (
    DamagedFileError,
    FormatError,
    NotInfraredError,
    SpectraLibraryError,
    UnsupportedFormatError,
)
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.reading import read_bytes
from spectra_library.spectrum import Technique

FIVE_POINTS = {
    "TITLE": "five points",
    "JCAMP-DX": "4.24",
    "DATA TYPE": "INFRARED SPECTRUM",
    "XUNITS": "1/CM",
    "YUNITS": "ABSORBANCE",
    "XFACTOR": "1",
    "YFACTOR": "0.01",
    "FIRSTX": "400",
    "LASTX": "408",
    "NPOINTS": "5",
    "FIRSTY": "0.10",
}
TABLE = "400 10 20 30\n406 40 50"


def made(
    table: str = TABLE, *, form: str = "XYDATA= (X++(Y..Y))", end: str = "##END=\n", **labels: str
) -> str:
    """Write a small file; a keyword changes a label (``_`` for space), ``None`` removes it."""
    header = dict(FIVE_POINTS)
    for label, value in labels.items():
        header[label.replace("_", " ")] = value
    lines = [f"##{label}= {value}" for label, value in header.items() if value is not None]
    return "\n".join([*lines, f"##{form}", table, end])


def read(text: str | bytes) -> FileSpectrum:
    content = text if isinstance(text, bytes) else text.encode()
    (found,) = read_bytes(content, "made.jdx")
    if isinstance(found, RefusedBlock):
        raise found.error
    return found


def test_an_ascending_file_reads_as_it_is() -> None:
    found = read(made())
    assert found.format == "jcamp-dx"
    assert found.title == "five points"
    assert found.wavenumber.tolist() == [400, 402, 404, 406, 408]
    assert found.absorbance is not None
    assert found.absorbance.tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])
    assert found.warnings == ()
    assert found.spectrum().wavenumber_max == 408


def test_a_descending_file_is_turned_round() -> None:
    found = read(made("408 10 20 30\n402 40 50", FIRSTX="408", LASTX="400"))
    assert found.wavenumber.tolist() == [400, 402, 404, 406, 408]
    assert found.absorbance.tolist() == pytest.approx([0.5, 0.4, 0.3, 0.2, 0.1])


@pytest.mark.parametrize(("units", "scale"), [("MICROMETERS", 1e4), ("NANOMETERS", 1e7)])
def test_wavelengths_become_wavenumbers(units: str, scale: float) -> None:
    first, last = scale / 2000, scale / 1000
    table = f"{first:g} 10 20 30 40 50"
    found = read(made(table, XUNITS=units, FIRSTX=f"{first:g}", LASTX=f"{last:g}"))
    assert found.wavenumber[0] == pytest.approx(1000)
    assert found.wavenumber[-1] == pytest.approx(2000)
    assert found.absorbance[-1] == pytest.approx(0.1)
    assert found.x_units == units


@pytest.mark.parametrize("units", ["%T", "PERCENT TRANSMITTANCE", "% Transmittance", "TRANSMITTANCE (%)"])
def test_percent_transmittance_becomes_absorbance(units: str) -> None:
    found = read(made("400 10 100 50\n406 1 90", YUNITS=units, YFACTOR="1", FIRSTY="10"))
    assert found.absorbance.tolist() == pytest.approx([1, 0, -np.log10(0.5), 2, -np.log10(0.9)])
    assert found.warnings == ()


def test_a_transmittance_that_is_percent_in_its_numbers_is_read_as_percent_and_says_so() -> None:
    found = read(made("400 10 100 50\n406 1 90", YUNITS="TRANSMITTANCE", YFACTOR="1", FIRSTY="10"))
    assert found.absorbance[0] == pytest.approx(1)
    assert "read as percent" in found.warnings[0]


def test_percent_that_is_a_fraction_in_its_numbers_is_read_as_a_fraction_and_says_so() -> None:
    found = read(made("400 97 98 50\n406 98 97", YUNITS="%T", FIRSTY="0.97"))
    assert found.absorbance[2] == pytest.approx(-np.log10(0.5))
    assert "read as fractions" in found.warnings[0]


def test_absorbance_that_looks_like_percent_is_refused() -> None:
    with pytest.raises(DamagedFileError, match="expected absorbances, found values up to 98"):
        read(made("400 97 98 50\n406 98 97", YFACTOR="1", FIRSTY="97"))


@pytest.mark.parametrize("units", ["REFLECTANCE", "KUBELKA-MUNK", "ARBITRARY UNITS", "TINY ELVES"])
def test_other_ordinates_are_named_and_not_converted(units: str) -> None:
    found = read(made(YUNITS=units))
    assert found.absorbance is None
    assert found.ordinate.tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])
    assert found.y_units == units
    with pytest.raises(FormatError, match=f"found {units}"):
        found.spectrum()


def test_a_missing_ordinate_is_a_listed_gap() -> None:
    found = read(made("400 10 20 ?\n406 40 50"))
    assert found.wavenumber.tolist() == [400, 402, 406, 408]
    assert found.gaps == ((402, 406),)
    assert found.spectrum().gaps == ((402, 406),)


def test_a_transmittance_of_zero_is_a_gap_inside_and_cut_off_at_the_ends() -> None:
    found = read(made("400 0 90 0\n406 80 -1", YUNITS="TRANSMITTANCE", FIRSTY="0"))
    assert found.wavenumber.tolist() == [402, 406]
    assert found.gaps == ((402, 406),)
    assert [w for w in found.warnings if "dropped" in w] == [
        "1 points without a positive transmittance dropped at the low end",
        "1 points without a positive transmittance dropped at the high end",
    ]


def test_a_lost_line_fails_the_x_check() -> None:
    table = "400 10\n402 20\n406 40\n408 50\n410 60"
    with pytest.raises(
        DamagedFileError, match=r"line 15: the X-check failed: expected the abscissa 404, found 406"
    ):
        read(made(table))


def test_abscissas_may_be_rounded_or_cut_off_to_their_last_place() -> None:
    labels = {"FIRSTX": "400.453", "LASTX": "407.5356595"}
    assert read(made("400 10 20 30\n405 40 50", **labels)).warnings == ()  # 405.765 cut off
    assert read(made("400 10 20 30\n406 40 50", **labels)).warnings == ()  # rounded
    with pytest.raises(DamagedFileError, match="X-check"):
        read(made("400 10 20 30\n407 40 50", **labels))


def test_abscissas_that_drift_by_less_than_half_a_point_are_warned_about() -> None:
    found = read(made("400.00 10 20 30\n406.31 40 50"))
    assert found.warnings == (
        "the abscissas of the lines drift by up to 0.31 from the even axis of the header",
    )


def test_dropped_trailing_zeros_do_not_loosen_the_x_check() -> None:
    # 402 stands for 402.00 here, as the other lines show.
    table = "400.5 10\n401 20\n401.5 30\n402 40\n402.5 50"
    assert read(made(table, FIRSTX="400.5", LASTX="402.5")).warnings == ()
    with pytest.raises(DamagedFileError, match="X-check"):
        read(made(table.replace("\n402 ", "\n403 "), FIRSTX="400.5", LASTX="402.5"))


@pytest.mark.parametrize("said", ["4", "6", "5.5", "-5", "0", "1e9"])
def test_a_wrong_number_of_points_is_refused(said: str) -> None:
    with pytest.raises(DamagedFileError, match=r"^line \d+: expected"):
        read(made(NPOINTS=said))


def test_a_first_ordinate_that_contradicts_the_data_is_refused() -> None:
    with pytest.raises(DamagedFileError, match=r"##FIRSTY= says 0\.2, the data have 0\.1"):
        read(made(FIRSTY="0.20"))


def test_a_wrong_first_ordinate_is_a_warning_when_the_extremes_confirm_the_scale() -> None:
    found = read(made(FIRSTY="0", MAXY="0.50", MINY="0.10"))
    assert found.warnings == ("##FIRSTY= says 0, the data have 0.1",)


def test_a_zero_that_holds_at_every_scale_confirms_none() -> None:
    table = "400 0 20 30\n406 40 50"
    assert read(made(table, FIRSTY="0", MAXY="0.5", MINY="0")).warnings == ()
    with pytest.raises(DamagedFileError, match=r"##MAXY= says 5, the data have 0\.5"):
        read(made(table, FIRSTY="0", MAXY="5.0", MINY="0"))


def test_a_factor_of_one_over_decimals_excuses_no_wrong_scale() -> None:
    table = "400 0.11 0.20 0.30\n406 0.40 0.50"
    labels = {"YFACTOR": "1", "FIRSTY": "0.11"}
    assert read(made(table, MAXY="0.505", **labels)).warnings == ()  # 0.50 may have been cut off
    found = read(made(table, MAXY="0.53", **labels))
    assert found.warnings == ("##MAXY= says 0.53, the data have 0.5",)
    with pytest.raises(DamagedFileError, match="contradict the header"):
        read(made(table, YFACTOR="1", FIRSTY="0.14", MAXY="0.54"))


def test_an_ordinate_too_large_for_a_number_is_no_missing_one() -> None:
    table = "400 10 1e300 30\n406 40 50"
    with pytest.raises(DamagedFileError, match="line 11: expected ordinates of a finite size"):
        read(made(table, YFACTOR="1e10", FIRSTY=None, YUNITS="ARBITRARY UNITS"))


@pytest.mark.parametrize(
    "labels",
    [{"XFACTOR": "1e306"}, {"FIRSTX": "1e308", "LASTX": "-1e308"}, {"YFACTOR": "4e-324"}],
    ids=" ".join,
)
def test_numbers_beyond_all_numbers_are_refused(labels: dict[str, str]) -> None:
    with pytest.raises(DamagedFileError):
        read(made(**labels))


def test_a_wrong_step_is_a_warning_when_the_lines_confirm_the_axis() -> None:
    assert read(made(DELTAX="2.0")).warnings == ()
    assert read(made(DELTAX="-2.0")).warnings == ("##DELTAX= says -2, the axis has steps of 2",)


def test_comments_are_no_data() -> None:
    assert read(made("$$ nothing\n400 10 20 30 $$ 99\n406 40 50\n$$$ 23200 bytes")).wavenumber.size == 5


def test_ctrl_z_and_text_behind_the_end_are_no_data() -> None:
    assert read(made(end="\x1a\n##END=\n\x1a\x00\x00garbage")).wavenumber.size == 5


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(newline: str) -> None:
    assert read(made().replace("\n", newline)).wavenumber.size == 5


def test_an_empty_resolution_does_not_swallow_the_next_label() -> None:
    text = made().replace("##XUNITS", "##RESOLUTION=\n##XUNITS")
    assert read(text).resolution_cm is None
    assert read(made(RESOLUTION="4 cm-1")).resolution_cm == 4
    assert read(made(RESOLUTION="0.0")).resolution_cm is None


def test_text_behind_a_factor_is_a_remark() -> None:
    assert read(made(YFACTOR="0.01 absorbance units $$ as measured")).absorbance[0] == pytest.approx(0.1)


def test_a_factor_of_zero_is_refused() -> None:
    with pytest.raises(DamagedFileError, match="above 0 after ##XFACTOR="):
        read(made(XFACTOR="0"))


def test_decimal_commas_are_read_when_the_header_uses_them() -> None:
    table = "400,5 0,10 0,20 0,30\n406,5 0,40 0,50"
    found = read(made(table, FIRSTX="400,5", LASTX="408,5", YFACTOR="1", FIRSTY="0,10"))
    assert found.wavenumber.tolist() == [400.5, 402.5, 404.5, 406.5, 408.5]
    assert found.absorbance[0] == pytest.approx(0.1)


def test_pairs_are_read_and_a_hole_in_an_even_axis_is_a_gap() -> None:
    x = [*range(400, 420, 2), *range(460, 480, 2)]
    table = "\n".join(f"{value}, {10}" for value in x)
    found = read(made(table, form="XYPOINTS= (XY..XY)", LASTX="478", NPOINTS="20"))
    assert found.wavenumber.tolist() == x
    assert found.gaps == ((418, 460),)


def test_pairs_that_go_back_are_refused() -> None:
    table = "400,10; 404,20; 402,30; 406,40; 408,50"
    with pytest.raises(
        DamagedFileError, match="only rises or only falls, found 404 followed by 402 at point 3"
    ):
        read(made(table, form="XYPOINTS= (XY..XY)"))


def test_pairs_that_end_elsewhere_are_refused() -> None:
    table = "400,10; 402,20; 404,30; 406,40; 410,50"
    with pytest.raises(DamagedFileError, match=r"expected the abscissa 408 \(##LASTX=\), found 410"):
        read(made(table, form="XYPOINTS= (XY..XY)"))


@pytest.mark.parametrize(
    ("data_type", "named"),
    [
        ("RAMAN SPECTRUM", "a Raman spectrum"),
        ("NMR FID", "an NMR spectrum"),
        ("MASS SPECTRUM", "a mass spectrum"),
        ("UV/VIS SPECTRUM", "an ultraviolet or visible spectrum"),
        ("UV-VISIBLE SPECTRUM", "an ultraviolet or visible spectrum"),
        ("NEAR INFRARED SPECTRUM", "a near-infrared spectrum"),
        ("INFRARED INTERFEROGRAM", "an interferogram"),
        ("SINGLE BEAM", "a single-beam spectrum"),
        ("GAS CHROMATOGRAPH", "a chromatogram"),
        ("pH TITRATION", "pH TITRATION"),
    ],
)
def test_what_is_not_infrared_is_named(data_type: str, named: str) -> None:
    with pytest.raises(NotInfraredError, match=named):
        read(made(DATA_TYPE=data_type))


def test_a_missing_data_type_is_concluded_from_infrared_units_only() -> None:
    without = {"DATA TYPE": None}
    assert "taken for infrared" in read(made(**without)).warnings[0]
    with pytest.raises(NotInfraredError, match="no data type and the units HZ"):
        read(made(XUNITS="HZ", **without))


def test_an_infrared_block_in_the_near_infrared_is_named() -> None:
    with pytest.raises(NotInfraredError, match=r"near infrared: 5000.0 to 5008.0"):
        read(made("5000 10 20 30\n5006 40 50", FIRSTX="5000", LASTX="5008"))


@pytest.mark.parametrize(
    ("form", "named"),
    [
        ("PEAK TABLE= (XYM..XYM)", r"line 12: expected the form \(XY..XY\)"),
        ("ATOMLIST=", "chemical structure"),
        ("XYDATA= (X++(R..R))", r"line 12: expected the form"),
        ("COMMENT= nothing", "found neither"),
    ],
)
def test_other_tables_are_refused_in_words(form: str, named: str) -> None:
    with pytest.raises(UnsupportedFormatError, match=named):
        read(made(form=form))


def test_an_interferogram_is_named_by_its_table() -> None:
    with pytest.raises(NotInfraredError, match="interferogram"):
        read(made(form="RADATA= (R++(A..A))"))


@pytest.mark.parametrize(
    "label", ["NPOINTS= 4", "XUNITS= MICROMETERS", "YFACTOR= 0.1", "FIRSTX= 300", "DATA TYPE= RAMAN SPECTRUM"]
)
def test_a_label_that_says_two_things_is_refused(label: str) -> None:
    twice = made().replace("##XYDATA", f"##{label}\n##XYDATA")
    with pytest.raises(DamagedFileError, match=r"line 12: expected ##\w+= once"):
        read(twice)
    same = made().replace("##XYDATA", "##NPOINTS= 5\n##XYDATA")
    assert read(same).wavenumber.size == 5


def test_a_second_table_in_a_block_is_refused() -> None:
    again = made().replace("##END", f"##XYDATA= (X++(Y..Y))\n{TABLE}\n##END")
    with pytest.raises(DamagedFileError, match="expected ##XYDATA= once"):
        read(again)
    other = made().replace("##END", "##XYPOINTS= (XY..XY)\n400,1\n##END")
    with pytest.raises(DamagedFileError, match="expected one table in a block"):
        read(other)


def test_a_peak_table_beside_a_curve_is_not_read_and_said_to_be_there() -> None:
    both = made().replace("##END", "##PEAK TABLE= (XY..XY)\n402,1\n##END")
    assert read(both).warnings == ("the block holds a peak table too, which is not read",)


def test_decimal_commas_between_numbers_do_not_make_two_of_one() -> None:
    table = "400,5,0,10 402,5,0,2"
    labels = {"FIRSTX": "400,5", "LASTX": "402,5", "NPOINTS": "2", "FIRSTY": None}
    with pytest.raises(DamagedFileError, match="expected a number"):
        read(made(table, form="XYPOINTS= (XY..XY)", **labels))


def test_each_block_of_nested_envelopes_stands_for_itself() -> None:
    inner = (
        made(TITLE="one") + made(TITLE="two", FIRSTY="9.9") + made(TITLE="three", DATA_TYPE="RAMAN SPECTRUM")
    )
    envelope = "##TITLE= {}\n##DATA TYPE= LINK\n##BLOCKS= {}\n{}##END=\n"
    text = envelope.format("outer", 2, envelope.format("inner", 3, inner) + made(TITLE="four"))
    found = read_bytes(text.encode(), "made.jdx")
    assert [type(block).__name__ for block in found] == [
        "FileSpectrum",
        "RefusedBlock",
        "RefusedBlock",
        "FileSpectrum",
    ]
    assert [block.block for block in found] == [0, 1, 2, 3]
    assert [block.title for block in found] == ["one", "two", "three", "four"]
    assert found[0].warnings == ()


def test_a_block_without_an_end_is_read_with_a_warning() -> None:
    assert read(made(end="")).warnings == ("the block has no ##END=",)
    found = read_bytes((made(end="") + made(TITLE="second")).encode(), "made.jdx")
    assert [block.title for block in found] == ["five points", "second"]


def test_an_envelope_that_lost_a_block_says_so() -> None:
    text = "##TITLE= outer\n##DATA TYPE= LINK\n##BLOCKS= 2\n" + made() + "##END=\n"
    assert read(text).warnings == ("the file announces 2 blocks in line 1, 1 are there",)


def test_the_technique_is_taken_from_plain_words_only() -> None:
    assert read(made()).technique is Technique.UNKNOWN
    assert read(made(SAMPLING_PROCEDURE="Diamant-ATR")).technique is Technique.ATR
    assert read(made(SAMPLING_PROCEDURE="KBr pellet")).technique is Technique.TRANSMISSION
    assert read(made(TITLE="cyclohexanone (thin film)")).technique is Technique.TRANSMISSION
    assert (
        read(made(SAMPLING_PROCEDURE="Nujol mull", TITLE="ATR against mull")).technique is Technique.UNKNOWN
    )
    assert read(made(TITLE="KBr")).technique is Technique.UNKNOWN
    assert read(made(YUNITS="REFLECTANCE")).technique is Technique.REFLECTANCE


def test_a_gas_is_known_as_one() -> None:
    assert read(made(STATE="gas phase")).is_gas
    assert read(made(SAMPLING_PROCEDURE="VAPOR in a 10 cm cell")).phase == "gas"
    assert not read(made(STATE="LIQUID (NEAT)")).is_gas


def test_a_cas_number_with_a_wrong_check_digit_is_kept_and_warned_about() -> None:
    right = {"CAS REGISTRY NO": "106-47-8"}
    assert (read(made(**right)).cas, read(made(**right)).warnings) == ("106-47-8", ())
    wrong = read(made(**{"CAS REGISTRY NO": "106 47 9"}))
    assert wrong.cas == "106-47-9" or "not a CAS" in wrong.warnings[0]
    dashed = read(made(**{"CASREGISTRYNO": "106-47-9"}))
    assert dashed.warnings == ("the check digit of CAS number 106-47-9 is wrong: it should be 8",)


def test_a_computed_spectrum_is_said_to_be_one() -> None:
    assert "computed" in read(made(TITLE="ammonia borane (simulated IR)")).warnings[0]


def test_text_of_a_file_loses_what_deceives_the_eye() -> None:
    found = read(made(TITLE="\u202eevil\u2066\x07\ttitle " + "x" * 900))
    assert found.title.startswith("evil title x")
    assert len(found.title) == 200


def test_labels_are_compared_without_spaces_dashes_and_case() -> None:
    text = made().replace("##DATA TYPE=", "##Data-Type=").replace("##NPOINTS=", "##N_Points =")
    assert read(text).wavenumber.size == 5


def test_a_small_file_cannot_take_much() -> None:
    bomb = made("400A1Z99999999999", NPOINTS="999999", LASTX="4000", FIRSTY="0.11")
    with pytest.raises(DamagedFileError, match="expected 999999 points"):
        read(bomb)
    with pytest.raises(DamagedFileError, match="expected ##NPOINTS= from 2 to"):
        read(made(NPOINTS="2000000000"))
    with pytest.raises(DamagedFileError, match="16 deep"):
        read_bytes(b"##TITLE= x\n##DATA TYPE= LINK\n" * 50, "deep.jdx")


def test_many_small_bombs_share_one_limit() -> None:
    big = made("400A1Z99999", NPOINTS="900000", LASTX="4000", FIRSTY="0.11")
    found = read_bytes(big.encode() * 8, "bombs.jdx")
    assert len(found) == 8
    points = sum(block.wavenumber.size for block in found if isinstance(block, FileSpectrum))
    assert points <= 4_000_000


def test_no_damage_ends_in_anything_but_a_known_error() -> None:
    rng = np.random.default_rng(1)
    seeds = [made(), made("400A0J0%T\n408E0", FIRSTX="400"), made("400,10;402,20", form="XYPOINTS= (XY..XY)")]
    accepted = 0
    for round_number in range(1500):
        content = bytearray(seeds[round_number % 3].encode())
        for _ in range(int(rng.integers(1, 6))):
            at = int(rng.integers(len(content)))
            kind = rng.integers(3)
            if kind == 0:
                content[at] = int(rng.integers(256))
            elif kind == 1:
                del content[at : at + int(rng.integers(1, 30))]
            else:
                content[at:at] = content[int(rng.integers(len(content))) :][:20]
        try:
            found = read_bytes(bytes(content), "mutant.jdx")
        except SpectraLibraryError:
            continue
        for block in found:
            if isinstance(block, FileSpectrum):
                accepted += 1
                assert (np.diff(block.wavenumber) > 0).all()
                values = block.absorbance if block.absorbance is not None else block.ordinate
                assert np.isfinite(values).all()
    assert accepted > 50  # else the mutants died too early to test anything


@pytest.mark.parametrize("label", ["XFACTOR", "YFACTOR"])
def test_a_factor_below_zero_is_refused_with_its_line(label: str) -> None:
    with pytest.raises(
        DamagedFileError, match=rf"line \d+: expected a factor above 0 after ##{label}=, found -1"
    ):
        read(made("400 10 100 50\n406 1 90", **{label: "-1"}))
