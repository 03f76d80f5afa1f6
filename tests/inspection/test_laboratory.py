"""``log laboratory``: results brought to their identifications, typed or out of a table, each whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from inspection.errors import RecordError
from inspection.folders import DataFolder
from inspection.laboratory.results import newest_results
from inspection.laboratory.table import TypedResult, read_results
from inspection.laboratory.taking_results import LaboratoryDesk
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.record.recording import amending_record, recording
from inspection.record.sections import Section
from inspection.records import EntryKind, NewEntry, closing, opening

ONE = "20261124-7K3FQ2"
TWO = "20261124-7K3FQ3"
# Of inspection ONE: sample 1 in entries 3 and 4, sample 2 in entry 5.  Of TWO: sample 1 in entry 8.
FIRST, NEWEST, SECOND, OTHER, OF_NONE = 3, 4, 5, 8, 11
HEAD = "entry;inspection;sample;reference;laboratory;reported;method;substances;finding"


@pytest.fixture
def data(data_dir: Path, clock, finding, curve) -> DataFolder:
    """A log in which samples were identified and sent to a laboratory, and whose inspections are closed."""
    data = DataFolder(data_dir)
    with InspectionLog.open(data.evidence_log, kind=LogKind.EVIDENCE, clock=clock) as log:
        log.append(opening(ONE))
        for sample in (1, 1, 2):
            log.append(NewEntry(EntryKind.IDENTIFICATION, finding(), ONE, sample, curve(sample)))
        log.append(sent(ONE, 2, "L-17/26"))
        log.append(opening(TWO))
        log.append(NewEntry(EntryKind.IDENTIFICATION, finding("no_match"), TWO, 1, curve(5)))
        log.append(sent(TWO, 1, "L-18/26"))
        log.append(closing(ONE))
        log.append(NewEntry(EntryKind.IDENTIFICATION, finding(), curve=curve(6)))
        assert log.entry(OF_NONE).inspection is None
    return data


def sent(inspection: str, sample: int, reference: str) -> NewEntry:
    said = {"laboratory": "Laboratory 1", "reference": reference}
    return recording(inspection, Section.LABORATORY, said, sample=sample)


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Write a table with a head and these rows."""

    def write(*rows: str, head: str = HEAD, encoding: str = "utf-8") -> Path:
        path = tmp_path / "results.csv"
        path.write_text("\n".join((head, *rows)) + "\n", encoding=encoding)
        return path

    return write


def results(data: DataFolder) -> dict[int, tuple[tuple[str, ...], str]]:
    """What the log says that laboratories found last: substances and finding by entry."""
    with InspectionLog.open_read_only(data.evidence_log, kind=LogKind.EVIDENCE) as log:
        return {number: (one.found, one.newest.finding) for number, one in newest_results(log).items()}


def count(data: DataFolder) -> int:
    with InspectionLog.open_read_only(data.evidence_log, kind=LogKind.EVIDENCE) as log:
        return log.head().count


# --- One result


def test_one_result_is_written_against_its_identification_though_the_inspection_is_closed(
    chemgate, data
) -> None:
    answer = chemgate(
        *("log", "laboratory", "--entry", SECOND, "--laboratory", "Laboratory 1", "--reference", "L-17/26"),
        *("--reported", "2026-01-30", "--method", "GC-MS", "--substance", "acetone", "--finding", "99 %"),
        "--json",
    )

    assert (answer.code, answer.err) == (0, "")
    assert answer.object == {
        "entry": SECOND,
        "recorded": 12,
        "substances": ["acetone"],
        "unknown": [],
        "newest_of": 1,
        "follows": None,
    }
    with InspectionLog.open_read_only(data.evidence_log, kind=LogKind.EVIDENCE) as log:
        written = log.entry(12)
    assert (written.inspection, written.sample) == (ONE, 2)
    assert written.body == {
        "section": "laboratory_result",
        "fields": {
            "entry": SECOND,
            "laboratory": "Laboratory 1",
            "reference": "L-17/26",
            "reported": "2026-01-30",
            "method": "GC-MS",
            "substances": ["acetone"],
            "finding": "99 %",
        },
    }


