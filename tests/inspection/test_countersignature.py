from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from inspection.chain import ProblemKind, canonical_json
from inspection.countersignature import (
    DOMAIN,
    FORMAT,
    countersignature_bytes,
    countersignature_problems,
    countersigned,
    read_countersignature,
)
from inspection.errors import AnchorError, RecordError
from inspection.keys import LogKeys
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind, LogHead

MOMENT = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
HEAD = LogHead(1, 7, "ab" * 32)


@pytest.fixture
def keys(tmp_path: Path) -> LogKeys:
    return LogKeys(tmp_path / "keys")


def a_file(keys: LogKeys, head: LogHead = HEAD, **more: object) -> str:
    content = countersignature_bytes(
        head,
        signer=keys.signer(LogKind.EVIDENCE),
        installation=keys.installation(),
        **{"supervisor": "Supervisor 1", "moment": MOMENT, **more},
    )
    return content.decode()


# --- The file


def test_the_file_says_all_that_is_promised_in_one_line(keys: LogKeys) -> None:
    text = a_file(keys, remark="sabun, мыло; stick 4")
    said = json.loads(text)

    assert text.count("\n") == 1
    assert said.pop("signature")
    assert said == {
        "format": FORMAT,
        "volume": 1,
        "count": 7,
        "head": "ab" * 32,
        "time": "2026-11-24T12:30:00.000000Z",
        "supervisor": "Supervisor 1",
        "installation": keys.installation(),
        "public_key": keys.signer(LogKind.EVIDENCE).public_key,
        "remark": "sabun, мыло; stick 4",
    }


def test_the_signature_is_that_of_the_logs_key_over_the_canonical_text(keys: LogKeys) -> None:
    said = json.loads(a_file(keys))
    signature = bytes.fromhex(said.pop("signature"))
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(said["public_key"]))

    key.verify(signature, DOMAIN + canonical_json(said))  # raises when it does not hold
    assert DOMAIN == b"chemgate.countersignature.1\0"


def test_the_file_is_read_back(keys: LogKeys) -> None:
    found = read_countersignature(f"Taken on Tuesday:\n{a_file(keys)}\n")
    assert found is not None
    assert (found.head, found.supervisor) == (HEAD, "Supervisor 1")
    assert found.installation == keys.installation()


@pytest.mark.parametrize("text", ["", str(HEAD), '{"volume": 1}', "[1]", "{", '{"format": "another"}'])
def test_what_is_another_anchor_is_none(text: str) -> None:
    assert read_countersignature(text) is None


def test_a_changed_file_is_refused_whatever_was_changed(keys: LogKeys) -> None:
    text = a_file(keys, remark="stick 4")
    chance = Random(5)
    changed = 0
    for _ in range(300):
        letters = list(text.rstrip("\n"))
        letters[chance.randrange(len(letters))] = chance.choice("0123456789abcdef")
        if json_or_none("".join(letters)) in (None, json.loads(text)):
            continue  # no JSON any more, or the same
        changed += 1
        try:
            assert read_countersignature("".join(letters)) is None  # no countersignature any more
        except AnchorError:
            continue
    assert changed > 100


@pytest.mark.parametrize(
    "name", ["volume", "count", "head", "time", "installation", "public_key", "signature"]
)
def test_a_file_without_one_of_its_parts_is_refused(keys: LogKeys, name: str) -> None:
    said = json.loads(a_file(keys))
    del said[name]
    with pytest.raises(AnchorError, match="countersignature"):
        read_countersignature(json.dumps(said))


@pytest.mark.parametrize("value", ["zz", "", float("nan")])
def test_a_signature_or_a_part_that_is_no_such_thing_is_refused(keys: LogKeys, value: object) -> None:
    for name in ("signature", "more"):
        with pytest.raises(AnchorError):
            read_countersignature(json.dumps({**json.loads(a_file(keys)), name: value}))


def test_a_remark_of_several_lines_is_refused(keys: LogKeys) -> None:
    with pytest.raises(RecordError, match="one line"):
        countersigned(HEAD, remark="a\nb")


