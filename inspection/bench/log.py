"""How fast a large log is: listed, searched, appended to, checked and exported.

    python -m inspection.bench.log [--records N] [--appends N] [--folder DIR]

prints one JSON object per figure; ``chemgate bench log`` starts this in a process of its own.  The log is
made up in a temporary folder of DIR, see log_records.py; 100,000 records take 10 GB and some minutes.

Cold: the files were dropped from the system's memory before (fsync, then POSIX_FADV_DONTNEED), where the
system lets a program ask for that.  What the disk itself, or a host below, keeps in memory stays there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, Final, TypeVar

import numpy as np

from inspection.chain import read_envelope
from inspection.log import Clock, InspectionLog
from inspection.log_check import WORTH_PROCESSES, parts_of, run_parts
from inspection.log_file import connect
from inspection.log_kind import LogKind
from inspection.log_rows import named_substances
from inspection.log_volume import BUSY_TIMEOUT_S
from inspection.records import EntryKind, LogEntry

KIND: Final = LogKind.EVIDENCE
RECORDS: Final = 10_000
APPENDS: Final = 2_000
BYTES_OF_A_RECORD: Final = 100_000  # in the log and in an export of it as JSON
LISTED, FOUND = 100, 200  # newest entries
COLD_RUNS, WARM_RUNS, LONG_RUNS = 5, 7, 3
SAMPLE: Final = 2_000  # entries, to know the floor from
GOAL_LAST_MS, GOAL_SEARCH_MS, GOAL_APPEND_RATIO = 50.0, 100.0, 3.0
GOAL_CHAIN_S, GOAL_SIGNATURES_S, GOAL_CSV_S = 5.0, 20.0, 5.0
_ROW: Final = "2026-11-24T08:00:00.000000Z"  # of a bare commit

Figure = dict[str, object]
Filters = dict[str, Any]
Answer = TypeVar("Answer")


def main() -> None:
    """Measure what the arguments ask for and print it."""
    parser = argparse.ArgumentParser(description="Measures a large log; one JSON object per figure.")
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--appends", type=int, default=APPENDS)
    parser.add_argument("--folder", type=Path, default=None, help="where the log is made up")
    parser.add_argument("--newest", type=Path, help=argparse.SUPPRESS)  # what a new process is asked
    arguments = parser.parse_args()
    if arguments.newest is not None:
        print(json.dumps(newest(arguments.newest)))
        return
    # The key of a log that is thrown away does not belong into the key store of whoever measures.
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    try:
        with tempfile.TemporaryDirectory(dir=arguments.folder, ignore_cleanup_errors=True) as folder:
            require_room(Path(folder), arguments.records)
            without_pandas(Path(folder))
            for figure in measure(Path(folder) / "evidence.sqlite", arguments.records, arguments.appends):
                print(json.dumps(figure), flush=True)
    except OSError as error:
        sys.exit(f"expected a folder to make a log in, found: {error}")


def without_pandas(folder: Path) -> None:
    """Keep pandas from the processes that a check or an export starts.

    sqlite-utils imports it where it is installed: on a developer's computer, on no user's.
    """
    stand_in = folder / "without" / "pandas.py"
    stand_in.parent.mkdir()
    stand_in.write_text("raise ImportError('not installed where this program is used')\n", "utf-8")
    sys.path.insert(0, str(stand_in.parent))  # a new process is given this path


def require_room(folder: Path, records: int) -> None:
    """Refuse to fill a disk.  Raises OSError."""
    wanted, free = records * BYTES_OF_A_RECORD, shutil.disk_usage(folder).free
    if wanted > free:
        raise OSError(f"{folder} with {free / 1e9:.1f} GB free, where {wanted / 1e9:.1f} GB are needed")


def measure(path: Path, records: int, appends: int) -> Iterator[Figure]:
    """Make up a log of ``records`` identifications at ``path`` and measure it; one figure at a time."""
    from inspection.bench.log_records import build_log  # each process that helps imports this module again

    start = perf_counter()
    entries = build_log(path, KIND, records)
    common: Figure = {"bench": "log", "records": records}
    files = [file for file in path.parent.iterdir() if file.suffix == path.suffix]
    yield common | {
        "figure": "log",
        "entries": entries,
        "volumes": len(files),
        "megabytes": round(sum(file.stat().st_size for file in files) / 1e6),
        "build_s": round(perf_counter() - start, 1),
    }
    for figures in (
        listing(path),
        searching(path),
        opening_for_writing(path),
        appending(path, appends),
        checking(path),
        exporting(path),
    ):
        for figure in figures:
            yield common | figure


# Listed and searched


def listing(path: Path) -> Iterator[Figure]:
    """List the newest entries, each time in a new process; its start is not counted."""
    cold = [_newest_in_new_process(path) for _ in range(COLD_RUNS) if dropped_from_memory(path)]
    warm = [_newest_in_new_process(path) for _ in range(COLD_RUNS)]
    figure: Figure = {"figure": f"last {LISTED}"}
    if cold:
        figure |= _milliseconds("cold", [one["seconds"] for one in cold])
    figure |= _milliseconds("warm", [one["seconds"] for one in warm])
    figure["json_ms"] = round(1000 * statistics.median(one["json_seconds"] for one in warm), 1)
    asked = statistics.median(one["seconds"] for one in cold or warm)
    yield figure | {"goal_ms": GOAL_LAST_MS, "goal_reached": 1000 * asked <= GOAL_LAST_MS}


def newest(path: Path) -> dict[str, float]:
    """Open the log, list its newest entries, and tell how long that took; and how long their JSON alone."""
    start = perf_counter()
    with InspectionLog.open_read_only(path, kind=KIND) as log:
        entries = list(log.entries(limit=LISTED))
        listed = perf_counter()
        for entry in entries:
            read_envelope(entry.entry_bytes)
    return {"seconds": listed - start, "json_seconds": perf_counter() - listed}


def searching(path: Path) -> Iterator[Figure]:
    """Look for the newest entries that fit, with each filter and with several together."""
    with InspectionLog.open_read_only(path, kind=KIND) as log:
        asked = questions(log)
        warm = {
            name: [timed(partial(_found, log, of)) for _ in range(WARM_RUNS)] for name, of in asked.items()
        }
    for name, filters in asked.items():
        seconds = [spent for spent, _ in warm[name]]
        figure: Figure = {"figure": f"search: {name}", "found": warm[name][0][1]}
        figure |= _milliseconds("warm", seconds)
        if dropped_from_memory(path):
            figure["cold_ms"] = round(1000 * timed(partial(_found_at, path, filters))[0], 1)
        reached = 1000 * statistics.median(seconds) <= GOAL_SEARCH_MS
        yield figure | {"goal_ms": GOAL_SEARCH_MS, "goal_reached": reached}


def questions(log: InspectionLog) -> dict[str, Filters]:
    """Choose what to look for: what is often, what is seldom and what is not there, old and new."""
    old, new = list(log.entries(up_to=log.volumes[0].first + 400)), list(log.entries(limit=400))
    named = Counter(name for one in (*old, *new) for name in named_substances(one.kind, one.body))
    often, seldom = named.most_common()[0][0], named.most_common()[-1][0]
    opened = [one for one in old if one.kind is EntryKind.INSPECTION_OPENED]
    first, last = old[0].time, new[-1].time
    middle = first + (last - first) / 2
    word = _leading_name(old)
    return {
        "substance, often": {"substance": often},
        "substance, seldom": {"substance": seldom},
        "officer": {"officer": new[-1].officer},
        "verdict": {"verdict": "inconclusive"},
        "inspection, old": {"inspection": opened[0].inspection},
        "inspection, new": {"inspection": new[-1].inspection},
        "a week": {"since": middle, "until": middle + timedelta(days=7)},
        "a week, nothing there": {"since": first - timedelta(days=14), "until": first - timedelta(days=7)},
        "text, a substance": {"text": word},
        "text, one old container": {"text": str(opened[0].body["container"])},
        "text, nothing there": {"text": "no such text"},
        "text, verdict and time": {"text": word, "verdict": "match", "since": first, "until": middle},
        "officer, verdict and time": {"officer": opened[0].officer, "verdict": "match", "until": middle},
    }


def _leading_name(entries: Sequence[LogEntry]) -> str:
    for entry in entries:
        candidates: Any = entry.body.get("candidates")
        if candidates:
            return str(candidates[0]["name"])
    return "acetone"


def _found(log: InspectionLog, filters: Filters) -> int:
    return len(list(log.entries(limit=FOUND, **filters)))


def _found_at(path: Path, filters: Filters) -> int:
    with InspectionLog.open_read_only(path, kind=KIND) as log:
        return _found(log, filters)


def _newest_in_new_process(path: Path) -> dict[str, float]:
    finished = subprocess.run(
        [sys.executable, "-m", "inspection.bench.log", "--newest", str(path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    spent: dict[str, float] = json.loads(finished.stdout)
    return spent


# Opened and appended to


def opening_for_writing(path: Path) -> Iterator[Figure]:
    """Open the log as a start of the program does: the newest volume's chain is followed to its end."""

    def open_it() -> int:
        with InspectionLog.open(path, kind=KIND, clock=_clock_after(path)) as log:
            return log.head().count

    spent, count = timed(open_it)
    figure: Figure = {"figure": "open for writing", "entries_of_volume": count}
    figure |= _milliseconds("warm", [spent, *(timed(open_it)[0] for _ in range(LONG_RUNS - 1))])
    cold = [timed(open_it)[0] for _ in range(LONG_RUNS) if dropped_from_memory(path)]
    yield figure | (_milliseconds("cold", cold) if cold else {})


