"""Profiles: what the shipped ones give, what one of your own may say, how a wrong one is refused."""

from __future__ import annotations

import csv
import hashlib
import json
import time
from pathlib import Path
from typing import Any

import pytest

from inspection.amendments import Field, amending
from inspection.errors import ExportError
from inspection.export.exporting import ExportFormat, export_log
from inspection.export.profile import (
    FOLDER,
    MAX_BYTES,
    Profile,
    profile_named,
    read_profile,
    shipped_profiles,
)
from inspection.export.profile_rows import PERSONS, VALUES, RowKind
from inspection.export.xlsx_export import TRAINING
from inspection.log import InspectionLog
from inspection.record.recording import recording
from inspection.record.sections import Section
from inspection.records import EntryKind, NewEntry, closing, opening
from tests.inspection.export.conftest import CONSIGNOR, RELEASED, SEIZED
from tests.inspection.export.test_xlsx import opened

DOCUMENT = Path(__file__).parents[3] / "docs" / "profiles.md"
NAMES = ["cen-like", "ids-like", "laboratory-request", "pics-like"]
HEAD = 'name = "own"\ntitle = "Own form"\nrows = "inspection"\n'
COLUMN = '[[column]]\nheader = "Number"\nfrom = "inspection.number"\n'


@pytest.fixture
def own(tmp_path: Path):
    """Write a profile of one's own and give its path."""

    def write(text: str | bytes, name: str = "own.toml") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def table(log: InspectionLog, profile: Profile, path: Path, **how: Any) -> list[dict[str, str]]:
    """Export a profile as CSV and read it back."""
    report = export_log(log, path, ExportFormat.CSV, profile=profile, **how)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert report.count == len(rows)
    return rows


def test_the_shipped_profiles_are_templates_and_ask_for_no_personal_data() -> None:
    shipped = shipped_profiles()
    assert [one.name for one in shipped] == [path.stem for path in sorted(FOLDER.glob("*.toml"))] == NAMES
    for one in shipped:
        assert one.is_template
        assert not one.is_nominal
        assert "(template)" in one.title
        assert not any(column.source.startswith(PERSONS) for column in one.columns)
        assert any(column.source == "log.anchor" for column in one.columns)


def test_no_shipped_profile_names_an_officer() -> None:
    sources = {column.source for one in shipped_profiles() for column in one.columns}
    assert not any("officer" in source or source.startswith("custody.") for source in sources)


def test_the_documentation_names_every_profile_every_column_and_every_value() -> None:
    page = DOCUMENT.read_text(encoding="utf-8")
    for one in shipped_profiles():
        assert f"`{one.name}`" in page
        for column in one.columns:
            assert f"| {column.header} |" in page
    for name in VALUES:
        assert f"`{name}`" in page


def test_a_seizure_report_has_a_row_for_each_sample_of_what_was_seized(
    filled: InspectionLog, tmp_path: Path
) -> None:
    first, second = table(filled, profile_named("cen-like"), tmp_path / "out.csv")
    assert (first["Reference"], first["Date of seizure"]) == (SEIZED, "2026-11-24")
    assert (first["Means of transport"], first["Countries of transit"]) == ("Vehicle", "")
    assert (first["Goods found"], first["CAS number"]) == ("Acetone", "67-64-1")
    assert (first["Verdict of the instrument"], first["Physical state"]) == ("one substance", "Powder")
    assert first["How it was identified"] == "Infrared spectrum, presumptive"
    assert first["Log"] == str(filled.head())
    assert (second["Place of concealment"], second["Goods found"]) == ("bag 5", "")
    assert CONSIGNOR not in (tmp_path / "out.csv").read_text(encoding="utf-8")


def test_only_what_is_controlled_or_watched_gets_into_a_drug_seizure(
    filled: InspectionLog, tmp_path: Path
) -> None:
    [row] = table(filled, profile_named("ids-like"), tmp_path / "out.csv")
    assert (row["Seizure"], row["Sample"], row["Drug"]) == (SEIZED, "1", "Acetone")


def test_an_incident_with_a_precursor_is_told_whatever_was_decided(
    filled: InspectionLog, tmp_path: Path
) -> None:
    first, second = table(filled, profile_named("pics-like"), tmp_path / "out.csv")
    assert (first["Type of incident"], first["Declaration"]) == ("Seizure", "misdeclared")
    assert (second["Reference"], second["Type of incident"]) == (RELEASED, "")


