"""The key that signs: made once, kept where only its owner can take it, and never quietly replaced."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from inspection.errors import LogKeyError
from inspection.keys import SIGNATURE_DOMAIN, KeyPlace, LogKeys, is_signed, is_text_signed
from inspection.log_kind import LogKind

HASH = bytes(range(32))


class Store(KeyringBackend):
    """A key store of a platform that has one."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise KeyringLocked("the wallet is locked")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def store() -> Store:
    before = keyring.get_keyring()
    made = Store()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_key_that_was_used_once_is_used_again(tmp_path: Path) -> None:
    first = LogKeys(tmp_path).signer(LogKind.EVIDENCE)
    again = LogKeys(tmp_path).signer(LogKind.EVIDENCE)
    assert again.public_key == first.public_key
    assert is_signed(first.public_key, HASH, again.sign(HASH))


def test_evidence_and_training_have_keys_of_their_own(tmp_path: Path) -> None:
    keys = LogKeys(tmp_path)
    evidence, training = (keys.signer(kind) for kind in LogKind)
    assert evidence.public_key != training.public_key
    assert not is_signed(evidence.public_key, HASH, training.sign(HASH))


def test_looking_makes_nothing(tmp_path: Path) -> None:
    assert LogKeys(tmp_path / "keys").held(LogKind.EVIDENCE) is None
    assert not (tmp_path / "keys").exists()


def test_without_a_key_store_the_key_lies_in_a_file_that_its_owner_alone_can_read(tmp_path: Path) -> None:
    signer = LogKeys(tmp_path).signer(LogKind.EVIDENCE)
    assert signer.key.kept_in is KeyPlace.FILE
    [path] = tmp_path.glob("*.key")
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_with_a_key_store_no_file_holds_the_key(tmp_path: Path, store: Store) -> None:
    signer = LogKeys(tmp_path).signer(LogKind.EVIDENCE)
    assert signer.key.kept_in is KeyPlace.KEYRING
    assert files(tmp_path) == ["evidence.json"]
    [secret] = store.held.values()
    assert secret not in (tmp_path / "evidence.json").read_text()
    assert LogKeys(tmp_path).signer(LogKind.EVIDENCE).public_key == signer.public_key


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    LogKeys(tmp_path).signer(LogKind.EVIDENCE)
    [path] = tmp_path.glob("*.key")
    path.chmod(0o644)
    with pytest.raises(LogKeyError, match="others than its owner may read it; run chmod 600"):
        LogKeys(tmp_path).signer(LogKind.EVIDENCE)


def test_a_lost_key_is_said_to_be_lost_and_not_replaced(tmp_path: Path) -> None:
    LogKeys(tmp_path).signer(LogKind.EVIDENCE)
    [path] = tmp_path.glob("*.key")
    path.unlink()
    with pytest.raises(LogKeyError, match=r"found none: nothing can be recorded.*renew-key"):
        LogKeys(tmp_path).signer(LogKind.EVIDENCE)
    assert files(tmp_path) == ["evidence.json"]


def test_a_key_store_that_does_not_open_is_said_to(tmp_path: Path, store: Store) -> None:
    LogKeys(tmp_path).signer(LogKind.EVIDENCE)
    store.is_locked = True
    with pytest.raises(LogKeyError, match="does not open: the wallet is locked"):
        LogKeys(tmp_path).signer(LogKind.EVIDENCE)


def test_the_key_of_another_is_not_taken_for_ours(tmp_path: Path) -> None:
    LogKeys(tmp_path).signer(LogKind.EVIDENCE)
    [path] = tmp_path.glob("*.key")
    path.write_text("11" * 32)
    with pytest.raises(LogKeyError, match="found another one"):
        LogKeys(tmp_path).signer(LogKind.EVIDENCE)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        "[" * 100_000,
        json.dumps({"public_key": "ab", "kept_in": "file", "since": ""}),
        "\x00",
    ],
)
def test_a_damaged_record_of_the_key_is_refused_in_one_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "evidence.json").write_text(content)
    with pytest.raises(LogKeyError, match="expected the key of the log in"):
        LogKeys(tmp_path).signer(LogKind.EVIDENCE)


def test_a_renewed_key_is_another_one_and_the_former_is_kept(tmp_path: Path) -> None:
    keys = LogKeys(tmp_path)
    first = keys.signer(LogKind.EVIDENCE)
    second = keys.renew(LogKind.EVIDENCE)
    assert second.public_key != first.public_key
    assert keys.signer(LogKind.EVIDENCE).public_key == second.public_key
    assert len(list(tmp_path.glob("*.key"))) == 2


def test_programs_that_begin_at_once_agree_on_one_key_and_one_installation(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        signers = list(pool.map(lambda _: LogKeys(tmp_path).signer(LogKind.EVIDENCE).public_key, range(16)))
        numbers = list(pool.map(lambda _: LogKeys(tmp_path).installation(), range(16)))
    assert len(set(signers)) == 1
    assert len(set(numbers)) == 1
    assert len(numbers[0]) == 32


def test_what_is_signed_as_a_text_is_never_taken_for_an_entry(tmp_path: Path) -> None:
    signer = LogKeys(tmp_path).signer(LogKind.EVIDENCE)
    signature = signer.sign_text(b"a countersignature\0", HASH)
    assert is_text_signed(signer.public_key, b"a countersignature\0", HASH, signature)
    assert not is_signed(signer.public_key, HASH, signature)
    with pytest.raises(ValueError, match="another domain"):
        signer.sign_text(SIGNATURE_DOMAIN, HASH)


@pytest.mark.parametrize("public_key", ["", "zz" * 32, "00" * 31])
def test_nothing_is_signed_with_a_key_that_is_none(tmp_path: Path, public_key: str) -> None:
    signer = LogKeys(tmp_path).signer(LogKind.EVIDENCE)
    assert not is_signed(public_key, HASH, signer.sign(HASH))


@pytest.mark.parametrize("content", ["", "\n", "ab", "zz" * 16, "ab" * 17, "\u00e9"])
def test_a_damaged_number_of_the_installation_is_refused_and_not_replaced(
    tmp_path: Path, content: str
) -> None:
    keys = LogKeys(tmp_path)
    assert keys.held_installation() is None
    assert keys.installation() == keys.held_installation()
    (tmp_path / "installation").write_text(content, "utf-8")
    for ask in (keys.installation, keys.held_installation):
        with pytest.raises(LogKeyError, match="installation"):
            ask()
    assert (tmp_path / "installation").read_text("utf-8") == content
