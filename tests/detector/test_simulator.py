"""The simulated instrument itself: what it plays, what it keeps, whom it lets in."""

from __future__ import annotations

import os
import socket
import sys
import threading
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.absorbance import absorbance_of
from detector.capture import SampleTechnique, ScanSettings
from detector.drivers.chemgate_link import ChemgateLinkDetector, open_detector
from detector.errors import LinkLostError, NoBackgroundError, PortError
from detector.framing import Frame
from detector.protocol import read_reply, to_frame
from detector.replies import Aborted, ErrorCode, ErrorReply, Progress, SettingsAccepted, Started
from detector.requests import Abort, ReadStatus, SetSettings, StartBackground, StartPreview, StartScan
from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.optics import SimulatedSample, covered_beam, empty_beam, instrument_axis
from detector.simulator.server import running_instrument, running_pty_instrument, serve_pty, serve_tcp
from detector.simulator.wire import WireClosedError

QUICK = ScanSettings(scans=2, resolution_cm=8.0)


def replies(instrument, request, sequence=1):
    return [read_reply(frame) for frame in instrument.receive(to_frame(request, sequence))]


def finish(instrument):
    while instrument.is_measuring:
        instrument.advance()


def with_background(samples=(), **options):
    instrument = SimulatedInstrument(samples, **options)
    replies(instrument, StartBackground(1))
    finish(instrument)
    return instrument


@pytest.mark.parametrize(
    ("resolution_cm", "points", "last"),
    [(2.0, 3351, 4000.0), (4.0, 1676, 4000.0), (8.0, 838, 3998.0), (16.0, 419, 3994.0)],
)
def test_there_are_two_points_per_resolution_element(resolution_cm, points, last):
    axis = instrument_axis(resolution_cm)
    assert (axis[0], axis.size, axis[-1]) == (650.0, points, last)


def test_the_empty_beam_is_bright_and_smooth_everywhere():
    beam = empty_beam(instrument_axis(2.0))
    assert beam.max() == 1.0
    assert beam.min() > 0.1
    assert np.abs(np.diff(beam)).max() < 0.02


def test_where_a_sample_is_not_known_no_light_is_claimed():
    sample = SimulatedSample("part", [1000.0, 2000.0], [0.3, 0.3], gaps=((1400.0, 1600.0),))
    axis = instrument_axis(8.0)
    beam = covered_beam(axis, sample)
    dark = (axis < 1000) | (axis > 2000) | ((axis > 1400) & (axis < 1600))
    assert (beam[dark] == 0).all()
    assert beam[~dark] == pytest.approx(empty_beam(axis)[~dark] * 10**-0.3)


@pytest.mark.parametrize(
    ("wavenumber", "absorbance"),
    [([1.0, 2.0], [1.0]), ([1.0], [1.0]), ([2.0, 1.0], [0.0, 0.0]), ([1.0, 2.0], [0.0, np.nan]), ([], [])],
)
def test_a_sample_that_is_no_curve_cannot_be_made(wavenumber, absorbance):
    with pytest.raises(ValueError, match="expected"):
        SimulatedSample("broken", wavenumber, absorbance)


def test_noise_falls_with_the_square_root_of_the_scans(loopback):
    flat = SimulatedSample("flat", [600.0, 4100.0], [0.0, 0.0])
    noise = {}
    for scans in (1, 16, 256):
        detector = ChemgateLinkDetector(loopback(SimulatedInstrument([flat])))
        settings = ScanSettings(scans, 2.0)
        detector.background(settings)
        capture = detector.scan(settings)
        noise[scans] = np.std(capture.sample_beam - empty_beam(capture.wavenumber))
    assert noise[16] == pytest.approx(0.001, rel=0.1)  # 1000 to 1 at 16 scans
    assert noise[1] / noise[16] == pytest.approx(4, rel=0.1)
    assert noise[16] / noise[256] == pytest.approx(4, rel=0.1)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(loopback, first):
    def beams(seed):
        detector = ChemgateLinkDetector(loopback(SimulatedInstrument([first], seed=seed)))
        detector.background(QUICK)
        captures = [detector.scan(QUICK), detector.scan(QUICK)]
        return [capture.raw_payload[35:] for capture in captures]  # what comes before holds the scan id

    assert beams(3) == beams(3)
    assert beams(3)[0] != beams(4)[0]
    assert beams(3)[0] != beams(3)[1]


