from __future__ import annotations

import re
import shlex
import unicodedata
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import segno

from inspection.amendments import Field, amending, amendments_by_entry
from inspection.errors import LogDamagedError
from inspection.export.qr import half_blocks, qr_matrix, svg_path
from inspection.export.receipt import Receipt, Weight, head_lines, receipt_of
from inspection.export.receipt_layout import COLUMNS, PAPER_MM, broken, receipt_svg, receipt_text
from inspection.language import ENGLISH, Language, Wording
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.record.labels import section_label
from inspection.record.recording import amending_record, recording
from inspection.record.sections import Section, TransportMode
from inspection.records import EntryKind, LogEntry, NewEntry, closing, opening

NUMBER = "20261124-7K3FQ2"
SVG = "{http://www.w3.org/2000/svg}"
MOMENT = datetime(2026, 11, 24, 12, 30, 5, tzinfo=UTC)
ANCHOR = f"3:49999:{'0123456789abcdef' * 4}"
HOSTILE = '</text><script>alert(1)</script> & "x" \x1b[31m\u202egnp ' + "W" * 120


def words_of(receipt: Receipt) -> str:
    return "\n".join(line.text for line in (*receipt.above, *receipt.below))


def of_entry(log: InspectionLog, entry: LogEntry, **more: object) -> Receipt:
    return receipt_of(log, ENGLISH, moment=MOMENT, entry=entry, **more)


# --- The code


def test_the_modules_are_those_of_the_library_with_the_quiet_zone() -> None:
    matrix = qr_matrix(ANCHOR)
    code = segno.make_qr(ANCHOR, error="m", boost_error=False)
    inner = tuple(tuple(row[4:-4]) for row in matrix[4:-4])
    assert inner == tuple(tuple(bool(module) for module in row) for row in code.matrix)
    assert code.error == "M"
    assert not any(any(row) for row in (*matrix[:4], *matrix[-4:]))
    assert not any(any(row[:4]) or any(row[-4:]) for row in matrix)


def test_the_path_draws_exactly_the_dark_modules() -> None:
    matrix = qr_matrix(ANCHOR)
    drawn = [[False] * len(matrix) for _ in matrix]
    path = svg_path(matrix)
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path)
    assert "".join(f"M{x} {y}h{w}v1h-{back}z" for x, y, w, back in runs) == path
    for x, y, width, back in runs:
        assert width == back
        for place in range(int(x), int(x) + int(width)):
            assert not drawn[int(y)][place]
            drawn[int(y)][place] = True
    assert tuple(tuple(row) for row in drawn) == matrix


@pytest.mark.parametrize("light_is_drawn", [False, True])
def test_half_blocks_hold_two_rows_of_modules_a_line(light_is_drawn: bool) -> None:
    matrix = qr_matrix(ANCHOR)
    rows: list[tuple[bool, ...]] = []
    for line in half_blocks(matrix, light_is_drawn=light_is_drawn):
        rows.append(tuple((letter in "▀█") != light_is_drawn for letter in line))
        rows.append(tuple((letter in "▄█") != light_is_drawn for letter in line))
    assert tuple(rows[: len(matrix)]) == matrix
    assert not any(any(row) for row in rows[len(matrix) :])


def test_a_text_that_no_code_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        qr_matrix("x" * 5000)


# --- What it says


def test_a_receipt_of_an_entry_says_what_was_found_and_what_that_is_worth(
    log: InspectionLog, identification
) -> None:
    entry = log.append(identification())
    receipt = of_entry(log, entry, user="Supervisor 1")
    said = words_of(receipt)

    assert receipt.head == log.head()
    assert "Record 2" in said
    assert "Match\nAcetone\n" in said
    assert "similarity 0.98, not a probability" in said
    assert "declared: ethyl acetate\ndeclaration: differs" in said
    assert "Presumptive result: confirm in a laboratory." in said
    assert "instrument Model F F-0007" in said
    assert "recorded by A. Officer" in said
    assert "printed 2026-11-24 12:30:05 UTC\nfor Supervisor 1" in said
    key = log.volumes[0].public_key
    assert f"{key[:32]}\n{key[32:]}" in said
    assert not receipt.is_training


def test_the_head_is_written_in_groups_that_can_be_read_aloud(log: InspectionLog, identification) -> None:
    receipt = of_entry(log, log.append(identification()))
    lines = [line.text for line in receipt.above if line.weight is Weight.HEAD]
    assert lines == list(head_lines(log.head().head))
    assert all(re.fullmatch(r"[0-9a-f]{4}( [0-9a-f]{4}){3}", line) for line in lines)
    assert "".join(lines).replace(" ", "") == log.head().head
    assert f"volume 1, {log.head().count} records" in words_of(receipt)


