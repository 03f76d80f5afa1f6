"""Files, folders and archives as one stream; what an archive should not hold is refused by name."""

from __future__ import annotations

import io
import os
import random
import struct
import zipfile
from pathlib import Path

import pytest

from spectra_library.errors import FormatError
from spectra_library.formats import zip_members
from spectra_library.importing.sources import Member, RefusedMember, listed

TEXT = b"##TITLE=x\r\n"


def members(*paths: Path) -> dict[str, bytes | str]:
    """Every member by its name: its content, or why it is refused."""
    found = {}
    for one in listed(paths).members():
        assert one.name not in found
        found[one.name] = one.content if isinstance(one, Member) else str(one.error)
    return found


def refused(path: Path) -> list[tuple[str, str]]:
    return [(one.name, str(one.error)) for one in listed([path]).members() if isinstance(one, RefusedMember)]


def zipped(path: Path, *files: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "agency"
    for name in ("b.jdx", "a/2.jdx", "a/10.jdx", ".hidden", ".git/x.jdx"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())
    return root


def test_a_folder_is_walked_in_order_without_what_is_hidden(folder: Path) -> None:
    assert list(members(folder)) == ["a/10.jdx", "a/2.jdx", "b.jdx"]


def test_names_do_not_say_where_the_folder_lies(folder: Path, tmp_path: Path) -> None:
    moved = folder.rename(tmp_path / "elsewhere")

    assert members(moved)["a/2.jdx"] == b"a/2.jdx"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_not_followed(folder: Path) -> None:
    (folder / "secret.jdx").symlink_to("/etc/hostname")
    (folder / "everything").symlink_to("/")

    found = members(folder)

    assert found["secret.jdx"] == found["everything"]
    assert "found a link" in str(found["everything"])


def test_a_zip_gives_the_same_members_as_the_folder(folder: Path, tmp_path: Path) -> None:
    archive = zipped(
        tmp_path / "agency.zip",
        *((path.relative_to(folder).as_posix(), path.read_bytes()) for path in sorted(folder.rglob("*.jdx"))),
        ("__MACOSX/._b.jdx", b"\0"),
    )

    assert members(archive) == members(folder)


class Pipe(io.RawIOBase):
    """A stream that cannot be wound back, as of a program that packs and sends at once."""

    def __init__(self, stream: io.BytesIO) -> None:
        self.stream = stream

    def writable(self) -> bool:
        return True

    def write(self, content) -> int:
        return self.stream.write(content)


def test_a_zip_whose_sizes_stand_behind_the_files_is_read(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(Pipe(packed), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.jdx", TEXT)
        archive.writestr("y.jdx", TEXT + b"2")
    path = tmp_path / "a.zip"
    path.write_bytes(packed.getvalue())

    assert members(path) == {"x.jdx": TEXT, "y.jdx": TEXT + b"2"}


def test_a_zip_in_a_folder_is_read_and_one_in_a_zip_is_left_to_the_reader(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", ("x.jdx", TEXT))
    (tmp_path / "stick").mkdir()
    zipped(tmp_path / "stick" / "outer.zip", ("inner.zip", inner.read_bytes()), ("y.jdx", TEXT))

    found = members(tmp_path / "stick")

    # no second level: the reader will say that this is an archive
    assert found == {"outer.zip/inner.zip": inner.read_bytes(), "outer.zip/y.jdx": TEXT}


def test_a_missing_path_is_one_refusal(tmp_path: Path) -> None:
    assert refused(tmp_path / "nothing.zip") == [("nothing.zip", "expected a file, found none of this name")]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/etc/passwd", "an absolute path"),
        ("C:/x.jdx", "an absolute path"),
        ("//server/share/x.jdx", "an absolute path"),
        ("../x.jdx", "a path out of it"),
        ("a/../../x.jdx", "a path out of it"),
        ("a\\..\\..\\x.jdx", "a path out of it"),
        ("a//x.jdx", "a path out of it"),
        ("con.jdx", "that of a device"),
        ("a/COM1", "that of a device"),
        ("LPT¹.txt", "that of a device"),
        ("a/nul .jdx", "that of a device"),
        ("x.jdx:stream", "found"),
        ("x.", "every system allows"),
        ("x \u202exdj.exe", "visible characters"),
        ("x\n.jdx", "visible characters"),
    ],
)
def test_names_that_mean_something_elsewhere_are_refused(tmp_path: Path, name: str, reason: str) -> None:
    archive = zipped(tmp_path / "a.zip", (name, TEXT), ("good.jdx", TEXT))

    [(_, why)] = refused(archive)

    assert reason in why
    assert members(archive)["good.jdx"] == TEXT


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("x.jdx")
    link.external_attr = 0o120777 << 16

    [(_, why)] = refused(zipped(tmp_path / "a.zip", (link, b"/etc/passwd")))

    assert "found a link" in why


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["x.jdx", "X.JDX", "ｘ.jdx"])
def test_a_name_that_comes_again_is_refused(tmp_path: Path, second: str) -> None:
    archive = zipped(tmp_path / "a.zip", ("x.jdx", TEXT), (second, b"other"))

    [(_, why)] = refused(archive)

    assert "each name once" in why


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    [(_, why)] = refused(zipped(tmp_path / "a.zip", ("zeros.jdx", bytes(10**7))))

    assert "packed at most 100 to 1" in why


def test_a_directory_that_says_less_than_there_is_gets_no_more(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.jdx", bytes(10**6))
    lying = content.getvalue().replace(struct.pack("<L", 10**6), struct.pack("<L", 100))
    path = tmp_path / "a.zip"
    path.write_bytes(lying)

    [(_, why)] = refused(path)

    assert "can be unpacked" in why  # the CRC of 100 bytes is another


def test_encrypted_and_oddly_packed_files_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("x.jdx", TEXT))
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("x.jdx", TEXT)

    assert "found an encrypted one" in refused(path)[0][1]
    assert "compression method 14" in refused(tmp_path / "b.zip")[0][1]


def test_a_local_header_that_says_something_else_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("x.jdx", TEXT), ("y.jdx", TEXT + b"2"))
    raw = bytearray(path.read_bytes())
    raw[14] ^= 1  # of the CRC before the first file
    path.write_bytes(raw)

    assert [name for name, _ in refused(path)] == ["x.jdx"]
    assert members(path)["y.jdx"] == TEXT + b"2"


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("x.jdx", TEXT * 50), ("y.jdx", TEXT * 50))
    raw = bytearray(path.read_bytes())
    second = raw.index(b"PK\x01\x02", raw.index(b"PK\x01\x02") + 1)
    raw[second + 42 : second + 46] = struct.pack("<L", 0)  # the place of the second file is that of the first
    path.write_bytes(raw)

    [(name, why)] = refused(path)

    assert name == "y.jdx"
    assert "a place of its own" in why


