"""A hand that knows the program, has the files, and changes the log, each way as well as it can be done.

Whoever writes here removes the guarding triggers and puts them back word for word, keeps the columns, texts
and substances that a search goes by in step, and leaves nothing of SQLite's own beside the files.  What a way
leaves undone is what it is named for: a *forged append* continues the chain but has no key.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlite_utils.utils import sqlite3

from inspection.chain import NO_PREVIOUS, canonical_json, chained, is_first_of_volume
from inspection.curves import PARTS
from inspection.errors import LogError
from inspection.keys import SIGNATURE_DOMAIN, LogKeys
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_rows import named_substances, search_columns, searched_text
from inspection.log_volume import volume_files
from tests.inspection.made_records import a_curve, a_finding, a_record

KIND: Final = LogKind.EVIDENCE
VOLUME_SIZE: Final = 20
RECORDS: Final = 30  # of which about half stand in the sealed first volume
TABLES: Final = ("meta", "entries", "entry_substances", "entry_texts", "spectra")
Signing = Callable[[bytes], bytes]
Envelope = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """A log to tamper with: ``folder`` holds it and its keys, ``older`` are copies from before its end.

    ``anchor`` is where it ends, written down before anybody touched it.
    """

    folder: Path
    older: tuple[Path, ...]
    anchor: str

    @classmethod
    def made(cls, folder: Path, chance: Random) -> Subject:
        """Write a log of two volumes, with a copy at a few moments."""
        path = folder / "log" / "evidence.sqlite"
        moments = (datetime(2026, 11, 24, 8, tzinfo=UTC) + timedelta(minutes=n) for n in range(1000))
        older = []
        anchor = ""
        for number in range(RECORDS):
            with InspectionLog.open(
                path, kind=KIND, clock=lambda: next(moments), officer="Officer 1", volume_size=VOLUME_SIZE
            ) as log:
                log.append(a_finding(chance, points=40) if number % 3 else a_record(chance))
                anchor = str(log.head())
            if number % 4 == 1 and number < RECORDS - 1:
                older.append(shutil.copytree(path.parent, folder / f"older {number}"))
        path.with_suffix(".reserve").unlink()  # only weight when a folder is copied a thousand times
        for one in older:
            (one / "evidence.reserve").unlink()
        return cls(path.parent, tuple(older), anchor)


@dataclass(slots=True)
class Volume:
    """One volume under the hand: the raw file, and its entries as the hand wants them."""

    path: Path
    raw: Any
    entries: dict[int, Envelope] = field(default_factory=dict)

    def one(self, sql: str, *values: object) -> Any:
        """Give the first row."""
        return self.raw.execute(sql, values).fetchone()

    @property
    def numbers(self) -> list[int]:
        """The numbers of the entries, in order."""
        return [row[0] for row in self.raw.execute("SELECT sequence FROM entries ORDER BY sequence")]

    def envelope(self, sequence: int) -> Envelope:
        """Read an entry."""
        read: Envelope = json.loads(self.one("SELECT entry FROM entries WHERE sequence = ?", sequence)[0])
        return read

    def remove(self, sequence: int, *, with_curve: bool = True) -> None:
        """Take an entry out, and all that points to it."""
        spectrum = self.one("SELECT spectrum FROM entries WHERE sequence = ?", sequence)[0]
        for table in ("entry_substances", "entry_texts", "entries"):
            self.raw.execute(f"DELETE FROM {table} WHERE sequence = ?", [sequence])
        if with_curve and self.one("SELECT 1 FROM entries WHERE spectrum = ?", spectrum) is None:
            self.raw.execute("DELETE FROM spectra WHERE sha256 = ?", [spectrum])

    def put(self, sequence: int, envelope: Envelope, previous: bytes, signature: Signing) -> bytes:
        """Write an entry with everything that goes by it; give its hash."""
        for table in ("entry_substances", "entry_texts", "entries"):
            self.raw.execute(f"DELETE FROM {table} WHERE sequence = ?", [sequence])
        entry = canonical_json(envelope)
        hash_ = chained(previous, entry)
        row = {
            **search_columns(envelope),
            "sequence": sequence,
            "previous": previous,
            "hash": hash_,
            "signature": signature(hash_),
            "entry": entry,
        }
        marks = ", ".join(f":{name}" for name in row)
        self.raw.execute(f"INSERT INTO entries ({', '.join(row)}) VALUES ({marks})", row)
        self._put_found_by(sequence, envelope)
        return hash_

    def put_in_place(self, sequence: int, envelope: Envelope) -> None:
        """Change what an entry says, and what it is found by, and nothing of its chain."""
        columns = search_columns(envelope)
        sets = ", ".join(f"{name} = :{name}" for name in columns)
        self.raw.execute(
            f"UPDATE entries SET {sets}, entry = :entry WHERE sequence = :sequence",
            {**columns, "entry": canonical_json(envelope), "sequence": sequence},
        )
        for table in ("entry_substances", "entry_texts"):
            self.raw.execute(f"DELETE FROM {table} WHERE sequence = ?", [sequence])
        self._put_found_by(sequence, envelope)

    def _put_found_by(self, sequence: int, envelope: Envelope) -> None:
        for substance in named_substances(envelope["kind"], envelope["body"]):
            self.raw.execute("INSERT INTO entry_substances VALUES (?, ?)", [substance, sequence])
        if text := searched_text(envelope):
            self.raw.execute("INSERT INTO entry_texts VALUES (?, ?)", [sequence, text])

    def put_curve(self, chance: Random) -> str:
        """Store another curve, whole; give its hash."""
        curve = a_curve(chance, points=40)
        marks = ", ".join("?" for _ in ("sha256", *PARTS))
        self.raw.execute(f"INSERT INTO spectra VALUES ({marks})", [curve.sha256, *curve.parts().values()])
        return curve.sha256

    def head(self) -> tuple[int, bytes]:
        """Number and hash of the last entry."""
        number, head = self.one("SELECT sequence, hash FROM entries ORDER BY sequence DESC LIMIT 1")
        return number, head


@contextmanager
def volumes_of(folder: Path) -> Iterator[list[Volume]]:
    """Open every volume without Chemgate in between; at the end the files look as the program leaves them."""
    opened = []
    for path in volume_files(folder / "evidence.sqlite").values():
        raw = sqlite3.connect(path, isolation_level=None)
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        mode = raw.execute("PRAGMA journal_mode").fetchone()[0]
        raw.execute("PRAGMA journal_mode = DELETE")
        raw.execute("BEGIN")
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        opened.append((Volume(path, raw), triggers, mode))
    yield [volume for volume, _, _ in opened]
    for volume, triggers, mode in opened:
        for _, sql in triggers:
            volume.raw.execute(sql)
        volume.raw.execute("COMMIT")
        volume.raw.execute(f"PRAGMA journal_mode = {mode}")
        volume.raw.close()


# What is done to a record


def another_story(envelope: Envelope, chance: Random) -> Envelope:
    """Let an entry say something else, of the same kind and about the same curve."""
    changed: Envelope = json.loads(json.dumps(envelope))
    body = changed["body"]
    changes: list[Callable[[], None]] = [
        lambda: changed.update(officer="Officer 2"),
        lambda: changed.update(time=_later(changed["time"], chance)),
    ]
    if "candidates" in body:
        changes += [
            lambda: body.update(verdict="no_match" if body["verdict"] != "no_match" else "match"),
            lambda: body["declared"].update(
                verdict="agrees" if body["declared"]["verdict"] != "agrees" else "differs"
            ),
            lambda: body["candidates"][0].update(substance="water", name="Water", cas="7732-18-5"),
            lambda: body["candidates"][0].update(score=body["candidates"][0]["score"] / 2 + 0.0001),
            lambda: body["capture"].update(serial="F-9999"),
        ]
    elif "note" in body:
        changes.append(lambda: body.update(note=body["note"] + "y"))
    chance.choice(changes)()
    return changed


def _later(time: str, chance: Random) -> str:
    moment = datetime.fromisoformat(time) + timedelta(seconds=chance.randint(1, 10**6))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _records(volume: Volume) -> list[int]:
    """Numbers of entries that are records, neither genesis nor seal."""
    return [
        number
        for number in volume.numbers
        if volume.envelope(number)["kind"] not in ("genesis", "volume_sealed")
    ]


def _some(volumes: list[Volume], chance: Random) -> tuple[Volume, int]:
    volume = chance.choice(volumes)
    return volume, chance.choice(_records(volume))


def _with(key: Ed25519PrivateKey) -> Signing:
    return lambda hash_: key.sign(SIGNATURE_DOMAIN + hash_)


def _as_it_stands(volume: Volume, sequence: int) -> Signing:
    signature = volume.one("SELECT signature FROM entries WHERE sequence = ?", sequence)[0]
    return lambda hash_: signature


# The ways


def edit(subject: Subject, folder: Path, chance: Random) -> None:
    """Change one record: what it says, what it is found by, its curve, or several of these in step."""
    del subject
    with volumes_of(folder) as volumes:
        volume, sequence = _some(volumes, chance)
        envelope = volume.envelope(sequence)
        ways = ["bytes", "in step", "hashed again", "column", "text"]
        if envelope["spectrum"] is not None:
            ways += ["curve", "another curve"]
        way = chance.choice(ways)
        changed = another_story(envelope, chance)
        if way == "bytes":
            volume.raw.execute(
                "UPDATE entries SET entry = ? WHERE sequence = ?", [canonical_json(changed), sequence]
            )
        elif way == "in step":
            volume.put_in_place(sequence, changed)
        elif way == "hashed again":  # of the last entry of all no later one tells that its hash is another
            previous = volume.one("SELECT previous FROM entries WHERE sequence = ?", sequence)[0]
            volume.put(sequence, changed, previous, _as_it_stands(volume, sequence))
        elif way == "column":
            column = chance.choice(("officer", "verdict", "declared_verdict", "inspection"))
            volume.raw.execute(f"UPDATE entries SET {column} = 'other' WHERE sequence = ?", [sequence])
        elif way == "text":
            volume.raw.execute("DELETE FROM entry_texts WHERE sequence = ?", [sequence])
            volume.raw.execute("INSERT INTO entry_texts VALUES (?, 'nothing')", [sequence])
        elif way == "curve":
            part = chance.choice(PARTS)
            stored = bytearray(
                volume.one(f"SELECT {part} FROM spectra WHERE sha256 = ?", envelope["spectrum"])[0]
            )
            stored[chance.randrange(len(stored))] ^= 1 << chance.randrange(8)
            volume.raw.execute(
                f"UPDATE spectra SET {part} = ? WHERE sha256 = ?", [bytes(stored), envelope["spectrum"]]
            )
        else:
            envelope["spectrum"] = volume.put_curve(chance)
            volume.put_in_place(sequence, envelope)


def bit_flip(subject: Subject, folder: Path, chance: Random) -> None:
    """Turn one bit of a file; the bits between the records, which mean nothing, are passed over."""
    path = chance.choice(list(volume_files(folder / "evidence.sqlite").values()))
    before, content = dump(path), path.read_bytes()
    assert before == dump(volume_files(subject.folder / "evidence.sqlite")[1 if "-" not in path.stem else 2])
    while True:
        bit = chance.randrange(len(content) * 8)
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        if dump(path) != before:
            return


def delete(subject: Subject, folder: Path, chance: Random) -> None:
    """Take one record out from between the others."""
    del subject
    with volumes_of(folder) as volumes:
        volume = chance.choice(volumes)
        numbers = [
            number
            for number in _records(volume)
            if (volume is not volumes[-1]) or number != volume.numbers[-1]
        ]
        volume.remove(chance.choice(numbers), with_curve=chance.random() < 0.8)


def renumber(subject: Subject, folder: Path, chance: Random) -> None:
    """Close the gap that a removed record leaves, or make room for one that never was."""
    del subject
    with volumes_of(folder) as volumes:
        volume = chance.choice(volumes)
        numbers = volume.numbers
        gone = chance.choice(_records(volume)[:-1])
        later = [number for number in numbers if number > gone]
        if chance.random() < 0.5:
            volume.remove(gone)
            step, order = -1, later
        else:
            step, order = 1, later[::-1]
        says_so = chance.random() < 0.5
        for number in order:
            for table in ("entries", "entry_substances", "entry_texts"):
                volume.raw.execute(
                    f"UPDATE {table} SET sequence = ? WHERE sequence = ?", [number + step, number]
                )
            if says_so:
                volume.put_in_place(
                    number + step, {**volume.envelope(number + step), "sequence": number + step}
                )


def swap(subject: Subject, folder: Path, chance: Random) -> None:
    """Let two records change places, with their numbers or without."""
    del subject
    with volumes_of(folder) as volumes:
        volume = chance.choice(volumes)
        first, second = chance.sample(_records(volume), 2)
        for table in ("entries", "entry_substances", "entry_texts"):
            for old, new in ((first, -1), (second, first), (-1, second)):
                volume.raw.execute(f"UPDATE {table} SET sequence = ? WHERE sequence = ?", [new, old])
        if chance.random() < 0.5:
            for number in (first, second):
                volume.put_in_place(number, {**volume.envelope(number), "sequence": number})


def forged_append(subject: Subject, folder: Path, chance: Random) -> None:
    """Add a record that continues the chain; only the key is missing.  Or one where nobody counts."""
    del subject
    with volumes_of(folder) as volumes:
        volume = volumes[-1]
        last, previous = volume.head()
        model = chance.choice([number for number in _records(volume) if volume.envelope(number)["spectrum"]])
        envelope = another_story(volume.envelope(model), chance)
        if chance.random() < 0.5:
            envelope["spectrum"] = volume.put_curve(chance)
        place = chance.choice((last + 1, last + 1, last + 1, chance.choice((0, -1, 3))))
        if place != last + 1 and place in volume.numbers:
            place = -place
        envelope["sequence"] = place
        signature = chance.choice(
            (
                lambda hash_: bytes(64),
                lambda hash_: chance.randbytes(64),
                _as_it_stands(volume, model),
                _with(Ed25519PrivateKey.generate()),
            )
        )
        volume.put(place, envelope, previous, signature)


def rewrite_without_key(subject: Subject, folder: Path, chance: Random) -> None:
    """Change a record and compute all later hashes anew, over the volumes; the key is not at hand."""
    del subject
    other = Ed25519PrivateKey.generate()
    with volumes_of(folder) as volumes:
        way = chance.choice(("old signatures", "another key", "another key, named"))
        if way == "another key, named":
            _rewrite_all(volumes, chance, lambda volume, sequence: _with(other), key=other)
        elif way == "another key":
            _rewrite_all(volumes, chance, lambda volume, sequence: _with(other))
        else:
            _rewrite_all(volumes, chance, _as_it_stands)


def truncate(subject: Subject, folder: Path, chance: Random) -> None:
    """Take the newest records away, with everything that points to them, or the newest volume whole."""
    del subject
    with volumes_of(folder) as volumes:
        volume = volumes[-1]
        whole = chance.random() < 0.2
        numbers = volume.numbers
        for number in numbers[-chance.randint(1, len(numbers) - 1) :]:
            volume.remove(number)
    if whole:
        volume.path.unlink()
        if chance.random() < 0.5:
            with volumes_of(folder) as volumes:
                numbers = volumes[-1].numbers
                for number in numbers[-chance.randint(1, len(numbers) - 1) :]:
                    volumes[-1].remove(number)


def restore_old_copy(subject: Subject, folder: Path, chance: Random) -> None:
    """Put the whole folder back as it was at some earlier moment."""
    shutil.rmtree(folder)
    shutil.copytree(chance.choice(subject.older), folder)


def rewrite_with_key(subject: Subject, folder: Path, chance: Random) -> None:
    """Change a record, compute all later hashes anew, and sign them with the key itself."""
    del subject
    signer = LogKeys(folder / "keys").signer(KIND)
    with volumes_of(folder) as volumes:
        _rewrite_all(volumes, chance, lambda volume, sequence: signer.sign)


def rewrite_and_replace_key(subject: Subject, folder: Path, chance: Random) -> None:
    """Rewrite everything with another key, and let the folder's own record name that one."""
    del subject
    keys = LogKeys(folder / "keys")
    (folder / "keys" / "evidence.json").unlink()
    signer = keys.signer(KIND)  # as the program itself makes one where there is none
    with volumes_of(folder) as volumes:
        _rewrite_all(volumes, chance, lambda volume, sequence: signer.sign, public_key=signer.public_key)


