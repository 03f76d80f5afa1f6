"""What the driver makes of an instrument that is aborted, silent, damaged, or of another make."""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np
import pytest

from detector.absorbance import absorbance_of
from detector.capture import ScanSettings
from detector.drivers import chemgate_link
from detector.drivers.chemgate_link import ChemgateLinkDetector, open_detector
from detector.errors import (
    DetectorError,
    DeviceError,
    ProtocolError,
    ReplyTimeoutError,
    ScanCancelledError,
)
from detector.framing import Frame
from detector.protocol import read_reply, read_request, to_frame
from detector.replies import (
    Aborted,
    Chunk,
    ErrorCode,
    ErrorReply,
    Identity,
    Progress,
    SettingsAccepted,
    SpectrumHeader,
    Started,
    TransferEnd,
)
from detector.requests import StartPreview, StartScan
from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.server import running_instrument
from detector.transfer import SpectrumTransfer

QUICK = ScanSettings(scans=2, resolution_cm=8.0)


class CancelAfter:
    """Set after so many looks at it."""

    def __init__(self, looks: int) -> None:
        self._looks = looks

    def is_set(self) -> bool:
        self._looks -= 1
        return self._looks < 0


class LineThatMixes:
    """Keeps the chunks of the first scan; puts one in the place of the second scan's, as if it had waited
    in a buffer while the sequence numbers went once around."""

    def __init__(self, place: int) -> None:
        self._place = place
        self._first_scan: int | None = None
        self.stale: dict[tuple[int, int], Chunk] = {}

    def __call__(self, frame: Frame) -> list[Frame]:
        reply = read_reply(frame)
        if not isinstance(reply, Chunk):
            return [frame]
        self._first_scan = self._first_scan or reply.scan_id
        place = (reply.beam, reply.offset)
        if reply.scan_id == self._first_scan:
            self.stale[place] = reply
        elif len(self.stale) > self._place and place == list(self.stale)[self._place]:
            return [to_frame(self.stale[place], frame.sequence)]
        return [frame]


def scan_after_an_aborted_scan_is_pure(loopback, first, second) -> list[str]:
    """Abort a scan of one sample among its chunks, lay another on, scan, and expect no mixture of the two."""
    outcomes = []
    for place in range(3):
        instrument = SimulatedInstrument([first], noise_of_one_scan=1e-9)
        line = LineThatMixes(place)
        detector = ChemgateLinkDetector(loopback(instrument, line))
        detector.background(QUICK)
        with pytest.raises(ScanCancelledError):
            detector.scan(QUICK, cancel=CancelAfter(16))
        assert len(line.stale) > place
        instrument._samples = (second,)
        try:
            curve = absorbance_of(detector.scan(QUICK))
        except DetectorError as error:
            outcomes.append(type(error).__name__)
            continue
        expected = np.interp(curve.wavenumber, second.wavenumber, second.absorbance)
        assert np.abs(curve.absorbance - expected).max() < 0.001
        outcomes.append("pure")
    return outcomes


def unchecked_finish(transfer: SpectrumTransfer, end: TransferEnd) -> bytes:
    return transfer.header.pack() + b"".join(bytes(beam) for beam in transfer._beams.values())


def test_two_scans_never_mix(loopback, first, second):
    assert scan_after_an_aborted_scan_is_pure(loopback, first, second) == ["ProtocolError"] * 3


def test_without_the_scan_id_the_checksum_of_the_whole_still_keeps_two_scans_apart(
    monkeypatch, loopback, first, second
):
    monkeypatch.setattr(chemgate_link, "belongs_to", lambda scan_id, reply: True)
    assert scan_after_an_aborted_scan_is_pure(loopback, first, second) == ["ProtocolError"] * 3


def test_the_test_for_mixing_catches_a_driver_that_checks_neither(monkeypatch, loopback, first, second):
    monkeypatch.setattr(chemgate_link, "belongs_to", lambda scan_id, reply: True)
    monkeypatch.setattr(SpectrumTransfer, "finish", unchecked_finish)
    with pytest.raises(AssertionError):
        scan_after_an_aborted_scan_is_pure(loopback, first, second)


def test_stale_chunks_between_the_right_ones_do_no_harm(loopback, first):
    def with_stale(frame: Frame) -> list[Frame]:
        reply = read_reply(frame)
        if not isinstance(reply, Chunk):
            return [frame]
        stale = replace(reply, scan_id=reply.scan_id ^ 1, samples=bytes(len(reply.samples)))
        other_request = to_frame(replace(reply, samples=bytes(len(reply.samples))), frame.sequence ^ 1)
        return [to_frame(stale, frame.sequence), other_request, frame]

    detector = ChemgateLinkDetector(loopback(SimulatedInstrument([first]), with_stale))
    detector.background(QUICK)
    curve = absorbance_of(detector.scan(QUICK))
    expected = np.interp(curve.wavenumber, first.wavenumber, first.absorbance)
    assert np.abs(curve.absorbance - expected).max() < 0.2


