"""``read``, ``convert``, ``identify``: good files, bad files, folders of both."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from spectra_library.formats.jcamp_writer import jcamp_bytes
from spectra_library.formats.reading import read_file
from spectra_library.spectrum import Spectrum, Technique


@pytest.fixture
def folder(tmp_path: Path, demonstration: Path) -> Path:
    """Two good files, one of them deeper down, three bad ones, and one that is hidden."""
    place = tmp_path / "day one"
    (place / "second shift").mkdir(parents=True)
    shutil.copy(demonstration / "ethanol.csv", place)
    shutil.copy(demonstration / "isopropanol.csv", place / "second shift")
    (place / ".hidden.csv").write_text("not looked at")
    (place / "empty.jdx").write_text("")
    (place / "letter.txt").write_text("Dear colleagues,\nplease find attached\n")
    (place / "raman.jdx").write_text(
        "##TITLE= quartz\n##JCAMP-DX= 4.24\n##DATA TYPE= RAMAN SPECTRUM\n##XUNITS= 1/CM\n"
        "##YUNITS= ARBITRARY UNITS\n##XFACTOR= 1\n##YFACTOR= 1\n##FIRSTX= 400\n##LASTX= 402\n##NPOINTS= 3\n"
        "##XYDATA= (X++(Y..Y))\n400 1 2 3\n##END=\n"
    )
    return place


def timeless(answer) -> list[dict]:
    """What was printed, without how long it took."""
    return [{key: value for key, value in one.items() if key != "elapsed_ms"} for one in answer.objects]


def lines_by_name(answer) -> dict[str, dict]:
    return {Path(one["source"]["path"]).name: one for one in answer.objects}


def library_of(verb: str, few: Path) -> tuple[object, ...]:
    """The small library, for the one of the two verbs that wants any."""
    return ("--library", few) if verb == "identify" else ()


def test_a_folder_of_good_and_bad_files_gives_one_line_for_each(folder, chemgate, few):
    answer = chemgate("identify", folder, "--library", few, "--json")

    found = lines_by_name(answer)
    assert answer.code == 2
    assert len(answer.objects) == 5
    assert answer.err == ""
    assert found["ethanol.csv"]["candidates"][0]["substance"] == "ethanol"
    assert found["isopropanol.csv"]["candidates"][0]["substance"] == "isopropanol"
    assert {name for name, one in found.items() if "error" in one} == {
        "empty.jdx",
        "letter.txt",
        "raman.jdx",
    }
    assert found["raman.jdx"]["error"]["kind"] == "not_infrared"
    assert "raman" in found["raman.jdx"]["error"]["message"].lower()


def test_the_same_folder_without_json_gives_text_for_each(folder, chemgate, few):
    answer = chemgate("identify", folder, "--library", few)

    assert answer.code == 2
    assert len(answer.out.splitlines()) == 5
    assert "MATCH  Ethanol" in answer.out
    assert "Damaged spectrum file: " in answer.out


def test_good_files_after_a_bad_one_are_still_read(folder, chemgate):
    answer = chemgate("read", folder / "empty.jdx", folder / "nowhere.csv", folder / "ethanol.csv", "--json")

    assert answer.code == 2
    assert ["error" in one for one in answer.objects] == [True, True, False]
    assert "found none of this name" in answer.objects[1]["error"]["message"]


def test_folders_are_read_in_the_order_of_names(tmp_path, chemgate, demonstration):
    for name in ("b.csv", "a.csv", "c/d.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(demonstration / "ethanol.csv", tmp_path / name)

    found = chemgate("read", tmp_path, "--json").objects

    assert [Path(one["source"]["path"]).name for one in found] == ["a.csv", "b.csv", "d.csv"]


@pytest.mark.parametrize("verb", ["read", "identify"])
def test_a_name_that_no_file_can_have_is_one_error_line(verb, chemgate, few):
    answer = chemgate(verb, "x" * 5000, *library_of(verb, few), "--json")

    assert answer.code == 2
    assert answer.object["error"]["kind"] == "format"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no folders that are closed in this way")
@pytest.mark.parametrize("verb", ["read", "identify"])
def test_what_this_user_may_not_look_into_is_one_error_line_each(verb, tmp_path, chemgate, few, request):
    locked = tmp_path / "open" / "locked"
    locked.mkdir(parents=True)
    (locked / "secret.csv").write_text("1,2")
    locked.chmod(0)
    request.getfixturevalue("unprivileged")

    answer = chemgate(
        verb, locked, locked / "secret.csv", tmp_path / "open", *library_of(verb, few), "--json"
    )

    assert answer.code == 2
    assert [one["error"]["message"].split("found: ")[-1] for one in answer.objects] == [
        "Permission denied"
    ] * 3
    assert [Path(one["source"]["path"]) for one in answer.objects] == [locked, locked / "secret.csv", locked]


@pytest.mark.skipif(os.name != "posix", reason="only there a name may be any bytes")
def test_a_name_that_is_no_text_can_be_identified_and_logged(tmp_path, chemgate, demonstration, few):
    strange = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.csv")
    shutil.copy(demonstration / "ethanol.csv", strange)
    number = chemgate("inspection", "new", "--json").object["inspection"]

    answer = chemgate("identify", strange, "--library", few, "--inspection", number, "--json")

    assert answer.object["verdict"] == "match"
    assert answer.object["source"]["path"] == strange
    assert chemgate("log", "verify").code == 0


def test_a_table_of_several_spectra_gives_one_line_each_with_its_heading(
    tmp_path, chemgate, demonstration, few
):
    first, second = (
        read_file(demonstration / name)[0].spectrum() for name in ("ethanol.csv", "isopropanol.csv")
    )
    assert np.array_equal(first.wavenumber, second.wavenumber)
    rows = zip(first.wavenumber, first.absorbance, second.absorbance, strict=True)
    table = tmp_path / "two.csv"
    table.write_text("wavenumber (1/cm),bottle,drum\n" + "".join(f"{x},{a},{b}\n" for x, a, b in rows))

    found = chemgate("identify", table, "--library", few, "--json").objects

    assert [(one["title"], one["source"]["block"]) for one in found] == [("bottle", 0), ("drum", 1)]
    assert [one["candidates"][0]["substance"] for one in found] == ["ethanol", "isopropanol"]


@pytest.mark.parametrize("ending", ["jdx", "dx", "csv", "JDX"])
def test_what_was_converted_is_identified_the_same(ending, tmp_path, chemgate, demonstration, few):
    out = tmp_path / f"converted.{ending}"
    source = demonstration / "acrylic-glass.csv"

    assert chemgate("convert", source, out).code == 0

    before, after = (chemgate("identify", path, "--library", few, "--json").object for path in (source, out))
    assert after["candidates"] == before["candidates"]


def test_convert_refuses_an_ending_that_names_no_format(tmp_path, chemgate, demonstration):
    answer = chemgate("convert", demonstration / "ethanol.csv", tmp_path / "ethanol.spc")

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert "found 'ethanol.spc'" in answer.err


def test_convert_refuses_a_bad_file_and_leaves_the_old_output_alone(tmp_path, chemgate, folder):
    out = tmp_path / "out.csv"
    out.write_text("what was there")

    answer = chemgate("convert", folder / "letter.txt", out)

    assert answer.code == 2
    assert answer.err.startswith("Not a readable spectrum file: ")
    assert out.read_text() == "what was there"


@pytest.mark.skipif(
    not Path("/proc/self").is_dir(), reason="only there is a folder that nobody may write into"
)
def test_convert_into_a_folder_that_cannot_be_written_is_one_line(chemgate, demonstration):
    answer = chemgate("convert", demonstration / "ethanol.csv", "/proc/ethanol.jdx")

    assert answer.code == 2
    assert answer.err.startswith("Not written: ")
    assert answer.err.count("\n") == 1


def test_reflectance_is_readable_yet_there_is_nothing_to_compare_it_with(tmp_path, chemgate, few):
    wavenumber = np.arange(700.0, 3600.0, 4.0)
    spectrum = Spectrum(wavenumber, np.sin(wavenumber / 50) ** 2, Technique.REFLECTANCE)
    path = tmp_path / "powder.jdx"
    path.write_bytes(jcamp_bytes(spectrum, title="powder"))

    assert chemgate("read", path, "--json").object["technique"] == "reflectance"
    answer = chemgate("identify", path, "--library", few, "--json")

    assert answer.code == 2
    assert answer.object["error"]["kind"] == "spectrum"
    assert "reflectance" in answer.object["error"]["message"]


def test_an_ordinate_that_is_no_absorbance_is_given_as_it_is(tmp_path, chemgate):
    path = tmp_path / "counts.jdx"
    path.write_text(
        "##TITLE= counts\n##JCAMP-DX= 4.24\n##DATA TYPE= INFRARED SPECTRUM\n##XUNITS= 1/CM\n"
        "##YUNITS= ARBITRARY UNITS\n##XFACTOR= 1\n##YFACTOR= 1\n##FIRSTX= 1000\n##LASTX= 1002\n##NPOINTS= 3\n"
        "##XYDATA= (X++(Y..Y))\n1000 11 12 13\n##END=\n"
    )

    found = chemgate("read", path, "--arrays", "--json").object

    assert found["absorbance"] is None
    assert found["ordinate"] == [11.0, 12.0, 13.0]


def test_an_unknown_library_is_named_in_one_line(chemgate, demonstration):
    answer = chemgate("identify", demonstration / "ethanol.csv", "--library", "no such library", "--json")

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Reference library: ")
    assert "'no such library'" in answer.err


@pytest.mark.parametrize("name", ["x" * 5000, ".", "README.md"])
def test_what_cannot_be_a_library_is_refused_in_one_line(name, chemgate, demonstration):
    answer = chemgate("identify", demonstration / "ethanol.csv", "--library", name)

    assert answer.code == 2
    assert answer.err.count("\n") == 1


def test_libraries_can_be_chosen_by_name_and_by_file(chemgate, demonstration, few):
    found = chemgate(
        "identify", demonstration / "ethanol.csv", "--library", few, "--library", "forensic", "--json"
    ).object

    assert found["library"]["name"] == "A few + Forensic bands (fitted)"


def test_as_many_candidates_are_given_as_were_asked_for(chemgate, demonstration, few):
    found = chemgate("identify", demonstration / "ethanol.csv", "--library", few, "--top", 2, "--json").object

    assert len(found["candidates"]) == 2


def test_nothing_is_logged_without_an_inspection(chemgate, demonstration, few, data_dir):
    chemgate("identify", demonstration / "ethanol.csv", "--library", few)

    assert [path.name for path in data_dir.iterdir()] == ["cache"]


def test_an_unknown_inspection_is_refused_before_anything_is_identified(chemgate, demonstration, few):
    answer = chemgate(
        "identify", demonstration / "ethanol.csv", "--library", few, "--inspection", "20260101-AAAAAA"
    )

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Unknown inspection: ")
    assert "'20260101-AAAAAA'" in answer.err


def test_the_same_question_twice_gives_the_same_line_but_for_the_time_it_took(chemgate, demonstration, few):
    first, second = (chemgate("identify", demonstration, "--library", few, "--json") for _ in range(2))

    assert timeless(first) == timeless(second)


def test_what_was_prepared_is_kept_in_the_data_folder_and_changes_no_answer(
    chemgate, few, demonstration, data_dir
):
    first = timeless(chemgate("identify", demonstration, "--library", few, "--json"))
    [kept] = (data_dir / "cache").iterdir()
    prepared = kept.stat()

    again = chemgate("identify", demonstration, "--library", few, "--json")
    assert timeless(again) == first
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (prepared.st_ino, prepared.st_mtime_ns)

    kept.write_bytes(kept.read_bytes()[:-100])
    assert timeless(chemgate("identify", demonstration, "--library", few, "--json")) == first
    assert kept.stat().st_size == prepared.st_size


def test_where_nothing_can_be_kept_samples_are_identified_all_the_same(
    chemgate, few, demonstration, data_dir
):
    (data_dir / "cache").parent.mkdir(parents=True, exist_ok=True)
    (data_dir / "cache").write_text("a file in the way")

    answer = chemgate("identify", demonstration / "ethanol.csv", "--library", few, "--json")

    assert (answer.code, answer.err) == (0, "")
    assert answer.object["candidates"][0]["substance"] == "ethanol"


def test_the_text_for_one_file_says_what_stands_behind_the_name(chemgate, demonstration, few):
    answer = chemgate("identify", demonstration / "ethanol.csv", "--library", few, "--declared", "метанол")

    assert answer.code == 0
    assert "MATCH  Ethanol" in answer.out
    assert "declared 'метанол': DIFFERS. Declared is Methanol, identified is Ethanol." in answer.out
    assert "Presumptive result: confirm in a laboratory." in answer.out
    assert "There is no probability: " in answer.out
    assert "licence: CC0 1.0" in answer.out
    assert "fits ATR references best" in answer.out


def test_a_name_is_not_put_beside_no_match(chemgate, tmp_path, few):
    bands = "".join(f"{x},{2.7 ** -(((x - 3500) / 20) ** 2)}\n" for x in range(700, 3901, 2))
    path = tmp_path / "odd.csv"
    path.write_text("wavenumber (1/cm),absorbance\n" + bands)

    first_line = chemgate("identify", path, "--library", few).out.splitlines()[0]

    assert "NO MATCH" in first_line
    assert not any(name in first_line for name in ("Ethanol", "alcohol", "Toluene", "Water", "PMMA"))


@pytest.mark.parametrize(
    ("file", "substance"), [("isopropanol_ASDF.jdx", "isopropanol"), ("ethanol2.jdx", "ethanol")]
)
def test_a_measured_alcohol_from_elsewhere_comes_out_first(file, substance, chemgate, samples):
    found = chemgate("identify", samples / "jcamp_format_variants" / file, "--json").object

    assert found["candidates"][0]["substance"] == substance


@pytest.mark.parametrize("name", ["jcamp_uwi_public_domain", "vendor_formats", "jcamp_format_variants"])
@pytest.mark.parametrize("verb", ["read", "identify"])
def test_folders_of_real_files_give_a_result_or_an_error_for_each(name, verb, chemgate, samples, few):
    answer = chemgate(verb, samples / name, *library_of(verb, few), "--json")

    files = {str(path) for path in (samples / name).rglob("*") if path.is_file()}
    assert answer.err == ""
    assert {one["source"]["path"] for one in answer.objects} == files
    for one in answer.objects:
        assert ("error" in one) != ("verdict" in one or "points" in one)
    assert answer.code == (2 if any("error" in one for one in answer.objects) else 0)


@pytest.mark.skipif(sys.platform == "win32", reason="no file there can be called so")
def test_what_a_terminal_would_obey_is_written_out(chemgate, tmp_path):
    name = "esc\x1b[31m\nred\u202e.csv"
    (tmp_path / name).write_text("nothing", "utf-8")

    answer = chemgate("read", tmp_path / name)

    assert answer.out.count("\n") == 1
    assert not set(answer.out) & {"\x1b", "\u202e"}
    assert "esc\\x1b[31m\\nred\\u202e.csv" in answer.out


@pytest.mark.parametrize("number", ["99999999999999999999999", "0", "-1", "1.5", "१"])
def test_a_number_that_is_none_for_a_sample_is_refused(chemgate, number):
    answer = chemgate("identify", "x.csv", "--sample", number)

    assert answer.code == 2
    assert "expected a whole number from 1 upwards" in answer.err
