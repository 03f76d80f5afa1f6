from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import resource
import subprocess
import sys
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from random import Random

import numpy as np
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from inspection.chain import canonical_json, entry_hash
from inspection.countersignature import countersignature_bytes
from inspection.curves import StoredSpectrum
from inspection.errors import ExportError, ExportNoRoomError, LogDamagedError, UnknownInspectionError
from inspection.export import bundle_verifier
from inspection.export.atomic import HashedWriter
from inspection.export.bundle import VERIFIER, write_bundle
from inspection.export.bundle_verifier import ORDER, is_signed
from inspection.export.exporting import ExportFormat, export_log
from inspection.export.receipt import check_command, receipt_of
from inspection.export.receipt_layout import receipt_svg, receipt_text
from inspection.keys import SIGNATURE_DOMAIN, LogKeys
from inspection.language import ENGLISH
from inspection.log import InspectionLog, utc_now
from inspection.log_kind import LogKind
from inspection.records import EntryKind, NewEntry, closing, opening
from spectra_library.formats.reading import read_bytes
from spectra_library.library import ReferenceLibrary
from spectra_library.spectrum import Spectrum, Technique

ASKED = "20261124-7K3FQ2"
OTHER = "20261124-7K3FQ3"
SECRET = "Cargo of another inspection"
Members = dict[str, bytes]


@pytest.fixture
def log(
    log_path: Path, clock, finding, curve, starter: tuple[ReferenceLibrary, ...]
) -> Iterator[InspectionLog]:
    """A log of two volumes and two inspections, in one of which three things were measured."""
    opened = InspectionLog.open(
        log_path, kind=LogKind.EVIDENCE, clock=clock, officer="Officer 1", volume_size=9
    )
    with opened as log:
        log.append(opening(ASKED, declared="soap"))
        log.append(opening(OTHER, declared=SECRET))
        library = starter[0]
        part = {"name": library.name, "version": library.version, "sha256": library.sha256}
        known = library.references[7]
        candidates = [
            {"library": library.name, "reference": known.id, "substance": known.substance},
            {"library": library.name, "reference": "of a later version", "substance": "acetone"},
            {"library": "Agency B", "reference": "agency:1", "substance": "acetone"},
        ]
        about = {"candidates": candidates, "library": {"parts": [part]}, "title": "sabun ə, мыло $$ ##END="}
        log.append(NewEntry(EntryKind.IDENTIFICATION, finding(**about), ASKED, 1, curve(1)))
        log.append(NewEntry(EntryKind.IDENTIFICATION, finding(title=SECRET), OTHER, 1, curve(2)))
        axis = np.delete(np.arange(650.0, 2000.0, 7.3), [5, 6])
        gap = ((float(axis[4]), float(axis[5])),)
        gaps = StoredSpectrum(Spectrum(axis, np.sin(axis) / 7, Technique.ATR, gaps=gap))
        log.append(NewEntry(EntryKind.IDENTIFICATION, finding(), ASKED, 2, gaps))
        log.append(NewEntry(EntryKind.IDENTIFICATION, finding("rejected", candidates=[]), ASKED, 3, curve(3)))
        log.append(closing(ASKED))
        log.append(closing(OTHER))
        assert [volume.number for volume in log.volumes] == [1, 2]
        yield log


@pytest.fixture
def bundle(log: InspectionLog, tmp_path: Path) -> Path:
    """The bundle of one of the inspections."""
    path = tmp_path / "bundle.zip"
    export_log(log, path, ExportFormat.BUNDLE, ASKED)
    return path


def members_of(path: Path) -> Members:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, members: Members) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def relisted(members: Members, **manifest: object) -> Members:
    """Write the manifest anew, as somebody would who changed a file."""
    said = {**json.loads(members["manifest.json"]), **manifest}
    own = ("manifest.json", "manifest.sha256")
    said["files"] = {name: sha256(content) for name, content in members.items() if name not in own}
    text = json.dumps(said, indent=1).encode()
    return {**members, own[0]: text, own[1]: f"{sha256(text)}  manifest.json\n".encode()}


