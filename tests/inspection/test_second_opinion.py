"""A second opinion: asked from a log, given elsewhere, read back; and packages of a hostile hand."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspection.errors import LogDamagedError, RecordError, UnknownEntryError
from inspection.laboratory.results import SECOND_OPINION
from inspection.laboratory.second_opinion import (
    MAX_JSON,
    answer_in,
    answering,
    asked,
    request_in,
    unknown_in,
    with_opinion,
)
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.record.inspection_record import inspection_record
from inspection.record.recording import recording
from inspection.record.sections import Section
from inspection.records import EntryKind, NewEntry, closing, opening
from spectra_library.catalogue import Catalogue
from spectra_library.formats.reading import read_bytes
from spectra_library.verdicts import Verdict

JOB = "20261124-7K3FQ2"
MOMENT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
SECRETS = ("Consignor A", "Officer 1", "declared goods", "of Consignor B", JOB)
Members = dict[str, bytes]


def begun(log: InspectionLog, finding, curve) -> InspectionLog:
    """Write one inspection with one identification, entry 4."""
    log.officer = "Officer 1"
    log.append(opening(JOB, declared="declared goods"))
    log.append(recording(JOB, Section.PERSONS, {"consignor": "Consignor A"}))
    declared = {"text": "declared goods", "verdict": "differs"}
    body = finding(declared=declared, title="sample of Consignor B", source={"path": "/Consignor A/a.csv"})
    log.append(NewEntry(EntryKind.IDENTIFICATION, body, inspection=JOB, sample=1, curve=curve(1)))
    return log


@pytest.fixture
def filled(log: InspectionLog, finding, curve) -> InspectionLog:
    return begun(log, finding, curve)


@pytest.fixture
def package(filled: InspectionLog, tmp_path: Path) -> Path:
    path = tmp_path / "request.zip"
    path.write_bytes(asked(filled, 4, "is it this one?"))
    return path


@pytest.fixture
def answered(package: Path, catalogue: Catalogue, tmp_path: Path) -> Callable[..., Path]:
    """Answer the request; give the path of the answer."""

    def answer(**how: Any) -> Path:
        said = {
            "verdict": Verdict.MATCH,
            "substances": ["acetone"],
            "remark": "no doubt",
            "by": "Laboratory A",
            "moment": MOMENT,
        }
        path = tmp_path / "opinion.zip"
        path.write_bytes(with_opinion(package, catalogue, **{**said, **how}))
        return path

    return answer


def members(path: Path) -> Members:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path: Path, files: Members, *, listed: bool = True) -> Path:
    """Put these files in place of a package, by default under a manifest that fits them."""
    files = {name: content for name, content in files.items() if not listed or name != "manifest.json"}
    if listed:
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        files["manifest.json"] = json.dumps({"files": hashes}).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


# --- Asking -----------------------------------------------------------------------------------------


def test_a_package_holds_the_curve_the_beams_the_payload_and_the_question(
    filled: InspectionLog, package: Path
) -> None:
    files = members(package)
    assert list(files) == [
        *("README.txt", "request.json", "spectrum.jdx", "sample_beam.csv", "background_beam.csv"),
        *("payload.bin", "manifest.json"),
    ]
    stored = filled.spectrum(4)
    [read] = read_bytes(files["spectrum.jdx"], "spectrum.jdx")
    assert np.array_equal(read.absorbance, stored.spectrum.absorbance)
    rows = list(csv.reader(io.StringIO(files["sample_beam.csv"].decode())))
    assert rows[0] == ["wavenumber (1/cm)", "sample beam (arbitrary units)"]
    assert [float(row[1]) for row in rows[1:]] == stored.sample_beam.tolist()
    assert files["payload.bin"] == stored.raw_payload
    said = json.loads(files["request.json"])
    assert (said["question"], said["is_blind"]) == ("is it this one?", False)
    assert said["entry"]["hash"] == filled.entry(4).hash.hex()
    assert said["entry"]["entry_sha256"] == hashlib.sha256(filled.entry(4).entry_bytes).hexdigest()
    assert said["anchor"] == str(filled.head())
    assert said["device"] == {"device": "Model F", "serial": "F-0007", "firmware": None}
    assert said["said"]["verdict"] == "match"
    assert "is it this one?" in files["README.txt"].decode()
    listed = json.loads(files["manifest.json"])["files"]
    assert listed == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name != "manifest.json"
    }


@pytest.mark.parametrize("is_blind", [False, True])
def test_no_name_no_declared_goods_and_no_inspection_goes_along(
    filled: InspectionLog, tmp_path: Path, is_blind: bool
) -> None:
    path = tmp_path / "request.zip"
    path.write_bytes(asked(filled, 4, "what is it?", is_blind=is_blind))
    content = b"\n".join(members(path).values()).decode("utf-8", "replace")
    assert [secret for secret in SECRETS if secret in content] == []
    assert ("Acetone" in content or "67-64-1" in content) is not is_blind


def test_the_entry_itself_goes_along_only_when_asked_for_and_never_blind(
    filled: InspectionLog, tmp_path: Path
) -> None:
    path = tmp_path / "request.zip"
    path.write_bytes(asked(filled, 4, "what is it?", with_entry=True))
    assert members(path)["entry.json"] == filled.entry(4).entry_bytes
    assert request_in(path).sequence == 4
    with pytest.raises(RecordError, match="expected a blind question without the entry"):
        asked(filled, 4, "what is it?", is_blind=True, with_entry=True)


def test_the_same_question_gives_the_same_bytes(filled: InspectionLog, package: Path) -> None:
    assert asked(filled, 4, " is it this one? ") == package.read_bytes()


def test_only_an_identification_of_an_inspection_with_a_spectrum_can_be_asked_about(
    filled: InspectionLog, identification, finding
) -> None:
    with pytest.raises(RecordError, match="found entry 2, inspection opened"):
        asked(filled, 2, "what?")
    with pytest.raises(UnknownEntryError):
        asked(filled, 99, "what?")
    outside = filled.append(identification(7)).sequence
    with pytest.raises(RecordError, match=f"found entry {outside}, which belongs to none"):
        asked(filled, outside, "what?")
    bare = filled.append(NewEntry(EntryKind.IDENTIFICATION, finding(), inspection=JOB, sample=2)).sequence
    with pytest.raises(RecordError, match=f"found entry {bare} without one"):
        asked(filled, bare, "what?")
    with pytest.raises(RecordError, match="expected a question"):
        asked(filled, 4, "  ")
    with pytest.raises(RecordError, match="visible characters"):
        asked(filled, 4, "what\u202e?")


def test_a_changed_spectrum_is_not_sent(filled: InspectionLog, log_path: Path, tampering) -> None:
    with tampering(log_path) as raw:
        raw.execute("UPDATE spectra SET raw_payload = x'00'")
    with pytest.raises(LogDamagedError):
        asked(filled, 4, "what?")


# --- Answering and reading back ---------------------------------------------------------------------


def test_an_answer_comes_back_as_a_result_against_the_entry(
    filled: InspectionLog, answered, catalogue: Catalogue
) -> None:
    filled.append(closing(JOB))  # a result may come after that
    answer = answer_in(answered())
    written = filled.append(answering(filled, answer, catalogue))
    assert (written.inspection, written.sample, written.kind) == (JOB, 1, EntryKind.RECORD)
    record = inspection_record(filled, JOB)
    [found] = record.found
    [told] = found.laboratory
    assert (told.said.entry, told.said.method, told.said.laboratory) == (4, SECOND_OPINION, "Laboratory A")
    assert (told.said.substances, told.said.reported) == (("acetone",), MOMENT.date())
    assert told.said.finding == "match; no doubt"
    assert told.said.reference == f"opinion {answer.sha256}"
    assert filled.verify().ok


def test_the_same_answer_is_recorded_once(filled: InspectionLog, answered, catalogue: Catalogue) -> None:
    answer = answer_in(answered())
    written = filled.append(answering(filled, answer, catalogue))
    with pytest.raises(RecordError, match=f"found that of entry {written.sequence}"):
        answering(filled, answer, catalogue)
    other = answer_in(answered(remark="I looked again"))
    assert filled.append(answering(filled, other, catalogue)).sequence == written.sequence + 1


def test_an_answer_without_a_substance_says_why(filled: InspectionLog, answered, catalogue) -> None:
    answer = answer_in(answered(verdict=Verdict.NO_MATCH, substances=[], remark="nothing like it"))
    told = answering(filled, answer, catalogue).body["fields"]
    assert told["finding"] == "no match; nothing like it"
    assert "substances" not in told


def test_a_blind_answer_says_that_it_was_blind(
    filled: InspectionLog, package: Path, answered, catalogue: Catalogue
) -> None:
    package.write_bytes(asked(filled, 4, "what is it?", is_blind=True))
    told = answering(filled, answer_in(answered()), catalogue).body["fields"]
    assert told["finding"] == "match; no doubt; asked without the verdict of the program"


def test_a_substance_that_only_the_colleague_knows_is_named_in_words(
    filled: InspectionLog, answered, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = answered()
    files = members(path)
    said = json.loads(files["opinion.json"])
    said["substances"] = [{"id": "own-thing", "name": "Own thing", "cas": "1-2-3"}]
    rewritten(path, {**files, "opinion.json": json.dumps(said).encode()})
    told = answering(filled, answer_in(path), catalogue).body["fields"]
    assert told["finding"] == "match; no doubt; not in the catalogue: Own thing 1-2-3"


@pytest.mark.parametrize(
    ("said", "in_words"),
    [
        (
            {"id": "acetone", "name": "Ethanol", "cas": "64-17-5"},
            "Ethanol 64-17-5 (said as acetone, here another)",
        ),
        ({"id": "acetone", "name": "Ethanol", "cas": ""}, "Ethanol (said as acetone, here another)"),
        (
            {"id": "acetone", "name": "Acetone", "cas": "64-17-5"},
            "Acetone 64-17-5 (said as acetone, here another)",
        ),
        ({"id": "acetone", "name": "propan-2-one", "cas": ""}, ""),
        ({"id": "acetone", "name": "Ацетон", "cas": "67641"}, ""),
    ],
)
def test_an_id_that_means_another_substance_there_is_not_believed(
    filled: InspectionLog, answered, catalogue: Catalogue, said: dict[str, str], in_words: str
) -> None:
    path = answered()
    files = members(path)
    opinion = {**json.loads(files["opinion.json"]), "substances": [said]}
    rewritten(path, {**files, "opinion.json": json.dumps(opinion).encode()})
    answer = answer_in(path)

    told = answering(filled, answer, catalogue).body["fields"]

    assert ("acetone" in told.get("substances", ())) is not bool(in_words)
    assert told["finding"] == "match; no doubt" + (f"; not in the catalogue: {in_words}" if in_words else "")
    assert bool(unknown_in(answer, catalogue)) is bool(in_words)


@pytest.mark.parametrize("name", ["67-64-1", "Acetone", "ацетон"])
def test_a_substance_is_named_by_name_or_cas_number_too(answered, name: str) -> None:
    [named] = answer_in(answered(substances=[name, "acetone"])).substances
    assert (named.id, named.cas) == ("acetone", "67-64-1")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"substances": []}, "expected a substance for the verdict match, found none"),
        ({"substances": [], "remark": ""}, "expected a substance for the verdict match, found none"),
        ({"verdict": Verdict.NO_MATCH}, "expected no substance for the verdict no_match, found 'acetone'"),
        ({"verdict": Verdict.INCONCLUSIVE, "substances": [], "remark": ""}, "expected a remark, found none"),
        ({"by": " "}, "expected a by, found none"),
        ({"by": "a\u202eb"}, "visible characters"),
        ({"remark": "x" * 601}, "at most 600 characters, found 601"),
        (
            {"substances": ["nothing like it"]},
            "the id of a substance of the catalogue, found 'nothing like it': library search finds them",
        ),
    ],
)
def test_an_answer_that_contradicts_itself_is_not_written(how: dict[str, Any], said: str, answered) -> None:
    with pytest.raises(RecordError, match=said):
        answered(**how)


def test_an_answer_to_another_log_is_refused(
    answered, catalogue: Catalogue, tmp_path: Path, clock, finding, curve
) -> None:
    answer = answer_in(answered())
    for kind in LogKind:
        path = tmp_path / f"other {kind}" / f"{kind}.sqlite"
        with InspectionLog.open(path, kind=kind, clock=clock) as other:
            match = "about another entry" if kind is LogKind.EVIDENCE else "for the training log"
            with pytest.raises(
                RecordError, match="asked from this log" if kind is LogKind.EVIDENCE else match
            ):
                answering(other, answer, catalogue)
            begun(other, finding, curve)
            with pytest.raises(RecordError, match=match):
                answering(other, answer, catalogue)


def test_an_answer_to_a_question_that_was_changed_is_refused(answered) -> None:
    path = answered()
    files = members(path)
    changed = files["request.json"].replace(b"is it this one?", b"is it that one?")
    rewritten(path, {**files, "request.json": changed})
    with pytest.raises(RecordError, match="expected an answer to the question beside it"):
        answer_in(path)


def test_an_anchor_that_the_log_never_had_is_refused(
    filled: InspectionLog, answered, catalogue: Catalogue
) -> None:
    path = answered()
    files = members(path)
    for anchor in ("1:4:" + "0" * 64, "9:9:" + "0" * 64, "here", "1:-9:x", f"1:{'9' * 30}:x"):
        said = {**json.loads(files["request.json"]), "anchor": anchor}
        request = json.dumps(said).encode()
        opinion = {**json.loads(files["opinion.json"]), "request_sha256": hashlib.sha256(request).hexdigest()}
        rewritten(path, {**files, "request.json": request, "opinion.json": json.dumps(opinion).encode()})
        with pytest.raises(RecordError, match="expected a question "):
            answering(filled, answer_in(path), catalogue)


# --- Hostile packages -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../opinion.json", "found a path out of it"),
        ("/opinion.json", "found an absolute path"),
        ("C:/opinion.json", "found an absolute path"),
        ("a/../../b", "found a path out of it"),
        ("more.txt", "expected only README.txt, request.json, opinion.json"),
        ("opinion.json", "expected each name once"),
        ("OPINION.JSON", "expected each name once"),
        ("con", "found that of a device"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_does_not_belong_there_is_refused(name: str, said: str, answered) -> None:
    path = answered()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"{}")
    with pytest.raises(RecordError, match=f"^opinion.zip: .*{said}"):
        answer_in(path)


@pytest.mark.parametrize("name", ["opinion.json", "request.json", "manifest.json"])
def test_a_file_that_is_missing_is_missed(name: str, answered) -> None:
    path = answered()
    files = members(path)
    del files[name]
    rewritten(path, files, listed=False)
    with pytest.raises(RecordError, match=r"^opinion.zip: expected"):
        answer_in(path)
    if name != "manifest.json":
        rewritten(path, files)
        with pytest.raises(RecordError, match=f"expected {name} in the package, found none"):
            answer_in(path)


def test_a_file_that_was_changed_is_named(answered) -> None:
    path = answered()
    files = members(path)
    rewritten(path, {**files, "opinion.json": files["opinion.json"] + b" "}, listed=False)
    with pytest.raises(
        RecordError, match=r"expected opinion.json as manifest.json lists it, found it changed"
    ):
        answer_in(path)


def test_what_would_fill_the_memory_is_not_read(answered, tmp_path: Path) -> None:
    path = answered()
    rewritten(path, {**members(path), "opinion.json": b" " * (MAX_JSON + 1)})
    with pytest.raises(RecordError, match="expected at most 1 MiB, found a larger file"):
        answer_in(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("opinion.json", b"0" * 900_000)
    with pytest.raises(RecordError, match="packed at most 100 to 1"):
        answer_in(path)
    with path.open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(RecordError, match="expected at most 64 MiB, found a larger file"):
        answer_in(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_package_is_one_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "opinion.zip"
    path.write_bytes(content)
    for read in (answer_in, request_in):
        with pytest.raises(RecordError, match=r"^opinion.zip: expected"):
            read(path)
        with pytest.raises(RecordError, match=r"^none.zip: expected a readable file"):
            read(tmp_path / "none.zip")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes among the files here")
def test_a_pipe_a_device_and_a_folder_are_no_package(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    for read in (answer_in, request_in):
        for path in (tmp_path / "pipe.zip", Path("/dev/zero")):
            with pytest.raises(RecordError, match="expected a file, found a pipe or a device"):
                read(path)
        with pytest.raises(RecordError, match="expected a file, found a folder"):
            read(tmp_path)


WRONG_VALUES = (None, 3, -1, 1e300, True, "", "x" * 2000, "a\u202eb", [], ["a"], {}, {"id": 3}, [{}] * 21)


@pytest.mark.parametrize("value", WRONG_VALUES, ids=lambda value: repr(value)[:20])
def test_no_value_in_an_answer_is_a_traceback(
    value: object, filled: InspectionLog, answered, catalogue: Catalogue
) -> None:
    path = answered()
    files = members(path)
    request, opinion = json.loads(files["request.json"]), json.loads(files["opinion.json"])
    tries: list[tuple[dict[str, Any], dict[str, Any]]] = [
        *((request, {**opinion, key: value}) for key in opinion),
        *(({**request, key: value}, opinion) for key in request),
        *(({**request, "entry": {**request["entry"], key: value}}, opinion) for key in request["entry"]),
        *(
            (request, {**opinion, "substances": [{"id": "a", "name": "a", "cas": "", key: value}]})
            for key in "id"
        ),
    ]
    for asked_now, said in tries:
        content = json.dumps(asked_now).encode()
        if said.get("request_sha256") == opinion["request_sha256"]:
            said = {**said, "request_sha256": hashlib.sha256(content).hexdigest()}
        rewritten(path, {**files, "request.json": content, "opinion.json": json.dumps(said).encode()})
        try:
            answering(filled, answer_in(path), catalogue)
        except RecordError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize(
    "content", [b"\xff", b"[]", b"{", b"[" * 5000, b'{"a": 1, "a": 2}', b'{"format": "another"}', b"NaN"]
)
def test_json_that_is_none_or_says_a_thing_twice_is_refused(content: bytes, answered) -> None:
    path = answered()
    for name in ("opinion.json", "request.json"):
        rewritten(path, {**members(path), name: content})
        with pytest.raises(RecordError, match=r"^opinion.zip: expected"):
            answer_in(path)
        path = answered()


def test_a_request_is_no_answer_and_an_answer_no_request(package: Path, answered) -> None:
    with pytest.raises(RecordError, match="expected only"):
        answer_in(package)
    with pytest.raises(RecordError, match="expected only"):
        request_in(answered())


# --- The command line -------------------------------------------------------------------------------


def test_the_way_there_and_back_by_commands(
    chemgate, chemgate_in, data_dir: Path, few: Path, demonstration: Path, tmp_path: Path
) -> None:
    job = chemgate("inspection", "new", "--json").object["inspection"]
    sample = demonstration / "isopropanol.csv"
    chemgate("identify", sample, "--inspection", job, "--library", few)
    [entry] = [
        one["sequence"]
        for one in chemgate("log", "list", "--json").objects
        if one["kind"] == "identification"
    ]
    request, opinion = tmp_path / "request.zip", tmp_path / "opinion.zip"
    answer = chemgate("log", "ask", entry, request, "--question", "is it?", "--blind", "--json")
    assert (answer.code, answer.object["sha256"]) == (0, hashlib.sha256(request.read_bytes()).hexdigest())

    elsewhere = tmp_path / "another computer"
    answer = chemgate_in(
        elsewhere,
        *("log", "opinion", request, opinion, "--verdict", "match", "--substance", "isopropanol"),
        *("--remark", "seen", "--by", "Laboratory A"),
    )
    assert (answer.code, "is it?" in answer.out) == (0, True)
    assert not elsewhere.exists()  # no log is begun for it

    answer = chemgate("log", "answer", opinion, "--json")
    assert (answer.code, answer.object["answers"], answer.object["substances"]) == (0, entry, ["isopropanol"])
    assert answer.object["unknown"] == []
    again = chemgate("log", "answer", opinion)
    assert (again.code, "not in the log yet" in again.err) == (2, True)
    assert chemgate("log", "verify").code == 0
    assert chemgate_in(elsewhere, "log", "answer", opinion).code == 2


def test_a_substance_that_means_another_there_is_warned_of(
    chemgate, few: Path, demonstration: Path, tmp_path: Path
) -> None:
    job = chemgate("inspection", "new", "--json").object["inspection"]
    chemgate("identify", demonstration / "isopropanol.csv", "--inspection", job, "--library", few)
    request, opinion = tmp_path / "request.zip", tmp_path / "opinion.zip"
    chemgate("log", "ask", 3, request, "--question", "is it?")
    fixed = ("--verdict", "match", "--substance", "acetone", "--by", "Laboratory A")
    assert chemgate("log", "opinion", request, opinion, *fixed).code == 0
    files = members(opinion)
    said = json.loads(files["opinion.json"])
    said["substances"] = [{"id": "acetone", "name": "Ethanol", "cas": "64-17-5"}]
    rewritten(opinion, {**files, "opinion.json": json.dumps(said).encode()})

    answer = chemgate("log", "answer", opinion, "--json")

    assert (answer.code, answer.object["substances"]) == (0, [])
    assert answer.object["unknown"] == ["Ethanol 64-17-5"]
    assert "Not in the catalogue, and so kept in the finding only: Ethanol 64-17-5 (acetone)" in answer.err


def test_a_curve_in_a_package_is_named_as_the_log_named_it(
    chemgate, few: Path, demonstration: Path, tmp_path: Path
) -> None:
    job = chemgate("inspection", "new", "--json").object["inspection"]
    sample = demonstration / "isopropanol.csv"
    then = chemgate("identify", sample, "--inspection", job, "--library", few, "--json").object
    request = tmp_path / "request.zip"
    assert (
        chemgate("log", "ask", 3, request, "--question", "is it?", "--with-entry").err.count("officer") == 1
    )
    (tmp_path / "spectrum.jdx").write_bytes(members(request)["spectrum.jdx"])
    now = chemgate("identify", tmp_path / "spectrum.jdx", "--library", few, "--json").object
    assert now["verdict"] == then["verdict"]
    assert now["candidates"][0]["substance"] == then["candidates"][0]["substance"] == "isopropanol"
