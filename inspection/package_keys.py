"""Whose library packages are taken, and the key that this installation signs its own with.

    keys/
      packages.key     the signing key, 64 hex digits, readable by its owner alone
      trusted.json     {"trusted": [{"key": "...", "name": "Agency A", "since": "2026-11-24"}]}

A key that lies in a file can be copied by whoever may read that file: a signature says that a package comes
from this installation, not who sat at it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Final

from inspection.secret_file import read_secret, write_secret
from spectra_library.errors import PackageError
from spectra_library.packages import is_key, new_signing_key, public_key
from spectra_library.whole_file import write_whole

_SIGNING: Final = "packages.key"
_TRUSTED: Final = "trusted.json"


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A publisher: the public key (64 hex digits), what it is called here, and since when it is trusted."""

    key: str
    name: str
    since: str


class PackageKeys:
    """The keys in one folder; looking makes nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def signing_key(self) -> str:
        """Give the key to sign with; it is made when it is first needed.  Raises PackageError."""
        path = self._folder / _SIGNING
        held = self._held(path)
        if held is not None:
            return held
        key = new_signing_key()
        try:
            write_secret(path, key)
        except OSError as error:
            raise PackageError(f"{path} could not be written: {error.strerror or error}") from error
        return key

    def own(self) -> str | None:
        """Give the public key of this installation; None until it has signed something."""
        held = self._held(self._folder / _SIGNING)
        return None if held is None else public_key(held)

    def trusted(self) -> tuple[TrustedKey, ...]:
        """List the publishers whose packages are taken, this installation not among them."""
        path = self._folder / _TRUSTED
        try:
            held = json.loads(path.read_text("utf-8"))["trusted"]
            found = tuple(TrustedKey(**one) for one in held)
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise PackageError(f"expected the trusted keys in {path}, found: {error}") from error
        if not all(isinstance(one.key, str) and is_key(one.key) for one in found):
            raise PackageError(f"expected keys of 64 hex digits in {path}, found another text")
        return found

    def accepted(self) -> frozenset[str]:
        """Give every public key whose packages are taken, the own one included."""
        own = self.own()
        return frozenset(one.key for one in self.trusted()) | (frozenset() if own is None else {own})

    def trust(self, key: str, name: str, *, today: date) -> TrustedKey:
        """Take packages signed with ``key`` from now on.  Raises PackageError when it is no public key."""
        key = "".join(key.split()).lower()
        if not is_key(key):
            raise PackageError(f"expected a public key of 64 hex digits, found {key[:80]!r}")
        added = TrustedKey(key, name, today.isoformat())
        self._write((*(one for one in self.trusted() if one.key != key), added))
        return added

    def distrust(self, key_or_name: str) -> TrustedKey:
        """Take no more packages of one publisher.  Raises PackageError when it is not among them."""
        known = self.trusted()
        wanted = key_or_name.strip().casefold()
        found = [one for one in known if wanted in (one.key, one.name.casefold())]
        if len(found) != 1:
            names = ", ".join(one.name for one in known) or "none"
            raise PackageError(f"expected one trusted key or name, of {names}; found {key_or_name!r}")
        self._write(tuple(one for one in known if one is not found[0]))
        return found[0]

    def _write(self, trusted: tuple[TrustedKey, ...]) -> None:
        path = self._folder / _TRUSTED
        text = json.dumps({"trusted": [asdict(one) for one in trusted]}, ensure_ascii=False, indent=1) + "\n"
        try:
            write_whole(path, text.encode())
        except OSError as error:
            raise PackageError(f"{path} could not be written: {error.strerror or error}") from error

    def _held(self, path: Path) -> str | None:
        try:
            text = read_secret(path)
        except (OSError, ValueError) as error:
            raise PackageError(f"expected a signing key in {path}, found: {error}") from error
        if text is None:
            return None
        if not is_key(text):
            raise PackageError(f"expected a signing key of 64 hex digits in {path}, found another text")
        return text
