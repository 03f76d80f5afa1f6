"""The key that signs a log: made once for each kind of log, kept where only its owner can take it.

    keys/
      installation              32 hex digits, in the genesis of every log of this data folder
      evidence.json             {"public_key", "kept_in": "keyring" | "file", "since"}
      evidence-1a2b3c4d.key     the private key, 64 hex digits, where the system has no key store

    signature(n) = Ed25519( "chemgate.log.signature.1" 00 | hash(n), 32 bytes )        RFC 8032

A signature shows that an entry was written by a program that had the key.  Who may use the key store, or read
the file, can sign anything: docs/evidence.md says what follows from that.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from inspection.errors import LogKeyError
from inspection.log_kind import LogKind
from inspection.secret_file import read_secret, write_secret
from spectra_library.whole_file import sync_folder, write_whole

SIGNATURE_DOMAIN: Final = b"chemgate.log.signature.1\x00"
SERVICE: Final = "chemgate"  # what the key store files our keys under
INSTALLATION: Final = "installation"
_NUMBER: Final = re.compile(r"[0-9a-f]{32}")
REMEDY: Final = (
    "Work as the user who began this log, or let an administrator begin a new volume with 'log renew-key'"
)


class KeyPlace(StrEnum):
    """Where a private key is kept."""

    KEYRING = "keyring"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class LogKey:
    """What may be known of a key: ``public_key`` 64 hex digits, where its other half is, since when (UTC)."""

    public_key: str
    kept_in: KeyPlace
    since: str


@dataclass(frozen=True, slots=True)
class LogSigner:
    """A key at work."""

    key: LogKey
    _private: Ed25519PrivateKey

    @property
    def public_key(self) -> str:
        """The public half, 64 hex digits."""
        return self.key.public_key

    def sign(self, hash_: bytes) -> bytes:
        """Sign the hash of an entry (32 bytes); 64 bytes."""
        return self._private.sign(SIGNATURE_DOMAIN + hash_)

    def sign_text(self, domain: bytes, text: bytes) -> bytes:
        """Sign what is no entry; ``domain`` keeps it from being taken for one."""
        if domain == SIGNATURE_DOMAIN:
            raise ValueError("expected another domain than that of the entries")
        return self._private.sign(domain + text)


def is_signed(public_key: str, hash_: bytes, signature: bytes) -> bool:
    """Tell whether ``signature`` over the hash of an entry was made with the other half of ``public_key``."""
    return signature_check(public_key)(hash_, signature)


def signature_check(public_key: str) -> Callable[[bytes, bytes], bool]:
    """Give ``is_signed`` for many entries of one key; for a key that is none, nothing is signed."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    except ValueError:
        return lambda hash_, signature: False

    def check(hash_: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, SIGNATURE_DOMAIN + hash_)
        except InvalidSignature:
            return False
        return True

    return check