def test_without_samples_the_crystal_stays_empty(loopback):
    detector = ChemgateLinkDetector(loopback(SimulatedInstrument()))
    detector.background(QUICK)
    capture = detector.scan(QUICK)
    assert capture.technique is SampleTechnique.UNKNOWN
    assert np.abs(absorbance_of(capture).absorbance).max() < 0.1


def shows(measured, sample):
    """Tell whether the curve is that of the sample, or with None that of the bare crystal, with noise."""
    curve = absorbance_of(measured)
    expected = 0.0 if sample is None else np.interp(curve.wavenumber, sample.wavenumber, sample.absorbance)
    return 0.0 < np.abs(curve.absorbance - expected).max() < 0.25


def test_what_is_taken_off_the_crystal_is_not_seen_and_not_used_up(loopback, first, second):
    is_loaded = threading.Event()
    detector = ChemgateLinkDetector(
        loopback(SimulatedInstrument([first, second], is_loaded=is_loaded.is_set))
    )
    detector.background(QUICK)
    for sample in (first, second, first):
        is_loaded.clear()
        assert shows(detector.preview(QUICK), None)
        empty = detector.scan(QUICK)
        assert shows(empty, None)
        assert empty.technique is SampleTechnique.UNKNOWN
        is_loaded.set()
        assert shows(detector.preview(QUICK), sample)
        assert shows(detector.scan(QUICK), sample)
    assert detector.status().scan_counter == 6


def test_looking_does_not_change_what_a_scan_measures(loopback, first):
    def beams(looks):
        detector = ChemgateLinkDetector(loopback(SimulatedInstrument([first], seed=3)))
        detector.background(QUICK)
        previews = [detector.preview(QUICK).sample_beam for _ in range(looks)]
        return previews, detector.scan(QUICK).sample_beam

    previews, after_looks = beams(2)
    assert np.array_equal(after_looks, beams(0)[1])
    assert not np.array_equal(*previews)


def test_a_preview_has_the_noise_of_one_scan(loopback):
    flat = SimulatedSample("flat", [600.0, 4100.0], [0.0, 0.0])
    detector = ChemgateLinkDetector(loopback(SimulatedInstrument([flat])))
    settings = ScanSettings(16, 2.0)
    detector.background(settings)
    preview = detector.preview(settings)
    assert np.std(preview.sample_beam - empty_beam(preview.wavenumber)) == pytest.approx(0.004, rel=0.1)


@pytest.mark.parametrize("steps", [0, 1, 5])
def test_a_preview_can_be_aborted_at_any_point(steps, first):
    instrument = with_background([first])
    assert replies(instrument, StartPreview(2)) == [Started(2, 1, 40)]
    for _ in range(steps):
        instrument.advance()
    (status,) = replies(instrument, ReadStatus())
    assert (status.state, status.scan_counter) == (2, 0)
    assert replies(instrument, Abort(2)) == [Aborted(2)]
    assert instrument.advance() == []


def test_it_is_busy_while_it_measures():
    instrument = with_background()
    assert replies(instrument, StartScan(2)) == [Started(2, 16, 40)]
    for request in (StartScan(3), StartBackground(3), StartPreview(3), SetSettings(16, 40)):
        (reply,) = replies(instrument, request)
        assert (reply.code, reply.scan_id) == (ErrorCode.BUSY, 2)


@pytest.mark.parametrize("steps", [0, 3, 20])
def test_an_abort_is_obeyed_between_scans_and_between_chunks(steps, first):
    instrument = with_background([first])
    replies(instrument, StartScan(2))
    for _ in range(steps):
        instrument.advance()
    assert replies(instrument, Abort(99)) == [Aborted(0)]
    assert instrument.is_measuring
    assert replies(instrument, Abort(2)) == [Aborted(2)]
    assert instrument.advance() == []
    assert replies(instrument, Abort()) == [Aborted(0)]