@pytest.mark.parametrize(
    ("typed", "entry"),
    [
        (TypedResult(entry=str(FIRST)), FIRST),
        (TypedResult(reference="L-17/26"), SECOND),
        (TypedResult(reference="l-18/26", laboratory="LABORATORY 1"), OTHER),
        (TypedResult(inspection=TWO.lower(), sample="1"), OTHER),
        (TypedResult(inspection=ONE, sample="1"), NEWEST),
        (TypedResult(entry=str(SECOND), inspection=ONE, sample="2", reference="L-17/26"), SECOND),
    ],
)
def test_a_result_says_what_it_means_by_entry_reference_or_sample(data, catalogue, typed, entry) -> None:
    with InspectionLog.open(data.evidence_log, kind=LogKind.EVIDENCE) as log:
        recorded = LaboratoryDesk(log, catalogue).record(replace(typed, substances=("acetone",)))

    assert recorded.entry == entry
    assert recorded.newest_of == (2 if entry == NEWEST else 1)


@pytest.mark.parametrize(
    ("typed", "column", "said"),
    [
        (TypedResult(), "entry", "found none of them"),
        (TypedResult(entry="x"), "entry", "expected a whole number, found 'x'"),
        (TypedResult(entry="9" * 19), "entry", "expected a whole number"),
        (TypedResult(entry="4711"), "entry", "there is no entry 4711"),
        (TypedResult(entry="2"), "entry", "found entry 2, inspection opened"),
        (TypedResult(entry=str(OF_NONE)), "entry", "found entry 11 of none"),
        (TypedResult(entry=str(FIRST), inspection=TWO), "inspection", f"expected that of the entry, {ONE}"),
        (TypedResult(entry=str(FIRST), sample="2"), "sample", "expected that of the entry, 1, found 2"),
        (
            TypedResult(entry=str(FIRST), reference="L-17/26"),
            "reference",
            "under which a sample of inspection",
        ),
        (TypedResult(inspection=ONE), "sample", "expected the number of a sample"),
        (TypedResult(sample="1"), "inspection", "expected the inspection of the sample"),
        (TypedResult(inspection=ONE, sample="9"), "inspection", "found none"),
        (TypedResult(inspection="20200101-222222", sample="1"), "inspection", "there is no inspection"),
        (TypedResult(reference="L-99"), "reference", "found none"),
        (TypedResult(reference="L-17/26", laboratory="Laboratory 2"), "reference", "found none"),
        (TypedResult(entry=str(FIRST), reported="yesterday"), "reported", "expected reported as a day"),
        (TypedResult(entry=str(FIRST), reported="31.02.2026"), "reported", "expected reported as a day"),
        (TypedResult(entry=str(FIRST), method="a\u202eb"), "method", "U+202E"),
        (TypedResult(entry=str(FIRST), method="Second opinion"), "method", "found a second opinion"),
    ],
)
def test_what_means_no_identification_is_refused_with_the_column(
    data, catalogue, typed, column, said
) -> None:
    with InspectionLog.open(data.evidence_log, kind=LogKind.EVIDENCE) as log:
        desk = LaboratoryDesk(log, catalogue)
        with pytest.raises(RecordError, match=rf"^column {column}: expected ") as refused:
            desk.record(replace(typed, substances=("acetone",)))
    assert said in str(refused.value)
    assert results(data) == {}


def test_a_sample_that_two_inspections_sent_under_one_reference_is_not_guessed(data, catalogue) -> None:
    with InspectionLog.open(data.evidence_log, kind=LogKind.EVIDENCE) as log:
        log.append(sent(TWO, 1, "L-17/26"))
        with pytest.raises(RecordError, match="found samples of several inspections"):
            LaboratoryDesk(log, catalogue).record(TypedResult(reference="L-17/26", substances=("acetone",)))


