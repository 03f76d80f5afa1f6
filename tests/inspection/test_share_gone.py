"""A log on a share that goes away: nothing is said to be saved that is not, and it goes on when it is back.

On Linux a program may go on writing into files that nobody finds any more: moved, deleted, or on a disk that
was taken away.  The scene with a real file system plays in a child process, in a mount namespace of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inspection.errors import LogError, LogWriteError
from inspection.log import InspectionLog
from inspection.log_kind import LogKind

PROJECT = Path(__file__).parents[2]

SCENE = """
import json, subprocess, sys
from pathlib import Path

from conftest import make_identification
from inspection.errors import LogError, LogWriteError
from inspection.log import InspectionLog
from inspection.log_kind import LogKind

server, share = Path(sys.argv[1]), Path(sys.argv[2])
path = share / "data" / "evidence.sqlite"
told = {}


def mount():
    subprocess.run(["mount", "--bind", server, share], check=True)


def refused(log):
    try:
        return log.append(make_identification(2)).sequence
    except LogWriteError as error:
        return str(error)


def opened():
    return InspectionLog.open(path, kind=LogKind.EVIDENCE)


mount()
with opened() as log:
    told["before"] = log.append(make_identification(1)).sequence
    subprocess.run(["umount", "--lazy", share], check=True)
    told["gone"] = refused(log)
    told["still gone"] = refused(log)
    told["left where the share was"] = [str(one.relative_to(share)) for one in share.rglob("*")]
    mount()
    with InspectionLog.open_read_only(path, kind=LogKind.EVIDENCE) as reader:
        told["saved meanwhile"] = reader.head().count - told["before"]
with opened() as log:
    told["retried"] = log.append(make_identification(2)).sequence
    told["whole"] = log.verify().ok

# Readable, and not to be written to any more
subprocess.run(["mount", "-o", "remount,bind,ro", share], check=True)
with InspectionLog.open_read_only(path, kind=LogKind.EVIDENCE) as log:
    told["read only"] = log.verify().ok
try:
    opened().close()
    told["opened read only"] = "opened"
except LogError as error:
    told["opened read only"] = str(error)
print(json.dumps(told))
"""


def one_sentence(text: str) -> bool:
    return "\n" not in text and "Traceback" not in text and len(text) > 10


@pytest.fixture
def share(tmp_path: Path) -> Path:
    return tmp_path / "share"


@pytest.fixture
def open_log(share: Path, clock) -> Callable[[], InspectionLog]:
    return lambda: InspectionLog.open(share / "data" / "evidence.sqlite", kind=LogKind.EVIDENCE, clock=clock)


@pytest.fixture
def moves_open_files() -> None:
    if os.name == "nt":
        pytest.skip("Windows moves and removes no folder with a file that is open")


@pytest.mark.usefixtures("moves_open_files")
def test_what_is_written_while_the_folder_is_moved_away_is_refused_and_can_be_tried_again(
    share: Path, open_log, identification
) -> None:
    with open_log() as log:
        first = log.append(identification(1))
        share.rename(share.with_name("away"))

        with pytest.raises(LogWriteError, match="no longer where it was opened") as refusal:
            log.append(identification(2))

        assert one_sentence(str(refusal.value))
        assert not share.exists()
        share.with_name("away").rename(share)
        assert log.head().count == first.sequence
    with open_log() as log:
        assert log.append(identification(2)).sequence == first.sequence + 1
        assert log.verify().ok


@pytest.mark.usefixtures("moves_open_files")
def test_the_same_log_goes_on_when_the_same_folder_is_back(share: Path, open_log, identification) -> None:
    with open_log() as log:
        share.rename(share.with_name("away"))
        with pytest.raises(LogWriteError):
            log.append(identification(1))
        share.with_name("away").rename(share)
        log.append(identification(1))
        assert log.verify().ok


@pytest.mark.usefixtures("moves_open_files")
def test_nothing_is_written_into_a_file_that_was_deleted(share: Path, open_log, identification) -> None:
    with open_log() as log:
        log.append(identification(1))
        shutil.rmtree(share)
        with pytest.raises(LogWriteError, match="no longer where it was opened"):
            log.append(identification(2))


@pytest.mark.usefixtures("moves_open_files")
def test_nothing_is_written_beside_another_file_in_its_place(
    share: Path, open_log, identification, tmp_path: Path
) -> None:
    """As after a copy was put back under a program that has the log open."""
    with open_log() as log:
        log.append(identification(1))
        shutil.copytree(share, tmp_path / "copy")
        shutil.rmtree(share)
        (tmp_path / "copy").rename(share)
        with pytest.raises(LogWriteError, match="moved or replaced"):
            log.append(identification(2))
    with open_log() as log:
        log.append(identification(2))
        assert log.verify().ok


def test_a_folder_that_may_not_be_looked_into_any_more_is_said_to_be(
    share: Path, open_log, identification, request: pytest.FixtureRequest
) -> None:
    with open_log() as log:
        log.append(identification(1))
        share.chmod(0)
        request.getfixturevalue("unprivileged")
        try:
            with pytest.raises(LogWriteError) as refusal:
                log.append(identification(2))
            with pytest.raises(LogError):
                open_log()
        finally:
            if os.geteuid() == share.stat().st_uid:
                share.chmod(0o755)
    assert one_sentence(str(refusal.value))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the scene tells."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("needs Linux with unshare, for a share that can be taken away")
    server, share = tmp_path_factory.mktemp("server"), tmp_path_factory.mktemp("share")
    apart = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    trial = [*apart, "mount", "--bind", server, share]
    if subprocess.run(trial, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting is not permitted here")
    finished = subprocess.run(
        [*apart, sys.executable, "-c", SCENE, str(server), str(share)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(PROJECT), str(Path(__file__).parent)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    answer: dict[str, Any] = json.loads(finished.stdout)
    return answer


def test_a_share_that_is_taken_away_takes_no_record_with_it(told: dict[str, Any]) -> None:
    assert "no longer where it was opened" in told["gone"]
    assert one_sentence(told["gone"])
    assert told["still gone"] == told["gone"]
    assert told["left where the share was"] == []
    assert told["saved meanwhile"] == 0


def test_when_the_share_is_back_the_record_can_be_tried_again(told: dict[str, Any]) -> None:
    assert told["retried"] == told["before"] + 1
    assert told["whole"]


def test_a_share_that_can_only_be_read_any_more_is_read(told: dict[str, Any]) -> None:
    assert told["read only"]
    assert one_sentence(told["opened read only"])
    assert told["opened read only"] != "opened"