def _rewrite_all(
    volumes: list[Volume],
    chance: Random,
    signing: Callable[[Volume, int], Signing],
    *,
    key: Ed25519PrivateKey | None = None,
    public_key: str = "",
) -> None:
    """Change one record and write all that follows from it; with another key, all there is."""
    named = key.public_key().public_bytes_raw().hex() if key is not None else public_key
    changed_volume, changed = _some(volumes, chance)
    before: Volume | None = None
    for volume in volumes:
        is_here = volume is changed_volume
        if named or (before is not None and volumes.index(changed_volume) < volumes.index(volume)):
            _rewrite(volume, volume.numbers[0], changed if is_here else None, chance, signing, named, before)
        elif is_here:
            _rewrite(volume, changed, changed, chance, signing, named, before)
        before = volume


def _rewrite(
    volume: Volume,
    start: int,
    changed: int | None,
    chance: Random,
    signing: Callable[[Volume, int], Signing],
    public_key: str,
    before: Volume | None,
) -> None:
    previous = volume.one("SELECT previous FROM entries WHERE sequence = ?", start)[0]
    for number in volume.numbers:
        if number < start:
            continue
        envelope = volume.envelope(number)
        if number == changed:
            envelope = another_story(envelope, chance)
        if is_first_of_volume(number):
            assert previous == NO_PREVIOUS
            if public_key:
                envelope["body"]["public_key"] = public_key
                volume.raw.execute("UPDATE meta SET value = ? WHERE key = 'public_key'", [public_key])
            if before is not None:
                envelope["body"]["continues"]["head"] = before.head()[1].hex()
        previous = volume.put(number, envelope, previous, signing(volume, number))