def test_a_reference_that_was_amended_is_known_by_its_new_text(data, catalogue) -> None:
    with InspectionLog.open(data.evidence_log, kind=LogKind.EVIDENCE) as log:
        for new in amending_record(log.entry(6), {"reference": "L-71/26"}, "two digits exchanged"):
            log.append(new)
        desk = LaboratoryDesk(log, catalogue)

        assert desk.record(TypedResult(reference="L-71/26", substances=("acetone",))).entry == SECOND
        with pytest.raises(RecordError, match="column reference"):
            desk.record(TypedResult(reference="L-17/26", substances=("acetone",)))


# --- Substances


@pytest.mark.parametrize(
    "name", ["acetone", "67-64-1", "CAS 67641", "Acetone", "ацетон", "Aseton", "propan-2-one"]
)
def test_a_substance_is_known_by_id_cas_number_or_name(data, catalogue, name) -> None:
    with InspectionLog.open(data.evidence_log, kind=LogKind.EVIDENCE) as log:
        recorded = LaboratoryDesk(log, catalogue).record(TypedResult(entry="3", substances=(name, "acetone")))

    assert (recorded.substances, recorded.unknown) == (("acetone",), ())


def test_what_the_catalogue_does_not_know_stays_in_the_finding_and_is_said(chemgate, data) -> None:
    answer = chemgate(
        *("log", "laboratory", "--entry", 3, "--substance", "acetone", "--substance", "unheard-of resin"),
        *("--finding", "9 to 1", "--json"),
    )

    assert (answer.code, answer.object["unknown"]) == (0, ["unheard-of resin"])
    assert "Not in the catalogue" in answer.err
    assert results(data) == {3: (("acetone",), "9 to 1; not in the catalogue: unheard-of resin")}


def test_a_finding_alone_is_a_result_and_nothing_at_all_is_none(chemgate, data) -> None:
    assert chemgate("log", "laboratory", "--entry", 3, "--finding", "no drug found").code == 0
    refused = chemgate("log", "laboratory", "--entry", 4, "--method", "NMR")

    assert refused.code == 2
    assert "expected a substance or a finding, found neither" in refused.err
    assert results(data) == {3: ((), "no drug found")}


# --- Twice


@pytest.fixture
def reported(chemgate, data) -> Callable[..., object]:
    """Report on entry 3, as Laboratory 1 under one reference."""

    def report(*more: object):
        fixed = ("--entry", 3, "--laboratory", "Laboratory 1", "--reference", "L-20")
        return chemgate("log", "laboratory", *fixed, *more)

    assert report("--substance", "acetone").code == 0
    return report


def test_the_same_result_is_not_written_twice_with_a_reason_or_without(reported, data) -> None:
    before = count(data)

    for more in ((), ("--again", "sent twice")):
        answer = reported("--substance", "acetone", *more)
        assert answer.code == 2
        assert "found that of entry 12" in answer.err
    assert count(data) == before


def test_a_differing_one_needs_an_amendment_or_a_reason(reported, data) -> None:
    refused = reported("--substance", "ethanol")

    assert refused.code == 2
    assert "found another in entry 12 that differs in substances" in refused.err
    assert "amend that entry, or say why" in refused.err
    assert reported("--substance", "ethanol", "--again", "second portion").code == 0
    with InspectionLog.open_read_only(data.evidence_log, kind=LogKind.EVIDENCE) as log:
        assert log.entry(13).body["again"] == {"entry": 12, "reason": "second portion"}
        assert newest_results(log)[3].is_contradictory
    assert results(data) == {3: (("ethanol",), "")}


def test_a_result_that_was_amended_is_compared_as_it_stands_now(reported, data) -> None:
    with InspectionLog.open(data.evidence_log, kind=LogKind.EVIDENCE) as log:
        for new in amending_record(log.entry(12), {"substances": ("ethanol",)}, "wrong line"):
            log.append(new)

    assert reported("--substance", "ethanol").code == 2
    assert results(data) == {3: (("ethanol",), "")}


