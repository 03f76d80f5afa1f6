"""Photographs kept by their hash: whole or not at all, never overwritten, never altered."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from inspection.errors import LogWriteError, RecordError
from inspection.log_rows import entry_with
from inspection.record import photographs
from inspection.record.photographs import (
    PhotographState,
    keep_photograph,
    kept_name,
    kept_path,
    named_photographs,
    photograph_state,
)
from inspection.record.sections import Photograph
from inspection.records import LogEntry
from tests.inspection.ended_program import ended_at_every_step

PICTURE = b"\xff\xd8\xff\xe1 Exif: place and time \xff\xd9" * 1000


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "camera" / "IMG_0007.JPG"
    path.parent.mkdir()
    path.write_bytes(PICTURE)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "photographs"


def entry_that_says(kind: str, body: object) -> LogEntry:
    row = {"sequence": 7, "previous": b"", "hash": b"", "entry": b"", "signature": b""}
    outside = {"officer": None, "inspection": "20261124-7K3FQ2", "sample": 1, "spectrum": None}
    return entry_with(row, {"time": "2026-11-24T08:00:00+00:00", "kind": kind, "body": body, **outside})


def test_a_photograph_is_kept_under_its_hash_byte_for_byte(picture: Path, folder: Path) -> None:
    photograph = keep_photograph(picture, folder)

    assert photograph == Photograph("IMG_0007.JPG", len(PICTURE), hashlib.sha256(PICTURE).hexdigest())
    [kept] = folder.iterdir()
    assert kept == kept_path(photograph, folder)
    assert kept.name == f"{photograph.sha256}.jpg"
    assert kept.read_bytes() == picture.read_bytes() == PICTURE
    assert photograph_state(photograph, folder) is PhotographState.THERE


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such rights")
def test_a_kept_photograph_is_for_its_owner_alone(picture: Path, folder: Path) -> None:
    photograph = keep_photograph(picture, folder)

    assert kept_path(photograph, folder).stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_the_same_photograph_is_kept_once(picture: Path, folder: Path) -> None:
    first = keep_photograph(picture, folder)
    before = kept_path(first, folder).stat()

    assert keep_photograph(picture, folder) == first
    after = kept_path(first, folder).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_one_that_was_changed_or_taken_away_is_told_from_the_one_that_is_there(
    picture: Path, folder: Path
) -> None:
    photograph = keep_photograph(picture, folder)

    kept_path(photograph, folder).write_bytes(PICTURE[:-1])
    assert photograph_state(photograph, folder) is PhotographState.CHANGED
    kept_path(photograph, folder).unlink()
    assert photograph_state(photograph, folder) is PhotographState.MISSING


def test_one_that_was_changed_is_never_overwritten(picture: Path, folder: Path) -> None:
    kept = kept_path(keep_photograph(picture, folder), folder)
    kept.write_bytes(b"another")

    with pytest.raises(RecordError, match=r"found another content in .*move that file away"):
        keep_photograph(picture, folder)
    assert kept.read_bytes() == b"another"


@pytest.mark.parametrize("name", ["none.jpg", "empty.jpg", "folder", "no\0name.jpg", "x" * 300])
def test_what_is_no_photograph_is_refused_in_one_sentence(name: str, tmp_path: Path, folder: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "folder").mkdir()

    with pytest.raises(RecordError, match=r"^expected .*found") as refused:
        keep_photograph(tmp_path / name, folder)
    assert "\n" not in str(refused.value)
    assert not folder.exists()


def test_a_file_that_is_too_large_is_refused_before_it_is_copied(
    picture: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photographs, "LARGEST_PHOTOGRAPH", len(PICTURE))
    keep_photograph(picture, folder)
    picture.write_bytes(PICTURE + b"x")

    with pytest.raises(RecordError, match="at most 0 MB, found a larger file"):
        keep_photograph(picture, folder)
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("a.HEIC", ".heic"),
        ("a.jpeg", ".jpeg"),
        ("a", ""),
        ("a.jpg\u202egnp", ""),
        ("a.мыло", ""),
        ("a.verylongending", ""),
        (".jpg", ""),
    ],
)
def test_only_a_plain_ending_goes_into_the_name_it_is_kept_under(name: str, ending: str) -> None:
    assert kept_name(Photograph(name, 1, "0" * 64)) == "0" * 64 + ending


def test_a_name_that_turns_the_direction_is_written_down_without_that(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "photo\u202egpj.exe"
    path.write_bytes(PICTURE)

    assert keep_photograph(path, folder).name == "photogpj.exe"


def test_a_folder_that_cannot_be_written_to_is_no_wrong_input(picture: Path, tmp_path: Path) -> None:
    (tmp_path / "no folder").touch()

    with pytest.raises(LogWriteError, match="could not be kept"):
        keep_photograph(picture, tmp_path / "no folder" / "photographs")


def test_a_program_that_is_ended_at_any_moment_leaves_the_photograph_whole_or_none(
    picture: Path, folder: Path
) -> None:
    def empty() -> None:
        for path in folder.iterdir() if folder.exists() else ():
            path.unlink()

    states = set()
    wanted = Photograph(picture.name, len(PICTURE), hashlib.sha256(PICTURE).hexdigest())
    for _ in ended_at_every_step(folder, lambda: keep_photograph(picture, folder), afresh=empty):
        states.add(photograph_state(wanted, folder))
    assert states <= {PhotographState.MISSING, PhotographState.THERE}
    assert photograph_state(wanted, folder) is PhotographState.THERE


def test_an_entry_names_the_photographs_of_its_sample_and_an_amendment_those_of_both() -> None:
    said = {"name": "a.jpg", "size": 3, "sha256": "ab" * 32}
    described = entry_that_says("record", {"section": "sample", "fields": {"photographs": [said]}})
    amended = entry_that_says("amendment", {"section": "sample", "field": "photographs", "value": [said]})

    assert named_photographs(described) == named_photographs(amended) == (Photograph("a.jpg", 3, "ab" * 32),)


@pytest.mark.parametrize(
    "said",
    [
        None,
        "a.jpg",
        {"name": "a.jpg"},
        ["a.jpg"],
        [{"name": "a.jpg", "size": 3, "sha256": "../../etc/passwd"}],
        [{"name": None, "size": 3, "sha256": "ab" * 32}],
    ],
)
def test_what_another_program_wrote_as_photographs_is_left_out(said: object) -> None:
    assert (
        named_photographs(entry_that_says("record", {"section": "sample", "fields": {"photographs": said}}))
        == ()
    )
    assert named_photographs(entry_that_says("record", {"section": "sample", "fields": said})) == ()
    assert named_photographs(entry_that_says("amendment", {"field": "photographs", "value": said})) == ()