def test_a_damaged_file_of_a_zip_costs_only_itself(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("x.jdx", os.urandom(500)), ("y.jdx", TEXT))
    raw = bytearray(path.read_bytes())
    raw[200] ^= 0xFF
    path.write_bytes(raw)

    assert [name for name, _ in refused(path)] == ["x.jdx"]
    assert members(path)["y.jdx"] == TEXT


def test_a_cut_off_archive_is_one_refusal(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("x.jdx", TEXT * 100))
    path.write_bytes(path.read_bytes()[:-30])

    [(name, why)] = refused(path)

    assert name == "a.zip"
    assert "sound zip archive" in why


def test_too_many_entries_are_refused_before_they_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_members, "MAX_MEMBERS", 10)
    path = zipped(tmp_path / "a.zip", *((f"{number}.jdx", TEXT) for number in range(11)))

    [(_, why)] = refused(path)

    assert "at most 10 entries" in why


def test_too_much_in_one_archive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_members, "MAX_TOTAL_BYTES", 3 * len(TEXT))
    path = zipped(tmp_path / "a.zip", *((f"{number}.jdx", TEXT) for number in range(4)))

    assert [name for name, _ in refused(path)] == ["3.jdx"]


def test_too_many_files_in_a_folder_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spectra_library.importing.sources.MAX_MEMBERS", 2)

    with pytest.raises(FormatError, match="at most 2 files at once"):
        listed([folder])


def test_whatever_byte_is_changed_a_file_is_read_unchanged_or_refused(tmp_path: Path) -> None:
    contents = {"x.jdx": TEXT * 20, "b/y.jdx": TEXT * 30 + b"2", "b/z.jdx": os.urandom(60)}
    sound = zipped(tmp_path / "sound.zip", *contents.items()).read_bytes()
    chance = random.Random(20261124)
    path = tmp_path / "a.zip"
    for _ in range(300):
        raw = bytearray(sound)
        for _ in range(chance.randint(1, 3)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        path.write_bytes(raw)
        for one in listed([path]).members():
            if isinstance(one, Member) and one.name != "a.zip":  # it may have ceased to be an archive
                assert one.content in contents.values()


def test_an_office_document_is_a_file_and_no_archive(tmp_path: Path) -> None:
    path = zipped(tmp_path / "table.xlsx", ("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>"))

    assert list(members(path)) == ["table.xlsx"]