def test_another_laboratory_needs_no_reason_and_may_not_give_one(chemgate, reported, data) -> None:
    fixed = ("log", "laboratory", "--entry", 3, "--laboratory", "Laboratory 2", "--substance", "acetone")

    assert chemgate(*fixed, "--again", "why not").code == 2
    assert chemgate(*fixed).code == 0


def test_a_later_result_without_a_substance_takes_nothing_back(chemgate, reported, data) -> None:
    answer = chemgate(
        *("log", "laboratory", "--entry", 3, "--laboratory", "Laboratory 2", "--substance", "cocane"),
        "--json",
    )

    assert (answer.code, answer.object["unknown"], answer.object["follows"]) == (0, ["cocane"], 12)
    assert "Entry 12 holds an earlier result on entry 3" in answer.err
    with InspectionLog.open_read_only(data.evidence_log, kind=LogKind.EVIDENCE) as log:
        result = newest_results(log)[3]
    assert (result.sequence, result.found, result.is_contradictory) == (12, ("acetone",), False)


def test_a_result_that_names_a_substance_takes_the_place_of_one_that_names_none(chemgate, data) -> None:
    fixed = ("log", "laboratory", "--entry", 3)
    chemgate(*fixed, "--laboratory", "Laboratory 1", "--finding", "cannot be read")
    chemgate(*fixed, "--laboratory", "Laboratory 2", "--substance", "acetone")

    with InspectionLog.open_read_only(data.evidence_log, kind=LogKind.EVIDENCE) as log:
        result = newest_results(log)[3]
    assert (result.sequence, result.found, result.is_contradictory) == (13, ("acetone",), False)


@pytest.mark.parametrize(
    ("day", "is_warned"), [("2026-11-24", False), ("2026-11-25", False), ("2027-11-24", True)]
)
def test_a_report_of_a_day_to_come_is_warned_of(data, catalogue, day, is_warned, clock) -> None:
    with InspectionLog.open(data.evidence_log, kind=LogKind.EVIDENCE, clock=clock) as log:
        typed = TypedResult(entry="3", reported=day, substances=("acetone",))
        recorded = LaboratoryDesk(log, catalogue).record(typed)

    assert (None if recorded.ahead is None else recorded.ahead.isoformat()) == (day if is_warned else None)


def test_the_warning_of_a_day_to_come_says_which(chemgate, data) -> None:
    answer = chemgate("log", "laboratory", "--entry", 3, "--reported", "2099-12-31", "--finding", "none")

    assert answer.code == 0
    assert "The day of the report, 2099-12-31, has not come yet: amend entry 12" in answer.err


# --- Tables


def test_a_table_gives_a_line_for_each_row_and_a_bad_one_spoils_no_other(chemgate, data, table) -> None:
    path = table(
        ";;;L-17/26;Laboratory 1;30.11.2026;GC-MS;acetone | 108-88-3;",
        "4711;;;;;;;acetone;",
        "",
        f";{TWO};1;;Laboratory 2;2026-11-30;NMR;;nothing listed",
        "3;;;;;soon;;acetone;",
        "4;;;;;;;acetone;;too many",
    )

    answer = chemgate("log", "laboratory", path, "--json")

    assert answer.code == 2
    first, unknown, third, day, cells = answer.objects
    assert first["source"] == {"path": str(path), "row": 2}
    assert (first["entry"], first["substances"]) == (SECOND, ["acetone", "toluene"])
    assert unknown["source"] == {"path": str(path), "row": 3, "column": "entry"}
    assert unknown["error"]["kind"] == "column"
    assert unknown["error"]["message"].startswith(
        "column entry: expected an entry of the log, found: there is"
    )
    assert (third["source"]["row"], third["entry"]) == (5, OTHER)
    assert (day["source"]["row"], day["source"]["column"]) == (6, "reported")
    assert (cells["source"]["row"], cells["source"]["column"]) == (7, None)
    assert results(data) == {SECOND: (("acetone", "toluene"), ""), OTHER: ((), "nothing listed")}
    assert chemgate("log", "verify").code == 0


