"""Walk at random through everything that could bring a training record into evidence, or back.

Two logs lie in one data folder, both of several volumes.  Each step does something: work as it should be
done, or files under wrong names, keys changed over, records carried across by hand.  After each step both
logs are read, freshly opened and through what is open already.  Every record carries the kind that it was
made in, so a record that is read in the wrong log is seen at once:

    nobody wrote into a file past the program       then it may not be read in the other log at all
    somebody did                                    then the check of that log must report it
"""

from __future__ import annotations

import io
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from random import Random
from typing import Any, Final
from unittest.mock import patch

from sqlite_utils.utils import sqlite3

from inspection import log_check
from inspection.backup import back_up
from inspection.backup_manifest import MANIFEST
from inspection.cli import run
from inspection.errors import InspectionError, LogError
from inspection.export.exporting import ExportFormat, export_log
from inspection.folders import DataFolder
from inspection.keys import LogKeys
from inspection.log import InspectionLog, utc_now
from inspection.log_file import APPLICATION_IDS
from inspection.log_kind import LogKind
from inspection.log_volume import volume_files, volume_path
from inspection.log_writer import VolumeWriter, Writing
from inspection.records import EntryKind, LogEntry, NewEntry, opening
from inspection.records import closing as closing_entry
from inspection.restore import restore
from tests.inspection.made_records import a_curve

VOLUME_SIZE: Final = 9
APPLICATION_ID_IN_FILE: Final = slice(68, 72)  # https://www.sqlite.org/fileformat2.html
SIDE_FILES: Final = ("-wal", "-shm", "-journal")
INSPECTIONS: Final = {LogKind.EVIDENCE: "20261124-EEEEEE", LogKind.TRAINING: "20261124-TTTTTT"}


class CrossedOverError(AssertionError):
    """A record of one kind was found in the log of the other, or a wrong log was opened."""


