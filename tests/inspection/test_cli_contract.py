"""What scripts rely on: keys may be added, none may be renamed or dropped."""

from __future__ import annotations

import pytest

READ = {
    *("source", "title", "cas", "technique", "phase", "x_units", "y_units", "points"),
    *("wavenumber_min", "wavenumber_max", "resolution_cm", "gaps", "warnings"),
}
SOURCE = {"path", "block", "sha256", "format"}
IDENTIFY = {
    *("source", "title", "verdict", "candidates", "components", "explained", "hints", "quality"),
    *("declared", "library", "recipe", "elapsed_ms"),
}
CANDIDATE = {
    *("substance", "name", "cas", "reference", "library", "tier", "score", "confidence", "confidence_note"),
}
CAPTURE = {"device", "serial", "firmware", "scan_id", "scans", "sha256"}
BACKGROUND = {"device", "serial", "time", "scans", "resolution_cm"}
COVERAGE = {"substance", "name", "lists", "status", "tiers", "visible"}

DRAWN = "wavenumber (1/cm),absorbance\n" + "".join(f"{x},{(x % 300) / 300}\n" for x in range(700, 3601, 2))


@pytest.fixture
def inspection(chemgate) -> str:
    return chemgate("inspection", "new", "--declared", "methanol", "--json").object["inspection"]


@pytest.fixture
def filled_log(chemgate, inspection, demonstration, few) -> str:
    """The number of an inspection with one finding in it."""
    answer = chemgate(
        "identify", demonstration / "ethanol.csv", "--library", few, "--inspection", inspection, "--json"
    )
    assert answer.code == 0
    return inspection


def test_read_says_what_a_file_holds(chemgate, demonstration):
    found = chemgate("read", demonstration / "ethanol.csv", "--json").object

    assert found.keys() >= READ
    assert found["source"].keys() >= SOURCE
    assert found["technique"] in {"atr", "transmission", "reflectance", "unknown"}
    assert not found.keys() & {"wavenumber", "absorbance", "ordinate"}


def test_read_gives_the_numbers_when_asked(chemgate, demonstration):
    found = chemgate("read", demonstration / "ethanol.csv", "--arrays", "--json").object

    assert found.keys() >= READ | {"wavenumber", "absorbance"}
    assert found["points"] == len(found["wavenumber"]) == len(found["absorbance"])
    assert found["wavenumber"] == sorted(found["wavenumber"])
    assert (found["wavenumber_min"], found["wavenumber_max"]) == (
        found["wavenumber"][0],
        found["wavenumber"][-1],
    )


@pytest.mark.parametrize("verb", ["read", "identify"])
def test_a_bad_file_gives_one_line_with_source_and_error(verb, chemgate, tmp_path):
    bad = tmp_path / "bad.jdx"
    bad.write_text("##TITLE= nothing\n##END=\n")

    answer = chemgate(verb, bad, "--json")

    assert answer.code == 2
    assert answer.object["source"].keys() >= SOURCE
    assert answer.object["error"].keys() >= {"kind", "message"}
    assert answer.object.keys() == {"source", "error"}


def test_identify_gives_the_whole_object(chemgate, demonstration, few):
    found = chemgate(
        "identify", demonstration / "ethanol.csv", "--library", few, "--declared", "methanol", "--json"
    ).object

    assert found.keys() >= IDENTIFY
    assert found["source"].keys() >= SOURCE
    assert found["verdict"] == "match"
    for candidate in found["candidates"]:
        assert candidate.keys() >= CANDIDATE
        assert candidate["confidence"] is None
        assert candidate["confidence_note"]
    for component in found["components"]:
        assert component.keys() >= {"substance", "name", "share", "probability"}
    assert found["declared"].keys() >= {"text", "verdict", "reason"}
    assert found["declared"]["verdict"] == "differs"
    assert found["library"].keys() >= {"name", "version", "sha256", "references"}
    assert isinstance(found["recipe"], dict)
    assert found["elapsed_ms"] > 0


def test_identify_without_a_declaration_says_null(chemgate, demonstration, few):
    found = chemgate("identify", demonstration / "ethanol.csv", "--library", few, "--json").object

    assert found["declared"] is None


