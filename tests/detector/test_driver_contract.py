"""What every driver promises, over every wire that this machine has."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from detector.absorbance import absorbance_of
from detector.capture import Background, DeviceState, Preview, SampleTechnique, ScanProgress, ScanSettings
from detector.errors import LinkLostError, NoBackgroundError, ScanCancelledError
from detector.simulator.firmware import SimulatedInstrument
from detector.transfer import read_transfer

QUICK = ScanSettings(scans=4, resolution_cm=8.0)


@pytest.fixture
def instrument(first, second):
    return SimulatedInstrument([first, second], seed=5, speed=0)


@pytest.fixture
def detector(rig, instrument):
    return rig.connect(instrument)


class CancelAtTheSecondLook:
    """Lets a measurement begin, and stops it while its first answer is awaited."""

    def __init__(self) -> None:
        self._looks = 0

    def is_set(self) -> bool:
        self._looks += 1
        return self._looks > 1


class TestDetectorContract:
    def test_it_says_who_it_is(self, detector):
        device = detector.identify()
        assert device.model
        assert device.serial_number == "SIM-0001"
        assert device.protocol_version == 1

    def test_it_says_how_it_is(self, detector):
        status = detector.status()
        assert status.state is DeviceState.READY
        assert not status.has_background
        assert status.scan_counter == 0

    def test_a_scan_without_a_background_says_so(self, detector):
        with pytest.raises(NoBackgroundError, match="background of the empty crystal is needed") as caught:
            detector.scan(QUICK)
        assert (caught.value.kind, caught.value.code) == ("no_background", 1)

    def test_a_background_is_receipted(self, detector):
        before = datetime.now(UTC)
        background = detector.background(QUICK)
        assert isinstance(background, Background)
        assert background.settings == QUICK
        assert background.device == detector.identify()
        assert before <= background.time <= datetime.now(UTC)
        assert background.time.utcoffset() == timedelta(0)
        assert detector.status().has_background

    def test_a_background_outlives_the_connection(self, rig, detector):
        detector.background(QUICK)
        detector.close()
        again = rig.connect_again()
        assert again.status().has_background
        assert again.scan(QUICK).scan_counter == 1

    def test_a_background_at_another_resolution_is_not_taken(self, detector):
        detector.background(QUICK)
        with pytest.raises(NoBackgroundError, match="at 8 cm-1, not at 4 cm-1"):
            detector.scan(ScanSettings(4, 4.0))

    def test_a_background_may_have_another_number_of_scans(self, detector):
        detector.background(QUICK)
        assert detector.scan(ScanSettings(1, 8.0)).settings.scans == 1

    def test_a_capture_says_how_it_was_taken(self, detector, first):
        detector.background(QUICK)
        before = datetime.now(UTC)
        capture = detector.scan(QUICK)
        assert capture.settings == QUICK
        assert capture.device == detector.identify()
        assert capture.technique is SampleTechnique(first.technique)
        assert before <= capture.time <= datetime.now(UTC)
        assert capture.scan_id > 0

    def test_each_scan_has_its_own_number(self, detector):
        detector.background(QUICK)
        captures = [detector.scan(QUICK) for _ in range(3)]
        assert [capture.scan_counter for capture in captures] == [1, 2, 3]
        assert len({capture.scan_id for capture in captures}) == 3

    def test_progress_is_told_scan_by_scan(self, detector):
        told: list[ScanProgress] = []
        detector.background(QUICK, progress=told.append)
        assert told == [ScanProgress(done, 4) for done in (1, 2, 3, 4)]
        told.clear()
        detector.scan(QUICK, progress=told.append)
        assert told == [ScanProgress(done, 4) for done in (1, 2, 3, 4)]

    def test_the_raw_payload_gives_both_beams_again(self, detector):
        detector.background(QUICK)
        capture = detector.scan(QUICK)
        header, wavenumber, sample_beam, background_beam = read_transfer(capture.raw_payload)
        assert (header.scan_id, header.scan_counter) == (capture.scan_id, capture.scan_counter)
        assert np.array_equal(wavenumber, capture.wavenumber)
        assert np.array_equal(sample_beam, capture.sample_beam)
        assert np.array_equal(background_beam, capture.background_beam)

    def test_the_absorbance_is_that_of_the_sample_within_the_noise(self, detector, first, second):
        settings = ScanSettings(16, 4.0)
        detector.background(settings)
        for sample in (first, second, first):
            capture = detector.scan(settings)
            curve = absorbance_of(capture)
            assert capture.technique is sample.technique
            assert curve.gaps == ((650.0, 700.0), (3600.0, 4000.0))
            expected = np.interp(curve.wavenumber, sample.wavenumber, sample.absorbance)
            # SNR 1000 where the beam is at its best, in both beams; the sample takes three quarters of it.
            noise = (
                0.434
                * 0.001
                * np.hypot(1, 10**expected)
                / capture.background_beam[np.isin(capture.wavenumber, curve.wavenumber)]
            )
            assert np.abs((curve.absorbance - expected) / noise).max() < 6
            assert 0.9 < np.std((curve.absorbance - expected) / noise) < 1.1

    def test_a_preview_shows_the_sample_that_the_next_scan_takes(self, detector, first, second):
        detector.background(QUICK)
        for sample in (first, second):
            for measured in (detector.preview(QUICK), detector.preview(QUICK), detector.scan(QUICK)):
                curve = absorbance_of(measured)
                expected = np.interp(curve.wavenumber, sample.wavenumber, sample.absorbance)
                assert np.abs(curve.absorbance - expected).max() < 0.2

    def test_a_preview_is_no_testimony(self, detector):
        detector.background(QUICK)
        before = datetime.now(UTC)
        preview = detector.preview(QUICK)
        assert type(preview) is Preview
        assert before <= preview.time <= datetime.now(UTC)
        assert not hasattr(preview, "raw_payload")

    def test_previews_are_not_counted(self, detector):
        detector.background(QUICK)
        for scan_counter in (1, 2):
            detector.preview(QUICK)
            detector.preview(QUICK)
            assert detector.status().scan_counter == scan_counter - 1
            assert detector.scan(QUICK).scan_counter == scan_counter

    def test_a_preview_is_one_scan_at_the_resolution_asked_for(self, rig):
        detector = rig.connect(SimulatedInstrument(speed=1))
        detector.background(ScanSettings(1, 16.0))
        started = time.monotonic()
        preview = detector.preview(ScanSettings(64, 16.0))  # as a scan it would take 16 s
        assert time.monotonic() - started < 2
        assert (preview.wavenumber.size, preview.wavenumber[1] - preview.wavenumber[0]) == (419, 8.0)

    def test_a_preview_leaves_the_settings_of_the_next_scan_alone(self, detector):
        detector.background(QUICK)
        detector.preview(ScanSettings(1, 8.0))
        assert detector.scan(QUICK).settings == QUICK

    def test_a_preview_without_a_background_says_so(self, detector):
        with pytest.raises(NoBackgroundError, match="background of the empty crystal is needed") as caught:
            detector.preview(QUICK)
        assert (caught.value.kind, caught.value.code) == ("no_background", 1)
        detector.background(QUICK)
        with pytest.raises(NoBackgroundError, match="at 8 cm-1, not at 4 cm-1"):
            detector.preview(ScanSettings(4, 4.0))

    def test_a_cancelled_preview_is_over_at_once_and_the_next_scan_works(self, rig, first):
        detector = rig.connect(SimulatedInstrument([first], speed=1))
        detector.background(ScanSettings(1, 8.0))
        with pytest.raises(ScanCancelledError):
            detector.preview(QUICK, cancel=CancelAtTheSecondLook())
        assert detector.status().state is DeviceState.READY
        assert detector.scan(ScanSettings(1, 8.0)).scan_counter == 1

    def test_a_cancelled_scan_takes_nothing_and_the_next_one_works(self, rig, first, second):
        detector = rig.connect(SimulatedInstrument([first, second], speed=10))
        detector.background(QUICK)
        cancel = threading.Event()
        with pytest.raises(ScanCancelledError):
            detector.scan(ScanSettings(64, 8.0), progress=lambda progress: cancel.set(), cancel=cancel)
        capture = detector.scan(QUICK)
        curve = absorbance_of(capture)
        expected = np.interp(curve.wavenumber, first.wavenumber, first.absorbance)
        assert np.abs(curve.absorbance - expected).max() < 0.2
        assert capture.scan_counter == 2

    def test_a_scan_that_was_cancelled_before_it_began_is_not_begun(self, detector):
        detector.background(QUICK)
        cancel = threading.Event()
        cancel.set()
        with pytest.raises(ScanCancelledError):
            detector.scan(QUICK, cancel=cancel)
        assert detector.status().scan_counter == 0

    def test_cancelling_is_prompt(self, rig, first):
        detector = rig.connect(SimulatedInstrument([first], speed=0.1))  # 2.5 s from one scan to the next
        cancel = threading.Event()
        set_at: list[float] = []

        def press() -> None:
            set_at.append(time.monotonic())
            cancel.set()

        timer = threading.Timer(0.3, press)
        timer.start()
        with pytest.raises(ScanCancelledError):
            detector.background(QUICK, cancel=cancel)
        assert time.monotonic() - set_at[0] < 0.4
        timer.join()
        assert detector.status().state is DeviceState.READY

    def test_an_instrument_that_goes_away_is_noticed_at_once(self, rig, first):
        detector = rig.connect(SimulatedInstrument([first], speed=5))
        gone_at: list[float] = []

        def pull_the_plug(progress: ScanProgress) -> None:
            rig.running.close()
            gone_at.append(time.monotonic())

        with pytest.raises(LinkLostError, match="gone"):
            detector.background(ScanSettings(64, 8.0), progress=pull_the_plug)
        assert time.monotonic() - gone_at[0] < 0.5

    def test_closing_twice_is_allowed_and_asking_afterwards_is_not(self, detector):
        detector.close()
        detector.close()
        with pytest.raises(LinkLostError):
            detector.identify()
