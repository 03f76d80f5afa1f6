"""A disk that is really full: nothing is lost, one clear sentence says so, and the exit code is 5.

The scene plays in a child process on a small file system in memory, in a mount namespace of its own, so that
nothing is left mounted whatever happens.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
SIZE = "3m"
SIZE_WITH_ROOM_KEPT = "8m"  # 4 MB of it beside the log

BEGINNING = """
import contextlib, io, json, os, sys
from pathlib import Path

import numpy as np

from inspection.cli import run
from inspection.curves import StoredSpectrum
from inspection.errors import LogWriteError
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind, NewEntry
from spectra_library.spectrum import Spectrum, Technique

disk, sample = Path(sys.argv[1]), sys.argv[2]
told = {}


def call(*argv):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(["--data-dir", str(disk / "data"), *argv])
    return {"code": int(code), "out": out.getvalue(), "err": err.getvalue()}


def fill():
    with (disk / "filler").open("ab", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(4096))
    return os.statvfs(disk).f_bavail


def empty():
    (disk / "filler").unlink()


def head():
    with InspectionLog.open_read_only(disk / "data" / "evidence.sqlite", kind=LogKind.EVIDENCE) as log:
        assert log.verify().ok
        return str(log.head())


def files():
    return sorted(str(path.relative_to(disk)) for path in disk.rglob("*") if path.is_file())
"""

SCENE = (
    BEGINNING
    + """
# The log, from the command line
number = json.loads(call("inspection", "new", "--json")["out"])["inspection"]
identify = ("identify", sample, "--library", sys.argv[3], "--inspection", number)
call(*identify)
told["before"] = head()
told["room left"] = fill()
told["no room for the log"] = call(*identify)
told["after"] = head_after = head()
empty()
told["with room again"] = call(*identify)
told["at last"] = head()

# The log, kept open as the window keeps it
axis = np.linspace(650.0, 4000.0, 20_000)
large = NewEntry(
    EntryKind.IDENTIFICATION,
    {},
    curve=StoredSpectrum(Spectrum(axis, np.random.default_rng(1).random(axis.size), Technique.ATR)),
)
with InspectionLog.open(disk / "data" / "evidence.sqlite", kind=LogKind.EVIDENCE) as log:
    fill()
    kept = log.head()
    try:
        for _ in range(20):  # the first may find room in what the log has already
            log.append(large)
            kept = log.head()
        told["open log"] = "never full"
    except LogWriteError as error:
        told["open log"] = str(error)
    told["open log holds"] = log.head() == kept and log.verify().ok
    empty()
    told["open log goes on"] = log.append(large).sequence == kept.count + 1 and log.verify().ok

# The export
target = str(disk / "out.json")
told["export"] = call("log", "export", target)["code"]
size = os.path.getsize(target)
before = Path(target).read_bytes()
fill()
told["no room for the export"] = call("log", "export", target)
told["old export is untouched"] = Path(target).read_bytes() == before
told["half of an export is left"] = [name for name in files() if name.endswith(".part")]
told["no room for a spectrum"] = call("convert", sample, str(disk / "spectrum.csv"))
empty()
told["export with room again"] = call("log", "export", target)["code"]
print(json.dumps(told))
"""
)

STARTING = (
    BEGINNING
    + """
import subprocess

KILLED = '''
import os, sys
from pathlib import Path
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import opening

log = InspectionLog.open(Path(sys.argv[1]), kind=LogKind.EVIDENCE)
log.append(opening("20261124-7K3FQ2"))
os._exit(9)
'''
log, elsewhere = disk / "data" / "evidence.sqlite", Path(sys.argv[3]).with_name("out.json")


def verbs():
    told = {verb: call("log", verb, "--json") for verb in ("list", "verify")}
    return {**told, "export": call("log", "export", str(elsewhere))}


call("inspection", "new")
told["room left"] = fill()
told["reading"] = verbs()
told["kept"] = log.with_suffix(".reserve").exists()
told["writing"] = [call("inspection", "new") for _ in range(2)]
told["holds"] = head()
told["kept at last"] = log.with_suffix(".reserve").exists()
told["room left at last"] = fill()
told["writing at last"] = call("inspection", "new")