def test_a_request_to_a_laboratory_has_every_sample(filled: InspectionLog, tmp_path: Path) -> None:
    first, second, third = table(filled, profile_named("laboratory-request"), tmp_path / "out.csv")
    assert (first["Laboratory"], first["Question"]) == ("Laboratory A", "what is it?")
    assert (first["Second test"], first["Second test says"]) == ("colour test", "positive")
    assert first["Similarity, no probability"] == "0.987654"
    assert second["Laboratory"] == ""
    assert third["Inspection"] == RELEASED


@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_of_a_profile_has_the_rows_of_its_csv_file(
    filled: InspectionLog, tmp_path: Path, name: str
) -> None:
    profile = profile_named(name)
    rows = table(filled, profile, tmp_path / "out.csv")
    report = export_log(filled, tmp_path / "out.xlsx", ExportFormat.XLSX, profile=profile)
    book = opened(tmp_path / "out.xlsx")
    shown = [{head: "" if cell is None else str(cell) for head, cell in row.items()} for row in book["Rows"]]
    assert (report.count, shown) == (len(rows), rows)
    said = {row["what"]: row["value"] for row in book["Anchor"]}
    assert (said["profile"], said["this is"]) == (name, "a template, and no official form")
    assert said["anchor"] == str(filled.head())


def test_every_row_from_a_training_log_says_so(filled_training: InspectionLog, tmp_path: Path) -> None:
    for row in table(filled_training, profile_named("laboratory-request"), tmp_path / "out.csv"):
        assert row[TRAINING] == TRAINING
    export_log(filled_training, tmp_path / "out.xlsx", ExportFormat.XLSX, profile=profile_named("cen-like"))
    assert opened(tmp_path / "out.xlsx")["Rows"][0][TRAINING] == TRAINING


def test_one_inspection_can_be_exported_with_a_profile(filled: InspectionLog, tmp_path: Path) -> None:
    [row] = table(filled, profile_named("laboratory-request"), tmp_path / "out.csv", inspection=RELEASED)
    assert row["Inspection"] == RELEASED


def test_findings_outside_inspections_are_among_all_identifications(
    filled: InspectionLog, tmp_path: Path, own
) -> None:
    text = HEAD.replace("inspection", "identification") + COLUMN
    text += '[[column]]\nheader = "Entry"\nfrom = "identification.sequence"\n'
    text += '[[column]]\nheader = "Verdict"\nfrom = "identification.verdict"\n'
    rows = table(filled, read_profile(own(text)), tmp_path / "out.csv")
    assert [row["Number"] for row in rows] == [SEIZED, SEIZED, RELEASED, ""]
    assert rows[-1]["Verdict"] == "rejected"


def test_a_group_and_a_mixture_are_named_as_a_whole_and_a_near_miss_is_not(
    log: InspectionLog, tmp_path: Path, finding, own
) -> None:
    one, two = (
        finding()["candidates"][0],
        {**finding(substance="toluene")["candidates"][0], "status": "watched"},
    )
    for body in (
        finding("group", candidates=[one, two], group=["acetone", "toluene"]),
        finding("mixture", candidates=[one], components=[{**one, "share": 0.5}, {**two, "share": 0.5}]),
        finding("inconclusive"),
    ):
        log.append(NewEntry(EntryKind.IDENTIFICATION, body))
    text = HEAD.replace("inspection", "identification")
    text += '[[column]]\nheader = "Named"\nfrom = "identification.named"\n'
    text += '[[column]]\nheader = "Status"\nfrom = "identification.status"\n'
    rows = table(log, read_profile(own(text)), tmp_path / "out.csv")
    assert [row["Named"] for row in rows] == ["Acetone or Toluene", "Acetone and Toluene", ""]
    assert [row["Status"] for row in rows] == ["watched", "watched", ""]


