"""The driver for instruments that speak the protocol of docs/protocol.md.  Blocks; knows no threads."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime

from detector.capture import (
    Background,
    Capture,
    DeviceInfo,
    DeviceStatus,
    Preview,
    ScanProgress,
    ScanSettings,
)
from detector.conversation import Conversation, stop_if_set
from detector.driver import CancelFlag, ProgressListener
from detector.errors import LinkLostError, ProtocolError, ReplyTimeoutError, ScanCancelledError
from detector.protocol import (
    PROTOCOL_VERSION,
    TECHNIQUES,
    Reply,
    ScanReply,
    ask_for,
    device_info,
    device_status,
)
from detector.replies import (
    Aborted,
    BackgroundStored,
    Chunk,
    Identity,
    Progress,
    Purpose,
    SettingsAccepted,
    SpectrumHeader,
    Started,
    Status,
    TransferEnd,
)
from detector.requests import Abort, Identify, ReadStatus, StartBackground, StartPreview, StartScan
from detector.transfer import SpectrumTransfer, read_transfer
from detector.transport import SerialTransport, Transport

ABORT_REPLY_S = 0.2  # a person who cancels is not kept waiting for an instrument that may be dead


class ChemgateLinkDetector:
    """An open instrument behind a transport.

    ``clock`` gives seconds that never run backwards, ``utc_now`` the time of the evidence.
    ``reply_timeout_s`` is how long the instrument may be silent before ReplyTimeoutError.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        clock: Callable[[], float] = time.monotonic,
        utc_now: Callable[[], datetime] = lambda: datetime.now(UTC),
        reply_timeout_s: float = 2.0,
    ) -> None:
        self._transport = transport
        self._conversation = Conversation(transport, clock=clock, reply_timeout_s=reply_timeout_s)
        self._utc_now = utc_now
        # It begins anywhere: chunks that an earlier program left in the line must not look like ours.
        self._scan_id = secrets.randbelow(0xFFFF_FFFF)

    def identify(self) -> DeviceInfo:
        """Ask who the instrument is.  Raises ProtocolError when it speaks another version."""
        identity = self._conversation.ask(Identify(), Identity)
        if identity.protocol_version != PROTOCOL_VERSION:
            raise ProtocolError(
                f"expected protocol version {PROTOCOL_VERSION}, found {identity.protocol_version}"
            )
        return device_info(identity)

    def status(self) -> DeviceStatus:
        """Ask how the instrument is."""
        return device_status(self._conversation.ask(ReadStatus(), Status))

    def background(
        self,
        settings: ScanSettings,
        *,
        progress: ProgressListener | None = None,
        cancel: CancelFlag | None = None,
    ) -> Background:
        """Measure the empty crystal; the result stays in the instrument until it is replaced."""
        device = self._prepare(settings, cancel)
        reply = next(self._measure(StartBackground(self._next_scan_id()), progress, cancel))
        if not isinstance(reply, BackgroundStored):
            raise _unexpected(reply, "BackgroundStored")
        _check_settings(reply, settings)
        return Background(device, settings, self._utc_now())

    def scan(
        self,
        settings: ScanSettings,
        *,
        progress: ProgressListener | None = None,
        cancel: CancelFlag | None = None,
    ) -> Capture:
        """Measure what is on the crystal.

        Raises NoBackgroundError without a background, ScanCancelledError when ``cancel`` was set.
        """
        device = self._prepare(settings, cancel)
        replies = self._measure(StartScan(self._next_scan_id()), progress, cancel)
        received = _collect(replies, Purpose.SCAN)
        header, wavenumber, sample_beam, background_beam = read_transfer(received)
        _check_settings(header, settings)
        return Capture(
            device=device,
            settings=settings,
            scan_id=header.scan_id,
            scan_counter=header.scan_counter,
            time=self._utc_now(),
            technique=TECHNIQUES[header.technique],
            wavenumber=wavenumber,
            sample_beam=sample_beam,
            background_beam=background_beam,
            raw_payload=received,
        )

    def preview(self, settings: ScanSettings, *, cancel: CancelFlag | None = None) -> Preview:
        """Look at what is on the crystal now: one scan at ``settings.resolution_cm``, not of record.

        The scan counter does not change.  Raises as ``scan`` does.
        """
        self._prepare(settings, cancel)
        replies = self._measure(StartPreview(self._next_scan_id()), None, cancel)
        header, wavenumber, sample_beam, background_beam = read_transfer(_collect(replies, Purpose.PREVIEW))
        _check_settings(header, replace(settings, scans=1))
        return Preview(wavenumber, sample_beam, background_beam, self._utc_now())

    def close(self) -> None:
        """Give the port back; may be called twice."""
        self._transport.close()

    def _prepare(self, settings: ScanSettings, cancel: CancelFlag | None) -> DeviceInfo:
        """Make the instrument ready for a measurement and say which instrument it is."""
        stop_if_set(cancel)
        self._conversation.ask(Abort(), Aborted)  # a scan whose program died may still be running
        device = self.identify()  # asked each time: another instrument may be on the same cable now
        _check_settings(self._conversation.ask(ask_for(settings), SettingsAccepted), settings)
        return device

    def _measure(
        self,
        start: StartBackground | StartScan | StartPreview,
        progress: ProgressListener | None,
        cancel: CancelFlag | None,
    ) -> Iterator[ScanReply]:
        """Start, report progress, and give everything else that belongs to this measurement."""
        sequence = self._conversation.send(start)
        while True:
            try:
                reply = self._conversation.next_reply(sequence, cancel=cancel)
            except ScanCancelledError:
                with suppress(ReplyTimeoutError):  # it was told; the next measurement makes sure of it
                    self._conversation.ask(Abort(start.scan_id), Aborted, timeout_s=ABORT_REPLY_S)
                raise
            if not isinstance(reply, ScanReply):
                raise _unexpected(reply, "an answer that belongs to a scan")
            if not belongs_to(start.scan_id, reply):
                continue
            if isinstance(reply, Progress):
                if progress is not None:
                    progress(ScanProgress(reply.done, reply.total))
            elif not isinstance(reply, Started):
                yield reply

    def _next_scan_id(self) -> int:
        self._scan_id = self._scan_id % 0xFFFF_FFFF + 1  # never 0
        return self._scan_id