def test_words_for_people_say_row_and_column(chemgate, data, table) -> None:
    answer = chemgate("log", "laboratory", table(f"{FIRST};;;;;;;acetone;", "x;;;;;;;acetone;"))

    assert answer.code == 2
    assert "entry 12: the laboratory's result on entry 3: Acetone" in answer.out
    assert "results.csv, row 3: Table refused: column entry: expected a whole number, found 'x'" in answer.out


def test_a_table_can_be_read_again_after_its_mistakes_were_put_right(chemgate, data, table) -> None:
    chemgate("log", "laboratory", table("3;;;;;;;acetone;", "5;;;;;soon;;acetone;"))
    again = chemgate("log", "laboratory", table("3;;;;;;;acetone;", "5;;;;;2026-11-30;;acetone;"), "--json")

    assert ["error" in one for one in again.objects] == [True, False]
    assert results(data).keys() == {3, 5}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encodings_and_delimiters_of_offices_are_read(data, chemgate, table, encoding, delimiter) -> None:
    cells = ("3", "Лаборатория 1", "Ацетон", "чистый ацетон")
    path = table(
        delimiter.join(cells),
        head=delimiter.join(("Entry", "Laboratory", "Substances", "Finding")),
        encoding=encoding,
    )

    assert chemgate("log", "laboratory", path).code == 0
    assert results(data) == {3: (("acetone",), "чистый ацетон")}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "found nothing"),
        (b"entry;colour;substances\n3;red;acetone\n", "found 'colour'"),
        (b"entry;entry;substances\n3;3;acetone\n", "each column once"),
        (b"laboratory;substances\nLaboratory 1;acetone\n", "expected one of the columns entry"),
        (b"entry;laboratory\n3;Laboratory 1\n", "and substances or finding"),
        (b'entry;substances\n3;"acetone\n', "expected a table in results.csv, row 2"),
        (b"entry;substances\n" + b"\n" * 20_001, "at most 20000 rows"),
        (b"x" * 4_000_001, "found a larger file"),
        (b"sample;entry;substances\n;6;\xed\xa0\x80\n", "found other bytes in line 2"),
        ("entry;finding\n3;M\u00fcller\n".encode("cp1252"), "found other bytes in line 2"),
        ("entry;finding\n3;чистый ацетон\n".encode()[:-2] + b"\n", "found other bytes in line 2"),
        (b"\xef\xbb\xbfentry;finding\n3;\xff\xe0\xe1\xe2\n", "found other bytes in line 2"),
        (b"\xff\xfee\x00\x00\xd8", "expected text in UTF-8, UTF-16 or Windows-1251 in results.csv"),
    ],
)
def test_what_is_no_such_table_is_refused_as_a_whole(chemgate, data, tmp_path, content, said) -> None:
    path = tmp_path / "results.csv"
    path.write_bytes(content)
    before = count(data)

    answer = chemgate("log", "laboratory", path, "--json")

    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert count(data) == before


@pytest.mark.parametrize("name", ["none.csv", "folder", "a\0b"])
def test_what_is_no_file_is_refused(chemgate, data, tmp_path, name) -> None:
    (tmp_path / "folder").mkdir()

    answer = chemgate("log", "laboratory", tmp_path / name)

    assert answer.code == 2
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("more", [(), ("table.csv", "--entry", 3)])
def test_neither_a_table_nor_a_result_and_both_are_wrong(chemgate, data, more) -> None:
    answer = chemgate("log", "laboratory", *more)

    assert answer.code == 2
    assert "expected either a table of results, or one result" in answer.err


def test_rows_are_counted_as_a_spreadsheet_counts_them(table) -> None:
    rows = list(read_results(table("", '3;;;;;;;"acetone\ntoluene";', "", "4;;;;;;;;")))

    assert [row.row for row in rows] == [3, 5]
    assert rows[0].typed is not None
    assert rows[0].typed.substances == ("acetone", "toluene")