@pytest.mark.parametrize("verdict", ["no_match", "rejected"])
def test_a_negative_names_no_substance(log: InspectionLog, identification, verdict: str) -> None:
    said = words_of(of_entry(log, log.append(identification(verdict=verdict))))
    assert "Acetone" not in said


def test_a_mixture_names_its_parts_and_a_group_its_members(log: InspectionLog, identification) -> None:
    parts = [{"substance": name, "name": name.title(), "share": 0.5} for name in ("toluene", "acetone")]
    mixture = log.append(identification(verdict="mixture", components=parts))
    group = log.append(identification(verdict="group", group=["acetone", "another"]))
    assert "Mixture\n50% Toluene\n50% Acetone\nshare of the spectrum, not of weight" in words_of(
        of_entry(log, mixture)
    )
    assert "One of these\nAcetone\nanother\n" in words_of(of_entry(log, group))


def test_a_receipt_of_an_inspection_says_what_came_of_each_sample(log: InspectionLog, finding, curve) -> None:
    log.append(opening(NUMBER, container="MSKU 1234565", declared="soap", hs_code="340111"))
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding(), NUMBER, 1, curve(1)))
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding("no_match"), NUMBER, 2, curve(2)))
    amended = {"entry": 4, "field": "verdict", "old": "no_match", "new": "rejected", "reason": "wet crystal"}
    log.append(NewEntry(EntryKind.AMENDMENT, amended, NUMBER, 2))
    log.append(closing(NUMBER))
    said = words_of(receipt_of(log, ENGLISH, moment=MOMENT, inspection=log.inspection(NUMBER)))

    assert f"Inspection {NUMBER}" in said
    assert "container: MSKU 1234565\ndeclared: soap\nHS code: 340111" in said
    assert "closed 2026-11-24 08:05:00 UTC" in said
    assert "sample 1, record 3\nMatch\nAcetone" in said
    assert "sample 2, record 4\nNo match\n" in said
    assert "AMENDED by record 5: Scan again (wet crystal)" in said
    assert said.count("laboratory") >= 1


def test_an_entry_that_was_amended_is_not_printed_without_that(log: InspectionLog, finding, curve) -> None:
    log.append(opening(NUMBER))
    entry = log.append(NewEntry(EntryKind.IDENTIFICATION, finding(), NUMBER, 1, curve(1)))
    body = {
        "entry": entry.sequence,
        "field": "declared",
        "old": "ethyl acetate",
        "new": "acetone",
        "reason": "misread",
    }
    log.append(NewEntry(EntryKind.AMENDMENT, body, NUMBER, 1))
    assert "AMENDED by record 4: acetone (misread)" in words_of(of_entry(log, entry))


def amend(log: InspectionLog, entry: LogEntry, **values: object) -> None:
    fields = {Field(name): str(value) for name, value in values.items()}
    for new in amending(entry, fields, "misread", amendments_by_entry(log.entries()).get(entry.sequence, ())):
        log.append(new)


def test_a_receipt_of_an_entry_of_the_record_tells_its_fields(log: InspectionLog) -> None:
    log.append(opening(NUMBER))
    values = {"mode": TransportMode.INLAND_WATERWAY, "seals_found": ("S-1", "S-2")}
    entry = log.append(recording(NUMBER, Section.TRANSPORT, values))
    russian = Wording(Language.RUSSIAN)

    said = words_of(of_entry(log, entry))

    assert "Transport\nMode of transport: inland waterway\nSeals found: S-1; S-2\n" in said
    assert section_label(russian, Section.TRANSPORT) in words_of(
        receipt_of(log, russian, moment=MOMENT, entry=entry)
    )


def test_a_slip_shows_no_person_and_no_salt_and_says_so(log: InspectionLog) -> None:
    log.append(opening(NUMBER))
    entry = log.append(recording(NUMBER, Section.PERSONS, {"consignor": "Consignor A"}))
    [new] = amending_record(entry, {"consignor": "Consignor B"}, "read again")
    correction = log.append(new)
    unmarked = {name: new.body[name] for name in ("entry", "field", "old", "new", "value", "reason")}
    of_another_program = log.append(NewEntry(EntryKind.AMENDMENT, unmarked, NUMBER))
    inspection = receipt_of(log, ENGLISH, moment=MOMENT, inspection=log.inspection(NUMBER))

    for receipt in (*(of_entry(log, one) for one in (entry, correction, of_another_program)), inspection):
        said = words_of(receipt)
        assert "Personal data were left out of this copy." in said
        assert "Consignor" not in said
        assert "read again" not in said
        for one in (entry, correction):
            assert "salt" not in said
            assert str(one.body["salt"]) not in said


