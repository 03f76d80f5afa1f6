"""``library export | key | trust | import``: a library on a memory stick from one office to another."""

from __future__ import annotations

import json
import stat
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from inspection.folders import DataFolder
from inspection.library_packages import exported_package, install_package, installed_packages
from inspection.package_keys import PackageKeys
from spectra_library.errors import LibraryStoreError, PackageError
from spectra_library.library import ReferenceLibrary, sealed
from spectra_library.shelf import LibraryShelf
from spectra_library.store import save_library

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def agency(starter: tuple[ReferenceLibrary, ...]) -> ReferenceLibrary:
    few = starter[0].references[::9]
    return sealed(replace(starter[0], name="Agency A", version="7", references=few, band_lists=()))


@pytest.fixture
def giver(tmp_path: Path, agency: ReferenceLibrary) -> DataFolder:
    """The data folder of the office that has the library."""
    data = DataFolder(tmp_path / "giver")
    put(data, agency)
    return data


@pytest.fixture
def taker(tmp_path: Path, giver: DataFolder) -> DataFolder:
    """The data folder of the office that trusts it."""
    data = DataFolder(tmp_path / "taker")
    PackageKeys(data.keys).trust(own_key(giver), "Agency A", today=TODAY)
    return data


def put(data: DataFolder, library: ReferenceLibrary) -> None:
    shelf = LibraryShelf(data.libraries)
    shelf.folder.mkdir(parents=True, exist_ok=True)
    save_library(library, shelf.path_of(library.name))


def own_key(data: DataFolder) -> str:
    PackageKeys(data.keys).signing_key()
    key = PackageKeys(data.keys).own()
    assert key is not None
    return key


def package(data: DataFolder, *, released: datetime = NOW, expires: date | None = None) -> bytes:
    return exported_package(data, "Agency A", publisher="Agency A", released=released, expires=expires)


def shelved(data: DataFolder) -> list[tuple[str, str]]:
    return [(one.name, one.sha256) for one in LibraryShelf(data.libraries).answering().libraries]


def test_a_library_arrives_as_it_left(giver: DataFolder, taker: DataFolder, agency: ReferenceLibrary):
    install_package(taker, package(giver), today=TODAY)

    assert shelved(taker) == shelved(giver)
    assert shelved(taker)[-1] == ("Agency A", agency.sha256)
    assert installed_packages(taker)["agency-a"].version == "7"


def test_a_library_that_arrived_answers_as_where_it_came_from(giver, taker, chemgate_in, demonstration):
    install_package(taker, package(giver), today=TODAY)

    def answers(data: DataFolder) -> list[dict[str, object]]:
        curves = sorted(demonstration.glob("*.csv"))
        found = chemgate_in(data.path, "identify", *curves, "--library", "Agency A", "--json").objects
        return [{**one, "elapsed_ms": None} for one in found]

    assert answers(taker) == answers(giver)
    assert len(answers(taker)) == 3


def test_the_commands_carry_a_library_from_one_folder_to_another(tmp_path, giver, chemgate_in):
    stick, taker = tmp_path / "stick" / "agency-a.chemlib", tmp_path / "other office"
    stick.parent.mkdir()
    key = chemgate_in(giver.path, "library", "key", "--json").object["key"]
    exported = chemgate_in(giver.path, "library", "export", "agency-a", stick, "--json").object
    stranger = chemgate_in(taker, "library", "import", stick)
    chemgate_in(taker, "library", "trust", key, "--name", "Agency A")
    arrived = chemgate_in(taker, "library", "import", stick, "--json")

    assert (stranger.code, stranger.err.count("\n")) == (2, 1)
    assert "not trusted here" in stranger.err
    assert exported["key"] == key
    assert (arrived.code, arrived.object["package"]["key"]) == (0, key)
    assert shelved(DataFolder(taker)) == shelved(giver)


def test_an_older_package_is_refused_and_the_newer_library_stays(giver, taker, agency):
    old = package(giver, released=NOW - timedelta(days=30))
    put(giver, sealed(replace(agency, references=agency.references[:2])))
    install_package(taker, package(giver), today=TODAY)
    before = shelved(taker)

    with pytest.raises(PackageError, match="before the one that was installed here"):
        install_package(taker, old, today=TODAY)

    assert shelved(taker) == before


