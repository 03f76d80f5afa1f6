"""A second opinion on a USB stick: a spectrum with a question goes out, the answer comes back into the log.

    log -asked-> request.zip -with_opinion-> opinion.zip -answer_in-> Answer -answering-> an entry

    request.zip   request.json, spectrum.jdx, sample_beam.csv, background_beam.csv, payload.bin, [entry.json]
    opinion.zip   request.json as it came, opinion.json with the SHA-256 of that
    both          README.txt, and manifest.json with the SHA-256 of every other file

No name, no declared text, no inspection number goes along: an entry holds some of them, so its bytes do only
when somebody asks for that.  A blind question does not say what this program found.
"""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from inspection.amendments import one_line
from inspection.curves import StoredSpectrum
from inspection.errors import RecordError, UnknownEntryError
from inspection.laboratory.naming import substance_called
from inspection.laboratory.results import SECOND_OPINION
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_rows import time_text
from inspection.log_writer import program_version
from inspection.record.recording import fields_of, recording, section_of
from inspection.record.sections import Section
from inspection.records import EntryKind, LogEntry, LogHead, NewEntry
from spectra_library.catalogue import Catalogue
from spectra_library.errors import FormatError
from spectra_library.formats.csv_writer import csv_bytes
from spectra_library.formats.jcamp_writer import jcamp_bytes
from spectra_library.formats.plain_text import cleaned
from spectra_library.formats.zip_members import opened_zip
from spectra_library.names import fold, name_variants, plain_cas
from spectra_library.spectrum import Spectrum
from spectra_library.verdicts import Verdict

REQUEST_FORMAT: Final = "chemgate.second_opinion.request.1"
OPINION_FORMAT: Final = "chemgate.second_opinion.opinion.1"
MAX_PACKAGE: Final = 64 * 1024 * 1024  # bytes; a scan with its payload has one
MAX_JSON: Final = 1024 * 1024
MOST_SUBSTANCES: Final = 20
LONGEST_REMARK: Final = 600  # characters: with what is added it has to fit into a line of the record

_REQUEST, _OPINION, _MANIFEST = "request.json", "opinion.json", "manifest.json"
_README: Final = "README.txt"
_CURVES: Final = ("spectrum.jdx", "sample_beam.csv", "background_beam.csv", "payload.bin", "entry.json")
_NEVER: Final = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name: the same entry, the same bytes
_SETTINGS: Final = ("scans", "resolution_cm", "time", "scan_id", "scan_counter")
_SAID: Final = ("verdict", "advice", "notes", "candidates", "group", "components", "explained", "hints")
_HASHED: Final = ("library", "recipe", "calibration", "catalogue")
_NEEDS_SUBSTANCE: Final = (Verdict.MATCH, Verdict.GROUP, Verdict.MIXTURE)
_TRAINING: Final = "THIS IS FROM THE TRAINING LOG.  NOTHING IN IT IS EVIDENCE.\n\n"
_REQUEST_PAGE: Final = """\
{training}A SECOND OPINION IS ASKED FOR

    {question}

spectrum.jdx          the spectrum in question, JCAMP-DX: wavenumber (1/cm) and absorbance
sample_beam.csv       the two single beams that it was computed from, when it was a scan
background_beam.csv
payload.bin           what the instrument sent, as it sent it
request.json          the question, instrument and settings, what the finding was computed with{said}
entry.json            the record as it was hashed, where it was put in
manifest.json         the SHA-256 of every file

Look at the spectrum with any program.  With this one: unpack, "chemgate identify spectrum.jdx", and answer:

    chemgate log opinion THIS.zip ANSWER.zip --verdict match --substance ID --remark TEXT --by NAME

then send ANSWER.zip back.  The finding is presumptive: it is no laboratory report.
"""
_OPINION_PAGE: Final = """\
{training}A SECOND OPINION

request.json     the question as it came
opinion.json     the answer, with the SHA-256 of request.json
manifest.json    the SHA-256 of both

Whoever asked reads it back with "chemgate log answer THIS.zip".
"""


@dataclass(frozen=True, slots=True)
class NamedSubstance:
    """A substance as the one who answers calls it: id in that catalogue, name, CAS number or empty."""

    id: str
    name: str
    cas: str