def test_a_receipt_of_a_correction_says_what_was_corrected(log: InspectionLog) -> None:
    log.append(opening(NUMBER))
    entry = log.append(recording(NUMBER, Section.TRANSPORT, {"mode": TransportMode.ROAD}))
    [correction] = [log.append(one) for one in amending_record(entry, {"mode": TransportMode.SEA}, "misread")]

    said = words_of(of_entry(log, correction))

    assert "amendment\nentry 4 amends entry 3: Mode of transport, road -> sea: misread" in said


def test_a_receipt_of_an_inspection_lists_what_was_amended_of_its_papers_and_its_record(
    log: InspectionLog,
) -> None:
    opened = log.append(opening(NUMBER, declared="soap", container="MSKU 1234565"))
    bill = log.append(recording(NUMBER, Section.TRANSPORT, {"bill": "CMR 1"}))
    amend(log, opened, declared="glycerol")
    amend(log, opened, declared="acetone")
    for new in amending_record(bill, {"bill": "CMR 2"}, "torn"):
        log.append(new)

    said = words_of(receipt_of(log, ENGLISH, moment=MOMENT, inspection=log.inspection(NUMBER)))

    assert "declared: acetone" in said
    assert "AMENDED by record 4: declaration: glycerol (misread)\nBefore: soap\n" in said
    assert "AMENDED by record 5: declaration: acetone (misread)\nBefore: glycerol\n" in said
    assert "AMENDED by record 6: Transport document: CMR 2 (torn)\nBefore: CMR 1\n" in said
    assert "AMENDED by record 5: declaration: acetone (misread)" in words_of(of_entry(log, opened))


@pytest.mark.parametrize(
    "broken",
    [
        {"verdict": "perhaps"},
        {"declared": "soap"},
        {"capture": [7]},
        {"candidates": [7]},
        {"candidates": {"name": "Acetone"}},
        {"candidates": [{"substance": "acetone", "name": 7, "score": 0.9}]},
    ],
)
def test_a_finding_that_this_program_did_not_write_is_one_clear_sentence(
    log: InspectionLog, identification, broken: dict[str, object]
) -> None:
    entry = log.append(identification())

    with pytest.raises(LogDamagedError, match="entry 2 cannot be printed"):
        of_entry(log, replace(entry, body={**entry.body, **broken}))


def test_a_receipt_speaks_the_language_of_whoever_prints_it(log: InspectionLog, identification) -> None:
    entry = log.append(identification())
    said = words_of(receipt_of(log, Wording(Language.RUSSIAN), moment=MOMENT, entry=entry))
    assert "Совпадение" in said


# --- On paper


def drawn_lines(svg: bytes) -> list[str]:
    root = ET.fromstring(svg)
    return [piece.text or "" for piece in root.iter(f"{SVG}text") if piece.get("class") != "across"]


def test_the_drawing_is_80_mm_wide_and_holds_the_code_of_the_anchor(
    log: InspectionLog, identification
) -> None:
    receipt = of_entry(log, log.append(identification()))
    root = ET.fromstring(receipt_svg(receipt))
    assert (root.get("width"), float(root.get("viewBox", "").split()[2])) == ("80mm", PAPER_MM)
    [path] = [piece for piece in root.iter(f"{SVG}path") if piece.get("id") == "code"]
    assert path.get("d") == svg_path(qr_matrix(str(log.head())))
    heights = [float(piece.get("y", "0")) for piece in root.iter(f"{SVG}text")]
    assert heights == sorted(heights)
    assert heights[-1] < float(root.get("viewBox", "").split()[3])


def test_the_text_form_fits_its_columns_and_holds_the_code(log: InspectionLog, identification) -> None:
    receipt = of_entry(log, log.append(identification()))
    lines = receipt_text(receipt).decode().splitlines()
    assert all(len(line) <= COLUMNS for line in lines)
    code = half_blocks(qr_matrix(str(log.head())))
    start = next(n for n, line in enumerate(lines) if "█▀▀▀▀▀█" in line) - 2
    margin = (COLUMNS - len(code[0])) // 2
    for line, drawn in zip(lines[start:], code, strict=False):
        assert line[margin:].ljust(len(drawn)) == drawn or line[margin + 1 :].ljust(len(drawn)) == drawn


