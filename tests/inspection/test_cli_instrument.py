"""``ports``, ``background``, ``scan``: a simulated detector on a real wire, the program in this process."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from detector import discovery
from detector.simulator.wire import WireClosedError
from spectra_library.formats.reading import read_file
from spectra_library.spectrum import Technique


@pytest.fixture
def inspection(chemgate) -> str:
    return chemgate("inspection", "new", "--json").object["inspection"]


@pytest.fixture
def url(chemgate, wired) -> str:
    """A detector with isopropanol on its crystal and a background."""
    found = wired()
    assert chemgate("background", "--port", found).code == 0
    return found


def one_line(text: str) -> bool:
    return text.endswith("\n") and text.count("\n") == 1


def test_samples_are_played_in_order_and_then_from_the_first(chemgate, wired, demonstration, few):
    url = wired(demonstration / "ethanol.csv", demonstration / "isopropanol.csv")
    chemgate("background", "--port", url)

    found = [
        chemgate("scan", "--port", url, "--identify", "--library", few, "--json").object for _ in range(3)
    ]

    assert [one["candidates"][0]["substance"] for one in found] == ["ethanol", "isopropanol", "ethanol"]
    assert [one["verdict"] for one in found] == ["match"] * 3
    assert len({one["capture"]["scan_id"] for one in found}) == 3


def test_a_scan_without_a_background_says_that_one_is_needed(chemgate, wired):
    answer = chemgate("scan", "--port", wired(), "--json")

    assert (answer.code, answer.out) == (3, "")
    assert answer.err.startswith("No background: ")
    assert one_line(answer.err)


def test_a_background_of_another_resolution_does_not_serve(chemgate, url):
    answer = chemgate("scan", "--port", url, "--resolution", 8)

    assert answer.code == 3
    assert answer.err.startswith("No background: ")


def test_the_background_text_names_the_instrument(chemgate, wired):
    out = chemgate("background", "--port", wired(), "--scans", 2).out

    assert out.startswith("Background taken: Chemgate simulated FTIR SIM-0001, 2 scans at 4 cm-1, ")


@pytest.mark.parametrize("ending", ["jdx", "csv"])
def test_what_was_scanned_can_be_kept_and_read_again(ending, chemgate, url, tmp_path):
    out = tmp_path / "kept" / f"scan.{ending}"
    out.parent.mkdir()

    found = chemgate("scan", "--port", url, "--out", out, "--json").object

    [kept] = read_file(out)
    assert kept.wavenumber.size == found["points"]
    assert kept.spectrum().wavenumber_max == found["wavenumber_max"]


def test_the_technique_of_a_sample_is_passed_on(chemgate, wired, tmp_path, starter):
    url = wired("ethanol")
    chemgate("background", "--port", url)

    found = chemgate("scan", "--port", url, "--out", tmp_path / "scan.jdx", "--json").object

    assert found["technique"] == "atr"
    assert read_file(tmp_path / "scan.jdx")[0].technique is Technique.ATR


def test_an_output_name_that_names_no_format_is_refused_before_the_port_is_opened(chemgate, tmp_path):
    answer = chemgate("scan", "--port", "socket://127.0.0.1:1", "--out", tmp_path / "scan.spc")

    assert answer.code == 2
    assert "found 'scan.spc'" in answer.err


def test_an_inspection_without_identify_is_refused_since_only_a_named_scan_is_written_down(
    chemgate, url, inspection
):
    answer = chemgate("scan", "--port", url, "--inspection", inspection)

    assert (answer.code, answer.out) == (2, "")
    assert "--identify" in answer.err
    assert one_line(answer.err)


def test_an_unknown_inspection_is_refused_before_the_scan(chemgate, url, few):
    answer = chemgate(
        "scan", "--port", url, "--identify", "--library", few, "--inspection", "20260101-AAAAAA", "--json"
    )

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Unknown inspection: ")
    assert chemgate("scan", "--port", url, "--json").object["capture"]["scan_counter"] == 1


def test_a_logged_scan_is_in_the_log_as_it_was_printed_with_its_raw_bytes(chemgate, url, inspection, few):
    printed = chemgate(
        *("scan", "--port", url, "--identify", "--library", few, "--declared", "methanol"),
        *("--inspection", inspection, "--sample", 3, "--json"),
    ).object

    [*_, entry] = chemgate("log", "list", "--json").objects
    assert (entry["body"], entry["sample"]) == (printed, 3)
    assert entry["body"]["source"]["sha256"] == entry["body"]["capture"]["sha256"]
    assert entry["body"]["declared"]["verdict"] == "differs"
    assert chemgate("log", "verify").code == 0


def test_the_text_of_a_scan_says_what_was_found_and_what_was_declared(chemgate, url, few):
    out = chemgate(
        *("scan", "--port", url, "--identify", "--library", few, "--declared", "isopropyl alcohol")
    ).out

    assert out.startswith("scan 1  MATCH  Isopropyl alcohol")
    assert "declared 'isopropyl alcohol': AGREES." in out


def test_no_progress_is_drawn_where_nobody_looks(chemgate, url):
    assert chemgate("scan", "--port", url).err == ""


# Started, sixteen finished scans, and then the spectrum itself: the cable is pulled in each of these.
@pytest.mark.parametrize("frames_before", [4, 12, 22, 25])
def test_a_cable_pulled_in_the_middle_leaves_one_line_and_nothing_else(
    frames_before, chemgate, wired, tmp_path, few, inspection, data_dir
):
    sent: list[int] = []
    is_armed = False

    def pulled(outgoing: bytes) -> bytes:
        if is_armed:
            sent.append(len(outgoing))
            if len(sent) > frames_before:
                raise WireClosedError("the cable was pulled")
        return outgoing

    url = wired(line=pulled)
    chemgate("background", "--port", url)
    is_armed = True

    answer = chemgate(
        *("scan", "--port", url, "--identify", "--library", few, "--out", tmp_path / "scan.jdx"),
        *("--inspection", inspection, "--json"),
    )

    assert (answer.code, answer.out) == (3, "")
    assert one_line(answer.err)
    assert answer.err.startswith("Detector disconnected: ")
    assert [path.name for path in tmp_path.iterdir()] == [data_dir.name]
    assert chemgate("log", "head", "--json").object["count"] == 2
    assert chemgate("log", "verify").code == 0


def test_the_same_detector_serves_again_after_a_pulled_cable(chemgate, wired, few):
    pulls = [1]

    def pulled_once(outgoing: bytes) -> bytes:
        if pulls and len(outgoing) > 200:  # a chunk of the spectrum
            pulls.pop()
            raise WireClosedError("the cable was pulled")
        return outgoing

    url = wired(line=pulled_once)
    chemgate("background", "--port", url)

    assert chemgate("scan", "--port", url).code == 3
    found = chemgate("scan", "--port", url, "--identify", "--library", few, "--json").object
    assert found["candidates"][0]["substance"] == "isopropanol"


@pytest.mark.parametrize("verb", ["background", "scan"])
@pytest.mark.parametrize(
    "port", ["/dev/no-such-port", "socket://127.0.0.1:1", "socket://", "nonsense://x", "COM99"]
)
def test_a_port_that_does_not_exist_is_exit_code_3_and_one_line(verb, port, chemgate):
    answer = chemgate(verb, "--port", port, "--json")

    assert (answer.code, answer.out) == (3, "")
    assert answer.err.startswith("Detector port: ")
    assert one_line(answer.err)


def test_without_a_port_and_without_a_detector_it_is_said_what_was_looked_for(chemgate, monkeypatch):
    monkeypatch.setattr(discovery.port_table, "comports", list)  # whatever hangs on this machine

    answer = chemgate("scan")

    assert answer.code == 3
    assert answer.err.startswith("Which detector?: expected one detector, found none")
    assert chemgate("ports").out.startswith("No serial port found.")


def test_a_port_where_nobody_answers_is_said_to_be_silent(chemgate):
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        answer = chemgate("background", "--port", f"socket://127.0.0.1:{silent.getsockname()[1]}")

    assert answer.code == 3
    assert answer.err.startswith("Detector does not answer: ")
    assert one_line(answer.err)


def test_a_sample_that_nobody_knows_is_refused_before_anything_is_served(chemgate):
    answer = chemgate("simulate", "--sample", "xyzzy", "--idle-timeout", 0)

    assert (answer.code, answer.out) == (2, "")
    assert "'xyzzy'" in answer.err


@pytest.mark.parametrize("name", ["x" * 5000, ".", "ethano", "ethanol.jdx/"])
def test_a_sample_that_is_no_file_and_no_whole_name_of_a_substance_is_refused(name, chemgate):
    answer = chemgate("simulate", "--sample", name, "--idle-timeout", 0)

    assert answer.code == 2
    assert one_line(answer.err)


def test_a_bad_sample_file_is_refused(chemgate, tmp_path):
    (tmp_path / "bad.jdx").write_text("##TITLE= nothing\n##END=\n")

    assert chemgate("simulate", "--sample", tmp_path / "bad.jdx", "--idle-timeout", 0).code == 2