def test_personal_data_are_given_only_to_a_profile_that_says_so_and_only_when_wanted(
    filled: InspectionLog, tmp_path: Path, own
) -> None:
    column = '[[column]]\nheader = "Sender"\nfrom = "persons.consignor"\n'
    with pytest.raises(
        ExportError, match=r"'own.toml': column 2: expected no personal data .* nominal = true"
    ):
        read_profile(own(HEAD + COLUMN + column))
    with pytest.raises(ExportError, match=r"only 'persons.driver': expected no personal data"):
        read_profile(own(HEAD + '[only]\n"persons.driver" = "A"\n' + COLUMN))

    nominal = read_profile(own(HEAD + "nominal = true\n" + COLUMN + column))
    assert table(filled, nominal, tmp_path / "a.csv")[0]["Sender"] == CONSIGNOR
    rows = table(filled, nominal, tmp_path / "b.csv", with_persons=False)
    assert [list(row) for row in rows] == [["Number"], ["Number"]]
    with pytest.raises(ExportError, match="expected columns without personal data in the profile own"):
        only_persons = read_profile(own(HEAD + "nominal = true\n" + column))
        export_log(filled, tmp_path / "c.csv", ExportFormat.CSV, profile=only_persons, with_persons=False)


def test_a_declaration_that_was_amended_was_not_compared_again(
    log: InspectionLog, tmp_path: Path, finding, own
) -> None:
    entry = log.append(NewEntry(EntryKind.IDENTIFICATION, finding()))
    for new in amending(entry, {Field.DECLARED: "acetic anhydride"}, "the second paper"):
        log.append(new)
    text = HEAD.replace("inspection", "identification")
    text += '[[column]]\nheader = "Declared"\nfrom = "identification.declared"\n'
    text += '[[column]]\nheader = "Said"\nfrom = "identification.declared_verdict"\n'

    [row] = table(log, read_profile(own(text)), tmp_path / "out.csv")

    assert row == {"Declared": "acetic anhydride", "Said": "not compared again"}


def test_an_incident_names_what_its_own_sample_was_declared_as() -> None:
    source = {column.header: column.source for column in profile_named("pics-like").columns}
    assert source["Declared as"] == "identification.declared"
    assert source["Declaration"] == "identification.declared_verdict"


def test_a_second_opinion_is_no_result_of_a_laboratory(
    log: InspectionLog, tmp_path: Path, finding, own
) -> None:
    log.append(opening(SEIZED))
    entry = log.append(NewEntry(EntryKind.IDENTIFICATION, finding(), SEIZED, 1))
    for laboratory, method, substances in (
        ("Laboratory 1", "GC-MS", ("acetone",)),
        ("Officer 2", "second opinion", ("ethanol",)),
    ):
        said = {
            "entry": entry.sequence,
            "laboratory": laboratory,
            "method": method,
            "substances": substances,
            "finding": f"as {laboratory} says",
        }
        log.append(recording(SEIZED, Section.LABORATORY_RESULT, said, sample=1))
    names = ("laboratory_result.laboratory", "laboratory_result.finding")
    names += ("second_opinion.by", "second_opinion.substances", "second_opinion.finding")
    columns = "".join(f'[[column]]\nheader = "{name}"\nfrom = "{name}"\n' for name in names)
    expected = ["Laboratory 1", "as Laboratory 1 says", "Officer 2", "ethanol", "as Officer 2 says"]

    for kind in (RowKind.INSPECTION, RowKind.SAMPLE, RowKind.IDENTIFICATION):
        profile = read_profile(own(HEAD.replace("inspection", kind) + columns))
        [row] = table(log, profile, tmp_path / "out.csv")
        assert list(row.values()) == expected
    export_log(log, tmp_path / "out.xlsx", ExportFormat.XLSX)
    [sample] = opened(tmp_path / "out.xlsx")["Samples"]
    assert [sample[name] for name in names] == expected


def test_the_remark_of_the_closing_stands_in_profile_and_workbook(
    log: InspectionLog, tmp_path: Path, own
) -> None:
    log.append(opening(SEIZED))
    log.append(closing(SEIZED, remark="two drums left behind"))
    text = HEAD + '[[column]]\nheader = "Remark"\nfrom = "inspection.closing_remark"\n'

    [row] = table(log, read_profile(own(text)), tmp_path / "out.csv")

    assert row == {"Remark": "two drums left behind"}
    export_log(log, tmp_path / "out.xlsx", ExportFormat.XLSX)
    [inspection] = opened(tmp_path / "out.xlsx")["Inspections"]
    assert inspection["inspection.closing_remark"] == "two drums left behind"


