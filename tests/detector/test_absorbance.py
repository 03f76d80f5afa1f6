from datetime import UTC, datetime

import numpy as np
import pytest

from detector.absorbance import absorbance_of
from detector.capture import Capture, DeviceInfo, Preview, SampleTechnique, ScanSettings
from detector.errors import ProtocolError, SettingsError

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def capture_of(sample_beam, background_beam=None):
    sample_beam = np.array(sample_beam, dtype=float)
    background_beam = np.ones_like(sample_beam) if background_beam is None else background_beam
    return Capture(
        device=DeviceInfo("Model", "S1", "1.0", 1),
        settings=ScanSettings(),
        scan_id=7,
        scan_counter=1,
        time=NOON,
        technique=SampleTechnique.ATR,
        wavenumber=1000.0 + 10 * np.arange(sample_beam.size),
        sample_beam=sample_beam,
        background_beam=background_beam,
        raw_payload=b"",
    )


def test_absorbance_is_the_decadic_logarithm_of_background_over_sample():
    curve = absorbance_of(capture_of([1.0, 0.1, 0.01], [1.0, 1.0, 2.0]))
    assert curve.absorbance == pytest.approx([0.0, 1.0, np.log10(200)])
    assert curve.wavenumber.tolist() == [1000.0, 1010.0, 1020.0]
    assert curve.gaps == ()


def test_points_without_light_are_dropped_and_listed_as_gaps():
    curve = absorbance_of(capture_of([0, 0.5, 0.5, 0, -0.1, 0.5, 0, 0.5, 0]))
    assert curve.wavenumber.tolist() == [1010.0, 1020.0, 1050.0, 1070.0]
    assert curve.gaps == ((1000.0, 1010.0), (1020.0, 1050.0), (1050.0, 1070.0), (1070.0, 1080.0))


def test_a_background_without_light_makes_a_gap_too():
    assert absorbance_of(capture_of([0.5, 0.5, 0.5], [1.0, 0.0, 1.0])).gaps == ((1000.0, 1020.0),)


def test_a_beam_without_any_light_is_one_gap():
    curve = absorbance_of(capture_of([0.0, 0.0, 0.0]))
    assert curve.wavenumber.size == curve.absorbance.size == 0
    assert curve.gaps == ((1000.0, 1020.0),)


def test_a_curve_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        absorbance_of(capture_of([1.0, 1.0])).absorbance[0] = 3


def test_a_preview_gives_the_same_curve_as_a_capture_with_its_beams():
    capture = capture_of([0, 0.5, 0.1, 0.2], [1.0, 1.0, 2.0, 1.0])
    preview = Preview(capture.wavenumber, capture.sample_beam, capture.background_beam, capture.time)
    seen, kept = absorbance_of(preview), absorbance_of(capture)
    assert np.array_equal(seen.wavenumber, kept.wavenumber)
    assert np.array_equal(seen.absorbance, kept.absorbance)
    assert seen.gaps == kept.gaps == ((1000.0, 1010.0),)


def test_a_beam_that_is_not_finite_is_refused():
    with pytest.raises(ProtocolError, match="finite"):
        capture_of([1.0, np.nan])


@pytest.mark.parametrize(
    ("wavenumber", "sample_beam", "background_beam", "time"),
    [
        ([1.0, 2.0], [1.0, np.inf], [1.0, 1.0], NOON),
        ([1.0, 2.0], [1.0, 1.0], [1.0], NOON),
        ([2.0, 1.0], [1.0, 1.0], [1.0, 1.0], NOON),
        ([1.0], [1.0], [1.0], NOON),
        ([1.0, 2.0], [1.0, 1.0], [1.0, 1.0], NOON.replace(tzinfo=None)),
    ],
)
def test_a_preview_that_does_not_fit_itself_cannot_be_made(wavenumber, sample_beam, background_beam, time):
    with pytest.raises(ProtocolError, match="expected"):
        Preview(wavenumber, sample_beam, background_beam, time)


def test_a_preview_cannot_be_changed():
    preview = Preview(np.array([1.0, 2.0]), np.ones(2), np.ones(2), NOON)
    with pytest.raises(ValueError, match="read-only"):
        preview.sample_beam[0] = 3


@pytest.mark.parametrize(("scans", "resolution_cm"), [(0, 4.0), (1025, 4.0), (16, 3.0), (16, float("nan"))])
def test_settings_out_of_range_cannot_be_made(scans, resolution_cm):
    with pytest.raises(SettingsError, match="expected"):
        ScanSettings(scans, resolution_cm)