def rechained(members: Members, key: Ed25519PrivateKey | None = None) -> Members:
    """Compute every hash of the chain anew, and with ``key`` every signature too."""
    said = json.loads(members["manifest.json"])
    ends: dict[int, tuple[int, bytes]] = {}
    lines = []
    for line in members["chain.jsonl"].splitlines():
        row = json.loads(line)
        name = f"entries/{row['sequence']:06d}.json"
        count, head = ends.get(row["volume"], (0, bytes(32)))
        if name in members:
            entry = json.loads(members[name])
            if entry["kind"] == "genesis" and row["volume"] == 2:
                entry["body"]["continues"].update(count=ends[1][0], head=ends[1][1].hex())
            if entry["kind"] == "genesis" and key is not None:
                entry["body"]["public_key"] = key.public_key().public_bytes_raw().hex()
            members = {**members, name: canonical_json(entry)}
            row["entry_sha256"] = sha256(members[name])
        head = entry_hash(head, bytes.fromhex(row["entry_sha256"]))
        if "signature" in row and key is not None:
            row["signature"] = key.sign(SIGNATURE_DOMAIN + head).hex()
        ends[row["volume"]] = (count + 1, head)
        lines.append(json.dumps(row))
    for volume in said["volumes"]:
        volume["count"], volume["head"] = ends[volume["volume"]][0], ends[volume["volume"]][1].hex()
        if key is not None:
            volume["public_key"] = key.public_key().public_bytes_raw().hex()
    last = said["volumes"][-1]
    chain = "\n".join(lines).encode()
    anchor = f"{last['volume']}:{last['count']}:{last['head']}"
    return relisted({**members, "chain.jsonl": chain}, volumes=said["volumes"], anchor=anchor)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def checked(path: Path, *arguments: str) -> tuple[int, list[str]]:
    """Run the verifier of this program in this process: exit code and problems."""
    out = io.StringIO()
    with redirect_stdout(out):
        code = bundle_verifier.main([str(path), *arguments])
    return code, [line for line in out.getvalue().splitlines() if line.startswith("PROBLEM")]


def first_problem(members: Members) -> str | None:
    """Check members that lie in no file; the first problem, None when all holds."""
    try:
        manifest = json.loads(members["manifest.json"])
        opened = lambda name: io.BytesIO(members[name])  # noqa: E731 - as a zip file opens its members
        lines = bundle_verifier.check(Counter(members), opened, manifest, {manifest["anchor"]})
        return next((line for line in lines if line.startswith("PROBLEM")), None)
    except Exception as error:  # noqa: BLE001 - the verifier's own main says it so, too
        return f"PROBLEM: {error!r}"


def run_verifier(*arguments: object, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-I", "-S", *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60
    )


# --- What a bundle holds


def test_the_verifier_in_a_bundle_accepts_it_with_nothing_but_python(
    bundle: Path, log: InspectionLog, tmp_path: Path
) -> None:
    verifier = tmp_path / "taken out" / "verify.py"
    verifier.parent.mkdir()
    verifier.write_bytes(members_of(bundle)["verify.py"])

    finished = run_verifier(verifier, bundle, log.head())

    assert (finished.returncode, finished.stderr) == (0, "")
    assert f"volume 2 ends at {log.head()}; its key is {log.volumes[1].public_key}" in finished.stdout


def test_an_unpacked_bundle_is_checked_from_inside(bundle: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)

    assert run_verifier(folder / "verify.py").returncode == 0

    (folder / "notes.txt").write_text("of the expert")
    finished = run_verifier(folder / "verify.py")
    assert (finished.returncode, finished.stdout.count("PROBLEM")) == (1, 1)
    assert "notes.txt" in finished.stdout


def test_the_verifier_is_short_enough_to_be_read() -> None:
    assert len(VERIFIER.read_text("utf-8").splitlines()) < 150


def test_a_whole_log_is_bundled_entry_by_entry(log: InspectionLog, tmp_path: Path) -> None:
    report = export_log(log, tmp_path / "all.zip", ExportFormat.BUNDLE)
    members = members_of(tmp_path / "all.zip")

    assert report.count == len(list(log.entries())) == 11
    assert report.sha256 == sha256((tmp_path / "all.zip").read_bytes())
    for entry in log.entries():
        assert members[f"entries/{entry.sequence:06d}.json"] == entry.entry_bytes
        stored = log.spectrum(entry.sequence)
        if stored is not None:
            assert members[f"payload/{entry.sequence:06d}.bin"] == stored.raw_payload
    assert checked(tmp_path / "all.zip", str(log.head())) == (0, [])


def test_a_bundle_of_one_inspection_tells_nothing_of_the_others(bundle: Path, log: InspectionLog) -> None:
    members = members_of(bundle)

    assert not any(SECRET.encode() in content or OTHER.encode() in content for content in members.values())
    shown = {json.loads(members[name])["inspection"] for name in members if name.startswith("entries/")}
    assert shown == {ASKED, None}  # None: what begins a volume
    assert len(members["chain.jsonl"].splitlines()) == 11
    assert checked(bundle, str(log.head())) == (0, [])