def test_a_filter_may_be_written_with_or_without_quotes(filled: InspectionLog, tmp_path: Path, own) -> None:
    for only in ('"transport.mode" = ["road", "rail"]', 'transport.mode = "road"'):
        profile = read_profile(own(HEAD + f"[only]\n{only}\n" + COLUMN))
        assert [row["Number"] for row in table(filled, profile, tmp_path / "out.csv")] == [SEIZED]


def test_each_line_of_a_field_is_translated_by_itself(filled: InspectionLog, tmp_path: Path, own) -> None:
    text = HEAD + COLUMN + '[[column]]\nheader = "Seals"\nfrom = "transport.seals_found"\n'
    profile = read_profile(own(text + 'translate = { S-2 = "=second" }\n'))
    assert table(filled, profile, tmp_path / "out.csv")[0]["Seals"] == "S-1;' =second"


def test_every_value_can_be_asked_of_every_kind_of_row(filled: InspectionLog, tmp_path: Path, own) -> None:
    columns = "".join(f'[[column]]\nheader = "{name}"\nfrom = "{name}"\n' for name in VALUES)
    for kind in RowKind:
        text = HEAD.replace("inspection", kind) + "nominal = true\n" + columns
        rows = table(filled, read_profile(own(text)), tmp_path / "out.csv")
        assert rows
        assert list(rows[0]) == list(VALUES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff", "expected TOML in UTF-8, found: 'utf-8' codec"),
        ("name = ", "expected TOML in UTF-8, found: Invalid value"),
        ("a = " + "[" * 5000, "expected TOML in UTF-8, found: "),
        ("a = " + "[" * 3900, "expected TOML in UTF-8, found: "),
        (HEAD + "a" * 4001, "expected TOML in UTF-8, found: 4001 characters in line 4, more than 4000"),
        ("name" + ".a" * 1900 + " = 1\n" + COLUMN, "expected name as one line .*, found a table"),
        (HEAD + "column" + ".a" * 1900 + " = 1\n", "expected 1 to 200 tables .*, found a table"),
        (HEAD + "only.x" + ".a" * 1900 + " = 1\n" + COLUMN, "only 'x.a': expected one of inspection, "),
        (HEAD + "only.log.head" + ".a" * 1900 + " = 1\n" + COLUMN, "only 'log.head': .*, found a table"),
        (HEAD + "column = [" + "[" * 200 + "]" * 200 + "]", "column 1: expected a table, found a list"),
        (
            HEAD.replace('"inspection"', "0x" + "f" * 3900) + COLUMN,
            "expected rows to be one of inspection, .*, found a very large number",
        ),
        (HEAD.replace('"inspection"', "9" * 3900) + COLUMN, "expected rows .*, found a very large number"),
        ("", "expected name as one line of 1 to 200 visible characters, found nothing"),
        (HEAD.replace("own", "Own Form") + COLUMN, "expected a name of small letters, digits and hyphens"),
        (
            HEAD.replace('rows = "inspection"', 'rows = "box"') + COLUMN,
            "expected rows to be one of inspection, ",
        ),
        (HEAD.replace('rows = "inspection"', "rows = 3") + COLUMN, "expected rows to be one of inspection, "),
        (HEAD + 'template = "yes"\n' + COLUMN, "expected template to be true or false, found 'yes'"),
        (HEAD + "colour = 1\n" + COLUMN, "expected in the profile only column, name, .* found 'colour'"),
        (HEAD, "expected 1 to 200 tables .*, found 0 of them"),
        (HEAD + "column = 3\n", "expected 1 to 200 tables .*, found '3'"),
        (HEAD + "column = [3]\n", "column 1: expected a table, found '3'"),
        (HEAD + COLUMN * 201, "expected 1 to 200 tables .*, found 201 of them"),
        (HEAD + COLUMN * 2, "column 2: expected a header of its own, found 'Number' again"),
        (HEAD + COLUMN + '[[column]]\nheader = "B"\n', "column 2: expected from as one line"),
        (HEAD + '[[column]]\nfrom = "log.head"\n', "column 1: expected header as one line"),
        (HEAD + COLUMN.replace("Number", "\u202eNumber"), "column 1: expected header as one line"),
        (HEAD + COLUMN + "width = 3\n", "expected in column 1 only from, header, translate, found 'width'"),
        (
            HEAD + COLUMN.replace("inspection.number", "inspection.colour"),
            "column 1: expected one of inspection.n",
        ),
        (
            HEAD + COLUMN.replace("inspection.number", "__class__"),
            "column 1: expected one of inspection, circ",
        ),
        (HEAD + COLUMN + "translate = 3\n", "column 1: expected a table of words as translate, found '3'"),
        (HEAD + COLUMN + "translate = { a = 3 }\n", "column 1: expected translation of 'a' as one line"),
        (HEAD + "only = 3\n" + COLUMN, "expected a table of names and texts as only, found '3'"),
        (HEAD + '[only]\n"log.head" = 3\n' + COLUMN, "only 'log.head': expected a text or a list of texts"),
        (HEAD + '[only]\nhead = "3"\n' + COLUMN, "only 'head': expected one of inspection, circumstances"),
    ],
)
def test_a_wrong_profile_is_one_sentence_with_file_column_and_what_was_expected(
    text: str | bytes, said: str, own
) -> None:
    with pytest.raises(ExportError, match=f"^profile 'own.toml': {said}") as caught:
        read_profile(own(text))
    assert "\n" not in str(caught.value)