def open_detector(url: str, *, reply_timeout_s: float = 2.0) -> ChemgateLinkDetector:
    """Open a port and make sure that an instrument answers there; otherwise the port is closed again.

    Raises PortError, LinkLostError, ReplyTimeoutError or ProtocolError.
    """
    detector = ChemgateLinkDetector(SerialTransport(url), reply_timeout_s=reply_timeout_s)
    with ExitStack() as on_failure:
        on_failure.callback(detector.close)
        try:
            detector.identify()
        except ReplyTimeoutError as error:
            raise ReplyTimeoutError(
                f"{url} is open, but no detector answers there within {reply_timeout_s:g} s: "
                "is it switched on, and does no other program use it?"
            ) from error
        except LinkLostError as error:
            raise LinkLostError(
                f"{url} was hung up before a detector answered there: does another program use it?"
            ) from error
        on_failure.pop_all()
    return detector


def belongs_to(scan_id: int, reply: ScanReply) -> bool:
    """Tell whether an answer is of this scan: sequence numbers come again after 65536 requests."""
    return reply.scan_id == scan_id


def check_purpose(header: SpectrumHeader, purpose: Purpose) -> None:
    """Raise ProtocolError when a preview came for a scan, which would be logged, or a scan for a preview."""
    if header.purpose != purpose:
        raise ProtocolError(
            f"expected a {purpose.name.lower()}, found a {Purpose(header.purpose).name.lower()}"
        )


def _collect(replies: Iterator[ScanReply], purpose: Purpose) -> bytes:
    """Take one whole transfer out of the answers to a scan or a preview."""
    header = next(replies)
    if not isinstance(header, SpectrumHeader):
        raise _unexpected(header, "SpectrumHeader")
    check_purpose(header, purpose)
    transfer = SpectrumTransfer(header)
    while True:
        reply = next(replies)
        if isinstance(reply, TransferEnd):
            return transfer.finish(reply)
        if not isinstance(reply, Chunk):
            raise _unexpected(reply, "Chunk or TransferEnd")
        transfer.add(reply)


def _check_settings(
    reply: SettingsAccepted | BackgroundStored | SpectrumHeader, settings: ScanSettings
) -> None:
    wanted = ask_for(settings)
    if (reply.scans, reply.resolution_tenths) != (wanted.scans, wanted.resolution_tenths):
        raise ProtocolError(f"expected a measurement with {settings}, found {reply}")


def _unexpected(reply: Reply, expected: str) -> ProtocolError:
    return ProtocolError(f"expected {expected}, found {type(reply).__name__}")