def test_the_stored_curve_comes_back_from_its_jcamp_file(bundle: Path, log: InspectionLog) -> None:
    members = members_of(bundle)

    for sequence in (4, 6, 50_002):
        [part] = read_bytes(members[f"spectra/{sequence:06d}.jdx"], "a.jdx")
        stored = log.spectrum(sequence)
        assert stored is not None
        assert part.spectrum().wavenumber.tobytes() == stored.spectrum.wavenumber.tobytes()
        assert part.spectrum().absorbance.tobytes() == stored.spectrum.absorbance.tobytes()
        assert part.spectrum().gaps == stored.spectrum.gaps


def test_the_references_that_were_compared_are_copied_and_the_missing_are_named(
    bundle: Path, starter: tuple[ReferenceLibrary, ...]
) -> None:
    members = members_of(bundle)
    index = {row["reference"]: row for row in json.loads(members["library/index.json"])}
    known = starter[0].references[7]

    row = index[known.id]
    assert row["is_same_library"]
    described = json.loads(members[f"{row['file']}.json"])
    assert (described["substance"], described["tier"]) == (known.substance, known.tier)
    assert (described["source"], described["licence"]) == (known.source, known.licence)
    [part] = read_bytes(members[f"{row['file']}.jdx"], "a.jdx")
    assert part.spectrum().absorbance.tobytes() == known.spectrum.absorbance.tobytes()
    for missing in ("of a later version", "agency:1"):
        assert index[missing]["file"] is None
        assert "not at hand" in index[missing]["note"]


def test_a_reference_of_another_version_of_the_library_is_copied_as_such(
    log: InspectionLog, tmp_path: Path, finding, starter: tuple[ReferenceLibrary, ...]
) -> None:
    library = starter[0]
    body = finding(
        candidates=[{"library": library.name, "reference": library.references[0].id, "substance": "x"}],
        library={"parts": [{"name": library.name, "sha256": "ab" * 32}]},
    )
    log.append(NewEntry(EntryKind.IDENTIFICATION, body))
    export_log(log, tmp_path / "all.zip", ExportFormat.BUNDLE)
    rows = json.loads(members_of(tmp_path / "all.zip")["library/index.json"])

    [row] = [row for row in rows if row["library_sha256"] == "ab" * 32]
    assert row["file"] is not None
    assert not row["is_same_library"]
    assert "another version" in row["note"]


def test_the_same_log_gives_the_same_bytes(bundle: Path, log: InspectionLog, tmp_path: Path) -> None:
    export_log(log, tmp_path / "again.zip", ExportFormat.BUNDLE, ASKED.lower())
    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()


def test_names_in_a_bundle_are_plain_and_stay_in_their_folder(bundle: Path) -> None:
    names = members_of(bundle)
    assert all(name.isascii() and ".." not in name and not name.startswith("/") for name in names)
    assert members_of(bundle)["README.txt"].isascii()


def test_a_training_bundle_says_what_it_is(tmp_path: Path, clock, identification) -> None:
    path = tmp_path / "data" / "training.sqlite"
    with InspectionLog.open(path, kind=LogKind.TRAINING, clock=clock) as log:
        log.append(identification())
        export_log(log, tmp_path / "out.zip", ExportFormat.BUNDLE)
    members = members_of(tmp_path / "out.zip")

    assert members["README.txt"].startswith(b"THIS IS THE TRAINING LOG")
    assert json.loads(members["manifest.json"])["log_kind"] == "training"
    code, lines = said(tmp_path / "out.zip")
    assert (code, lines[0]) == (0, "'training' log, inspection None, 2 entries")


def test_a_file_name_that_is_not_unicode_can_be_bundled(
    log: InspectionLog, tmp_path: Path, finding, curve
) -> None:
    name = b"probe-\xff.spc".decode("utf-8", "surrogateescape")
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding(title=name), curve=curve(9)))
    export_log(log, tmp_path / "all.zip", ExportFormat.BUNDLE)
    assert checked(tmp_path / "all.zip") == (0, [])


def test_a_bundle_that_cannot_be_written_leaves_the_older_file(
    bundle: Path, log: InspectionLog, log_path: Path, tampering, tmp_path: Path
) -> None:
    before = bundle.read_bytes()
    with pytest.raises(UnknownInspectionError):
        export_log(log, bundle, ExportFormat.BUNDLE, "20261124-BBBBBB")
    with tampering(log_path) as raw:
        raw.execute("UPDATE spectra SET absorbance = x'00' WHERE sha256 = ?", [log.entry(4).spectrum])
    with pytest.raises(LogDamagedError, match="the spectrum of entry 4 was changed"):
        export_log(log, bundle, ExportFormat.BUNDLE, ASKED)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ExportError, match="could not be written"):
        export_log(log, tmp_path / "file" / "out.zip", ExportFormat.BUNDLE)
    assert bundle.read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_entries_are_written_as_they_are_read_and_not_held(
    log: InspectionLog, tmp_path: Path, finding, curve
) -> None:
    for seed in range(16):
        log.append(NewEntry(EntryKind.IDENTIFICATION, finding(), curve=curve(seed, points=15_000)))

    tracemalloc.start()
    write_bundle(log, tmp_path / "all.zip", inspection=None, libraries=lambda: ())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        written = sum(member.file_size for member in archive.infolist() if "library" not in member.filename)
    assert written > 20_000_000
    print(peak, written)
    assert peak < written / 2