def test_an_aborted_background_leaves_the_old_one():
    instrument = with_background()
    replies(instrument, StartBackground(2))
    replies(instrument, Abort())
    assert isinstance(replies(instrument, StartScan(3))[0], Started)


def test_a_lost_link_ends_the_measurement_and_keeps_the_background():
    instrument = with_background()
    replies(instrument, StartScan(2))
    instrument.link_lost()
    assert not instrument.is_measuring
    assert isinstance(replies(instrument, StartScan(3))[0], Started)


@pytest.mark.parametrize(("scans", "tenths"), [(0, 40), (1025, 40), (16, 30), (16, 0)])
def test_settings_that_are_not_possible_are_refused_and_change_nothing(scans, tenths):
    instrument = with_background()
    (reply,) = replies(instrument, SetSettings(scans, tenths))
    assert (reply.code, reply.scan_id) == (ErrorCode.BAD_SETTINGS, 0)
    assert replies(instrument, StartScan(2)) == [Started(2, 16, 40)]


@pytest.mark.parametrize("frame", [Frame(0x70, 5), Frame(0x01, 5, b"x"), Frame(0x05, 5, bytes(4))])
def test_what_it_does_not_understand_is_answered_as_such(frame):
    (answer,) = SimulatedInstrument().receive(frame)
    reply = read_reply(answer)
    assert isinstance(reply, ErrorReply)
    assert (answer.sequence, reply.code) == (5, ErrorCode.NOT_UNDERSTOOD)


@given(st.integers(0, 0xFF), st.binary(max_size=12))
def test_whatever_it_hears_it_answers_once(message_type, payload):
    instrument = with_background()
    (answer,) = instrument.receive(Frame(message_type, 5, payload))
    assert answer.sequence == 5
    read_reply(answer)


@pytest.mark.parametrize(("speed", "step_s"), [(1.0, 0.25), (0.5, 0.5), (0.0, 0.0), (float("inf"), 0.0)])
def test_speed_sets_the_pace_of_the_scans_alone(speed, step_s):
    instrument = SimulatedInstrument(speed=speed)
    assert instrument.step_s == 0
    assert replies(instrument, SetSettings(1, 40)) == [SettingsAccepted(1, 40)]
    replies(instrument, StartBackground(1))
    assert instrument.step_s == step_s
    assert read_reply(instrument.advance()[0]) == Progress(1, 1, 1)
    assert instrument.step_s == 0


def test_a_speed_that_is_none_is_refused():
    for speed in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="expected a speed"):
            SimulatedInstrument(speed=speed)


def test_a_slow_scan_gives_a_sign_of_life_each_second():
    told = []
    with running_instrument(SimulatedInstrument(speed=0.2)) as url, closing(open_detector(url)) as detector:
        detector.background(ScanSettings(1, 16.0), progress=told.append)
    assert [progress.done for progress in told] == [0, 1]


def test_connections_are_served_one_after_another():
    with running_instrument(SimulatedInstrument(speed=0)) as url:
        for _ in range(3):
            with closing(open_detector(url)) as detector:
                detector.background(QUICK)
        with closing(open_detector(url)) as detector:
            assert detector.status().has_background


def test_who_comes_while_another_is_served_is_told_so():
    with running_instrument(SimulatedInstrument(speed=0)) as url:
        with closing(open_detector(url)) as detector:
            detector.background(QUICK)
            for _ in range(2):
                with pytest.raises(LinkLostError, match="does another program use it"):
                    open_detector(url)
            assert detector.scan(QUICK).scan_counter == 1
        with closing(open_detector(url)) as detector:
            assert detector.scan(QUICK).scan_counter == 2