def appending(path: Path, appends: int) -> Iterator[Figure]:
    """Append record after record, in turns with a bare commit of one small row on the same disk."""
    from inspection.bench.log_records import made_entries  # see measure

    spent = np.empty((appends, 2))
    bare = connect(path.with_name("bare.db"), timeout_s=BUSY_TIMEOUT_S)
    commit = partial(bare.execute, "INSERT INTO rows (text) VALUES (?)", [_ROW])
    with closing(bare), InspectionLog.open(path, kind=KIND, clock=_clock_after(path)) as log:
        bare.enable_wal()
        bare.execute("PRAGMA synchronous = FULL")
        bare.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)")
        new_entries = made_entries(np.random.default_rng(appends), appends, series="3")
        for number, new in enumerate(islice(new_entries, appends)):
            works: list[Callable[[], object]] = [partial(log.append, new), commit]
            for which in (0, 1) if number % 2 else (1, 0):
                spent[number, which] = timed(works[which])[0]
    ours, theirs = (np.percentile(1000 * spent[:, which], (50, 99, 100)) for which in (0, 1))
    ratio = float(ours[1] / theirs[1])
    yield {
        "figure": "append",
        "appends": appends,
        **{f"{name}_ms": round(float(ms), 2) for name, ms in zip(("p50", "p99", "max"), ours, strict=True)},
        "against": "a bare commit, synchronous FULL",
        **{
            f"bare_{name}_ms": round(float(ms), 2)
            for name, ms in zip(("p50", "p99", "max"), theirs, strict=True)
        },
        "ratio": round(ratio, 2),
        "ratio_of_medians": round(float(ours[0] / theirs[0]), 2),
        "goal": GOAL_APPEND_RATIO,
        "goal_reached": ratio <= GOAL_APPEND_RATIO,
    }