@pytest.mark.parametrize("layout", [receipt_svg, receipt_text])
def test_text_from_outside_is_broken_and_harmless(layout, log: InspectionLog, finding, curve) -> None:
    log.append(opening(NUMBER, declared=HOSTILE, container="漢字" * 40))
    body = finding(declared={"text": HOSTILE, "verdict": "differs"}, capture={"device": HOSTILE})
    log.append(NewEntry(EntryKind.IDENTIFICATION, body, NUMBER, 1, curve(1)))
    receipt = receipt_of(log, ENGLISH, moment=MOMENT, inspection=log.inspection(NUMBER), user=HOSTILE)
    written = layout(receipt)

    lines = drawn_lines(written) if layout is receipt_svg else written.decode().splitlines()
    assert any("<script>alert(1)</script>" in line for line in lines)
    assert b"\x1b" not in written
    assert "\u202e" not in written.decode()
    for line in lines:
        width = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)
        assert width <= COLUMNS
    if layout is receipt_svg:
        assert [piece for piece in ET.fromstring(written).iter() if "script" in piece.tag] == []


def test_a_long_word_is_cut_and_nothing_of_it_lost() -> None:
    assert broken("W" * 100, 48) == ["W" * 48, "W" * 48, "W" * 4]
    assert "".join(broken("漢" * 30, 48)) == "漢" * 30
    assert broken("", 48) == [""]


@pytest.mark.parametrize(("layout", "times"), [(receipt_svg, 4), (receipt_text, 4)])
def test_training_is_written_across_a_receipt_of_the_training_log(
    layout, times: int, tmp_path: Path, clock, identification
) -> None:
    with InspectionLog.open(tmp_path / "training.sqlite", kind=LogKind.TRAINING, clock=clock) as log:
        receipt = of_entry(log, log.append(identification()))
    written = layout(receipt).decode()
    assert receipt.is_training
    assert written.count("TRAINING") >= times
    assert "TRAINING - NO EVIDENCE" in written


# --- The command


@pytest.fixture
def found(chemgate, demonstration: Path, few: Path) -> str:
    number = str(chemgate("inspection", "new", "--declared", "soap", "--json").object["inspection"])
    spectrum = demonstration / "isopropanol.csv"
    assert chemgate("identify", spectrum, "--library", few, "--inspection", number).code == 0
    return number


@pytest.mark.parametrize("ending", ["svg", "txt"])
def test_the_verb_writes_a_receipt_and_tells_the_anchor(
    chemgate, found: str, tmp_path: Path, ending: str
) -> None:
    head = chemgate("log", "head", "--json").object
    for about in (("--entry", 3), ("--inspection", found.lower()), ()):
        out = tmp_path / f"receipt.{ending}"
        answer = chemgate("log", "receipt", out, *about, "--json")
        assert answer.code == 0
        assert {name: answer.object[name] for name in head} == head
        assert head["head"][:4].encode() in out.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("receipt.pdf",), "expected a name ending in .svg or .txt, found 'receipt.pdf'"),
        (("receipt.txt", "--entry", 99), "there is no entry 99"),
        (("receipt.txt", "--inspection", "20261124-BBBBBB"), "there is no inspection '20261124-BBBBBB'"),
    ],
)
def test_what_cannot_be_printed_is_one_sentence(
    chemgate, found: str, tmp_path: Path, arguments: tuple[object, ...], sentence: str
) -> None:
    name, *rest = arguments
    answer = chemgate("log", "receipt", tmp_path / str(name), *rest)
    assert answer.code == 2
    assert sentence in answer.err
    assert len(answer.err.splitlines()) == 1
    assert list(tmp_path.glob("receipt*")) == []


def test_the_head_is_shown_as_a_code_on_the_screen(chemgate, found: str) -> None:
    answer = chemgate("log", "head", "--qr")
    anchor, *code = answer.out.splitlines()
    assert code == list(half_blocks(qr_matrix(anchor), light_is_drawn=True))


@pytest.mark.parametrize("mode", [(), ("--training",)])
def test_what_the_slip_says_to_type_checks_the_log(chemgate, tmp_path: Path, mode: tuple[str, ...]) -> None:
    chemgate(*mode, "inspection", "new")
    out = tmp_path / "slip.txt"
    assert chemgate(*mode, "log", "receipt", out).code == 0
    chemgate(*mode, "inspection", "new")

    lines = out.read_text("utf-8").splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("chemgate "))
    end = next(place for place, line in enumerate(lines) if line.endswith('"'))
    typed = shlex.split(" ".join(lines[start : end + 1]))
    answer = chemgate(*typed[1:])

    assert typed[:2] == ["chemgate", *(mode or ("log",))]
    assert answer.code == 0
    assert "The log continues from 1:2:" in answer.out
    assert chemgate(*mode, "log", "verify", "--anchor", out).code == 0