def test_a_disk_that_fills_up_leaves_the_older_bundle(
    bundle: Path, log: InspectionLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bundle.read_bytes()
    real, room = HashedWriter.write, [len(before) // 2]

    def write(file: HashedWriter, content: bytes) -> None:
        room[0] -= len(content)
        if room[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(file, content)

    monkeypatch.setattr(HashedWriter, "write", write)
    with pytest.raises(ExportNoRoomError):
        export_log(log, bundle, ExportFormat.BUNDLE, ASKED)
    assert bundle.read_bytes() == before
    assert not list(tmp_path.glob(".*"))


# --- What the verifier finds

KINDS = (
    "README.txt",
    "verify.py",
    "chain.jsonl",
    "manifest.json",
    "manifest.sha256",
    "entries/",
    "parts/",
    "payload/",
    "spectra/",
    "library/",
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_flipped_bit_in_any_file_of_a_bundle_is_found(bundle: Path, kind: str) -> None:
    members = members_of(bundle)
    names = [name for name in members if name.startswith(kind) and members[name]]
    chance = Random(kind)

    for _ in range(100):
        name = chance.choice(names)
        flipped = bytearray(members[name])
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        assert first_problem({**members, name: bytes(flipped)}) is not None


def test_a_changed_entry_under_a_new_manifest_is_found_by_the_chain(bundle: Path, tmp_path: Path) -> None:
    members = members_of(bundle)
    members["entries/000004.json"] = members["entries/000004.json"].replace(b"differs", b"agrees!")

    code, problems = checked(packed(tmp_path / "changed.zip", relisted(members)))

    assert (code, problems) == (
        1,
        ["PROBLEM: entry 000004 or its spectrum is not that of the chain; other: []"],
    )


def test_a_chain_that_was_computed_anew_is_found_by_its_signatures(
    bundle: Path, log: InspectionLog, tmp_path: Path
) -> None:
    members = members_of(bundle)
    members["entries/000004.json"] = members["entries/000004.json"].replace(b"differs", b"agrees!")

    code, problems = checked(packed(tmp_path / "changed.zip", rechained(members)))

    assert code == 1
    assert "PROBLEM: entry 000004 is not signed with the key of its volume, or out of place" in problems


def test_a_bundle_signed_anew_with_another_key_is_found_only_with_an_anchor_from_elsewhere(
    bundle: Path, log: InspectionLog, tmp_path: Path
) -> None:
    members = members_of(bundle)
    members["entries/000004.json"] = members["entries/000004.json"].replace(b"differs", b"agrees!")
    forged = packed(tmp_path / "forged.zip", rechained(members, Ed25519PrivateKey.generate()))

    assert checked(forged) == (0, [])
    assert checked(forged, str(log.head())) == (1, [f"PROBLEM: {log.head()} has no place in the chain"])


def test_an_older_anchor_is_met_on_the_way(bundle: Path, log: InspectionLog) -> None:
    older = log.entry(5)
    assert checked(bundle, f"1:5:{older.hash.hex().upper()}") == (0, [])
    assert checked(bundle, f"1:5:{'ab' * 32}") == (1, [f"PROBLEM: 1:5:{'ab' * 32} has no place in the chain"])
    assert checked(bundle, f"1:4:{older.hash.hex()}")[0] == 1


def said(*arguments: object) -> tuple[int, list[str]]:
    """Run the verifier of this program in this process: exit code and everything it printed."""
    out = io.StringIO()
    with redirect_stdout(out):
        code = bundle_verifier.main([str(one) for one in arguments])
    return code, out.getvalue().splitlines()


def test_a_bundle_that_holds_is_said_to_hold_and_by_which_anchors(bundle: Path, log: InspectionLog) -> None:
    older = f"1:5:{log.entry(5).hash.hex()}"

    code, lines = said(bundle, older, log.head())

    first, second = (f"{number}:{log.volumes[number - 1].head().count}" for number in (1, 2))
    assert code == 0
    assert lines[:2] == [f"'evidence' log, inspection '{ASKED}', 5 entries", "Everything holds."]
    assert lines[2].startswith(f"volume 1 ends at {first}:")
    assert lines[2].endswith("; it is the first volume")
    assert lines[3].startswith(f"volume 2 ends at {second}:")
    assert lines[3].endswith(f"; it continues volume {log.volumes[0].head()}")
    assert lines[4:] == [f"anchor {older}: found in volume 1", f"anchor {log.head()}: found in volume 2"]


def test_slips_and_countersignatures_are_anchors_too(
    bundle: Path, log: InspectionLog, tmp_path: Path
) -> None:
    keys = LogKeys(log.path.parent / "keys")
    signed = countersignature_bytes(
        log.head(),
        signer=keys.signer(LogKind.EVIDENCE),
        installation=keys.installation(),
        supervisor=None,
        moment=utc_now(),
    )
    receipt = receipt_of(log, ENGLISH, moment=utc_now())
    files = {
        "head0.json": signed,
        "slip.txt": receipt_text(receipt),
        "slip.svg": receipt_svg(receipt),
        "head.txt": f"{log.head()}\r\n".encode("utf-16"),
        "head.json": json.dumps(asdict(log.head())).encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        assert said(bundle, tmp_path / name)[1][-1] == f"anchor {log.head()}: found in volume 2"
        assert checked(bundle, str(tmp_path / name)) == (0, [])
    groups = check_command(log.head(), is_training=False).split('"')[1]
    assert checked(bundle, groups) == (0, [])

    other = log.head().head.replace(log.head().head[:4], "0000")
    (tmp_path / "head0.json").write_bytes(signed.replace(log.head().head.encode(), other.encode()))
    code, problems = checked(bundle, str(tmp_path / "head0.json"))
    assert (code, problems) == (1, [f"PROBLEM: 2:{log.head().count}:{other} has no place in the chain"])


@pytest.mark.parametrize(
    "argument", ["hello", "nosuch.json", "1:4", "ab" * 32, "C:\\head.json", "precious.txt"]
)
def test_an_argument_that_is_not_understood_is_no_anchor_that_was_found(
    bundle: Path, argument: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "precious.txt").write_text("no anchor")

    code, lines = said(bundle, argument)

    assert code == 2
    assert "Everything holds." not in lines
    assert lines[1] == f"PROBLEM: {argument!a} is no anchor, and no file that holds one"


@pytest.mark.parametrize("place", [1, 4, 7, 11])
def test_a_signature_that_was_left_out_is_missed(bundle: Path, tmp_path: Path, place: int) -> None:
    members = members_of(bundle)
    rows = [json.loads(line) for line in members["chain.jsonl"].splitlines()]
    del rows[place - 1]["signature"]
    members["chain.jsonl"] = "\n".join(json.dumps(row) for row in rows).encode()

    code, problems = checked(packed(tmp_path / "changed.zip", relisted(members)))

    assert code == 1
    assert "signed" in problems[0]


@pytest.mark.parametrize(
    ("name", "named"),
    [
        (
            "parts/000004.bin",
            "payload/000004.bin",
        ),  # what is made of other parts is no longer what lies there
        ("payload/000004.bin", "payload/000004.bin"),
        ("spectra/000004.jdx", "spectra/000004.jdx"),
    ],
)
def test_a_changed_spectrum_under_a_new_manifest_is_found(
    bundle: Path, tmp_path: Path, name: str, named: str
) -> None:
    members = members_of(bundle)
    if name.endswith(".jdx"):
        members[name] = members[name].replace(b"\r\n650.0, ", b"\r\n650.0000000001, ")
    else:
        members[name] = members[name][:-1] + bytes([members[name][-1] ^ 1])

    code, problems = checked(packed(tmp_path / "changed.zip", relisted(members)))

    assert code == 1
    assert problems == [f"PROBLEM: entry 000004 or its spectrum is not that of the chain; other: {[named]}"]


CURVE = "spectra/000004.jdx"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"##TITLE= record 4", b"##TITLE= another substance"),
        (b"##YFACTOR= 1", b"##YFACTOR= 0.01"),
        (b"##YUNITS= ABSORBANCE", b"##YUNITS= TRANSMITTANCE"),
        (b"##XUNITS= 1/CM", b"##XUNITS= MICROMETERS"),
        (b"##XYPOINTS=", b"##XYDATA= (X++(Y..Y))\r\n400 1 2 3\r\n##XYPOINTS="),
        (b"##XYPOINTS=", b"##XYPOINTS= (XY..XY)\r\n400, 1\r\n##XYPOINTS="),
        (b"##END=\r\n", b"##END=\r\n##TITLE= another\r\n##XYPOINTS= (XY..XY)\r\n400, 1\r\n##END=\r\n"),
        (b"##END=", b"4100.0, ?\r\n##END="),
        (b"##END=", b"$$ a remark\r\n##END="),
        (b"\r\n", b"\n"),
    ],
)
def test_whatever_would_draw_another_curve_is_found(
    bundle: Path, tmp_path: Path, old: bytes, new: bytes
) -> None:
    members = members_of(bundle)
    assert old in members[CURVE]
    members[CURVE] = members[CURVE].replace(old, new)

    code, problems = checked(packed(tmp_path / "changed.zip", relisted(members)))

    assert code == 1
    assert problems == [f"PROBLEM: entry 000004 or its spectrum is not that of the chain; other: {[CURVE]}"]


@pytest.mark.parametrize(
    "said",
    [
        {"log_kind": "training"},
        {"inspection": OTHER},
        {"inspection": "20260101-AAAAAA"},
        {"inspection": None},
        {"count": 99},
        {"count": 4},
        {"unreadable_volumes": [2]},
    ],
)
def test_what_the_manifest_says_of_the_log_must_be_so(
    bundle: Path, tmp_path: Path, said: dict[str, object]
) -> None:
    code, problems = checked(packed(tmp_path / "changed.zip", relisted(members_of(bundle), **said)))

    assert (code, problems != []) == (1, True)


def test_a_training_bundle_is_not_passed_off_as_evidence(tmp_path: Path, clock, identification) -> None:
    with InspectionLog.open(tmp_path / "data" / "training.sqlite", kind=LogKind.TRAINING, clock=clock) as log:
        log.append(identification())
        export_log(log, tmp_path / "out.zip", ExportFormat.BUNDLE)
    members = members_of(tmp_path / "out.zip")
    members["README.txt"] = members["README.txt"].split(b"\n\n", 1)[1]

    code, problems = checked(packed(tmp_path / "forged.zip", relisted(members, log_kind="evidence")))

    assert code == 1
    assert problems == ["PROBLEM: volume 1 does not end as the manifest says, signed with the key it names"]


def test_an_entry_that_is_not_shown_has_its_number_and_in_a_whole_log_there_is_none(
    bundle: Path, log: InspectionLog, tmp_path: Path
) -> None:
    members = members_of(bundle)
    members["chain.jsonl"] = members["chain.jsonl"].replace(b'"sequence":5,', b'"sequence":777,')
    code, problems = checked(packed(tmp_path / "a.zip", relisted(members)))
    assert (code, ["entry 000005" in line for line in problems]) == (1, [True])

    export_log(log, tmp_path / "all.zip", ExportFormat.BUNDLE)
    members = members_of(tmp_path / "all.zip")
    del members["entries/000003.json"]
    code, problems = checked(packed(tmp_path / "b.zip", relisted(members)))
    assert code == 1
    assert "entries/000003.json" in problems[0]


def test_an_anchor_of_another_log_is_never_taken_for_one_of_this(
    bundle: Path, log: InspectionLog, tmp_path: Path, clock
) -> None:
    with InspectionLog.open(tmp_path / "o" / "evidence.sqlite", kind=LogKind.EVIDENCE, clock=clock) as other:
        other.append(opening(OTHER, declared="soap"))
        (tmp_path / "head.json").write_text(json.dumps(asdict(other.head())))
        head = other.head()

    for half in ("0" * 64, f"{head.count}:{'0' * 64}"):
        finished = run_verifier(VERIFIER, bundle, half)
        assert (finished.returncode, "is no anchor" in finished.stdout) == (2, True)
    finished = run_verifier(VERIFIER, bundle, tmp_path / "head.json")
    assert finished.returncode == 1  # understood, and not of this log
    assert f"PROBLEM: {head} has no place in the chain" in finished.stdout
    assert "Everything holds." not in finished.stdout


def hidden_before(whole: bytes) -> bytes:
    return b"hidden" * 100 + whole


def hidden_after(whole: bytes) -> bytes:
    return whole + b"hidden" * 100


def another_zip_before(whole: bytes) -> bytes:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("README.txt", "another page")
    return other.getvalue() + whole


def a_comment(whole: bytes) -> bytes:
    file = io.BytesIO(whole)
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = b"hidden" * 10
    return file.getvalue()


def a_member_that_is_a_folder(whole: bytes) -> bytes:
    file = io.BytesIO(whole)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(zipfile.ZipInfo("hidden/"), "hidden")
    return file.getvalue()


@pytest.mark.parametrize(
    "hide", [hidden_before, hidden_after, another_zip_before, a_comment, a_member_that_is_a_folder]
)
def test_what_hides_in_a_zip_file_beside_its_members_is_refused(bundle: Path, tmp_path: Path, hide) -> None:
    (tmp_path / "hiding.zip").write_bytes(hide(bundle.read_bytes()))

    finished = run_verifier(VERIFIER, tmp_path / "hiding.zip")

    assert finished.returncode in (1, 2)
    assert "PROBLEM" in finished.stdout
    assert "Everything holds." not in finished.stdout


def pipe_in_place_of(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such things in its folders")
@pytest.mark.parametrize(
    "hide",
    [
        lambda folder: os.mkfifo(folder / "hidden"),
        lambda folder: (folder / "hidden").symlink_to(folder.parent),
        lambda folder: (folder / "hidden").symlink_to("nowhere"),
        lambda folder: pipe_in_place_of(folder / "README.txt"),
        lambda folder: pipe_in_place_of(folder / "manifest.json"),
        lambda folder: pipe_in_place_of(folder / "entries/000004.json"),
    ],
)
def test_whatever_lies_in_a_folder_and_is_no_file_of_the_manifest_is_refused(
    bundle: Path, tmp_path: Path, hide
) -> None:
    folder = tmp_path / "in it" / "unpacked"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    hide(folder)

    finished = run_verifier(VERIFIER, folder)

    assert finished.returncode in (1, 2)
    assert "PROBLEM" in finished.stdout


def test_what_is_missing_more_or_twice_is_named(bundle: Path, tmp_path: Path) -> None:
    members = members_of(bundle)
    missing = {name: content for name, content in members.items() if name != "payload/000004.bin"}
    more = {**members, "entries/000005.json": b"{}", "../out.txt": b""}
    twice = packed(tmp_path / "twice.zip", members)
    with zipfile.ZipFile(twice, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("entries/000004.json", members["entries/000004.json"])

    assert "payload/000004.bin is there 0 times" in checked(packed(tmp_path / "a.zip", missing))[1][0]
    found = checked(packed(tmp_path / "b.zip", more))[1]
    assert ["../out.txt" in found[0], "entries/000005.json" in found[1]] == [True, True]
    assert "entries/000004.json is there 2 times" in checked(twice)[1][0]


def test_a_listed_file_that_belongs_to_no_entry_is_named(bundle: Path, tmp_path: Path) -> None:
    more = ("spectra/000099.jdx", "entries/000099.json", "run me.exe", "library/../../out.txt")
    members = {**members_of(bundle), **dict.fromkeys(more, b"{}")}

    code, problems = checked(packed(tmp_path / "more.zip", relisted(members)))

    assert (code, len(problems)) == (1, len(more))
    assert all("has no place in the chain" in line for line in problems)


def test_a_volume_that_was_left_out_or_moved_is_named(bundle: Path, tmp_path: Path) -> None:
    members = members_of(bundle)
    lines = members["chain.jsonl"].splitlines(keepends=True)
    second = [line for line in lines if json.loads(line)["volume"] == 2]
    first = [line for line in lines if json.loads(line)["volume"] == 1]

    without = {**members, "chain.jsonl": b"".join(first)}
    assert (
        "PROBLEM: volume 2 has no place in the chain"
        in checked(packed(tmp_path / "a.zip", relisted(without)))[1]
    )
    turned = {**members, "chain.jsonl": b"".join([*second, *first])}
    assert any("does not end" in line for line in checked(packed(tmp_path / "b.zip", relisted(turned)))[1])
    cut = {**members, "chain.jsonl": b"".join(lines[:-1])}
    assert any("does not end" in line for line in checked(packed(tmp_path / "c.zip", relisted(cut)))[1])


def test_a_bundle_of_a_damaged_log_says_so(
    log: InspectionLog, log_path: Path, tampering, tmp_path: Path
) -> None:
    with tampering(log_path) as raw:
        raw.execute(
            "UPDATE entries SET entry = CAST(replace(CAST(entry AS TEXT), 'another inspection', "
            "'another INSPECTION') AS BLOB) WHERE sequence = 3"
        )
    export_log(log, tmp_path / "out.zip", ExportFormat.BUNDLE, ASKED)

    code, problems = checked(tmp_path / "out.zip")

    assert code == 1
    assert "PROBLEM: volume 1 does not end as the manifest says, signed with the key it names" in problems


def test_a_volume_that_does_not_open_is_told_of(log: InspectionLog, log_path: Path, tmp_path: Path) -> None:
    head = log.head()
    log.close()
    log_path.write_bytes(b"not a log any more" * 100)
    with InspectionLog.open_read_only(log_path, kind=LogKind.EVIDENCE) as rest:
        export_log(rest, tmp_path / "out.zip", ExportFormat.BUNDLE)

    assert json.loads(members_of(tmp_path / "out.zip")["manifest.json"])["unreadable_volumes"] == [1]
    assert (
        b"could not be read when this bundle was written: 1."
        in members_of(tmp_path / "out.zip")["README.txt"]
    )
    assert checked(tmp_path / "out.zip", str(head)) == (0, [])


@pytest.mark.parametrize("content", [b"", b"PK", b"a text", b"\x00" * 5000])
def test_a_file_that_is_no_bundle_is_one_clear_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file.zip").write_bytes(content)

    finished = run_verifier(VERIFIER, tmp_path / "file.zip")

    assert (finished.returncode, finished.stderr) == (2, "")
    assert len(finished.stdout.splitlines()) == 1
    assert "file.zip' is no evidence bundle" in finished.stdout


def test_a_missing_file_an_empty_folder_and_a_zip_of_another_program_are_no_bundles(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    other = packed(tmp_path / "other.zip", {"manifest.json": b'{"format": "of another program"}'})
    for place in (tmp_path / "missing.zip", tmp_path / "empty", other):
        finished = run_verifier(VERIFIER, place)
        assert (finished.returncode, finished.stderr) == (2, "")
        assert "is no evidence bundle" in finished.stdout
        assert len(finished.stdout.splitlines()) == 1
    missing = run_verifier(VERIFIER, "missing.zip").stdout
    assert missing == "PROBLEM: 'missing.zip' is no evidence bundle: 'No such file or directory'\n"


def test_a_small_zip_file_that_would_fill_the_memory_is_not_read(bundle: Path, tmp_path: Path) -> None:
    members = members_of(bundle)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        with archive.open("entries/000099.json", "w", force_zip64=True) as stream:
            for _ in range(300):
                stream.write(bytes(1 << 20))
    assert bomb.stat().st_size < 1 << 20

    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    finished = run_verifier(VERIFIER, bomb)

    assert finished.returncode == 2
    assert "too large" in finished.stdout
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(before, 100_000)  # kB


@pytest.mark.parametrize("name", ["manifest.json", "chain.jsonl", "entries/000001.json", "parts/000004.bin"])
def test_a_small_zip_file_does_not_become_gigabytes_of_objects(
    bundle: Path, tmp_path: Path, name: str
) -> None:
    members = members_of(bundle)
    bomb = b"[" + b"{}," * 20_000_000 + b"{}]"
    if name == "manifest.json":
        members[name] = bomb
    else:
        members = relisted({**members, name: bomb})
    packed(tmp_path / "bomb.zip", members)
    assert (tmp_path / "bomb.zip").stat().st_size < 1 << 20

    code = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20)); "
        "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, VERIFIER, tmp_path / "bomb.zip"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert finished.returncode in (1, 2)
    assert "PROBLEM" in finished.stdout
    assert "Memory" not in finished.stdout + finished.stderr


def test_nothing_that_happens_to_a_zip_file_is_a_traceback(bundle: Path, tmp_path: Path) -> None:
    whole = bundle.read_bytes()
    chance = Random(6)
    for _ in range(60):
        damaged = bytearray(whole[: chance.choice([len(whole), chance.randrange(len(whole))])])
        for _ in range(chance.randint(0, 3)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        (tmp_path / "damaged.zip").write_bytes(damaged)
        code, problems = checked(tmp_path / "damaged.zip")
        assert (code == 0) == (not problems)
        assert code == 0 or bytes(damaged) != whole


# --- Ed25519, RFC 8032

# section 7.1: public key, message, signature
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_the_vectors_of_rfc_8032_hold(key: str, message: str, signature: str) -> None:
    assert is_signed(bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature))
    assert not is_signed(bytes.fromhex(key), bytes.fromhex(message) + b"x", bytes.fromhex(signature))


def says_cryptography(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def says_verifier(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        return is_signed(key, message, signature)
    except ValueError:  # no key at all
        return False


def test_the_verifier_agrees_with_a_library_on_true_and_forged_signatures() -> None:
    chance = Random(8032)
    for _ in range(60):
        private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        key, message = private.public_key().public_bytes_raw(), chance.randbytes(chance.randrange(80))
        true = private.sign(message)
        s = int.from_bytes(true[32:], "little")
        flipped = bytearray(true)
        flipped[chance.randrange(64)] ^= 1 << chance.randrange(8)
        forged = [
            bytes(flipped),
            true[:32] + (s + ORDER).to_bytes(32, "little"),  # the same s, but too large
            chance.randbytes(32) + true[32:],  # R is mostly no point
            true[:63],
            true + b"\0",
            bytes(64),
        ]
        assert says_verifier(key, message, true)
        assert says_cryptography(key, message, true)
        for one in forged:
            assert not says_verifier(key, message, one)
            assert not says_cryptography(key, message, one)
        other = chance.randbytes(32)  # as a key: half of them are no points
        assert says_verifier(other, message, true) == says_cryptography(other, message, true) is False