empty()
call("inspection", "new")
subprocess.run([sys.executable, "-c", KILLED, str(log)])
log.with_name("evidence.sqlite-shm").unlink()  # as after a power cut
told["records wait"] = log.with_name("evidence.sqlite-wal").stat().st_size > 0
fill()
told["reading what waits"] = verbs()
print(json.dumps(told))
"""
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, demonstration: Path, few: Path) -> dict[str, Any]:
    """What the scene tells."""
    return played(SCENE, SIZE, tmp_path_factory.mktemp("disk"), demonstration, few)


@pytest.fixture(scope="module")
def starting(tmp_path_factory: pytest.TempPathFactory, demonstration: Path, few: Path) -> dict[str, Any]:
    """What the scene of starting on a full disk tells."""
    return played(STARTING, SIZE_WITH_ROOM_KEPT, tmp_path_factory.mktemp("disk"), demonstration, few)


def played(scene: str, size: str, disk: Path, demonstration: Path, few: Path) -> dict[str, Any]:
    """Play a scene on a file system of its own."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("needs Linux with unshare, for a small file system that can be filled")
    apart = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    mount = f"mount -t tmpfs -o size={size} tmpfs {disk}"
    if subprocess.run([*apart, "sh", "-c", mount], capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small file system is not permitted here")
    child = [sys.executable, "-c", scene, str(disk), str(demonstration / "ethanol.csv"), str(few)]
    finished = subprocess.run(
        [*apart, "sh", "-c", f'{mount} && exec "$@"', "sh", *child],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    answer: dict[str, Any] = json.loads(finished.stdout)
    return answer


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and "Traceback" not in text and len(text) > 10


def test_a_finding_that_finds_no_room_is_told_in_one_sentence_with_exit_code_5(told):
    assert told["room left"] == 0
    answer = told["no room for the log"]

    assert answer["code"] == 5
    assert one_sentence(answer["err"])
    assert "disk" in answer["err"] or "space" in answer["err"]


def test_the_log_is_what_it_was_and_takes_the_finding_once_there_is_room(told):
    count = int(told["before"].split(":")[1])

    assert told["after"] == told["before"]
    assert told["with room again"]["code"] == 0
    assert int(told["at last"].split(":")[1]) == count + 1


def test_a_log_that_is_open_when_the_disk_fills_up_goes_on_where_it_was(told):
    assert "could not be written" in told["open log"]
    assert "full" in told["open log"]
    assert told["open log holds"]
    assert told["open log goes on"]


def test_an_export_that_finds_no_room_leaves_the_old_one_and_no_half(told):
    answer = told["no room for the export"]

    assert told["export"] == 0
    assert answer["code"] == 5
    assert one_sentence(answer["err"])
    assert "No space left on device" in answer["err"]
    assert told["old export is untouched"]
    assert told["half of an export is left"] == []
    assert told["export with room again"] == 0


def test_a_spectrum_that_finds_no_room_is_told_the_same_way(told):
    answer = told["no room for a spectrum"]

    assert answer["code"] == 5
    assert one_sentence(answer["err"])


def test_a_log_is_read_on_a_full_disk_and_the_room_kept_stays(starting):
    assert starting["room left"] == 0
    assert [answer["code"] for answer in starting["reading"].values()] == [0, 0, 0]
    assert [answer["err"] for answer in starting["reading"].values()] == ["", "", ""]
    assert starting["kept"]


def test_a_program_that_is_started_on_a_full_disk_writes_into_the_room_kept(starting):
    assert [answer["code"] for answer in starting["writing"]] == [0, 0]
    assert "The disk is almost full" in starting["writing"][0]["err"]
    assert starting["holds"].split(":")[1] == "4"
    assert not starting["kept at last"]


def test_a_program_that_is_started_where_no_room_was_kept_says_that_the_disk_is_full(starting):
    answer = starting["writing at last"]

    assert starting["room left at last"] == 0
    assert answer["code"] == 5
    assert one_sentence(answer["err"])
    assert "the disk is full" in answer["err"]


def test_records_that_wait_beside_the_log_are_read_in_the_room_kept(starting):
    assert starting["records wait"]
    assert [answer["code"] for answer in starting["reading what waits"].values()] == [0, 0, 0]
    assert "20261124-7K3FQ2" in starting["reading what waits"]["list"]["out"]
