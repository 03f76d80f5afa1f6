"""A reference library as one signed file for a memory stick.

    NAME.chemlib   a zip of three stored members, in this order and nothing else
      manifest.json    what it is: name, version, publisher, dates, hashes, the publisher's public key
      manifest.sig     Ed25519 signature (RFC 8032) of the bytes of manifest.json
      library.sqlite   the library, see store.py

Nothing of a package is believed before its signature was checked against a key that is trusted here.  The
zip is written one way only: a package that is not, byte for byte, what its members give is refused, so
nothing can hide in it - no second manifest, no further member, no bytes in between.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from spectra_library.errors import PackageError
from spectra_library.formats.plain_text import cleaned

ENDING: Final = ".chemlib"
FORMAT: Final = "chemgate library package 1"
MAX_BYTES: Final = 512 * 1024 * 1024  # a hundred thousand spectra
_MAX_MANIFEST: Final = 64 * 1024
_MANIFEST, _SIGNATURE, _LIBRARY = "manifest.json", "manifest.sig", "library.sqlite"
_MEMBERS: Final = (_MANIFEST, _SIGNATURE, _LIBRARY)
# The first moment that a zip can name: the same library gives the same bytes.
_NEVER: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package says of itself.

    ``library_sha256`` is the hash of the library's content (see library.py), ``file_sha256`` that of the
    bytes of the library file.  ``key`` is the publisher's public key, 64 hex digits.  ``released`` is a UTC
    time, ISO 8601 with seconds; a package released earlier than the one installed is refused.  ``expires``
    is the last day, YYYY-MM-DD, on which it may be installed; empty when it does not expire.
    """

    name: str
    version: str
    publisher: str
    released: str
    expires: str
    library_sha256: str
    file_sha256: str
    key: str
    format: str = FORMAT

    @property
    def fingerprint(self) -> str:
        """Give the publisher's key in a form that two people can compare over the telephone."""
        return fingerprint(self.key)


def new_signing_key() -> str:
    """Make a key to sign packages with: 64 hex digits, to be kept secret."""
    return Ed25519PrivateKey.generate().private_bytes_raw().hex()


def public_key(signing_key: str) -> str:
    """Give the public half of ``signing_key``, 64 hex digits.  Raises PackageError when it is no key."""
    return _private(signing_key).public_key().public_bytes_raw().hex()


def fingerprint(key: str) -> str:
    """Give the first 80 bits of the SHA-256 of a public key, in groups of four hex digits."""
    digits = hashlib.sha256(bytes.fromhex(key)).hexdigest()[:20]
    return " ".join(digits[at : at + 4] for at in range(0, 20, 4))


def packed(
    library_file: bytes,
    *,
    name: str,
    version: str,
    library_sha256: str,
    signing_key: str,
    publisher: str,
    released: datetime,
    expires: date | None,
) -> bytes:
    """Give the bytes of a package of ``library_file``.  Raises PackageError when the key is none."""
    manifest = Manifest(
        name=name,
        version=version,
        publisher=publisher,
        released=released.astimezone(UTC).isoformat(timespec="seconds"),
        expires="" if expires is None else expires.isoformat(),
        library_sha256=library_sha256,
        file_sha256=hashlib.sha256(library_file).hexdigest(),
        key=public_key(signing_key),
    )
    said = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    return _zipped((said, _private(signing_key).sign(said), library_file))