@pytest.mark.parametrize("dropped", [SpectrumHeader, Chunk, TransferEnd])
def test_a_spectrum_with_a_lost_part_is_refused(loopback, stepping_clock, first, dropped):
    lost: list[Frame] = []

    def lossy(frame: Frame) -> list[Frame]:
        if not lost and isinstance(read_reply(frame), dropped):
            lost.append(frame)
            return []
        return [frame]

    detector = ChemgateLinkDetector(loopback(SimulatedInstrument([first]), lossy), clock=stepping_clock())
    detector.background(QUICK)
    with pytest.raises((ProtocolError, ReplyTimeoutError), match="expected"):
        detector.scan(QUICK)
    assert detector.scan(QUICK).scan_counter == 2


def test_a_silent_instrument_is_not_waited_for_longer_than_agreed(loopback, stepping_clock):
    clock = stepping_clock(0.01)
    detector = ChemgateLinkDetector(
        loopback(SimulatedInstrument(), lambda frame: []), clock=clock, reply_timeout_s=1.5
    )
    with pytest.raises(ReplyTimeoutError, match=r"within 1\.5 s"):
        detector.identify()
    assert 1.5 <= clock() < 1.6


def test_progress_keeps_a_slow_scan_alive(loopback, stepping_clock, first):
    # Each look at the clock takes 0.4 s, so that the whole scan takes far longer than the patience of 2 s.
    detector = ChemgateLinkDetector(loopback(SimulatedInstrument([first])), clock=stepping_clock(0.4))
    detector.background(ScanSettings(64, 8.0))
    assert detector.scan(ScanSettings(64, 8.0)).settings.scans == 64


