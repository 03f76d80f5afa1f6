"""The program in processes of its own: over a wire, through a pipe, interrupted and killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from spectra_library.formats.jcamp_writer import jcamp_bytes
from spectra_library.formats.reading import read_file

needs_signals = pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
needs_pty = pytest.mark.skipif(sys.platform != "linux", reason="a pty is offered on Linux only")
WIRES = ["socket", pytest.param("pty", marks=needs_pty)]


@pytest.fixture
def two_samples(tmp_path: Path, demonstration: Path) -> list[Path]:
    """Ethanol and isopropanol as JCAMP-DX files of this program."""
    paths = []
    for name in ("ethanol", "isopropanol"):
        path = tmp_path / f"{name}.jdx"
        path.write_bytes(jcamp_bytes(read_file(demonstration / f"{name}.csv")[0].spectrum(), title=name))
        paths.append(path)
    return paths


@pytest.fixture
def simulator(start_chemgate):
    """Start a simulated detector; give its process and its URL."""

    def start(*options: object, wire: str = "socket"):
        where = ("--pty",) if wire == "pty" else ("--listen", "127.0.0.1:0")
        process = start_chemgate("simulate", *where, *options)
        return process, process.stdout.readline().strip()

    return start


def finished(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    return process.returncode, out, err


def played(paths: list[Path]) -> list[str]:
    return [text for path in paths for text in ("--sample", str(path))]


def scanned(url: str, count: int, start_chemgate, *options: object) -> list[dict]:
    code, out, _ = finished(start_chemgate("background", "--port", url, "--json"))
    assert code == 0
    assert json.loads(out)["background"]["serial"] == "SIM-0001"
    found = []
    for _ in range(count):
        code, out, err = finished(start_chemgate("scan", "--port", url, "--identify", *options, "--json"))
        assert (code, err) == (0, "")
        found.append(json.loads(out))
    return found


@pytest.mark.parametrize("wire", WIRES)
def test_one_program_plays_two_samples_and_another_names_them(
    wire, simulator, start_chemgate, two_samples, few
):
    process, url = simulator("--speed", 0, *played(two_samples), wire=wire)
    assert url.startswith("socket://127.0.0.1:" if wire == "socket" else "/dev/")

    found = scanned(url, 2, start_chemgate, "--library", few)

    assert [one["candidates"][0]["substance"] for one in found] == ["ethanol", "isopropanol"]
    assert [one["verdict"] for one in found] == ["match", "match"]
    assert {one["capture"]["serial"] for one in found} == {"SIM-0001"}
    assert process.poll() is None


@pytest.mark.parametrize("wire", WIRES)
def test_measured_alcohols_from_elsewhere_come_out_first(wire, simulator, chemgate, samples):
    folder = samples / "jcamp_format_variants"
    _, url = simulator(
        "--speed", 0, *played([folder / "isopropanol_ASDF.jdx", folder / "ethanol2.jdx"]), wire=wire
    )

    assert chemgate("background", "--port", url).code == 0
    found = [chemgate("scan", "--port", url, "--identify", "--json").object for _ in range(2)]

    assert [one["candidates"][0]["substance"] for one in found] == ["isopropanol", "ethanol"]


def read_until(terminal: int, wanted: str) -> str:
    seen = ""
    while wanted not in seen:
        seen += os.read(terminal, 1000).decode()
    return seen


def read_to_the_end(terminal: int) -> str:
    seen = ""
    while True:
        try:
            part = os.read(terminal, 1000)
        except OSError:  # EIO: the program has ended
            return seen
        if not part:
            return seen
        seen += part.decode()


@pytest.fixture
def long_scan(simulator, start_chemgate, chemgate, tmp_path, few):
    """A scan under way: the simulator, the scan, and the terminal that the scan draws its progress on."""
    if sys.platform != "linux":
        pytest.skip("a pty is offered on Linux only")
    process, url = simulator("--speed", 1)
    assert chemgate("background", "--port", url, "--scans", 1).code == 0
    inspection = chemgate("inspection", "new", "--json").object["inspection"]
    terminal, slave = os.openpty()
    scan = start_chemgate(
        *("scan", "--port", url, "--scans", 1024, "--identify", "--library", few),
        *("--out", tmp_path / "scan.jdx", "--inspection", inspection),
        stderr=slave,
    )
    os.close(slave)
    read_until(terminal, "scan 1 of 1024")
    yield process, scan, terminal
    os.close(terminal)


def test_a_detector_that_dies_in_the_middle_of_a_scan_leaves_one_line_and_nothing_else(
    long_scan, chemgate, tmp_path, data_dir
):
    simulator_process, scan, terminal = long_scan

    simulator_process.kill()
    said = read_to_the_end(terminal)
    out, _ = scan.communicate(timeout=30)

    assert (scan.returncode, out) == (3, "")
    last_lines = said.splitlines()[-2:]
    assert last_lines[0] == "" or last_lines[0].endswith("of 1024")  # the progress has its own line
    assert last_lines[1].startswith("Detector disconnected: ")
    assert [path.name for path in tmp_path.iterdir()] == [data_dir.name]
    assert chemgate("log", "head", "--json").object["count"] == 2
    assert chemgate("log", "verify").code == 0


def test_a_person_who_interrupts_a_scan_is_told_so_and_nothing_is_kept(long_scan, tmp_path, data_dir):
    _, scan, terminal = long_scan

    scan.send_signal(signal.SIGINT)
    said = read_to_the_end(terminal)
    out, _ = scan.communicate(timeout=30)

    assert (scan.returncode, out) == (130, "")
    assert said.splitlines()[-1] == "Stopped."
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == [data_dir.name]


@needs_signals
@pytest.mark.parametrize(
    ("stop", "wire"),
    [("SIGINT", "socket"), ("SIGTERM", "socket"), pytest.param("SIGINT", "pty", marks=needs_pty)],
)
def test_an_interrupted_simulator_ends_cleanly(stop, wire, simulator):
    process, url = simulator(wire=wire)

    process.send_signal(getattr(signal, stop))

    assert url
    assert finished(process) == (0, "", "")


@needs_signals
def test_a_simulator_can_be_interrupted_while_somebody_is_connected(long_scan):
    process, scan, terminal = long_scan

    process.send_signal(signal.SIGINT)

    assert finished(process) == (0, "", "")
    assert "Detector disconnected: " in read_to_the_end(terminal)
    assert scan.wait(timeout=30) == 3


def test_a_simulator_that_nobody_connects_to_ends_by_itself(simulator):
    process, url = simulator("--idle-timeout", 0.05)

    assert url.startswith("socket://127.0.0.1:")
    assert finished(process) == (0, "", "")


def test_a_simulator_is_never_offered_to_a_network(start_chemgate):
    code, out, err = finished(start_chemgate("simulate", "--listen", "0.0.0.0:0"))

    assert (code, out) == (2, "")
    assert "found '0.0.0.0:0'" in err


def test_a_taken_port_is_exit_code_3_and_one_line(simulator, start_chemgate):
    _, url = simulator()

    code, out, err = finished(start_chemgate("simulate", "--listen", url.removeprefix("socket://")))

    assert (code, out) == (3, "")
    assert err.startswith("Detector port: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("argv", [("library", "coverage", "--json"), ("demo",)])
def test_a_reader_that_goes_away_is_no_failure(argv, start_chemgate):
    process = start_chemgate(*argv)

    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()

    assert process.wait(timeout=30) == 0
    assert err == ""


def test_the_languages_reach_a_pipe_whatever_its_encoding(start_chemgate, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    monkeypatch.setenv("LC_ALL", "C")

    code, out, _ = finished(start_chemgate("library", "search", "этанол", "--json"))

    assert code == 0
    assert "этанол" in out


def test_a_program_that_is_called_wrongly_says_so_with_exit_code_2(start_chemgate):
    code, out, err = finished(start_chemgate("identify"))

    assert (code, out) == (2, "")
    assert "error: " in err