def json_or_none(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


# --- Against a log


@pytest.fixture
def filled(log: InspectionLog, identification) -> InspectionLog:
    for number in range(4):
        log.append(identification(number))
    return log


def file_of(log: InspectionLog) -> str:
    return a_file(LogKeys(log.path.parent / "keys"), log.head())


def test_a_countersignature_of_the_log_fits_it(filled: InspectionLog, identification) -> None:
    text = file_of(filled)
    filled.append(identification(9))
    assert countersignature_problems(text, filled) == ()
    assert filled.verify(text).ok


def test_one_of_another_installation_is_named(filled: InspectionLog, tmp_path: Path) -> None:
    text = a_file(LogKeys(tmp_path / "another" / "keys"), filled.head())
    [problem] = countersignature_problems(text, filled)
    assert problem.kind is ProblemKind.ANCHOR
    assert "of the installation" in problem.message


def test_one_signed_with_another_key_than_the_log_is_named(filled: InspectionLog) -> None:
    said = json.loads(file_of(filled))
    del said["signature"]
    key = Ed25519PrivateKey.generate()
    said["public_key"] = key.public_key().public_bytes_raw().hex()
    said["signature"] = key.sign(DOMAIN + canonical_json(said)).hex()
    [problem] = countersignature_problems(json.dumps(said), filled)
    assert problem.kind is ProblemKind.ANCHOR
    assert "the log was written anew" in problem.message


# --- The command


def test_the_verb_records_what_was_taken_and_writes_the_file(
    chemgate, tmp_path: Path, data_dir: Path
) -> None:
    chemgate("inspection", "new")
    before = chemgate("log", "head", "--json").object
    out = tmp_path / "stick" / "head.json"
    out.parent.mkdir()

    answer = chemgate("log", "countersign", out, "--remark", "stick 4", "--json")

    assert (answer.code, answer.err) == (0, "")
    after = chemgate("log", "head", "--json").object
    assert {name: answer.object[name] for name in after} == after
    last = chemgate("log", "list", "--json").objects[-1]
    assert last["kind"] == EntryKind.COUNTERSIGNED
    assert last["body"] == {"countersigned": {**before, "remark": "stick 4"}}
    said = json.loads(out.read_text("utf-8"))
    assert {name: said[name] for name in after} == after
    assert (said["supervisor"], said["remark"]) == (None, "stick 4")


def test_the_file_is_an_anchor_for_the_check(chemgate, tmp_path: Path, data_dir: Path) -> None:
    chemgate("inspection", "new")
    older = shutil.copytree(data_dir, tmp_path / "older")
    out = tmp_path / "head.json"
    chemgate("log", "countersign", out)
    chemgate("inspection", "new")

    assert chemgate("log", "verify", "--anchor", out).code == 0
    assert chemgate("log", "verify", "--anchor", out.read_text("utf-8")).code == 0

    shutil.rmtree(data_dir)
    shutil.copytree(older, data_dir)  # an older copy, put back
    answer = chemgate("log", "verify", "--anchor", out, "--json")
    assert answer.code == 1
    assert [problem["kind"] for problem in answer.object["problems"]] == ["anchor"]


def test_a_changed_file_is_no_anchor_and_one_of_another_installation_does_not_fit(
    chemgate, chemgate_in, tmp_path: Path
) -> None:
    out, other = tmp_path / "head.json", tmp_path / "other.json"
    chemgate("log", "countersign", out)
    chemgate_in(tmp_path / "another", "log", "countersign", other)

    answer = chemgate("log", "verify", "--anchor", other)
    assert answer.code == 1
    assert "of the installation" in answer.out

    out.write_text(out.read_text("utf-8").replace('"remark":""', '"remark":"x"'), "utf-8")
    answer = chemgate("log", "verify", "--anchor", out)
    assert answer.code == 2
    assert "its signature does not hold" in answer.err
    assert len(answer.err.splitlines()) == 1


def test_a_file_beside_the_log_is_told_to_protect_nothing(chemgate, data_dir: Path) -> None:
    answer = chemgate("log", "countersign", data_dir / "exports" / "head.json")
    assert answer.code == 0
    assert "only on another medium" in answer.err


def test_a_countersignature_takes_no_place_in_the_data_folder(chemgate, data_dir: Path) -> None:
    chemgate("inspection", "new")
    before = chemgate("log", "head", "--json").object
    answer = chemgate("log", "countersign", data_dir / "keys" / "evidence.json")
    assert answer.code == 2
    assert "which holds a log" in answer.err
    assert chemgate("log", "head", "--json").object == before


def test_a_log_without_its_beginning_is_reported_whole_and_fits_no_countersignature(
    chemgate, data_dir: Path, tmp_path: Path, tampering
) -> None:
    chemgate("inspection", "new")
    chemgate("log", "countersign", tmp_path / "head.json")
    with tampering(data_dir / "evidence.sqlite") as raw:
        raw.execute("DELETE FROM entry_texts WHERE sequence = 1")
        raw.execute("DELETE FROM entries WHERE sequence = 1")
    answer = chemgate("log", "verify", "--anchor", tmp_path / "head.json", "--json")
    assert answer.code == 1
    kinds = {problem["kind"] for problem in answer.object["problems"]}
    assert {ProblemKind.MISSING, ProblemKind.ANCHOR} <= kinds


def test_a_name_that_cannot_be_written_is_refused_before_anything_is_recorded(
    chemgate, tmp_path: Path
) -> None:
    chemgate("inspection", "new")
    before = chemgate("log", "head", "--json").object
    answer = chemgate("log", "countersign", "")
    assert answer.code == 2
    assert chemgate("log", "head", "--json").object == before


def test_training_has_a_countersignature_of_its_own(chemgate, tmp_path: Path) -> None:
    chemgate("log", "countersign", tmp_path / "evidence.json")
    chemgate("--training", "log", "countersign", tmp_path / "training.json")

    assert chemgate("--training", "log", "verify", "--anchor", tmp_path / "training.json").code == 0
    assert chemgate("log", "verify", "--anchor", tmp_path / "training.json").code == 1


# --- A file that is there already


def test_a_countersignature_of_this_log_is_renewed(chemgate, tmp_path: Path) -> None:
    out = tmp_path / "head.json"
    chemgate("log", "countersign", out)
    before = out.read_bytes()

    assert chemgate("log", "countersign", out).code == 0
    assert out.read_bytes() != before
    assert chemgate("log", "verify", "--anchor", out).code == 0


def test_one_that_the_log_does_not_pass_through_is_not_written_over(
    chemgate, chemgate_in, tmp_path: Path, data_dir: Path
) -> None:
    chemgate("inspection", "new")
    older = shutil.copytree(data_dir, tmp_path / "older")
    out = tmp_path / "head.json"
    chemgate("log", "countersign", out)
    before = out.read_bytes()
    shutil.rmtree(data_dir)
    shutil.copytree(older, data_dir)  # an older copy, put back: the file is all that shows it
    chemgate("inspection", "new")

    for data in (data_dir, tmp_path / "another"):
        chemgate_in(data, "inspection", "new")
        entries = chemgate_in(data, "log", "list", "--json").out
        answer = chemgate_in(data, "log", "countersign", out)
        assert (answer.code, answer.out) == (2, "")
        assert "not seen to pass through" in answer.err
        assert len(answer.err.splitlines()) == 1
        assert out.read_bytes() == before
        assert chemgate_in(data, "log", "list", "--json").out == entries


@pytest.mark.parametrize(
    "content", [b"precious", b"\xff\xfe", b"", b'{"format": "chemgate.countersignature.1"}']
)
def test_another_file_is_not_written_over(chemgate, tmp_path: Path, content: bytes) -> None:
    out = tmp_path / "head.json"
    out.write_bytes(content)
    answer = chemgate("log", "countersign", out)
    assert answer.code == 2
    assert "found another file" in answer.err
    assert out.read_bytes() == content


def test_a_medium_that_was_pulled_out_is_not_replaced_by_a_folder_of_that_name(
    chemgate, tmp_path: Path
) -> None:
    chemgate("inspection", "new")
    before = chemgate("log", "head").out
    answer = chemgate("log", "countersign", tmp_path / "pulled out" / "head.json")
    assert answer.code == 2
    assert "there is no folder" in answer.err
    assert not (tmp_path / "pulled out").exists()
    assert chemgate("log", "head").out == before