class World:
    """A data folder with both logs, and the hand that walks through it."""

    def __init__(self, base: Path, folder: Path, chance: Random) -> None:
        self.data = folder / "data"
        self.chance = chance
        self.counts: Counter[str] = Counter()
        self._base = base
        self._aside = folder / "aside"
        self._backups = folder / "backups"
        self._opened: dict[LogKind, InspectionLog] = {}
        self._was_forged = False  # somebody wrote into a file past the program
        self._is_as_left = True  # nobody changed anything past the program
        self._number = 0
        self.begin_anew()

    @staticmethod
    def prepared(folder: Path) -> Path:
        """Make the folder that every world begins with; give it."""
        for kind in LogKind:
            with InspectionLog.open(folder / f"{kind}.sqlite", kind=kind, volume_size=VOLUME_SIZE) as log:
                log.append(opening(INSPECTIONS[kind], declared=str(kind)))
                for number in range(VOLUME_SIZE + 2):
                    log.append(_record(kind, Random(f"{kind} {number}"), number))
        for reserve in folder.glob("*.reserve"):
            reserve.unlink()
        return folder

    def close(self) -> None:
        """Let go of every log."""
        for log in self._opened.values():
            log.close()
        self._opened.clear()

    # Steps: how it should be

    def begin_anew(self) -> None:
        """Put both logs back as they were made."""
        self.close()
        for left in (self.data, self._backups):
            shutil.rmtree(left, ignore_errors=True)
        shutil.copytree(self._base, self.data)
        self._was_forged = False
        self._is_as_left = True

    def open_log(self) -> None:
        """Open a log for writing, or for reading; both kinds may be open at once."""
        kind = self._a_kind()
        self._let_go(kind)
        with self._refusal():
            self._opened[kind] = (
                self._open(kind) if self.chance.random() < 0.7 else self._open_read_only(kind)
            )

    def close_log(self) -> None:
        """Close a log."""
        self._let_go(self._a_kind())

    def append(self) -> None:
        """Record something in a log that is open."""
        kind = self._a_kind()
        if kind in self._opened and self._opened[kind].is_writable:
            self._number += 1
            with self._refusal():
                self._opened[kind].append(_record(kind, self.chance, self._number))

    def repeat_inspection(self) -> None:
        """Begin or end an inspection of the other log's number in this one, as a person might type it."""
        kind = self._a_kind()
        if kind in self._opened and self._opened[kind].is_writable:
            number = INSPECTIONS[self.chance.choice(list(LogKind))]
            new = self.chance.choice(
                (opening(number, declared=str(kind)), closing_entry(number, remark=str(kind)))
            )
            with self._refusal():
                self._opened[kind].append(new)

    def export(self) -> None:
        """Export a log; an export is no log, whatever its name."""
        kind = self._a_kind()
        format_ = self.chance.choice((ExportFormat.CSV, ExportFormat.JSON))
        shutil.rmtree(self._aside, ignore_errors=True)
        target = self._aside / f"{_other(kind)}.sqlite"
        with self._refusal(), self._open_read_only(kind) as log:
            export_log(log, target, format_)
        if not target.exists():
            return
        if not self._was_forged and f"{_other(kind)} tag".encode() in target.read_bytes():
            raise CrossedOverError(f"the export of {kind} holds a record of {_other(kind)}")
        try:
            InspectionLog.open_read_only(target, kind=_other(kind)).close()
        except LogError:
            self.counts["refused"] += 1
            return
        raise CrossedOverError(f"the export of {kind} was opened as the log of {_other(kind)}")

    def command_line(self) -> None:
        """Ask the command line for the log, with --training or without."""
        kind = self._a_kind()
        out = io.StringIO()
        flags = ["--training"] if kind is LogKind.TRAINING else []
        verb = self.chance.choice(
            (["log", "list", "--json"], ["log", "verify", "--json"], ["log", "head", "--json"])
        )
        with redirect_stdout(out), redirect_stderr(io.StringIO()), suppress(SystemExit):
            run(["--data-dir", str(self.data), *flags, *verb])
        if not self._was_forged and f"{_other(kind)} tag" in out.getvalue():
            raise CrossedOverError(f"the command line shows a record of {_other(kind)} among those of {kind}")

    def back_up(self) -> None:
        """Copy a log to a backup; it may lie there for long before it is put back."""
        kind = self._a_kind()
        with self._refusal():
            back_up(DataFolder(self.data), kind, self._backups / kind)

    def restore(self) -> None:
        """Put a backup back, over what is there or where nothing is left."""
        kind = self._a_kind()
        self._settle()
        if self.chance.random() < 0.5:
            for path in self.data.glob(f"{kind}*.sqlite*"):
                path.unlink()
            self._is_as_left = False
        with self._refusal():
            restore(DataFolder(self.data), kind, self._backups / kind)

    # Steps: wrong calls

    def restore_as_other(self) -> None:
        """Put a backup back as the log of the other kind, renamed and with that kind in its manifest."""
        kind = self._a_kind()
        source, wrong = self._backups / kind, self._backups / "wrong"
        if self._was_forged or not source.exists():
            return
        self._settle()
        shutil.rmtree(wrong, ignore_errors=True)
        shutil.copytree(source, wrong)
        if self.chance.random() < 0.7:
            for path in wrong.iterdir():
                path.rename(path.with_name(path.name.replace(str(kind), str(_other(kind)))))
            manifest = wrong / MANIFEST
            manifest.write_text(manifest.read_text("utf-8").replace(str(kind), str(_other(kind))), "utf-8")
        if self.chance.random() < 0.5:
            for path in self.data.glob(f"{_other(kind)}*.sqlite*"):
                path.unlink()
            self._is_as_left = False
        try:
            restore(DataFolder(self.data), _other(kind), wrong)
        except InspectionError:
            self.counts["refused"] += 1
            return
        raise CrossedOverError(f"a backup of {kind} was put in the place of {_other(kind)}")

    def open_as_other(self) -> None:
        """Open a file of one log as the other kind, where it lies or under the other's name."""
        kind = self._a_kind()
        for path in (self._wrongly_named(kind), *([self._path(kind)] if self._is_as_left else ())):
            for opened in (InspectionLog.open, InspectionLog.open_read_only):
                try:
                    log = opened(path, kind=_other(kind), busy_timeout_s=0.2)
                except LogError:
                    self.counts["refused"] += 1
                    continue
                log.close()
                raise CrossedOverError(f"the log of {kind} was opened as that of {_other(kind)}")

    def write_as_other(self) -> None:
        """Write into a file of one log with what writes the other."""
        kind = self._a_kind()
        path, keys = self._wrongly_named(kind), LogKeys(self._base / "keys")
        writing = Writing(
            _other(kind), utc_now, lambda: None, lambda: keys.signer(_other(kind)), keys.installation, 0.2
        )
        try:
            writer = VolumeWriter.open(path, writing, number=1, continues=lambda: None)
        except LogError:
            self.counts["refused"] += 1
            return
        writer.close()
        raise CrossedOverError(f"a volume of {kind} was opened to write {_other(kind)}")

    def append_what_was_read(self) -> None:
        """Hand what was read from one log to the other as it is; a genesis or a seal cannot be appended."""
        kind = self._a_kind()
        target = self._opened.get(_other(kind))
        if target is None or not target.is_writable:
            return
        with self._refusal(), self._open_read_only(kind) as log:
            entry = log.entry(1)
            try:
                target.append(NewEntry(entry.kind, entry.body))
            except InspectionError:
                return
            raise CrossedOverError(f"the genesis of {kind} was appended to {_other(kind)}")

    # Steps: files moved

    def copy_over(self) -> None:
        """Copy one volume of a log to the place of some volume of the other, sidecars or not."""
        kind = self._a_kind()
        source = self._a_volume(kind)
        if source is None:
            return
        self._settle()
        target = volume_path(self._path(_other(kind)), self.chance.randint(1, 4))
        with_side_files = self.chance.random() < 0.5
        self._replace(source, target, with_side_files=with_side_files)
        self._is_as_left = False

    def exchange(self) -> None:
        """Exchange a volume of one log with one of the other."""
        first, second = self._a_volume(LogKind.EVIDENCE), self._a_volume(LogKind.TRAINING)
        if first is None or second is None:
            return
        self._settle()
        kept = self._aside / "exchanged.sqlite"
        self._replace(first, kept, with_side_files=True)
        self._replace(second, first, with_side_files=True)
        self._replace(kept, second, with_side_files=True)
        self._is_as_left = False

    def move_away(self) -> None:
        """Take a volume of a log away."""
        path = self._a_volume(self._a_kind())
        if path is not None:
            self._settle()
            for name in ("", *SIDE_FILES):
                path.with_name(path.name + name).unlink(missing_ok=True)
            self._is_as_left = False

    def exchange_keys(self) -> None:
        """Exchange the keys of the two logs, or let both have the same."""
        keys = self.data / "keys"
        records = {kind: keys / f"{kind}.json" for kind in LogKind}
        if not all(path.exists() for path in records.values()):
            return
        said = {kind: path.read_text() for kind, path in records.items()}
        given = self._a_kind()
        for kind in LogKind:
            if kind is given or self.chance.random() < 0.5:
                public_key = json.loads(said[_other(kind)])["public_key"]
                records[kind].write_text(said[_other(kind)])
                secret = keys / f"{_other(kind)}-{public_key[:8]}.key"
                if secret.exists():
                    shutil.copy(secret, keys / f"{kind}-{public_key[:8]}.key")
        self._is_as_left = False

    def lose_keys(self) -> None:
        """Lose the keys of a log."""
        for path in (self.data / "keys").glob(f"{self._a_kind()}*"):
            path.unlink()
        self._is_as_left = False

    # Steps: past the program

    def relabel(self) -> None:
        """Put a volume into a place of the other kind, with that kind's number in it, and its name too."""
        kind = self._a_kind()
        source = self._a_volume(kind)
        if source is None:
            return
        self._settle()
        target = volume_path(self._path(_other(kind)), self.chance.randint(1, 4))
        self._replace(source, target, with_side_files=True)
        with self._past_the_program(target) as raw:
            raw.execute(f"PRAGMA application_id = {APPLICATION_IDS[_other(kind)]}")
            if self.chance.random() < 0.5:
                raw.execute("UPDATE meta SET value = ? WHERE key = 'log_kind'", [str(_other(kind))])

    def carry_over(self) -> None:
        """Carry a record across by hand, with its curve, to the end of the other log or into its middle."""
        source, target = (self._a_volume(kind) for kind in self.chance.sample(list(LogKind), 2))
        if source is None or target is None:
            return
        self._settle()
        with self._past_the_program(target) as raw:
            raw.execute("ATTACH ? AS other", [str(source)])
            number, curve = raw.execute(
                "SELECT sequence, spectrum FROM other.entries WHERE kind IN ('background', 'identification') "
                "ORDER BY sequence LIMIT 1 OFFSET ?",
                [self.chance.randint(0, 3)],
            ).fetchone() or (None, None)
            last, head = raw.execute("SELECT max(sequence), hash FROM main.entries").fetchone()
            if number is None or last is None:
                return
            place = self.chance.choice((number, last + 1))
            raw.execute(
                "INSERT OR IGNORE INTO main.spectra SELECT * FROM other.spectra WHERE sha256 = ?", [curve]
            )
            raw.execute(
                "INSERT OR REPLACE INTO main.entries SELECT ?, time, kind, inspection, sample, officer, "
                "verdict, declared_verdict, spectrum, ?, hash, signature, entry FROM other.entries "
                "WHERE sequence = ?",
                [place, head, number],
            )

    def transplant_journal(self) -> None:
        """Put the pages that one log still has beside it next to the other."""
        kind = self._a_kind()
        source, target = self._newest(kind), self._newest(_other(kind))
        if source is None or target is None:
            return
        journal = source.with_name(source.name + "-wal")
        if not _is_filled(journal):
            return
        pages = journal.read_bytes()
        self._settle()
        target.with_name(target.name + "-wal").write_bytes(pages)
        self._was_forged = True
        self._is_as_left = False

    # After each step

    def look(self) -> None:
        """Read both logs.  Raises CrossedOverError."""
        for kind in LogKind:
            with self._refusal(is_expected=not self._is_as_left), self._open_read_only(kind) as log:
                self._look_at(log, kind)
        for kind, log in self._opened.items():
            with self._refusal(is_expected=not self._is_as_left):
                self._look_at(log, kind)

    def _look_at(self, log: InspectionLog, kind: LogKind) -> None:
        try:
            found = [entry for entry in log.entries() if _made_in(entry) not in (kind, None)]
        except LogError:
            if self._is_as_left:
                raise
            self.counts["reported"] += 1
            return
        if found and not self._was_forged:
            raise CrossedOverError(f"a record of {_other(kind)} is read in the log of {kind}: {found[0]}")
        if found or self._holds_another_kind(kind):
            if log.verify().ok:
                raise CrossedOverError(f"a volume or record of {_other(kind)} verifies in the log of {kind}")
            self.counts["reported"] += 1

    def _holds_another_kind(self, kind: LogKind) -> bool:
        """Tell whether a file of the other kind lies where a volume of this one belongs.

        Pages that wait beside a file may put another one in its place: then the file itself says nothing.
        """
        other = APPLICATION_IDS[_other(kind)].to_bytes(4, "big")
        return any(
            path.read_bytes()[APPLICATION_ID_IN_FILE] == other
            for path in volume_files(self._path(kind)).values()
            if not _is_filled(path.with_name(path.name + "-wal"))
        )

    # Hands

    def _a_kind(self) -> LogKind:
        return self.chance.choice(list(LogKind))

    def _path(self, kind: LogKind) -> Path:
        return self.data / f"{kind}.sqlite"

    def _a_volume(self, kind: LogKind) -> Path | None:
        files = list(volume_files(self._path(kind)).values())
        return self.chance.choice(files) if files else None

    def _newest(self, kind: LogKind) -> Path | None:
        files = volume_files(self._path(kind))
        return files[max(files)] if files else None

    def _open(self, kind: LogKind) -> InspectionLog:
        return InspectionLog.open(self._path(kind), kind=kind, volume_size=VOLUME_SIZE, busy_timeout_s=0.2)

    def _open_read_only(self, kind: LogKind) -> InspectionLog:
        return InspectionLog.open_read_only(self._path(kind), kind=kind, busy_timeout_s=0.2)

    def _let_go(self, kind: LogKind) -> None:
        if kind in self._opened:
            self._opened.pop(kind).close()

    def _settle(self) -> None:
        """Close what is open, so that the files can be moved."""
        self.close()
        self._aside.mkdir(exist_ok=True)

    def _replace(self, source: Path, target: Path, *, with_side_files: bool) -> None:
        for name in ("", *SIDE_FILES):
            old, new = source.with_name(source.name + name), target.with_name(target.name + name)
            if name == "" or with_side_files:
                new.unlink(missing_ok=True)
                if old.exists():
                    shutil.copy(old, new)

    def _wrongly_named(self, kind: LogKind) -> Path:
        """Give a copy of a first volume under the name of the other kind."""
        shutil.rmtree(self._aside, ignore_errors=True)
        self._aside.mkdir()
        return Path(shutil.copy(self._base / f"{kind}.sqlite", self._aside / f"{_other(kind)}.sqlite"))

    @contextmanager
    def _past_the_program(self, path: Path) -> Iterator[Any]:
        """Write into a file without Chemgate; the triggers are put back after."""
        self._was_forged = True
        self._is_as_left = False
        with closing(sqlite3.connect(path, isolation_level=None)) as raw, suppress(sqlite3.Error):
            triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                raw.execute(f"DROP TRIGGER {name}")
            yield raw
            for _, sql in triggers:
                raw.execute(sql)

    @contextmanager
    def _refusal(self, *, is_expected: bool = True) -> Iterator[None]:
        """Count what the program refuses; where all is as it was left it has no reason to."""
        try:
            yield
        except InspectionError:
            if not is_expected:
                raise
            self.counts["refused"] += 1