@dataclass(frozen=True, slots=True)
class Request:
    """A question that was read: ``content`` the bytes of request.json, and what they say of the entry."""

    content: bytes
    kind: LogKind
    question: str
    is_blind: bool
    anchor: str
    sequence: int
    entry_sha256: str
    hash: str

    @property
    def sha256(self) -> str:
        """What an answer is bound to."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """An opinion that was read, bound to its ``request``.  ``sha256`` that of opinion.json."""

    request: Request
    sha256: str
    verdict: Verdict
    substances: tuple[NamedSubstance, ...]
    remark: str
    by: str
    time: datetime


def asked(
    log: InspectionLog, sequence: int, question: str, *, is_blind: bool = False, with_entry: bool = False
) -> bytes:
    """Give the package that asks about an identification.  The same question gives the same bytes.

    ``is_blind`` leaves out what this program found.  ``with_entry`` puts the bytes of the entry in: they name
    the officer and the declared goods, and the verdict.
    Raises RecordError, UnknownEntryError, LogError.
    """
    question = one_line(question, "question")
    if not question:
        raise RecordError("expected a question for the second opinion, found none")
    if is_blind and with_entry:
        raise RecordError("expected a blind question without the entry, which holds the verdict, found both")
    entry = log.entry(sequence)
    if entry.kind is not EntryKind.IDENTIFICATION or entry.inspection is None:
        what = entry.kind.value.replace("_", " ")
        found = "which belongs to none" if entry.kind is EntryKind.IDENTIFICATION else what
        raise RecordError(f"expected an identification of an inspection, found entry {sequence}, {found}")
    stored = log.spectrum(sequence)
    if stored is None:
        raise RecordError(f"expected an identification with a spectrum, found entry {sequence} without one")
    training = _TRAINING if log.kind is LogKind.TRAINING else ""
    said = "" if is_blind else ", and what it was"
    files = {
        _README: _REQUEST_PAGE.format(training=training, question=question, said=said).encode(),
        _REQUEST: _json(_request(log, entry, stored, question, is_blind=is_blind)),
        "spectrum.jdx": jcamp_bytes(
            stored.spectrum,
            title=f"record {entry.sequence}",
            comments=[f"stored spectrum, SHA-256 {stored.sha256}"],
        ),
        **_beams(stored),
    }
    if stored.raw_payload:
        files["payload.bin"] = stored.raw_payload
    if with_entry:
        files["entry.json"] = entry.entry_bytes
    package = _zipped(files)
    if len(package) > MAX_PACKAGE:
        raise RecordError(f"expected a scan of at most {MAX_PACKAGE >> 20} MiB, found a larger one")
    return package


def with_opinion(
    package: Path,
    catalogue: Catalogue,
    *,
    verdict: Verdict,
    substances: Sequence[str],
    remark: str,
    by: str,
    moment: datetime,
) -> bytes:
    """Give the package that answers ``package``; ``substances`` by id, CAS number or name of the catalogue.

    Raises RecordError for a package that is none, and for an answer that contradicts itself.
    """
    request = request_in(package)
    named = [catalogue.get(one) for one in dict.fromkeys(_meant(one, catalogue) for one in substances)]
    said = {
        "format": OPINION_FORMAT,
        "program_version": program_version(),
        "request_sha256": request.sha256,
        "verdict": verdict.value,
        "substances": [{"id": one.id, "name": one.name, "cas": one.cas} for one in named],
        "remark": one_line(remark, "remark"),
        "by": one_line(by, "name"),
        "time": moment.astimezone(UTC).isoformat(timespec="seconds"),
    }
    training = _TRAINING if request.kind is LogKind.TRAINING else ""
    opinion = _json(said)
    _answer(request, opinion)  # or nobody could read it back
    return _zipped(
        {
            _README: _OPINION_PAGE.format(training=training).encode(),
            _REQUEST: request.content,
            _OPINION: opinion,
        }
    )


def request_in(package: Path) -> Request:
    """Read the question of a package.  Raises RecordError where anything about it does not hold."""
    files = _unzipped(package, allowed=(_README, _REQUEST, *_CURVES))
    try:
        return _read_request(_needed(files, _REQUEST))
    except RecordError as error:
        raise RecordError(f"{cleaned(package.name)}: {error}") from error.__cause__


def answer_in(package: Path) -> Answer:
    """Read an answer.  Raises RecordError where anything about it does not hold."""
    files = _unzipped(package, allowed=(_README, _REQUEST, _OPINION))
    try:
        return _answer(_read_request(_needed(files, _REQUEST)), _needed(files, _OPINION))
    except RecordError as error:
        raise RecordError(f"{cleaned(package.name)}: {error}") from error.__cause__


def answering(log: InspectionLog, answer: Answer, catalogue: Catalogue) -> NewEntry:
    """Prepare the entry that records ``answer``: a laboratory result by the method "second opinion".

    Raises RecordError for a question that was not asked from this log, and for an answer that is in it.
    """
    entry = _asked_entry(log, answer.request)
    reference = f"opinion {answer.sha256}"
    for earlier in log.entries(inspection=entry.inspection, kind=EntryKind.RECORD):
        is_result = section_of(earlier) is Section.LABORATORY_RESULT
        if is_result and fields_of(earlier).get("reference") == reference:
            raise RecordError(
                f"expected an answer that is not in the log yet, found that of entry {earlier.sequence}"
            )
    unknown = unknown_in(answer, catalogue)
    known = tuple(one.id for one in answer.substances if one not in unknown)
    others = [_in_words(one, catalogue) for one in unknown]
    parts = [
        answer.verdict.value.replace("_", " "),
        answer.remark,
        f"not in the catalogue: {', '.join(others)}" if others else "",
        "asked without the verdict of the program" if answer.request.is_blind else "",
    ]
    values = {
        "entry": entry.sequence,
        "laboratory": answer.by,
        "reference": reference,
        "reported": answer.time.date(),
        "method": SECOND_OPINION,
        "substances": known,
        "finding": one_line("; ".join(part for part in parts if part), "finding"),
    }
    assert entry.inspection is not None  # _asked_entry gives no other
    return recording(entry.inspection, Section.LABORATORY_RESULT, values, sample=entry.sample)


def unknown_in(answer: Answer, catalogue: Catalogue) -> tuple[NamedSubstance, ...]:
    """Give what an answer names and the catalogue does not know, or knows as something else under that id."""
    return tuple(one for one in answer.substances if not _is_known(one, catalogue))


def _is_known(one: NamedSubstance, catalogue: Catalogue) -> bool:
    if one.id not in catalogue:
        return False
    substance = catalogue.get(one.id)
    names = {variant for name in (*substance.names, substance.id) for variant in name_variants(name)}
    is_other_number = bool(one.cas) and plain_cas(one.cas) != plain_cas(substance.cas)
    return fold(one.name) in names and not is_other_number


def _in_words(one: NamedSubstance, catalogue: Catalogue) -> str:
    """Name what is not known here, with its id where that means something else here."""
    text = f"{one.name} {one.cas}".strip()
    return f"{text} (said as {one.id}, here another)" if one.id in catalogue else text


def _meant(text: str, catalogue: Catalogue) -> str:
    """Give the id of the substance that is meant.  Raises RecordError."""
    found = substance_called(one_line(text, "substance"), catalogue)
    if not found:
        raise RecordError(
            "expected the name, the CAS number or the id of a substance of the catalogue, "
            f"found {cleaned(text)!r}: library search finds them"
        )
    return found


def _request(
    log: InspectionLog, entry: LogEntry, stored: StoredSpectrum, question: str, *, is_blind: bool
) -> dict[str, object]:
    body: Mapping[str, Any] = entry.body
    capture: Mapping[str, Any] = body.get("capture") or {}
    spectrum = stored.spectrum
    return {
        "format": REQUEST_FORMAT,
        "program_version": program_version(),
        "log_kind": log.kind.value,
        "question": question,
        "is_blind": is_blind,
        "anchor": str(log.head()),
        "entry": {
            "sequence": entry.sequence,
            "time": time_text(entry.time),
            "entry_sha256": hashlib.sha256(entry.entry_bytes).hexdigest(),
            "hash": entry.hash.hex(),
            "spectrum_sha256": stored.sha256,
        },
        "spectrum": {
            "technique": spectrum.technique.value,
            "resolution_cm": spectrum.resolution_cm,
            "points": int(spectrum.wavenumber.size),
            "wavenumber_min": float(spectrum.wavenumber[0]),
            "wavenumber_max": float(spectrum.wavenumber[-1]),
            "gaps": [list(gap) for gap in spectrum.gaps],
        },
        "device": {name: capture.get(name) for name in ("device", "serial", "firmware")} if capture else None,
        "settings": {name: capture.get(name) for name in _SETTINGS} if capture else None,
        "quality": body.get("quality") or [],
        "computed_with": {name: body.get(name) for name in _HASHED},
        "said": None if is_blind else {name: body.get(name) for name in _SAID},
    }


def _beams(stored: StoredSpectrum) -> dict[str, bytes]:
    beams = {"sample_beam": stored.sample_beam, "background_beam": stored.background_beam}
    return {
        f"{name}.csv": csv_bytes(
            [(name.replace("_", " "), Spectrum(stored.spectrum.wavenumber, beam))], ordinate="arbitrary units"
        )
        for name, beam in beams.items()
        if beam is not None
    }


def _read_request(content: bytes) -> Request:
    said = _object(content, _REQUEST, REQUEST_FORMAT)
    entry = said.get("entry")
    if not isinstance(entry, dict):
        raise RecordError(f"expected an entry in {_REQUEST}, found none")
    sequence = entry.get("sequence")
    if not isinstance(sequence, int) or isinstance(sequence, bool) or not 0 < sequence < 2**53:
        raise RecordError(f"expected the number of an entry in {_REQUEST}, found none")
    kind, is_blind = said.get("log_kind"), said.get("is_blind")
    if kind not in list(LogKind) or not isinstance(is_blind, bool):
        raise RecordError(f"expected the kind of log and whether it is blind in {_REQUEST}, found others")
    return Request(
        content=content,
        kind=LogKind(kind),
        question=_line(said, "question"),
        is_blind=is_blind,
        anchor=_line(said, "anchor"),
        sequence=sequence,
        entry_sha256=_hash(entry, "entry_sha256"),
        hash=_hash(entry, "hash"),
    )


def _answer(request: Request, content: bytes) -> Answer:
    said = _object(content, _OPINION, OPINION_FORMAT)
    if _hash(said, "request_sha256") != request.sha256:
        raise RecordError("expected an answer to the question beside it, found one to another question")
    if said.get("verdict") not in list(Verdict):
        raise RecordError(f"expected the verdict to be one of {', '.join(Verdict)}, found another")
    verdict = Verdict(str(said["verdict"]))
    listed = said.get("substances")
    if not isinstance(listed, list) or len(listed) > MOST_SUBSTANCES:
        raise RecordError(f"expected at most {MOST_SUBSTANCES} substances, found none of that kind")
    substances = tuple(_substance(one) for one in listed)
    if verdict in _NEEDS_SUBSTANCE and not substances:
        raise RecordError(f"expected a substance for the verdict {verdict}, found none")
    remark = _line(said, "remark", is_needed=not substances)
    if verdict in (Verdict.NO_MATCH, Verdict.REJECTED) and substances:
        raise RecordError(f"expected no substance for the verdict {verdict}, found {substances[0].id!r}")
    if len(remark) > LONGEST_REMARK:
        raise RecordError(f"expected a remark of at most {LONGEST_REMARK} characters, found {len(remark)}")
    return Answer(
        request=request,
        sha256=hashlib.sha256(content).hexdigest(),
        verdict=verdict,
        substances=substances,
        remark=remark,
        by=_line(said, "by"),
        time=_moment(said.get("time")),
    )


def _substance(said: object) -> NamedSubstance:
    if not isinstance(said, dict):
        raise RecordError("expected a substance with id, name and CAS number, found another")
    return NamedSubstance(
        id=_line(said, "id"), name=_line(said, "name"), cas=_line(said, "cas", is_needed=False)
    )


def _asked_entry(log: InspectionLog, request: Request) -> LogEntry:
    """Find the entry of a question, and check that the question was asked from this log."""
    if request.kind is not log.kind:
        raise RecordError(f"expected an answer for the {log.kind} log, found one for the {request.kind} log")
    try:
        entry = log.entry(request.sequence)
        volume, count, head = request.anchor.split(":")
        end = log.entry(LogHead(int(volume), int(count), head).last)
    except (UnknownEntryError, ValueError) as error:
        raise RecordError(
            f"expected a question that was asked from this log, found one about entry {request.sequence} "
            f"at {cleaned(request.anchor)}"
        ) from error
    is_same = hashlib.sha256(entry.entry_bytes).hexdigest() == request.entry_sha256
    if not is_same or entry.hash.hex() != request.hash or end.hash.hex() != head:
        raise RecordError(
            f"expected a question about entry {request.sequence} of this log, found one about another entry "
            "of that number"
        )
    if entry.kind is not EntryKind.IDENTIFICATION or entry.inspection is None:
        raise RecordError(f"expected an identification of an inspection, found entry {request.sequence}")
    return entry


def _zipped(files: Mapping[str, bytes]) -> bytes:
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {**files, _MANIFEST: _json({"files": listed})}.items():
            member = zipfile.ZipInfo(name, _NEVER)
            member.create_system = 0  # the same on every platform
            archive.writestr(member, content)
    return stream.getvalue()


def _unzipped(package: Path, *, allowed: Sequence[str]) -> dict[str, bytes]:
    """Read a package into memory: these names, each once, none larger than it may be, all as listed.

    Raises RecordError.
    """
    where = cleaned(package.name)
    try:
        # A pipe or a device would block or never end, and its size says nothing.
        if not stat.S_ISREG(package.stat().st_mode):
            raise RecordError(f"{where}: expected a file, found {_kind_of(package)}")
        with package.open("rb") as stream:
            content = stream.read(MAX_PACKAGE + 1)
        if len(content) > MAX_PACKAGE:
            raise RecordError(f"{where}: expected at most {MAX_PACKAGE >> 20} MiB, found a larger file")
        files: dict[str, bytes] = {}
        with opened_zip(content) as archive:
            for one in archive.entries:
                if one.name not in (*allowed, _MANIFEST) and one.refused is None:
                    raise RecordError(
                        f"{where}: expected only {', '.join(allowed)} and {_MANIFEST}, found {one.name!r}"
                    )
                largest = MAX_PACKAGE if one.name in _CURVES else MAX_JSON
                files[one.name] = archive.content(one, max_bytes=largest)
    except OSError as error:
        raise RecordError(f"{where}: expected a readable file, found: {error.strerror or error}") from error
    except FormatError as error:
        raise RecordError(f"{where}: {error}") from error
    _require_as_listed(files, where)
    return files


def _kind_of(package: Path) -> str:
    return "a folder" if package.is_dir() else "a pipe or a device"


def _require_as_listed(files: dict[str, bytes], where: str) -> None:
    """Compare the files with the manifest, and take it away."""
    if _MANIFEST not in files:
        raise RecordError(f"{where}: expected {_MANIFEST} in the package, found none")
    listed = _parsed(files.pop(_MANIFEST), f"{where}: {_MANIFEST}").get("files")
    if not isinstance(listed, dict) or listed.keys() != files.keys():
        raise RecordError(f"{where}: expected the files that {_MANIFEST} lists, found others")
    for name, content in files.items():
        if hashlib.sha256(content).hexdigest() != listed[name]:
            raise RecordError(f"{where}: expected {name} as {_MANIFEST} lists it, found it changed")


def _needed(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise RecordError(f"expected {name} in the package, found none")
    return files[name]


def _object(content: bytes, name: str, wanted: str) -> dict[str, Any]:
    said = _parsed(content, name)
    if said.get("format") != wanted:
        raise RecordError(
            f"expected {name} of the format {wanted}, found {cleaned(str(said.get('format')))!r}"
        )
    return said


def _parsed(content: bytes, name: str) -> dict[str, Any]:
    try:
        said = json.loads(content.decode("utf-8"), object_pairs_hook=_each_name_once)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"expected JSON in {name}, found: {cleaned(str(error))}") from error
    if not isinstance(said, dict):
        raise RecordError(f"expected one JSON object in {name}, found another value")
    return said


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("a name that stands there twice")
    return held


def _line(said: Mapping[str, Any], name: str, *, is_needed: bool = True) -> str:
    text = said.get(name)
    if not isinstance(text, str):
        raise RecordError(f"expected a text as {name}, found none")
    text = one_line(text, name)
    if is_needed and not text:
        raise RecordError(f"expected a {name}, found none")
    return text


def _hash(said: Mapping[str, Any], name: str) -> str:
    text = said.get(name)
    if not isinstance(text, str) or len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise RecordError(f"expected 64 hex digits as {name}, found others")
    return text


def _moment(said: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(said))
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise RecordError("expected the time of the answer with its zone, found none") from error


def _json(value: object) -> bytes:
    return (
        json.dumps(value, ensure_ascii=True, indent=1, sort_keys=True, allow_nan=False).encode("ascii")
        + b"\n"
    )
