"""Signed packages: what was signed is what comes out, and nothing else comes out at all."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from spectra_library.errors import PackageError
from spectra_library.packages import fingerprint, packed, public_key, unpacked

SIGNING = "11" * 32
KEY = public_key(SIGNING)
TODAY = date(2026, 11, 24)
LIBRARY = b"SQLite format 3\0 and the rest of a library"


def package(**other: object) -> bytes:
    about = {
        "name": "Agency A",
        "version": "3",
        "library_sha256": "ab" * 32,
        "signing_key": SIGNING,
        "publisher": "Agency A, laboratory",
        "released": datetime(2026, 11, 1, 12, 30, tzinfo=UTC),
        "expires": date(2027, 11, 1),
    }
    return packed(LIBRARY, **{**about, **other})


def members(content: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(one.filename, archive.read(one)) for one in archive.infolist()]


def zipped(entries: list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> bytes:
    """A zip as anybody might write it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, compression)
    return stream.getvalue()


def signed(said: bytes, *, by: str = SIGNING) -> bytes:
    """A package whose manifest is ``said``, signed by whoever has the key ``by``."""
    signature = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(by)).sign(said)
    whole = package()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for (name, content), changed in zip(members(whole), (said, signature, None), strict=True):
            head = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            head.create_system = 0
            archive.writestr(head, content if changed is None else changed)
    return stream.getvalue()


def refused(content: bytes, match: str, *, today: date = TODAY, trusted: frozenset[str] = frozenset({KEY})):
    with pytest.raises(PackageError, match=match):
        unpacked(content, trusted=trusted, today=today)


def test_what_was_packed_comes_out_with_its_manifest():
    manifest, library = unpacked(package(), trusted={KEY}, today=TODAY)

    assert library == LIBRARY
    assert (manifest.name, manifest.version, manifest.key) == ("Agency A", "3", KEY)
    assert (manifest.released, manifest.expires) == ("2026-11-01T12:30:00+00:00", "2027-11-01")


def test_the_same_library_gives_the_same_bytes():
    assert package() == package()


@given(at=st.integers(0, len(package()) - 1), bit=st.integers(0, 7))
def test_no_bit_can_be_changed(at: int, bit: int):
    content = bytearray(package())
    content[at] ^= 1 << bit

    with pytest.raises(PackageError):
        unpacked(bytes(content), trusted={KEY}, today=TODAY)


@given(length=st.integers(0, len(package()) - 1))
def test_nothing_can_be_cut_off(length: int):
    with pytest.raises(PackageError):
        unpacked(package()[:length], trusted={KEY}, today=TODAY)


@pytest.mark.parametrize("extra", [b"\0", b"PK", package()])
def test_nothing_can_be_put_before_or_behind(extra: bytes):
    refused(package() + extra, "expected")
    refused(extra + package(), "expected")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_manifest_is_refused():
    manifest, signature, library = members(package())
    other = ("manifest.json", manifest[1].replace(b"Agency A", b"Agency B"))

    refused(zipped([manifest, signature, library, other]), "expected the members")
    refused(zipped([other, manifest, signature, library]), "expected the members")
    refused(zipped([manifest, other, library]), "expected the members")


def test_a_second_manifest_that_no_directory_names_is_refused():
    whole = package()
    directory = whole.rfind(b"PK\x01\x02", 0, whole.find(b"PK\x01\x02") + 4)
    hidden = zipped([("manifest.json", b"{}")])
    local = hidden[: hidden.find(b"PK\x01\x02")]
    end = bytearray(whole[whole.find(b"PK\x05\x06") :])
    end[16:20] = (directory + len(local)).to_bytes(4, "little")
    central = whole[directory : whole.find(b"PK\x05\x06")]

    refused(whole[:directory] + local + central + bytes(end), "found more in its bytes")


@pytest.mark.parametrize("name", ["../library.sqlite", "library.sqlite/", "LIBRARY.sqlite", "readme.txt"])
def test_other_members_are_refused(name: str):
    manifest, signature, library = members(package())

    refused(zipped([manifest, signature, (name, library[1])]), "expected the members")
    refused(zipped([manifest, signature, library, (name, b"")]), "expected the members")


def test_compressed_members_are_refused():
    refused(zipped(members(package()), zipfile.ZIP_DEFLATED), "expected stored members")


def test_a_manifest_that_says_a_thing_twice_is_refused_though_it_is_signed():
    said = members(package())[0][1]

    refused(signed(said.replace(b'"name"', b'"name": "Agency B", "name"')), "a name that stands there twice")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"format": "chemgate library package 2"}, "of the format"),
        ({"version": 3}, "of the format"),
        ({"key": "AB" * 32}, "public key of 64 hex digits"),
        ({"released": "yesterday"}, "time of a release"),
        ({"released": "2026-11-01T12:30:00"}, "with its zone"),
        ({"expires": "never"}, "expected a day"),
        ({"name": "Agency\x1b[31m A"}, "visible characters"),
        ({"publisher": "Agency\u202e A"}, "visible characters"),
        ({"more": "x"}, "expected a manifest with"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused_though_it_is_signed(change: dict[str, object], match: str):
    said = json.loads(members(package())[0][1])

    refused(signed(json.dumps({**said, **change}).encode()), match)


@pytest.mark.parametrize("said", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 5000])
def test_what_is_no_manifest_is_refused(said: bytes):
    refused(signed(said), "expected a manifest")


def test_a_key_that_nobody_trusts_is_refused_with_its_fingerprint():
    refused(package(), fingerprint(KEY), trusted=frozenset())
    refused(package(), "not trusted here", trusted=frozenset({public_key("22" * 32)}))


def test_a_package_that_claims_a_trusted_key_and_is_signed_by_another_is_refused():
    claimed = members(package())[0][1]

    refused(signed(claimed, by="22" * 32), "its signature is wrong")


def test_a_package_can_be_installed_on_its_last_day_and_not_on_the_next():
    unpacked(package(), trusted={KEY}, today=date(2027, 11, 1))
    refused(package(), "expired on 2027-11-01", today=date(2027, 11, 2))


def test_a_package_without_a_last_day_does_not_expire():
    unpacked(package(expires=None), trusted={KEY}, today=date(2099, 1, 1))


@pytest.mark.parametrize("key", ["", "zz" * 32, "11" * 31, "AA" * 32])
def test_what_is_no_signing_key_is_refused(key: str):
    with pytest.raises(PackageError, match="signing key of 64 hex digits"):
        package(signing_key=key)