def unpacked(content: bytes, *, trusted: Collection[str], today: date) -> tuple[Manifest, bytes]:
    """Give the manifest and the library file of a package, once everything about it was checked.

    ``trusted`` are public keys as in ``Manifest.key``; ``today`` is the UTC date.

    Raises PackageError when it is no package, was tampered with, is signed by nobody trusted, or has expired.
    """
    said, signature, library_file = _members(content)
    manifest = _manifest(said)
    if manifest.key not in trusted:
        raise PackageError(
            f"the package {manifest.name!r} is signed with a key that is not trusted here: "
            f"{manifest.fingerprint}; compare it with the publisher's before you trust it"
        )
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(manifest.key)).verify(signature, said)
    except InvalidSignature:
        raise PackageError(
            "the package was changed after it was signed, or somebody else signed it: its signature is wrong"
        ) from None
    if hashlib.sha256(library_file).hexdigest() != manifest.file_sha256:
        raise PackageError("the library in the package is not the one that was signed: its hash is wrong")
    if manifest.expires and today > _day(manifest.expires):
        raise PackageError(f"the package {manifest.name!r} expired on {manifest.expires}; ask for a new one")
    return manifest, library_file


def _members(content: bytes) -> tuple[bytes, bytes, bytes]:
    """Read the three members of a package.  Raises PackageError for every other zip."""
    if len(content) > MAX_BYTES:
        raise PackageError(f"expected a package of at most {MAX_BYTES // 2**20} MiB, found a larger one")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = archive.infolist()
            names = tuple(one.filename for one in found)
            if names != _MEMBERS:
                shown = ", ".join(repr(name[:40]) for name in names[:5])
                raise PackageError(f"expected the members {', '.join(_MEMBERS)}, found {shown or 'none'}")
            if any(one.compress_type != zipfile.ZIP_STORED or one.flag_bits for one in found):
                raise PackageError("expected stored members, found compressed or encrypted ones")
            if found[0].file_size > _MAX_MANIFEST or sum(one.file_size for one in found) > len(content):
                raise PackageError("expected members as large as the package, found larger ones")
            said, signature, library_file = (archive.read(one) for one in found)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise PackageError(f"expected a library package, found: {error}") from error
    if _zipped((said, signature, library_file)) != content:
        raise PackageError("expected nothing but the three members in the package, found more in its bytes")
    return said, signature, library_file


def _zipped(members: tuple[bytes, bytes, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in zip(_MEMBERS, members, strict=True):
            head = zipfile.ZipInfo(name, date_time=_NEVER)
            head.create_system = 0  # the same on every platform
            archive.writestr(head, content)
    return stream.getvalue()


def _manifest(said: bytes) -> Manifest:
    """Read a manifest strictly: each name once, every value a text.  Raises PackageError."""
    try:
        held = json.loads(said.decode("utf-8"), object_pairs_hook=_each_name_once)
    except (ValueError, RecursionError) as error:
        raise PackageError(f"expected a manifest, found: {error}") from error
    names = {one.name for one in fields(Manifest)}
    if not isinstance(held, dict) or held.keys() != names:
        raise PackageError(f"expected a manifest with {', '.join(sorted(names))}, found others")
    if not all(isinstance(value, str) for value in held.values()) or held["format"] != FORMAT:
        raise PackageError(f"expected a manifest of the format {FORMAT!r}, found another")
    manifest = Manifest(**held)
    for text in (manifest.name, manifest.version, manifest.publisher):
        if cleaned(text) != text:  # it is shown to people before they decide
            raise PackageError(
                "expected names in one line of visible characters in the manifest, found others"
            )
    if not is_key(manifest.key):
        raise PackageError("expected a public key of 64 hex digits in the manifest, found none")
    moment(manifest.released)
    if manifest.expires:
        _day(manifest.expires)
    return manifest


def is_key(text: str) -> bool:
    """Tell whether ``text`` is 64 lower-case hex digits."""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def moment(text: str) -> datetime:
    """Read the time of a release.  Raises PackageError when it is none, or says no time zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise PackageError(f"expected the time of a release, found {text[:40]!r}") from error
    if found.tzinfo is None:
        raise PackageError(f"expected the time of a release with its zone, found {text!r}")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise PackageError(f"expected a day such as 2027-12-31, found {text[:40]!r}") from error


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("a name that stands there twice")
    return held


def _private(signing_key: str) -> Ed25519PrivateKey:
    if not is_key(signing_key):
        raise PackageError("expected a signing key of 64 hex digits, found another text")
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(signing_key))