def test_identify_words_what_is_wrong_with_a_spectrum(chemgate, tmp_path, few):
    flat = tmp_path / "flat.csv"
    flat.write_text("wavenumber (1/cm),absorbance\n" + "".join(f"{x},0.0\n" for x in range(650, 4001, 4)))

    found = chemgate("identify", flat, "--library", few, "--json").object

    assert found["verdict"] == "rejected"
    assert found["candidates"] == []
    for finding in found["quality"]:
        assert finding.keys() >= {"issue", "cause", "action", "severity"}
        assert finding["cause"] and finding["action"]


def test_identify_words_a_hint_as_a_hint(chemgate, tmp_path, few, starter):
    [bands] = [one for one in starter[0].band_lists if one.substance == "acetic-anhydride"]
    lines = ["wavenumber (1/cm),absorbance"]
    for x in range(650, 4001, 2):
        heights = (
            s * 2.7 ** (-(((x - at) / 6) ** 2))
            for at, s in zip(bands.wavenumber, bands.strength, strict=True)
        )
        lines.append(f"{x},{sum(heights):.6f}")
    drawn = tmp_path / "drawn.csv"
    drawn.write_text("\n".join(lines))

    found = chemgate("identify", drawn, "--library", few, "--declared", "acetic acid", "--json").object

    assert found["verdict"] == "no_match"
    assert found["candidates"] != []
    hints = {hint["substance"]: hint for hint in found["hints"]}
    assert hints["acetic-anhydride"].keys() >= {"substance", "name", "bands_found", "bands_listed", "score"}
    assert "not a match" in hints["acetic-anhydride"]["sentence"]
    assert found["declared"]["verdict"] == "undetermined"
    assert "Acetic anhydride" in found["declared"]["reason"]


def test_library_list_names_each_library(chemgate):
    found = chemgate("library", "list", "--json").objects

    assert [one["name"] for one in found] == ["Open starter library", "Forensic bands (fitted)"]
    assert all(one.keys() >= {"name", "version", "sha256", "references"} for one in found)


def test_library_verify_says_whether_each_library_is_as_it_was_built(chemgate):
    answer = chemgate("library", "verify", "--json")

    assert answer.code == 0
    assert [one["ok"] for one in answer.objects] == [True, True]


def test_library_show_gives_a_substance_with_its_references(chemgate):
    found = chemgate("library", "show", "ethanol", "--json").object

    assert found["substance"] == "ethanol"
    assert {one["tier"] for one in found["references"]} == {"derived"}
    assert all(one["source"] and one["licence"] for one in found["references"])


def test_library_search_gives_one_substance_a_line(chemgate):
    found = chemgate("library", "search", "64-17-5", "--json").object

    assert found.keys() >= {"substance", "name", "cas", "lists", "status", "hs_code"}
    assert found["substance"] == "ethanol"


def test_library_coverage_gives_every_substance_and_then_the_summary(chemgate, catalogue):
    *rows, last = chemgate("library", "coverage", "--json").objects

    assert len(rows) == len(catalogue.substances)
    for row in rows:
        assert row.keys() >= COVERAGE
        assert row["status"] in {"controlled", "watched", "other"}
        assert row["tiers"].keys() >= {"measured", "derived", "bands"}
        assert isinstance(row["visible"], bool)
    assert last.keys() == {"summary"}


def test_ports_gives_one_port_a_line(chemgate):
    answer = chemgate("ports", "--json")

    assert answer.code == 0
    assert all("port" in one for one in answer.objects)


def test_background_gives_its_receipt(chemgate, wired):
    answer = chemgate("background", "--port", wired(), "--scans", 4, "--resolution", 8, "--json")

    assert answer.code == 0
    assert answer.object.keys() == {"background"}
    assert answer.object["background"].keys() >= BACKGROUND
    assert (answer.object["background"]["scans"], answer.object["background"]["resolution_cm"]) == (4, 8.0)


def test_scan_gives_the_object_of_read_and_the_capture(chemgate, wired):
    url = wired()
    chemgate("background", "--port", url)

    found = chemgate("scan", "--port", url, "--json").object

    assert found.keys() >= READ | {"capture"}
    assert found["source"].keys() >= SOURCE
    assert found["capture"].keys() >= CAPTURE


def test_scan_identify_gives_the_object_of_identify_and_the_capture(chemgate, wired, few):
    url = wired()
    chemgate("background", "--port", url)

    found = chemgate("scan", "--port", url, "--identify", "--library", few, "--json").object

    assert found.keys() >= IDENTIFY | {"capture"}
    assert found["capture"].keys() >= CAPTURE
    assert found["candidates"][0]["substance"] == "isopropanol"


