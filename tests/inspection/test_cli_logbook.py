"""``inspection``, ``log``: the record through the command line, and what is said when it was touched."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from pathlib import Path

import pytest

from inspection.cli import exit_code_of
from inspection.desk import ExitCode
from inspection.errors import InspectionError, LogWriteError, NotAllowedError
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind, NewEntry, closing


@pytest.fixture
def inspection(chemgate) -> str:
    answer = chemgate(
        "inspection",
        "new",
        *("--container", "MSKU 123456 5", "--declared", "methanol", "--hs", "2905.11", "--json"),
    )
    assert answer.code == 0
    return answer.object["inspection"]


@pytest.fixture
def findings(chemgate, inspection, demonstration, few) -> str:
    """The number of an inspection with two samples in it."""
    for sample, name in enumerate(("ethanol", "isopropanol"), start=1):
        answer = chemgate(
            *("identify", demonstration / f"{name}.csv", "--library", few, "--declared", "methanol"),
            *("--inspection", inspection, "--sample", sample, "--json"),
        )
        assert answer.code == 0
    return inspection


@pytest.fixture
def read_only_data(data_dir, request):
    """A data folder that may be looked into and not written."""
    if os.name != "posix":
        pytest.skip("Windows keeps no read-only folders")
    data_dir.mkdir(exist_ok=True)
    for path in data_dir.iterdir():
        path.chmod(0o444)
    data_dir.chmod(0o555)
    request.getfixturevalue("unprivileged")


def test_what_was_said_of_an_inspection_is_listed_and_shown(chemgate, inspection):
    listed = chemgate("inspection", "list", "--json").object

    assert (listed["container"], listed["declared"], listed["hs_code"], listed["closed"]) == (
        "MSKU 123456 5",
        "methanol",
        "2905.11",
        None,
    )
    assert inspection in chemgate("inspection", "list").out
    assert "container MSKU 123456 5" in chemgate("inspection", "show", inspection).out


def test_a_number_may_be_typed_in_small_letters(chemgate, findings, demonstration, few):
    small = findings.lower()

    named = chemgate("identify", demonstration / "ethanol.csv", "--library", few, "--inspection", small)
    shown = chemgate("inspection", "show", small, "--json").object

    assert named.code == 0
    assert shown["inspection"] == findings
    assert len(shown["entries"]) == 4


def test_every_finding_of_a_folder_is_logged_and_the_bad_file_is_not(
    chemgate, inspection, tmp_path, demonstration, few
):
    (tmp_path / "broken.csv").write_text("")

    answer = chemgate(
        "identify", demonstration, tmp_path / "broken.csv", "--library", few, "--inspection", inspection
    )

    assert answer.code == 2
    kinds = [entry["kind"] for entry in chemgate("log", "list", "--json").objects]
    assert kinds == ["genesis", "inspection_opened", *["identification"] * 3]


def test_the_logged_object_is_the_printed_one(chemgate, inspection, demonstration, few):
    printed = chemgate(
        *("identify", demonstration / "ethanol.csv", "--library", few),
        *("--inspection", inspection, "--json"),
    ).object

    [*_, entry] = chemgate("log", "list", "--json").objects
    assert entry["body"] == printed
    assert entry["inspection"] == inspection


def test_the_record_is_english_whatever_language_the_screen_speaks(chemgate, inspection, demonstration, few):
    chemgate(
        *("--language", "az", "identify", demonstration / "ethanol.csv", "--library", few),
        *("--declared", "methanol", "--inspection", inspection),
    )

    [*_, entry] = chemgate("log", "list", "--json").objects
    assert entry["body"]["declared"]["reason"] == "Declared is Methanol, identified is Ethanol."


def test_who_worked_stands_in_every_entry(chemgate, monkeypatch):
    for variable, pin in (("CHEMGATE_NEW_PIN", "482915"), ("CHEMGATE_PIN", "482915")):
        monkeypatch.setenv(variable, pin)
    chemgate("user", "add", "Administrator 1")
    chemgate("--user", "Administrator 1", "user", "add", "A. Officer")

    assert chemgate("--user", "A. Officer", "inspection", "new").code == 0

    entries = chemgate("log", "list", "--officer", "A. Officer", "--json").objects
    assert [(one["officer"], one["kind"]) for one in entries] == [("A. Officer", "inspection_opened")]
    assert chemgate("log", "list", "--officer", "Somebody else", "--json").objects == []


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (("--verdict", "match"), 2),
        (("--verdict", "no_match"), 0),
        (("--substance", "ethanol"), 1),
        (("--since", "2000-01-01"), 4),
        (("--until", "2000-01-01"), 0),
        (("--since", "2000-01-01T00:00+04:00", "--verdict", "match"), 2),
    ],
)
def test_entries_are_found_by_what_they_say(filters, count, chemgate, findings):
    assert len(chemgate("log", "list", *filters, "--json").objects) == count


def test_the_list_for_people_names_verdict_substance_and_declaration(chemgate, findings):
    out = chemgate("log", "list").out

    assert "log begun" in out
    assert "sample 1  Match  Ethanol" in out
    assert "declared 'methanol': differs" in out


def test_an_unwritten_log_is_an_empty_list_and_no_head(chemgate, data_dir):
    assert (chemgate("log", "list").code, chemgate("inspection", "list", "--json").objects) == (0, [])
    for action in ("head", "verify"):
        answer = chemgate("log", action, "--json")
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.startswith("No log yet: ")
    assert not data_dir.exists()


def test_a_changed_entry_is_found_and_named(chemgate, findings, data_dir, tampering):
    with tampering(data_dir / "evidence.sqlite") as database:
        database.execute(
            "UPDATE entries SET entry = CAST(replace(entry, 'match', 'watch') AS BLOB) WHERE sequence = 3"
        )

    answer = chemgate("log", "verify", "--json")

    assert answer.code == 1
    assert answer.object["ok"] is False
    assert 3 in {problem["sequence"] for problem in answer.object["problems"]}
    assert all(problem.keys() >= {"sequence", "kind", "message"} for problem in answer.object["problems"])
    assert "entry 3: " in chemgate("log", "verify").out


def test_a_removed_end_is_found_by_the_head_that_was_written_down(
    chemgate, findings, data_dir, tampering, tmp_path
):
    anchor = chemgate("log", "head").out.strip()
    (tmp_path / "anchor.txt").write_text(f"{anchor}\n")
    assert chemgate("log", "verify", "--anchor", anchor).code == 0
    with tampering(data_dir / "evidence.sqlite") as database:
        for table in ("entry_substances", "entries"):
            database.execute(f"DELETE FROM {table} WHERE sequence = 4")
        database.execute("DELETE FROM spectra WHERE sha256 NOT IN (SELECT spectrum FROM entries)")

    for given in (anchor, tmp_path / "anchor.txt"):
        answer = chemgate("log", "verify", "--anchor", given, "--json")
        assert answer.code == 1
        assert "anchor" in {problem["kind"] for problem in answer.object["problems"]}


@pytest.mark.parametrize("content", [b"\xff\xfe no text", b"", b"not an anchor"])
def test_what_is_no_anchor_is_refused_in_one_line(content, chemgate, findings, tmp_path):
    path = tmp_path / "anchor.bin"
    path.write_bytes(content)

    answer = chemgate("log", "verify", "--anchor", path)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Anchor: ")
    assert answer.err.count("\n") == 1


def test_an_anchor_too_long_for_a_file_name_is_still_only_a_wrong_anchor(chemgate, findings):
    answer = chemgate("log", "verify", "--anchor", "1" * 5000)

    assert answer.code == 2
    assert answer.err.startswith("Anchor: ")


def test_a_log_that_was_overwritten_fails_the_check_and_the_next_record_begins_another_volume(
    chemgate, findings, data_dir, demonstration, few
):
    for path in data_dir.glob("evidence.sqlite*"):
        path.unlink()
    (data_dir / "evidence.sqlite").write_bytes(b"overwritten " * 5000)

    answer = chemgate("log", "verify", "--json")
    assert answer.code == 1
    assert answer.object.keys() >= {"ok", "count", "head", "problems"}
    assert [problem["kind"] for problem in answer.object["problems"]] == ["file"]

    begun = chemgate("inspection", "new")
    assert begun.code == 0
    assert begun.err.startswith("The log was found damaged. The damaged volume is kept as it is")
    lost = chemgate("identify", demonstration / "ethanol.csv", "--library", few, "--inspection", findings)
    assert lost.code == 2  # its inspection stood in what was overwritten
    assert chemgate("log", "verify").code == 1  # and never again as if nothing had been
    assert (data_dir / "evidence.sqlite").read_bytes() == b"overwritten " * 5000


def test_a_training_log_in_the_place_of_the_evidence_fails_the_check_and_takes_no_record(chemgate, data_dir):
    chemgate("--training", "inspection", "new")
    (data_dir / "training.sqlite").rename(data_dir / "evidence.sqlite")

    assert chemgate("log", "verify").code == 1
    answer = chemgate("inspection", "new")
    assert answer.code == 5
    assert "found the log of training mode" in answer.err


def test_training_and_evidence_never_share_a_log(chemgate, inspection, data_dir):
    training = chemgate("--training", "inspection", "new", "--json").object["inspection"]

    assert [one["inspection"] for one in chemgate("inspection", "list", "--json").objects] == [inspection]
    assert [one["inspection"] for one in chemgate("--training", "inspection", "list", "--json").objects] == [
        training
    ]
    assert chemgate("inspection", "show", training).code == 2


def test_a_read_only_data_folder_is_exit_code_5_and_one_line(chemgate, read_only_data, demonstration, few):
    for argv in (
        ("inspection", "new"),
        ("identify", demonstration / "ethanol.csv", "--library", few, "--inspection", "20260101-AAAAAA"),
    ):
        answer = chemgate(*argv)
        assert (answer.code, answer.out) == (5, "")
        assert answer.err.startswith("Not saved: ")
        assert answer.err.count("\n") == 1


def test_a_read_only_log_can_still_be_read_and_checked(
    chemgate, findings, read_only_data, demonstration, few
):
    assert chemgate("log", "verify").code == 0
    assert chemgate("inspection", "show", findings).code == 0
    answer = chemgate("identify", demonstration / "ethanol.csv", "--library", few, "--inspection", findings)
    assert (answer.code, answer.out) == (5, "")


def test_a_closed_inspection_takes_no_further_finding(chemgate, inspection, data_dir, demonstration, few):
    with InspectionLog.open(data_dir / "evidence.sqlite", kind=LogKind.EVIDENCE) as log:
        log.append(closing(inspection))

    answer = chemgate("identify", demonstration / "ethanol.csv", "--library", few, "--inspection", inspection)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Inspection closed: ")
    assert chemgate("log", "head", "--json").object["count"] == 3


@pytest.mark.parametrize("verb", [("inspection", "show"), ("log", "export", "out.csv", "--inspection")])
def test_an_unknown_inspection_is_named(verb, chemgate, inspection):
    answer = chemgate(*verb, "20260101-AAAAAA")

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Unknown inspection: ")


def test_the_export_holds_what_the_log_holds(chemgate, findings, tmp_path):
    new = tmp_path / "new" / "log.csv"
    new.parent.mkdir()
    as_json = chemgate("log", "export", tmp_path / "log.json", "--json").object
    as_csv = chemgate("log", "export", new, "--inspection", findings, "--json").object

    lines = [json.loads(line) for line in (tmp_path / "log.json").read_text(encoding="utf-8").splitlines()]
    assert [one["sequence"] for one in lines] == [1, 2, 3, 4]
    assert as_json["count"] == 4
    for report in (as_json, as_csv):
        written = Path(report["path"]).read_bytes()
        assert report["sha256"] == hashlib.sha256(written).hexdigest()
        assert report["head"] == chemgate("log", "head", "--json").object["head"]
    with new.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) - 1 == as_csv["count"] > 0


def test_an_ending_that_names_no_format_is_refused_unless_the_format_is_given(chemgate, findings, tmp_path):
    refused = chemgate("log", "export", tmp_path / "log.txt")

    assert refused.code == 2
    assert refused.err.startswith("Not written: ")
    assert chemgate("log", "export", tmp_path / "log.txt", "--format", "json").code == 0


def test_what_is_not_allowed_has_an_exit_code_of_its_own():
    assert exit_code_of(NotAllowedError("only an administrator may do that")) == ExitCode.NOT_ALLOWED == 4


def test_a_record_that_could_not_be_written_is_never_a_wrong_call():
    assert exit_code_of(LogWriteError("the disk is full")) == ExitCode.NOT_RECORDED == 5
    assert exit_code_of(InspectionError("anything else")) == ExitCode.WRONG_INPUT == 2


def test_the_check_tells_entries_volumes_and_both_ends(chemgate, findings, data_dir):
    anchor = chemgate("log", "head").out.strip()
    assert chemgate("log", "renew-key", "--reason", "x").code == 0
    head = chemgate("log", "head").out.strip()

    without, against = chemgate("log", "verify").out, chemgate("log", "verify", "--anchor", anchor).out

    assert without == (
        f"7 entries in 2 volumes, none changed since they were written.\nThe log ends at {head}\n"
    )
    first, last = without.splitlines()
    assert against.splitlines() == [first, f"The log continues from {anchor}", last]


def test_what_the_export_tells_is_an_anchor(chemgate, findings, tmp_path):
    told = chemgate("log", "export", tmp_path / "log.csv").out
    [anchor] = [line.rpartition(" ")[2] for line in told.splitlines() if "The log ends at" in line]
    assert chemgate("log", "verify", "--anchor", anchor).code == 0
    assert chemgate("log", "verify", "--anchor", tmp_path / "log.csv").code == 0


def test_the_list_tells_who_and_what(chemgate, inspection, monkeypatch, tmp_path):
    chemgate("inspection", "amend", "2", "--declared", "ethanol", "--reason", "misread")
    for variable, pin in (("CHEMGATE_NEW_PIN", "482915"), ("CHEMGATE_PIN", "482915")):
        monkeypatch.setenv(variable, pin)
    chemgate("user", "add", "Administrator 1")
    as_administrator = ("--user", "Administrator 1")
    chemgate(*as_administrator, "user", "add", "Officer 1")
    chemgate(*as_administrator, "user", "add", "Supervisor 1", "--role", "supervisor")
    chemgate(*("--user", "Supervisor 1", "log", "countersign", tmp_path / "head.json", "--remark", "stick 4"))
    chemgate(*as_administrator, "log", "renew-key", "--reason", "an officer has left")

    lines = chemgate("log", "list").out.splitlines()

    assert "  -  " in lines[1]
    assert "entry 3 amends entry 2: declaration, 'methanol' -> 'ethanol': misread" in lines[2]
    assert "users changed: 'Administrator 1' added (administrator)" in lines[3]
    assert "  Administrator 1  -  -  users changed: 'Officer 1' added (officer)" in lines[4]
    assert "  Supervisor 1  -  -  countersigned: stick 4" in lines[6]
    assert "incident: the log got another key, an officer has left" in lines[7]
    shown = chemgate("--user", "Officer 1", "inspection", "show", inspection).out
    assert shown.count("amends entry 2") == 1


def test_the_list_says_which_volume_it_lacks(chemgate, inspection, tmp_path):
    chemgate("inspection", "close", inspection)
    chemgate("log", "renew-key", "--reason", "x")
    assert chemgate("log", "retire", "1", "--to", tmp_path / "archive", "--reason", "x").code == 0

    answer = chemgate("log", "list")
    assert "Volume 1 is not listed: it was moved to the archive 'archive'." in answer.err
    answer = chemgate("inspection", "show", inspection)
    assert (answer.code, answer.out) == (2, "")
    assert "moved were volume 1 to the archive 'archive'" in answer.err


def test_what_a_record_says_stays_one_line_of_visible_characters(chemgate, inspection, data_dir):
    with InspectionLog.open(data_dir / "evidence.sqlite", kind=LogKind.EVIDENCE) as log:
        log.append(NewEntry(EntryKind.INCIDENT, {"what": "a\nb", "message": ["\x1b[31m"]}))
        log.append(NewEntry(EntryKind.USER, {"user": None}))
        log.append(NewEntry(EntryKind.COUNTERSIGNED, {"countersigned": "x"}))
    out = chemgate("log", "list").out
    assert len(out.splitlines()) == 5
    assert "\x1b" not in out


def test_what_is_controlled_says_so_in_the_list(chemgate, wired, few):
    url = wired("toluene")
    chemgate("background", "--port", url)
    number = chemgate("inspection", "new", "--json").object["inspection"]
    said = chemgate("scan", "--port", url, "--identify", "--inspection", number, "--library", few).out

    assert "not a match" not in said  # a hint at what was named would say so
    assert "CONTROLLED" in chemgate("log", "list").out.splitlines()[-1]