def is_text_signed(public_key: str, domain: bytes, text: bytes, signature: bytes) -> bool:
    """Tell the same of what ``LogSigner.sign_text`` signed."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(signature, domain + text)
    except (ValueError, InvalidSignature):
        return False
    return True


class LogKeys:
    """The keys in one folder; looking makes nothing."""

    def __init__(self, folder: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._folder = folder
        self._now = now

    def installation(self) -> str:
        """Give the random number of this data folder, 32 hex digits; it is made when it is first needed.

        Raises LogKeyError.
        """
        path = self._folder / INSTALLATION
        with _as_key_errors(path):
            if not path.exists():
                _put_if_absent(path, f"{secrets.token_hex(16)}\n".encode())
            return _number_in(path)

    def held_installation(self) -> str | None:
        """Give the random number of this data folder; None before there is one.  Raises LogKeyError."""
        path = self._folder / INSTALLATION
        with _as_key_errors(path), suppress(FileNotFoundError):
            return _number_in(path)
        return None

    def held(self, kind: LogKind) -> LogKey | None:
        """Tell which key signs the log of ``kind``; None before there is one.  Raises LogKeyError."""
        path = self._record(kind)
        with _as_key_errors(path):
            try:
                said = json.loads(path.read_text("utf-8"))
            except FileNotFoundError:
                return None
            try:
                key = LogKey(said["public_key"], KeyPlace(said["kept_in"]), said["since"])
                is_key = len(bytes.fromhex(key.public_key)) == 32
            except (KeyError, TypeError) as error:
                raise ValueError("another content") from error
            if not is_key:
                raise ValueError("a public key of another length")
            return key

    def signer(self, kind: LogKind) -> LogSigner:
        """Give the key of ``kind`` to sign with; it is made when it is first needed.  Raises LogKeyError."""
        return self._open(kind, self.held(kind) or self._make(kind))

    def renew(self, kind: LogKind) -> LogSigner:
        """Make another key, which signs from now on; what was signed before stays as it is.

        Raises LogKeyError.
        """
        return self.adopt(kind, self.prepare(kind))

    def prepare(self, kind: LogKind) -> LogKey:
        """Make and keep another key that signs nothing yet; see ``adopt``.  Raises LogKeyError."""
        private = Ed25519PrivateKey.generate()
        public_key = private.public_key().public_bytes_raw().hex()
        secret = private.private_bytes_raw().hex()
        with _as_key_errors(self._folder):
            place = KeyPlace.KEYRING
            if not _keep_in_keyring(_name(kind, public_key), secret):
                place = KeyPlace.FILE
                write_secret(self._key_file(kind, public_key), secret)
        return LogKey(public_key, place, self._now().astimezone(UTC).isoformat(timespec="seconds"))

    def adopt(self, kind: LogKind, key: LogKey) -> LogSigner:
        """Let a key that was prepared sign from now on.  Raises LogKeyError."""
        with _as_key_errors(self._folder):
            write_whole(self._record(kind), _record_bytes(key))
        return self._open(kind, key)

    def _record(self, kind: LogKind) -> Path:
        return self._folder / f"{kind}.json"

    def _key_file(self, kind: LogKind, public_key: str) -> Path:
        return self._folder / f"{kind}-{public_key[:8]}.key"

    def _make(self, kind: LogKind) -> LogKey:
        """Keep the private half, then say that there is a key: a kill in between loses none that was used."""
        key = self.prepare(kind)
        with _as_key_errors(self._folder):
            _put_if_absent(self._record(kind), _record_bytes(key))
        return self.held(kind) or key  # another program may have been quicker: then its key counts

    def _open(self, kind: LogKind, key: LogKey) -> LogSigner:
        path = self._key_file(kind, key.public_key)
        where = "the key store of this user" if key.kept_in is KeyPlace.KEYRING else str(path)
        with _as_key_errors(path):
            if key.kept_in is KeyPlace.KEYRING:
                secret = _held_in_keyring(_name(kind, key.public_key))
            else:
                secret = read_secret(path)
            private = None if secret is None else Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
        if private is None or private.public_key().public_bytes_raw().hex() != key.public_key:
            raise LogKeyError(
                f"expected the key {key.public_key[:8]} of the {kind} log in {where}, found "
                f"{'none' if private is None else 'another one'}: nothing can be recorded. {REMEDY}"
            )
        return LogSigner(key, private)


@contextmanager
def _as_key_errors(path: Path) -> Iterator[None]:
    """Turn trouble with a file into one clear sentence."""
    try:
        yield
    except (OSError, ValueError, RecursionError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise LogKeyError(f"expected the key of the log in {path}, found: {said}. {REMEDY}") from error


def _number_in(path: Path) -> str:
    number = path.read_text("ascii").strip()
    if not _NUMBER.fullmatch(number):
        raise LogKeyError(
            f"expected the 32 hex digits of this installation in {path}, found {number[:40]!r}: move the "
            "file away, and the next volume gets another number"
        )
    return number


def _record_bytes(key: LogKey) -> bytes:
    return (json.dumps(asdict(key), indent=1) + "\n").encode()


def _name(kind: LogKind, public_key: str) -> str:
    return f"{kind}:{public_key}"


def _keep_in_keyring(name: str, secret: str) -> bool:
    """Put a secret into the platform's key store, and tell whether it can be taken out again."""
    import keyring  # 60 ms, which a log whose key lies in a file never spends
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, name, secret)
        return keyring.get_password(SERVICE, name) == secret
    except (KeyringError, OSError, RuntimeError):  # what its backends raise where there is no desktop
        return False


def _held_in_keyring(name: str) -> str | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, name)
    except (KeyringError, OSError, RuntimeError) as error:
        said = str(error).rstrip(".")
        raise LogKeyError(
            f"expected the log's key in the key store of this user, which does not open: {said}. {REMEDY}"
        ) from error


def _put_if_absent(path: Path, content: bytes) -> None:
    """Write ``path`` whole, unless it is there: of two programs the first one counts.  Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    write_whole(part, content)
    try:
        # A rename on Windows refuses to replace; elsewhere a second name for the same file does.
        os.rename(part, path) if os.name == "nt" else os.link(part, path)  # noqa: PTH104
    except FileExistsError:
        pass
    except OSError:  # a file system without second names
        if not path.exists():
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)