def test_a_scan_that_its_program_left_running_is_stopped_first(loopback, first):
    instrument = SimulatedInstrument([first])
    left = loopback(instrument)
    forgetful = ChemgateLinkDetector(left)
    forgetful.background(QUICK)
    with pytest.raises(ZeroDivisionError):
        forgetful.scan(QUICK, progress=lambda progress: 1 // 0)
    assert instrument.is_measuring
    assert ChemgateLinkDetector(left).scan(QUICK).scan_counter == 2


def answer_with(reply_of):
    """Give a line on which each answer for which ``reply_of`` has another one is replaced by it."""

    def line(frame: Frame) -> list[Frame]:
        other = reply_of(read_reply(frame))
        return [frame if other is None else to_frame(other, frame.sequence)]

    return line


@pytest.mark.parametrize(
    ("reply_of", "error", "words"),
    [
        (
            lambda r: replace(r, protocol_version=2) if isinstance(r, Identity) else None,
            ProtocolError,
            "found 2",
        ),
        (lambda r: Aborted(0) if isinstance(r, Identity) else None, ProtocolError, "expected Identity"),
        (
            lambda r: replace(r, scans=9) if isinstance(r, SettingsAccepted) else None,
            ProtocolError,
            "scans=9",
        ),
        (lambda r: Aborted(0) if isinstance(r, Progress) else None, ProtocolError, "belongs to a scan"),
        (
            lambda r: TransferEnd(r.scan_id, 0) if isinstance(r, Progress) else None,
            ProtocolError,
            "Background",
        ),
        (
            lambda r: ErrorReply(ErrorCode.INTERNAL, 0, "lamp is cold") if isinstance(r, Started) else None,
            DeviceError,
            "error 6: lamp is cold",
        ),
    ],
)
def test_an_answer_that_does_not_belong_here_is_refused(loopback, reply_of, error, words):
    detector = ChemgateLinkDetector(loopback(SimulatedInstrument(), answer_with(reply_of)))
    with pytest.raises(error, match=words):
        detector.background(QUICK)


@pytest.mark.parametrize(
    "change",
    [
        lambda r: replace(r, scans=9) if isinstance(r, SpectrumHeader) else None,
        lambda r: Started(r.scan_id, 2, 80) if isinstance(r, SpectrumHeader) else None,
        lambda r: (
            replace(r, samples=b"\x00\x00\xc0\x7f" * (len(r.samples) // 4)) if isinstance(r, Chunk) else None
        ),
    ],
)
def test_a_spectrum_that_contradicts_itself_is_refused(loopback, first, change):
    detector = ChemgateLinkDetector(loopback(SimulatedInstrument([first]), answer_with(change)))
    detector.background(QUICK)
    with pytest.raises(ProtocolError, match="expected"):
        detector.scan(QUICK)


def test_a_beam_that_is_no_number_is_refused_though_its_checksum_holds(loopback, first):
    checksum = [0]

    def not_a_number(reply):
        if isinstance(reply, SpectrumHeader):
            checksum[0] = zlib.crc32(reply.pack())
        elif isinstance(reply, Chunk):
            reply = replace(reply, samples=b"\x00\x00\xc0\x7f" * (len(reply.samples) // 4))
            checksum[0] = zlib.crc32(reply.samples, checksum[0])
            return reply
        elif isinstance(reply, TransferEnd):
            return TransferEnd(reply.scan_id, checksum[0])
        return None

    detector = ChemgateLinkDetector(loopback(SimulatedInstrument([first]), answer_with(not_a_number)))
    detector.background(QUICK)
    with pytest.raises(ProtocolError, match="finite numbers in sample_beam"):
        detector.scan(QUICK)


class InstrumentThatConfusesThem(SimulatedInstrument):
    """Takes a scan for a preview and a preview for a scan."""

    def receive(self, frame: Frame) -> list[Frame]:
        match read_request(frame):
            case StartScan(scan_id):
                frame = to_frame(StartPreview(scan_id), frame.sequence)
            case StartPreview(scan_id):
                frame = to_frame(StartScan(scan_id), frame.sequence)
        return super().receive(frame)


ONE_SCAN = ScanSettings(scans=1, resolution_cm=8.0)  # with more, the number of scans would tell them apart


def a_preview_is_not_taken_for_a_scan(loopback, first) -> None:
    detector = ChemgateLinkDetector(loopback(InstrumentThatConfusesThem([first])))
    detector.background(ONE_SCAN)
    with pytest.raises(ProtocolError, match="expected a scan, found a preview"):
        detector.scan(ONE_SCAN)


def a_scan_is_not_taken_for_a_preview(loopback, first) -> None:
    detector = ChemgateLinkDetector(loopback(InstrumentThatConfusesThem([first])))
    detector.background(ONE_SCAN)
    with pytest.raises(ProtocolError, match="expected a preview, found a scan"):
        detector.preview(ONE_SCAN)


CONFUSIONS = pytest.mark.parametrize(
    "is_refused", [a_preview_is_not_taken_for_a_scan, a_scan_is_not_taken_for_a_preview]
)


@CONFUSIONS
def test_a_preview_and_a_scan_are_never_taken_for_each_other(is_refused, loopback, first):
    is_refused(loopback, first)


@CONFUSIONS
def test_the_test_for_confusion_catches_a_driver_that_does_not_look(monkeypatch, is_refused, loopback, first):
    monkeypatch.setattr(chemgate_link, "check_purpose", lambda header, purpose: None)
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        is_refused(loopback, first)


def test_a_preview_needs_no_progress(loopback, first):
    def without_progress(frame: Frame) -> list[Frame]:
        return [] if isinstance(read_reply(frame), Progress) else [frame]

    detector = ChemgateLinkDetector(loopback(SimulatedInstrument([first]), without_progress))
    detector.background(QUICK)
    assert detector.preview(QUICK).wavenumber.size == 838


def test_a_preview_of_more_than_one_scan_is_refused(loopback, first):
    checksum = [0]

    def of_two_scans(reply):
        if isinstance(reply, SpectrumHeader):
            reply = replace(reply, scans=2)
            checksum[0] = zlib.crc32(reply.pack())
            return reply
        if isinstance(reply, Chunk):
            checksum[0] = zlib.crc32(reply.samples, checksum[0])
        return TransferEnd(reply.scan_id, checksum[0]) if isinstance(reply, TransferEnd) else None

    detector = ChemgateLinkDetector(loopback(SimulatedInstrument([first]), answer_with(of_two_scans)))
    detector.background(QUICK)
    with pytest.raises(ProtocolError, match=r"scans=1.*scans=2"):
        detector.preview(QUICK)


@pytest.mark.parametrize("dropped", [SpectrumHeader, Chunk, TransferEnd])
def test_a_preview_with_a_lost_part_is_refused(loopback, stepping_clock, first, dropped):
    lost: list[Frame] = []

    def lossy(frame: Frame) -> list[Frame]:
        if not lost and isinstance(read_reply(frame), dropped):
            lost.append(frame)
            return []
        return [frame]

    detector = ChemgateLinkDetector(loopback(SimulatedInstrument([first]), lossy), clock=stepping_clock())
    detector.background(QUICK)
    with pytest.raises((ProtocolError, ReplyTimeoutError), match="expected"):
        detector.preview(QUICK)
    assert detector.preview(QUICK).wavenumber.size == 838


def test_opening_something_that_never_answers_gives_the_port_back():
    with running_instrument(SimulatedInstrument(), line=lambda outgoing: b"") as url:
        with pytest.raises(ReplyTimeoutError, match=r"no detector answers there within 0\.2 s"):
            open_detector(url, reply_timeout_s=0.2)
        # Had the first connection stayed open, this one would be hung up on.
        with pytest.raises(ReplyTimeoutError):
            open_detector(url, reply_timeout_s=0.2)


def test_scan_ids_go_around_without_zero(loopback):
    detector = ChemgateLinkDetector(loopback(SimulatedInstrument()))
    detector._scan_id = 0xFFFF_FFFE
    assert [detector._next_scan_id() for _ in range(3)] == [0xFFFF_FFFF, 1, 2]