Way = Callable[[Subject, Path, Random], None]
WITHOUT_THE_KEY: Final[dict[str, Way]] = {
    "edit": edit,
    "bit flip": bit_flip,
    "delete": delete,
    "renumber": renumber,
    "swap": swap,
    "forged append": forged_append,
    "rewrite without key": rewrite_without_key,
}
SEEN_BY_AN_ANCHOR_ALONE: Final[dict[str, Way]] = {
    "truncate": truncate,
    "restore old copy": restore_old_copy,
    "rewrite with key": rewrite_with_key,
    "rewrite with another key that the folder then names": rewrite_and_replace_key,
}


@dataclass(frozen=True, slots=True)
class TamperOutcome:
    """What the check made of one way: how often it found something without an anchor, and with one.

    ``missed`` seeds of the instances that were not found without an anchor.
    """

    way: str
    instances: int
    found_without: int
    found_with: int
    missed: tuple[int, ...]


def tamper(subject: Subject, folder: Path, way: str, *, count: int, seed: int) -> TamperOutcome:
    """Tamper ``count`` times with a fresh copy; ``folder`` is for the copies."""
    do = {**WITHOUT_THE_KEY, **SEEN_BY_AN_ANCHOR_ALONE}[way]
    found_without = found_with = 0
    missed = []
    original = fingerprint(subject.folder)
    for instance in range(seed, seed + count):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(subject.folder, folder)
        do(subject, folder, Random(f"{way} {instance}"))
        if fingerprint(folder) == original:
            raise AssertionError(f"{way} {instance} changed nothing")
        is_found = bool(problems(folder))
        found_without += is_found
        found_with += bool(problems(folder, subject.anchor))
        if not is_found:
            missed.append(instance)
    return TamperOutcome(way, count, found_without, found_with, tuple(missed))


def problems(folder: Path, anchor: str | None = None) -> list[str]:
    """Check a log as ``log verify`` does; a log that does not open is found too."""
    try:
        with InspectionLog.open_read_only(folder / "evidence.sqlite", kind=KIND) as log:
            report = log.verify(anchor)
    except LogError as error:
        return [f"{type(error).__name__}: {error}"]
    return [f"{problem.kind} {problem.sequence}: {problem.message}" for problem in report.problems]


def fingerprint(folder: Path) -> list[Any]:
    """Give everything that the volumes in a folder hold."""
    return [dump(path) for path in volume_files(folder / "evidence.sqlite").values()]


def dump(path: Path) -> Any:
    """Give everything that a volume holds, or the reason why it cannot be read."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as raw:
            raw.text_factory = bytes
            schema = raw.execute(
                "SELECT type, name, sql FROM sqlite_master WHERE tbl_name NOT LIKE '\\_sqlite%' ESCAPE '\\' "
                "ORDER BY type, name"
            ).fetchall()
            ids = [raw.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")]
            return [
                schema,
                ids,
                *(raw.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES),
            ]
    except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter over a damaged name in SQLite's message
        return str(error)
