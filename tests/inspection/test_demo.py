"""The demonstration is the whole main job; so it is tested as one."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from inspection.cli import run
from inspection.demo_samples import demo_samples
from inspection.language import ENGLISH

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Demonstration:
    """What one demonstration printed, and the folder it worked in."""

    objects: list[dict]
    err: str
    data_dir: Path


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory) -> Demonstration:
    data_dir = tmp_path_factory.mktemp("demonstration") / "data"
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = run(["--data-dir", str(data_dir), "demo", "--json"])
    assert code == 0
    return Demonstration([json.loads(line) for line in out.getvalue().splitlines()], err.getvalue(), data_dir)


def test_three_samples_are_named_compared_logged_exported_and_verified(demonstrated):
    *findings, last = demonstrated.objects

    assert [one["candidates"][0]["substance"] for one in findings] == ["isopropanol", "ethanol", "safrole"]
    assert [one["verdict"] for one in findings] == ["match"] * 3
    assert [one["declared"]["verdict"] for one in findings] == ["agrees", "differs", "differs"]
    assert all(one["capture"]["serial"] == "SIM-0001" for one in findings)
    assert last["ok"] is True
    assert all(Path(path).exists() for path in last["exports"])


def test_it_writes_into_the_training_log_only(demonstrated, chemgate):
    there = ("--data-dir", demonstrated.data_dir, "--training")
    kinds = [one["kind"] for one in chemgate(*there, "log", "list", "--json").objects]

    assert kinds == ["genesis", "inspection_opened", "background", *["identification"] * 3]
    assert not (demonstrated.data_dir / "evidence.sqlite").exists()
    anchor = demonstrated.objects[-1]["head"]
    assert chemgate(*there, "log", "verify", "--anchor", anchor).code == 0


def test_the_exports_hold_the_three_findings(demonstrated):
    by_ending = {Path(path).suffix: Path(path) for path in demonstrated.objects[-1]["exports"]}

    entries = [json.loads(line) for line in by_ending[".json"].read_text(encoding="utf-8").splitlines()]
    with by_ending[".csv"].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(entry["kind"] == "identification" for entry in entries) == 3
    assert len(rows) == 3


def test_what_it_says_to_people_does_not_stand_between_the_objects(demonstrated):
    assert "Demonstration: simulated detector, real wire, training log." in demonstrated.err
    assert "Connected to Chemgate simulated FTIR SIM-0001" in demonstrated.err


def test_it_can_be_run_again_in_the_same_folder(demonstrated, chemgate, tmp_path):
    again = shutil.copytree(demonstrated.data_dir, tmp_path / "again")

    last = chemgate("--data-dir", again, "demo", "--json").objects[-1]

    assert last["inspection"] != demonstrated.objects[-1]["inspection"]
    assert last["ok"] is True
    assert len(chemgate("--data-dir", again, "--training", "inspection", "list", "--json").objects) == 2


def test_the_text_says_which_samples_were_measured_elsewhere_and_which_was_simulated(chemgate):
    out = chemgate("demo").out

    assert out.count("measurement by another laboratory than the reference's, not in the library") == 2
    assert out.count("simulated from the library's own reference: shows the path, proves no accuracy") == 1
    assert "Controlled: UN 1988 Table I" in out
    assert "log verified: 6 entries unchanged" in out


def test_a_read_only_data_folder_is_exit_code_5_and_one_line(chemgate, data_dir, request):
    if os.name != "posix":
        pytest.skip("Windows keeps no read-only folders")
    data_dir.mkdir()
    data_dir.chmod(0o555)
    request.getfixturevalue("unprivileged")

    answer = chemgate("demo", "--json")

    assert (answer.code, answer.out) == (5, "")
    assert answer.err.splitlines()[-1].startswith("Not saved: ")


def test_a_damaged_training_log_is_said_to_be_one_and_the_job_goes_on(chemgate, data_dir):
    data_dir.mkdir()
    (data_dir / "training.sqlite").write_bytes(b"overwritten " * 5000)

    answer = chemgate("demo")

    assert answer.code == 1
    assert "log NOT sound: 1 problems" in answer.out
    assert "The log was found damaged." in answer.err


def test_without_the_forensic_library_a_precursor_of_the_open_one_is_drawn(starter, catalogue):
    samples = demo_samples(ENGLISH, catalogue, starter[:1])

    assert [one.sample.name for one in samples] == ["isopropanol", "ethanol", "Toluene"]


def test_the_program_works_where_the_forensic_folder_was_deleted(tmp_path):
    for room in ("detector", "spectra_library", "inspection"):
        shutil.copytree(
            PROJECT / room,
            tmp_path / room,
            ignore=shutil.ignore_patterns("__pycache__", "forensic", "sources"),
        )
    shutil.copy(PROJECT / "main.py", tmp_path)
    assert not (tmp_path / "spectra_library" / "data" / "forensic").exists()

    done = subprocess.run(
        [sys.executable, "main.py", "--data-dir", "data", "demo", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )

    *findings, last = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [one["candidates"][0]["substance"] for one in findings] == ["isopropanol", "ethanol", "toluene"]
    assert {one["library"]["name"] for one in findings} == {"Open starter library"}
    assert last["ok"] is True