def test_who_comes_during_a_measurement_does_not_disturb_it():
    def come_too(progress):
        with pytest.raises(LinkLostError, match="does another program use it"):
            open_detector(url)

    with running_instrument(SimulatedInstrument(speed=10)) as url, closing(open_detector(url)) as detector:
        detector.background(QUICK)
        assert detector.scan(QUICK, progress=come_too).scan_counter == 1


def test_a_host_that_hangs_up_and_comes_again_at_once_is_not_taken_for_another():
    with running_instrument(SimulatedInstrument(speed=0)) as url:
        for _ in range(200):
            with closing(open_detector(url)) as detector:
                # What it asked last is still unread there when it hangs up.
                detector._conversation.send(ReadStatus())


@pytest.mark.skipif(sys.platform != "linux", reason="a pty is offered on Linux only")
def test_a_pty_survives_a_host_that_comes_and_goes():
    with running_pty_instrument(SimulatedInstrument(speed=0)) as path:
        os.close(os.open(path, os.O_RDWR | os.O_NOCTTY))
        with closing(open_detector(path)) as detector:
            detector.background(QUICK)
        for scan_counter in (1, 2):
            with closing(open_detector(path)) as detector:
                assert detector.scan(QUICK).scan_counter == scan_counter


@pytest.mark.skipif(sys.platform != "linux", reason="a pty is offered on Linux only")
def test_a_host_that_leaves_without_reading_does_not_block_the_pty(first):
    with running_pty_instrument(SimulatedInstrument([first], speed=0)) as path:
        with closing(open_detector(path)) as detector:
            detector.background(ScanSettings(1, 2.0))
            detector._conversation.send(StartScan(7))  # 27 kB come, and nobody takes them
        with closing(open_detector(path)) as detector:
            assert detector.scan(ScanSettings(1, 2.0)).wavenumber.size == 3351


def test_noise_on_the_line_before_a_request_does_no_harm():
    with running_instrument(SimulatedInstrument(speed=0)) as url, closing(open_detector(url)) as detector:
        detector._transport.write(b"\x12\x34half a frame")
        assert detector.identify().model


def test_a_line_that_breaks_is_noticed_by_the_host():
    def pull_the_plug(outgoing: bytes) -> bytes:
        raise WireClosedError("unplugged")

    with running_instrument(SimulatedInstrument(), line=pull_the_plug) as url, pytest.raises(LinkLostError):
        open_detector(url)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "no such host"])
def test_it_listens_on_this_machine_alone(host):
    with pytest.raises(PortError, match=r"expected an address of this machine|cannot listen"):
        serve_tcp(SimulatedInstrument(), host, 0, stop=threading.Event(), ready=pytest.fail)


def test_a_taken_port_is_said_to_be_taken():
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortError, match=f"cannot listen at 127.0.0.1:{port}"):
            serve_tcp(SimulatedInstrument(), "127.0.0.1", port, stop=threading.Event(), ready=pytest.fail)


@pytest.mark.parametrize("port", [-1, 70_000])
def test_a_port_number_that_is_none_is_refused(port):
    with pytest.raises(PortError, match="cannot listen"):
        serve_tcp(SimulatedInstrument(), "127.0.0.1", port, stop=threading.Event(), ready=pytest.fail)


def test_it_ends_when_nobody_comes():
    urls = []
    never = threading.Event()
    serve_tcp(SimulatedInstrument(), "localhost", 0, idle_timeout_s=0.2, stop=never, ready=urls.append)
    assert urls[0].startswith("socket://")
    if sys.platform == "linux":
        serve_pty(SimulatedInstrument(), idle_timeout_s=0.2, stop=never, ready=urls.append)
        assert urls[1].startswith("/dev/pts/")


def test_a_background_does_not_outlive_the_instrument():
    with running_instrument(with_background()) as url, closing(open_detector(url)) as detector:
        assert detector.status().has_background
    with (
        running_instrument(SimulatedInstrument()) as url,
        closing(open_detector(url)) as detector,
        pytest.raises(NoBackgroundError),
    ):
        detector.scan(QUICK)