def test_inspection_new_gives_its_number(chemgate):
    found = chemgate("inspection", "new", "--container", "MSKU 123456 5", "--hs", "2905.12", "--json").object

    assert isinstance(found["inspection"], str)


def test_inspection_list_and_show_give_what_was_opened(chemgate, filled_log):
    [listed] = chemgate("inspection", "list", "--json").objects
    shown = chemgate("inspection", "show", filled_log, "--json").object

    assert listed["inspection"] == shown["inspection"] == filled_log
    assert [entry["kind"] for entry in shown["entries"]] == ["inspection_opened", "identification"]


def test_log_list_gives_one_entry_a_line(chemgate, filled_log):
    found = chemgate("log", "list", "--json").objects

    assert [one["sequence"] for one in found] == [1, 2, 3]
    assert {one["officer"] for one in found} == {None}
    assert found[2]["body"].keys() >= IDENTIFY


def test_log_head_says_where_the_log_ends(chemgate, filled_log):
    found = chemgate("log", "head", "--json").object

    assert found.keys() >= {"volume", "count", "head"}
    assert (found["volume"], found["count"], len(found["head"])) == (1, 3, 64)


def test_log_verify_says_that_nothing_was_changed(chemgate, filled_log):
    answer = chemgate("log", "verify", "--json")

    assert answer.code == 0
    assert answer.object.keys() >= {"ok", "count", "head", "problems"}
    assert (answer.object["ok"], answer.object["count"], answer.object["problems"]) == (True, 3, [])
    assert answer.object["head"] == chemgate("log", "head", "--json").object["head"]


@pytest.mark.parametrize("format_", ["csv", "json"])
def test_log_export_says_what_it_wrote(format_, chemgate, filled_log, tmp_path):
    out = tmp_path / f"log.{format_}"

    found = chemgate("log", "export", out, "--json").object

    assert found.keys() >= {"path", "format", "count", "sha256", "head"}
    assert (found["path"], found["format"]) == (str(out), format_)
    assert out.exists()


def test_selftest_gives_one_check_a_line(chemgate):
    answer = chemgate("selftest", "--json")

    assert answer.code == 0
    assert all(one["ok"] for one in answer.objects)


def test_convert_writes_without_json(chemgate, tmp_path):
    source = tmp_path / "drawn.csv"
    source.write_text(DRAWN)

    answer = chemgate("convert", source, tmp_path / "drawn.jdx")

    assert (answer.code, answer.out, answer.err) == (0, f"{tmp_path / 'drawn.jdx'}\n", "")


def test_the_verbs_are_those_that_scripts_know(chemgate):
    answer = chemgate("--help")

    assert answer.code == 0
    for verb in (
        *("read", "convert", "identify", "library", "ports", "background", "scan", "simulate"),
        *("inspection", "log", "demo", "selftest"),
    ):
        assert f"\n    {verb} " in answer.out


@pytest.mark.parametrize(
    "argv",
    [
        ("no-such-verb",),
        ("read",),
        ("identify", "x.csv", "--top", "0"),
        ("identify", "x.csv", "--sample", "none"),
        ("scan", "--scans", "0"),
        ("scan", "--scans", "2000"),
        ("scan", "--resolution", "3"),
        ("simulate", "--speed", "-1"),
        ("simulate", "--speed", "nan"),
        ("simulate", "--seed", "-1"),
        ("simulate", "--listen", "nowhere"),
        ("simulate", "--listen", "0.0.0.0:0"),
        ("simulate", "--listen", "[::]:0"),
        ("simulate", "--listen", "192.0.2.1:0"),
        ("simulate", "--listen", "example.org:0"),
        ("simulate", "--listen", "127.0.0.1:70000"),
        ("log", "list", "--since", "yesterday"),
        ("log", "list", "--since", "0001-01-01T00:00+05:00"),
        ("log", "list", "--verdict", "perhaps"),
        ("log", "export", "log.csv", "--format", "docx"),
        ("--language", "fr", "ports"),
    ],
)
def test_wrong_usage_is_exit_code_2_and_says_so_on_stderr(argv, chemgate):
    answer = chemgate(*argv)

    assert (answer.code, answer.out) == (2, "")
    assert "error: " in answer.err