def test_a_newer_package_replaces_the_library(giver, taker, agency):
    install_package(taker, package(giver), today=TODAY)
    put(giver, sealed(replace(agency, references=agency.references[:2])))

    install_package(taker, package(giver, released=NOW + timedelta(seconds=1)), today=TODAY)

    assert shelved(taker) == shelved(giver)


def test_an_expired_package_is_refused(giver, taker):
    late = package(giver, expires=date(2026, 11, 23))

    with pytest.raises(PackageError, match="expired on 2026-11-23"):
        install_package(taker, late, today=TODAY)

    assert "Agency A" not in [name for name, _ in shelved(taker)]


def test_a_package_of_another_publisher_does_not_replace_the_library(tmp_path, giver, taker, agency):
    install_package(taker, package(giver), today=TODAY)
    other = DataFolder(tmp_path / "other")
    put(other, agency)
    PackageKeys(taker.keys).trust(own_key(other), "Agency B", today=TODAY)

    with pytest.raises(PackageError, match="installed from another publisher"):
        install_package(taker, package(other, released=NOW + timedelta(days=1)), today=TODAY)


def test_a_package_does_not_undo_what_was_imported_or_added_here(giver, taker, agency):
    put(taker, agency)
    with pytest.raises(PackageError, match="remove it first"):
        install_package(taker, package(giver), today=TODAY)

    LibraryShelf(taker.libraries).remove("Agency A")
    install_package(taker, package(giver), today=TODAY)
    put(taker, sealed(replace(agency, references=agency.references[:1])))
    with pytest.raises(PackageError, match="remove it first"):
        install_package(taker, package(giver, released=NOW + timedelta(days=1)), today=TODAY)


def test_a_package_taken_again_after_a_kill_between_record_and_library_installs(giver, taker, agency):
    install_package(taker, package(giver), today=TODAY)
    installed = LibraryShelf(taker.libraries).path_of("Agency A")
    old = installed.read_bytes()
    put(giver, sealed(replace(agency, references=agency.references[:2])))
    newer = package(giver, released=NOW + timedelta(days=1))
    install_package(taker, newer, today=TODAY)
    installed.write_bytes(old)  # as if the kill had come before the new library took its place

    install_package(taker, newer, today=TODAY)

    assert shelved(taker) == shelved(giver)


def test_a_library_that_has_changed_is_not_handed_on(giver):
    path = LibraryShelf(giver.libraries).path_of("Agency A")
    content = bytearray(path.read_bytes())
    at = content.find(b"Fresnel")
    content[at : at + 7] = b"Quintal"
    path.write_bytes(content)

    with pytest.raises(LibraryStoreError, match="has changed since it was written"):
        package(giver)


@pytest.mark.skipif(sys.platform == "win32", reason="rights are kept otherwise there")
def test_the_signing_key_is_the_owners_alone_and_used_no_more_when_it_is_not(giver):
    own_key(giver)
    path = giver.keys / "packages.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)

    with pytest.raises(PackageError, match="others than its owner may read it"):
        package(giver)


def test_trust_is_given_listed_and_taken_back(data_dir, chemgate):
    key = "ab" * 32
    chemgate("library", "trust", key, "--name", "Agency A")

    assert [one["key"] for one in chemgate("library", "trust", "--json").objects] == [key]
    assert chemgate("library", "trust", "--remove", "agency a").code == 0
    assert chemgate("library", "trust", "--json").objects == []
    assert chemgate("library", "trust", "--remove", "agency a").code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trust", "nonsense", "--name", "X"], "public key of 64 hex digits"),
        (["trust", "ab" * 32], "expected --name"),
        (["export", "nonesuch", "x.chemlib"], "found no 'nonesuch'"),
        (["export", "open", "x.zip"], "ending in .chemlib"),
        (["import", "missing.chemlib"], "missing.chemlib"),
    ],
)
def test_a_wrong_call_is_one_clear_line(arguments, words, chemgate):
    answer = chemgate("library", *arguments)

    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert words in answer.err


def test_a_damaged_list_of_packages_or_keys_is_a_clear_error(giver, taker):
    (taker.libraries).mkdir(parents=True)
    (taker.libraries / "packages.json").write_text(json.dumps({"agency-a": {}}), "utf-8")
    with pytest.raises(PackageError, match=r"packages\.json, found"):
        install_package(taker, package(giver), today=TODAY)

    (taker.keys / "trusted.json").write_text("[]", "utf-8")
    with pytest.raises(PackageError, match=r"trusted keys in .*trusted\.json"):
        install_package(taker, package(giver), today=TODAY)