def _clock_after(path: Path) -> Clock:
    from inspection.bench.log_records import BETWEEN_ENTRIES, BenchClock  # see measure

    with InspectionLog.open_read_only(path, kind=KIND) as log:
        [last] = log.entries(limit=1)
    return BenchClock(last.time + BETWEEN_ENTRIES)


# Checked and exported


def checking(path: Path) -> Iterator[Figure]:
    """Check the chain; then signatures and columns too; then everything, the curves included."""
    with InspectionLog.open_read_only(path, kind=KIND) as log:
        entries = sum(volume.head().count for volume in log.volumes)
        floor = floors(log)

    def chain() -> int:
        with InspectionLog.open_read_only(path, kind=KIND) as log:
            return sum(len(volume.broken_links()) for volume in log.volumes)

    def signatures() -> int:
        with InspectionLog.open_read_only(path, kind=KIND) as log:
            parts = [part for volume in log.volumes for part in parts_of(volume, *volume.extent(), KIND)]
        smaller = [part for part in parts if part.check != "spectra"]
        found = run_parts(smaller, is_large=entries >= WORTH_PROCESSES)
        return sum(len(findings.problems) for findings in found)

    def everything() -> int:
        with InspectionLog.open_read_only(path, kind=KIND) as log:
            return len(log.verify().problems)

    for name, work, against, goal in (
        ("verify: chain", chain, "SHA-256 of the entries alone", GOAL_CHAIN_S),
        ("verify: chain, signatures, columns", signatures, "Ed25519 alone", GOAL_SIGNATURES_S),
        ("verify: all", everything, "Ed25519 alone", None),
    ):
        figure: Figure = {"figure": name, "entries": entries}
        if dropped_from_memory(path):
            figure["cold_s"] = round(timed(work)[0], 2)
        before = processor_s()
        runs = [timed(work) for _ in range(LONG_RUNS)]
        seconds = statistics.median(spent for spent, _ in runs)
        alone = floor["sha256" if work is chain else "signature"] * entries
        figure |= {
            "warm_s": round(seconds, 2),
            "processor_s": round((processor_s() - before) / LONG_RUNS, 2),
            "problems": runs[0][1],
            "against": against,
            "ratio": round(seconds / alone, 2),
        }
        yield figure | ({} if goal is None else {"goal_s": goal, "goal_reached": seconds <= goal})