STEPS: Final[tuple[tuple[int, Callable[[World], None]], ...]] = (
    (12, World.append),
    (8, World.open_log),
    (3, World.close_log),
    (2, World.repeat_inspection),
    (1, World.export),
    (1, World.command_line),
    (1, World.back_up),
    (1, World.restore),
    (1, World.restore_as_other),
    (3, World.open_as_other),
    (2, World.write_as_other),
    (2, World.append_what_was_read),
    (5, World.copy_over),
    (2, World.exchange),
    (1, World.move_away),
    (2, World.exchange_keys),
    (1, World.lose_keys),
    (2, World.relabel),
    (2, World.carry_over),
    (2, World.transplant_journal),
    (6, World.begin_anew),
)


def walk(folder: Path, steps: int, *, seed: int) -> Counter[str]:
    """Take ``steps`` steps and tell how often each was taken.  Raises CrossedOverError with the way there."""
    base = World.prepared(folder / "base")
    world = World(base, folder / "world", Random(seed))
    weights, doing = zip(*STEPS, strict=True)
    way: list[str] = []
    try:
        for number in range(1, steps + 1):
            step = world.chance.choices(doing, weights)[0]
            way = [] if step is World.begin_anew else [*way, step.__name__]
            try:
                # A record carried into another volume makes that look large, which processes are started for.
                with patch.object(log_check, "WORTH_PROCESSES", 10**9):
                    step(world)
                    world.look()
            except CrossedOverError as error:
                raise CrossedOverError(
                    f"step {number} of seed {seed}: {error}; after {', '.join(way)}"
                ) from error
            world.counts[step.__name__] += 1
    finally:
        world.close()
    return world.counts


def _record(kind: LogKind, chance: Random, number: int) -> NewEntry:
    body = {"note": f"{kind} tag {number}"}
    if chance.random() < 0.5:
        return NewEntry(EntryKind.BACKGROUND, body)
    return NewEntry(
        EntryKind.IDENTIFICATION, {**body, "verdict": "no_match"}, curve=a_curve(chance, points=20)
    )


def _made_in(entry: LogEntry) -> LogKind | None:
    """Tell in which log a record was made, from what it says; None where it says nothing."""
    says = [str(entry.body.get(name, "")) for name in ("log_kind", "note", "declared", "remark")]
    return next((kind for kind in LogKind if any(text.startswith(kind) for text in says)), None)


def _is_filled(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _other(kind: LogKind) -> LogKind:
    return LogKind.TRAINING if kind is LogKind.EVIDENCE else LogKind.EVIDENCE