def test_a_profile_that_is_too_large_missing_or_a_folder_is_refused(own, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"'own.toml': expected at most 0.0625 MiB"):
        read_profile(own(HEAD + COLUMN + "#" * MAX_BYTES))
    with pytest.raises(ExportError, match=r"'none.toml': expected a file, found none of this name"):
        profile_named(str(tmp_path / "none.toml"))
    with pytest.raises(ExportError, match="expected a file, found a folder"):
        profile_named(f"{tmp_path}/")
    with pytest.raises(ExportError, match=r"expected one of the profiles cen-like, .*, found 'cen'"):
        profile_named("cen")


def test_a_profile_of_deep_tables_is_refused_as_fast_as_another(own) -> None:
    lines = "".join(f"only.x{number}" + ".a" * 1900 + " = 1\n" for number in range(16))
    began = time.process_time()
    with pytest.raises(ExportError, match=r"^profile 'own.toml': "):
        read_profile(own(HEAD + lines + COLUMN))
    assert time.process_time() - began < 10


def test_a_profile_is_for_tables_only(filled: InspectionLog, tmp_path: Path) -> None:
    for wanted in (ExportFormat.JSON, ExportFormat.BUNDLE):
        with pytest.raises(
            ExportError, match=f"expected csv or xlsx for the profile cen-like, found {wanted}"
        ):
            export_log(filled, tmp_path / "out", wanted, profile=profile_named("cen-like"))


def test_the_command_line_lists_profiles_and_exports_with_one(chemgate, tmp_path: Path, own) -> None:
    listed = chemgate("log", "profiles", "--json").objects
    assert [one["profile"] for one in listed] == NAMES
    assert all(one["template"] for one in listed)
    assert "template, no official form" in chemgate("log", "profiles").out
    chemgate("inspection", "new", "--declared", "soap")
    answer = chemgate("log", "export", tmp_path / "out.xlsx", "--profile", own(HEAD + COLUMN), "--json")
    assert (answer.code, answer.object["count"], answer.object["format"]) == (0, 1, "xlsx")
    wrong = chemgate("log", "export", tmp_path / "out.csv", "--profile", own(HEAD + COLUMN * 2))
    assert wrong.code == 2
    assert "column 2" in wrong.err
    assert not (tmp_path / "out.csv").exists()


def test_json_withholds_what_names_persons_and_the_chain_can_still_be_followed(
    filled: InspectionLog, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    export_log(filled, out, ExportFormat.JSON, with_persons=False)
    text = out.read_text(encoding="utf-8")
    assert CONSIGNOR not in text
    rows = [json.loads(line) for line in text.splitlines()]
    [withheld] = [row for row in rows if "withheld" in row]
    assert withheld["withheld"] == "persons"
    assert not {"body", "entry"} & withheld.keys()
    head = bytes(32)
    for row in rows:
        once = (
            bytes.fromhex(row["entry_sha256"])
            if "withheld" in row
            else hashlib.sha256(row["entry"].encode()).digest()
        )
        head = hashlib.sha256(b"chemgate.log.entry.2\0" + head + once).digest()
        assert (head.hex(), len(row["signature"])) == (row["hash"], 128)
    assert head.hex() == filled.head().head
