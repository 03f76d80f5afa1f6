from __future__ import annotations

import json
from contextlib import closing
from itertools import count

import numpy as np
import pytest

from detector.capture import Capture, ScanSettings
from detector.drivers.chemgate_link import open_detector
from detector.errors import NoBackgroundError
from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.optics import SimulatedSample
from detector.simulator.server import running_instrument
from detector.transfer import read_transfer
from inspection.errors import UnknownInspectionError
from inspection.findings import Source, finding_object, payload_sha256
from inspection.language import Language, Wording
from inspection.records import EntryKind, opening
from inspection.session import InspectionSession, Place, background_object, spectrum_of, stored_spectrum
from spectra_library.errors import SpectrumError
from spectra_library.formats.reading import read_file
from spectra_library.library import Tier
from spectra_library.prepared import PreparedLibrary
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.starter import starter_libraries
from spectra_library.store import load_library
from spectra_library.verdicts import Verdict

SETTINGS = ScanSettings(scans=4, resolution_cm=4.0)
FROM_A_FILE = Source("ethanol.csv", 0, "ab" * 32, "csv")


@pytest.fixture(scope="module")
def small(few) -> PreparedLibrary:
    return PreparedLibrary((load_library(few),))


@pytest.fixture(scope="module")
def ethanol(demonstration) -> Spectrum:
    return read_file(demonstration / "ethanol.csv")[0].spectrum()


def captured(*samples: SimulatedSample, settings: ScanSettings = SETTINGS) -> Capture:
    instrument = SimulatedInstrument(samples, seed=5, speed=0)
    with running_instrument(instrument) as url, closing(open_detector(url)) as detector:
        detector.background(settings)
        return detector.scan(settings)


@pytest.fixture(scope="module")
def capture(ethanol) -> Capture:
    return captured(SimulatedSample("ethanol", ethanol.wavenumber, ethanol.absorbance))


@pytest.fixture
def session(small, catalogue, log) -> InspectionSession:
    ticks = count()
    return InspectionSession(small, catalogue, log=log, timer=lambda: next(ticks) * 0.5)


@pytest.fixture
def place(log) -> Place:
    log.append(opening("20261124-AAAAAA", declared="methanol"))
    return Place("20261124-AAAAAA", 2)


def test_a_spectrum_is_named_and_compared_with_its_declaration(session, ethanol):
    finding = session.name(ethanol, source=FROM_A_FILE, title="bottle 4", declared="methanol")

    assert finding.identification.verdict is Verdict.MATCH
    assert finding.identification.candidates[0].substance == "ethanol"
    assert finding.declaration.verdict == "differs"
    assert (finding.source, finding.title, finding.capture) == (FROM_A_FILE, "bottle 4", None)


def test_without_a_declaration_nothing_is_compared(session, ethanol):
    assert session.name(ethanol, source=FROM_A_FILE, title="").declaration is None


def test_the_time_it_took_is_told_in_milliseconds(session, ethanol):
    assert session.name(ethanol, source=FROM_A_FILE, title="").elapsed_ms == 500.0


def test_the_same_spectrum_gives_the_same_object_from_libraries_that_were_loaded_twice(
    ethanol, catalogue, prepared_starter
):
    def answer(library: PreparedLibrary) -> str:
        session = InspectionSession(library, catalogue, timer=lambda: 0.0)
        finding = session.name(ethanol, source=FROM_A_FILE, title="", declared="ethanol")
        return json.dumps(finding_object(finding, catalogue))

    assert answer(PreparedLibrary(starter_libraries())) == answer(prepared_starter)


def test_a_capture_is_named_with_the_port_and_the_hash_of_its_bytes(session, capture):
    finding = session.name_capture(capture, port="socket://127.0.0.1:5000", declared="ethanol")

    assert finding.source == Source("socket://127.0.0.1:5000", 0, payload_sha256(capture), "capture")
    assert finding.capture is capture
    assert finding.identification.candidates[0].substance == "ethanol"
    assert finding.declaration.verdict == "agrees"


def test_what_was_found_is_written_down_in_the_inspection(session, capture, place, log):
    finding = session.name_capture(capture, port="COM5")

    entry = session.record(finding, place)

    assert (entry.kind, entry.inspection, entry.sample) == (EntryKind.IDENTIFICATION, "20261124-AAAAAA", 2)
    written = json.loads(json.dumps(finding_object(finding, session.catalogue)))
    assert log.entry(entry.sequence).body == written
    assert log.verify().ok


def test_a_finding_may_be_written_down_without_an_inspection(session, ethanol, log):
    entry = session.record(session.name(ethanol, source=FROM_A_FILE, title=""), Place())

    assert (entry.inspection, entry.sample) == (None, None)


def test_a_finding_of_an_inspection_that_does_not_exist_is_not_written_down(session, ethanol, log):
    before = log.head()

    with pytest.raises(UnknownInspectionError):
        session.record(session.name(ethanol, source=FROM_A_FILE, title=""), Place("20261124-ZZZZZZ"))

    assert log.head() == before


