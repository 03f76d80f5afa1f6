"""Photographs in backups, in bundles, and in what ``log verify`` says of them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from inspection.backup import back_up
from inspection.backup_manifest import MANIFEST, read_manifest
from inspection.errors import BackupError
from inspection.export import bundle_verifier
from inspection.export.exporting import ExportFormat, export_log
from inspection.folders import DataFolder
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.photograph_check import check_photographs, photographs_of
from inspection.record.photographs import keep_photograph, kept_path
from inspection.record.recording import amending_record, recording
from inspection.record.sections import Photograph, Section
from inspection.records import closing, opening
from inspection.restore import restore
from tests.inspection.test_bundle import members_of, packed, relisted, sha256

ASKED = "20261124-7K3FQ2"
OTHER = "20261124-7K3FQ3"
EVIDENCE = LogKind.EVIDENCE


@pytest.fixture
def data(data_dir: Path) -> DataFolder:
    return DataFolder(data_dir)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick" / "backup"


@pytest.fixture
def taken(data: DataFolder, tmp_path: Path, clock) -> dict[str, Photograph]:
    """A log of two inspections, three photographs, the second of which an amendment took back."""
    kept = {}
    for name in ("bag", "label", "drum"):
        path = tmp_path / f"{name}.jpg"
        path.write_bytes(f"picture of a {name}".encode() * 100)
        kept[name] = keep_photograph(path, data.photographs)
    with InspectionLog.open(data.evidence_log, kind=EVIDENCE, clock=clock) as log:
        for inspection, names in ((ASKED, ("bag", "label")), (OTHER, ("drum",))):
            log.append(opening(inspection))
            pictures = tuple(kept[name] for name in names)
            described = log.append(recording(inspection, Section.SAMPLE, {"photographs": pictures}, sample=1))
            if inspection == ASKED:
                for new in amending_record(described, {"photographs": (kept["bag"],)}, "taken twice"):
                    log.append(new)
            log.append(closing(inspection))
    return kept


def reading(data: DataFolder) -> InspectionLog:
    return InspectionLog.open_read_only(data.evidence_log, kind=EVIDENCE)


def file_of(data: DataFolder, photograph: Photograph) -> Path:
    return kept_path(photograph, data.photographs)


def checked(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    capsys.readouterr()
    code = bundle_verifier.main([str(path)])
    return code, [line for line in capsys.readouterr().out.splitlines() if line.startswith("PROBLEM")]


# --- What the log names


def test_all_photographs_of_a_log_are_listed_and_those_of_one_inspection(data, taken) -> None:
    with reading(data) as log:
        assert {one.photograph.name for one in photographs_of(log)} == {"bag.jpg", "label.jpg", "drum.jpg"}
        assert [one.photograph.name for one in photographs_of(log, inspection=OTHER)] == ["drum.jpg"]


def test_verify_names_what_is_missing_or_changed_and_the_log_is_as_sound_as_before(
    chemgate, data, taken
) -> None:
    file_of(data, taken["bag"]).unlink()
    file_of(data, taken["drum"]).write_bytes(b"another")

    answer = chemgate("log", "verify", "--json")

    assert (answer.code, answer.object["ok"], answer.object["problems"]) == (0, True, [])
    found = answer.object["photographs"]
    assert found["there"] == 1
    assert [(one["name"], one["sha256"]) for one in found["missing"]] == [("bag.jpg", taken["bag"].sha256)]
    assert [one["name"] for one in found["changed"]] == ["drum.jpg"]
    told = chemgate("log", "verify")
    assert told.code == 0
    assert "unchanged; photographs missing: 1, changed: 1." in told.out
    assert "none changed" not in told.out
    assert "entry 3: the photograph 'bag.jpg' is not here any more" in told.err
    assert "'drum.jpg' was changed" in told.err


def test_verify_says_that_all_are_there(chemgate, data, taken) -> None:
    assert chemgate("log", "verify", "--json").object["photographs"] == {
        "there": 3,
        "missing": [],
        "changed": [],
    }


def test_a_log_that_cannot_be_read_as_one_names_none(chemgate, data, taken) -> None:
    data.evidence_log.write_bytes(b"no log " * 1000)

    answer = chemgate("log", "verify", "--json")

    assert (answer.code, answer.object["ok"]) == (1, False)
    assert answer.object["photographs"] == {"there": 0, "missing": [], "changed": []}


def test_a_damaged_entry_hides_no_photograph_of_the_others(data, taken, tampering) -> None:
    with tampering(data.evidence_log) as connection:
        connection.execute("UPDATE entries SET entry = x'00ff' WHERE sequence = 3")

    with reading(data) as log:
        found = check_photographs(log, data.photographs)

    assert found.there == 2  # one of them the amendment names as well


# --- Backups


def test_a_backup_holds_the_photographs_and_another_computer_gets_them(
    data, taken, out, tmp_path, chemgate_in
) -> None:
    report = back_up(data, EVIDENCE, out)

    assert len(report.manifest.photographs) == 3
    assert report.manifest.photographs_missing == 0
    assert chemgate_in(out, "log", "verify", "--json").object["photographs"]["there"] == 3

    new = DataFolder(tmp_path / "new laptop")
    put = restore(new, EVIDENCE, out)

    assert set(put.photographs) == set(report.manifest.photographs)
    with reading(new) as log:
        assert check_photographs(log, new.photographs).there == 3


def test_only_what_this_log_names_goes_into_its_backup(data, taken, out, tmp_path) -> None:
    path = tmp_path / "exercise.jpg"
    path.write_bytes(b"exercise")
    keep_photograph(path, data.photographs)

    assert len(back_up(data, EVIDENCE, out).manifest.photographs) == 3
    assert len(list((out / "photographs").iterdir())) == 3


def test_a_photograph_that_was_lost_here_stays_in_the_next_backup(data, taken, out) -> None:
    back_up(data, EVIDENCE, out)
    file_of(data, taken["bag"]).unlink()
    file_of(data, taken["drum"]).write_bytes(b"another")

    report = back_up(data, EVIDENCE, out)

    assert (len(report.manifest.photographs), report.manifest.photographs_missing) == (3, 0)
    for photograph in taken.values():
        assert kept_path(photograph, out / "photographs").stat().st_size == photograph.size


def test_a_backup_without_one_of_them_is_made_and_says_so(chemgate, data, taken, out) -> None:
    file_of(data, taken["bag"]).unlink()

    answer = chemgate("log", "backup", out, "--json")

    assert (answer.code, answer.object["photographs"], answer.object["photographs_missing"]) == (0, 2, 1)
    assert "could not be copied" in answer.err


def test_a_photograph_that_is_damaged_in_the_backup_does_not_hold_the_log_back(
    data, taken, out, tmp_path
) -> None:
    back_up(data, EVIDENCE, out)
    kept_path(taken["bag"], out / "photographs").write_bytes(b"another")
    new = DataFolder(tmp_path / "new laptop")

    assert len(restore(new, EVIDENCE, out).photographs) == 2
    with reading(new) as log:
        found = check_photographs(log, new.photographs)
    assert [one.photograph for one in found.missing] == [taken["bag"]]
    assert not list(new.photographs.glob(".*"))


def test_what_lies_in_a_photographs_place_is_not_overwritten_by_a_restore(data, taken, out, tmp_path) -> None:
    back_up(data, EVIDENCE, out)
    new = DataFolder(tmp_path / "new laptop")
    new.photographs.mkdir(parents=True)
    file_of(new, taken["bag"]).write_bytes(b"another")

    assert len(restore(new, EVIDENCE, out).photographs) == 2
    assert file_of(new, taken["bag"]).read_bytes() == b"another"


@pytest.mark.parametrize("name", ["../../evidence.sqlite", "a.jpg", "0" * 63, 7])
def test_a_manifest_with_photographs_under_other_names_is_refused(data, taken, out, tmp_path, name) -> None:
    back_up(data, EVIDENCE, out)
    said = json.loads((out / MANIFEST).read_text())
    (out / MANIFEST).write_text(json.dumps({**said, "photographs": [name]}))

    with pytest.raises(BackupError, match="expected the content of a backup"):
        restore(DataFolder(tmp_path / "new laptop"), EVIDENCE, out)


def test_a_backup_of_a_program_that_knew_no_photographs_is_read(data, taken, out) -> None:
    back_up(data, EVIDENCE, out)
    said = json.loads((out / MANIFEST).read_text())
    for name in ("photographs", "photographs_missing", "signature"):
        del said[name]
    (out / MANIFEST).write_text(json.dumps(said))

    assert read_manifest(out, EVIDENCE).photographs == ()


# --- Bundles


@pytest.fixture
def bundle(data, taken, tmp_path: Path) -> Path:
    path = tmp_path / "bundle.zip"
    with reading(data) as log:
        export_log(log, path, ExportFormat.BUNDLE, ASKED)
    return path


def pictures_in(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return {name for name in archive.namelist() if name.startswith("photographs/")}


def test_the_bundle_of_an_inspection_holds_its_photographs_and_no_others(bundle, taken, capsys) -> None:
    assert pictures_in(bundle) == {f"photographs/{taken[name].sha256}.jpg" for name in ("bag", "label")}
    assert checked(bundle, capsys) == (0, [])
    with zipfile.ZipFile(bundle) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["photographs_missing"] == []
    assert pictures_in(bundle) < set(manifest["files"])


def test_a_bundle_says_which_photograph_was_not_at_hand(data, taken, tmp_path, capsys) -> None:
    file_of(data, taken["bag"]).write_bytes(b"another")
    path = tmp_path / "bundle.zip"
    with reading(data) as log:
        export_log(log, path, ExportFormat.BUNDLE, ASKED)

    assert pictures_in(path) == {f"photographs/{taken['label'].sha256}.jpg"}
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("manifest.json"))["photographs_missing"] == [taken["bag"].sha256]
    assert checked(path, capsys) == (0, [])


def test_a_whole_log_goes_without_its_photographs(data, taken, tmp_path, capsys) -> None:
    path = tmp_path / "bundle.zip"
    with reading(data) as log:
        export_log(log, path, ExportFormat.BUNDLE)

    assert pictures_in(path) == set()
    assert checked(path, capsys) == (0, [])


def test_the_same_inspection_gives_the_same_bundle_twice(data, bundle, tmp_path) -> None:
    again = tmp_path / "again.zip"
    with reading(data) as log:
        export_log(log, again, ExportFormat.BUNDLE, ASKED)

    assert again.read_bytes() == bundle.read_bytes()


@pytest.mark.parametrize("what", ["exchanged", "added", "renamed"])
def test_a_photograph_that_no_record_names_is_found_though_the_manifest_lists_it(
    what, bundle, taken, tmp_path, capsys
) -> None:
    members = members_of(bundle)
    kept = f"photographs/{taken['bag'].sha256}.jpg"
    strange = b"another picture"
    if what == "exchanged":
        members[kept] = strange
        named = kept
    elif what == "added":
        named = f"photographs/{sha256(strange)}.jpg"
        members[named] = strange
    else:
        named = "photographs/bag.jpg"
        members[named] = members.pop(kept)

    code, problems = checked(packed(tmp_path / "changed.zip", relisted(members)), capsys)

    assert code == 1
    assert problems == [f"PROBLEM: {named} has no place in the chain"]