def exporting(path: Path) -> Iterator[Figure]:
    """Write all of it as CSV and as JSON."""
    from inspection.export.exporting import ExportFormat, export_log  # see measure

    with InspectionLog.open_read_only(path, kind=KIND) as log:
        floor = floors(log)["json"]
        for chosen in (ExportFormat.CSV, ExportFormat.JSON):
            out = path.parent / "exports" / f"export.{chosen}"
            out.parent.mkdir(exist_ok=True)
            before = processor_s()
            runs = [timed(partial(export_log, log, out, chosen)) for _ in range(LONG_RUNS)]
            seconds = statistics.median(spent for spent, _ in runs)
            figure: Figure = {
                "figure": f"export: {chosen}",
                "warm_s": round(seconds, 2),
                "processor_s": round((processor_s() - before) / LONG_RUNS, 2),
                "rows": runs[0][1].count,
                "megabytes": round(out.stat().st_size / 1e6),
                "against": "reading the JSON of every entry in one process",
                "ratio": round(seconds / (floor * sum(one.head().count for one in log.volumes)), 2),
            }
            out.unlink()
            if chosen is ExportFormat.CSV:
                figure |= {"goal_s": GOAL_CSV_S, "goal_reached": seconds <= GOAL_CSV_S}
            yield figure


def floors(log: InspectionLog) -> dict[str, float]:
    """Measure what no check and no export does without, in seconds per entry."""
    from inspection.keys import signature_check  # see measure

    stored = [(one.entry_bytes, one.hash, one.signature) for one in log.entries(limit=SAMPLE)]
    is_signed = signature_check(log.volumes[-1].public_key)

    def per_entry(work: Callable[[bytes, bytes, bytes], object]) -> float:
        start = perf_counter()
        for one in stored:
            work(*one)
        return (perf_counter() - start) / len(stored)

    return {
        "sha256": per_entry(lambda entry, hash_, signature: hashlib.sha256(entry).digest()),
        "json": per_entry(lambda entry, hash_, signature: read_envelope(entry)),
        "signature": per_entry(lambda entry, hash_, signature: is_signed(hash_, signature)),
    }


# What measuring takes


def dropped_from_memory(path: Path) -> bool:
    """Have the system forget what it read of the log; False where it does not let itself be asked.

    Nobody may have the log open in this process: to close a file here would lose SQLite its locks.
    """
    if not hasattr(os, "posix_fadvise"):
        return False
    for file in path.parent.iterdir():
        if file.is_file():
            with file.open("rb") as stream:
                os.fsync(stream.fileno())
                os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return True


def processor_s() -> float:
    """Tell how long this process and those it started have worked; they are counted when they have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def timed(work: Callable[[], Answer]) -> tuple[float, Answer]:
    """Do ``work``; how many seconds it took, and what it gave."""
    start = perf_counter()
    answer = work()
    return perf_counter() - start, answer


def _milliseconds(name: str, seconds: Sequence[float]) -> Figure:
    return {
        f"{name}_ms": round(1000 * statistics.median(seconds), 1),
        f"{name}_worst_ms": round(1000 * max(seconds), 1),
    }


if __name__ == "__main__":
    main()