def test_a_session_without_a_log_names_and_does_not_record(small, catalogue, ethanol):
    session = InspectionSession(small, catalogue)
    finding = session.name(ethanol, source=FROM_A_FILE, title="")

    with pytest.raises(ValueError, match="without a log"):
        session.record(finding, Place())


def test_the_log_keeps_the_curve_the_beams_and_the_bytes_that_the_instrument_sent(
    session, capture, place, log
):
    entry = session.record(session.name_capture(capture, port="COM5"), place)

    kept = log.spectrum(entry.sequence)
    _, wavenumber, sample_beam, background_beam = read_transfer(kept.raw_payload)
    assert kept.raw_payload == capture.raw_payload
    assert np.array_equal(wavenumber, capture.wavenumber)
    assert np.array_equal(sample_beam, capture.sample_beam)
    assert np.array_equal(background_beam, capture.background_beam)
    assert np.array_equal(kept.spectrum.absorbance, spectrum_of(capture).absorbance)
    again = session.name(kept.spectrum, source=FROM_A_FILE, title="")
    assert again.identification.candidates == session.name_capture(capture, port="").identification.candidates


def test_the_beams_are_kept_at_the_points_of_the_curve(small, catalogue):
    wavenumber = np.arange(700.0, 3601.0)
    sample = SimulatedSample("gapped", wavenumber, np.full(wavenumber.size, 0.3), gaps=((2200.0, 2400.0),))
    capture = captured(sample)
    finding = InspectionSession(small, catalogue).name_capture(capture, port="COM5")

    kept = stored_spectrum(finding)

    assert finding.spectrum.wavenumber.size < capture.wavenumber.size
    assert kept.sample_beam.size == kept.background_beam.size == finding.spectrum.wavenumber.size
    assert np.allclose(-np.log10(kept.sample_beam / kept.background_beam), finding.spectrum.absorbance)


def test_what_is_missing_at_the_ends_shortens_the_range_and_what_is_missing_inside_is_a_gap():
    wavenumber = np.arange(700.0, 3601.0)
    sample = SimulatedSample("gapped", wavenumber, np.full(wavenumber.size, 0.3), gaps=((2200.0, 2400.0),))

    spectrum = spectrum_of(captured(sample))

    assert (spectrum.wavenumber_min, spectrum.wavenumber_max) == (700.0, 3600.0)
    assert spectrum.gaps == ((2200.0, 2400.0),)
    assert spectrum.resolution_cm == 4.0


def test_a_crystal_that_no_light_passes_gives_no_spectrum():
    nothing_known = SimulatedSample("black", np.array([5000.0, 6000.0]), np.array([0.0, 0.0]))

    with pytest.raises(SpectrumError, match="at least 2 points"):
        spectrum_of(captured(nothing_known))


def test_a_file_is_kept_as_its_curve_alone(session, ethanol, log):
    entry = session.record(session.name(ethanol, source=FROM_A_FILE, title=""), Place())

    kept = log.spectrum(entry.sequence)
    assert np.array_equal(kept.spectrum.absorbance, ethanol.absorbance)
    assert kept.sample_beam is None


def test_a_background_is_written_down_with_its_instrument_and_settings(session, place, log):
    with running_instrument(SimulatedInstrument(speed=0)) as url, closing(open_detector(url)) as detector:
        background = detector.background(SETTINGS)

    entry = session.record_background(background, place)

    assert entry.kind is EntryKind.BACKGROUND
    assert entry.body == background_object(background)
    assert (entry.body["serial"], entry.body["scans"], entry.body["resolution_cm"]) == ("SIM-0001", 4, 4.0)


def test_what_the_instrument_says_no_to_passes_through(session):
    with (
        running_instrument(SimulatedInstrument(speed=0)) as url,
        closing(open_detector(url)) as detector,
        pytest.raises(NoBackgroundError),
    ):
        session.take(detector, SETTINGS)


def test_the_object_speaks_the_language_asked_for_and_its_codes_never_change(session, ethanol):
    finding = session.name(ethanol, source=FROM_A_FILE, title="", declared="methanol")

    english = finding_object(finding, session.catalogue)
    for language in Language:
        other = finding_object(finding, session.catalogue, Wording(language))
        assert other.keys() == english.keys()
        assert other["verdict"] == english["verdict"]
        assert other["declared"]["reason_code"] == english["declared"]["reason_code"] == "other_substance"


def test_the_object_is_json_that_any_reader_takes(session, capture, ethanol):
    flat = Spectrum(ethanol.wavenumber, np.zeros(ethanol.wavenumber.size), Technique.ATR)

    for finding in (
        session.name_capture(capture, port="COM5", declared="methanol"),
        session.name(flat, source=FROM_A_FILE, title="flat"),
    ):
        made = finding_object(finding, session.catalogue)
        assert json.loads(json.dumps(made, allow_nan=False)) == json.loads(json.dumps(made))
        assert {one["tier"] for one in made["candidates"]} <= {tier.value for tier in Tier}
