"""Requests and their answers over a transport: pairing by sequence number, and how long to wait."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from detector.driver import CancelFlag
from detector.errors import (
    DetectorError,
    DeviceError,
    NoBackgroundError,
    ProtocolError,
    ReplyTimeoutError,
    ScanCancelledError,
)
from detector.framing import BORDER, Frame, FrameDecoder, encode_frame
from detector.protocol import Reply, Request, read_reply, to_frame
from detector.replies import ErrorCode, ErrorReply
from detector.transport import Transport

ReplyT = TypeVar("ReplyT", bound=Reply)

_DRAIN_READS = 64  # an instrument that never stops talking must not keep us from asking


class Conversation:
    """One request at a time.

    ``clock`` gives seconds that never run backwards; ``reply_timeout_s`` is the longest silence.
    """

    def __init__(self, transport: Transport, *, clock: Callable[[], float], reply_timeout_s: float) -> None:
        self._transport = transport
        self._clock = clock
        self._reply_timeout_s = reply_timeout_s
        self._decoder = FrameDecoder()
        self._arrived: deque[Frame] = deque()
        # It begins anywhere, so that what an earlier program left in the line does not look like ours.
        self._sequence = secrets.randbelow(0x1_0000)

    def ask(self, request: Request, answer: type[ReplyT], *, timeout_s: float | None = None) -> ReplyT:
        """Send a request and wait for its one answer.

        Raises DeviceError, ProtocolError, ReplyTimeoutError or LinkLostError.
        """
        reply = self.next_reply(self.send(request), timeout_s=timeout_s)
        if not isinstance(reply, answer):
            raise ProtocolError(f"expected {answer.__name__}, found {type(reply).__name__}")
        return reply

    def send(self, request: Request) -> int:
        """Send a request and give its sequence number; what came before belongs to nobody now."""
        self._arrived.clear()
        self._decoder = FrameDecoder()  # half a frame of an old answer must not eat a new one
        for _ in range(_DRAIN_READS):
            if not self._transport.read(wait=False):
                break
        self._sequence = (self._sequence + 1) & 0xFFFF
        # The first border ends whatever the instrument may have heard before.
        self._transport.write(BORDER + encode_frame(to_frame(request, self._sequence)))
        return self._sequence

    def next_reply(
        self, sequence: int, *, cancel: CancelFlag | None = None, timeout_s: float | None = None
    ) -> Reply:
        """Wait for the next answer to the request ``sequence``; frames of other requests are dropped.

        Raises as ``ask`` does, and ScanCancelledError when ``cancel`` was set.
        """
        timeout_s = self._reply_timeout_s if timeout_s is None else timeout_s
        deadline = self._clock() + timeout_s
        while True:
            stop_if_set(cancel)
            while self._arrived:
                frame = self._arrived.popleft()
                if frame.sequence == sequence:
                    return _unless_error(read_reply(frame))
            if self._clock() >= deadline:
                raise ReplyTimeoutError(
                    f"expected an answer within {timeout_s:g} s, "
                    f"found none and {self._decoder.damaged} damaged"
                )
            self._arrived.extend(self._decoder.feed(self._transport.read()))


def stop_if_set(cancel: CancelFlag | None) -> None:
    """Raise ScanCancelledError when the caller wants to stop."""
    if cancel is not None and cancel.is_set():
        raise ScanCancelledError("the scan was cancelled; nothing was taken")


def _unless_error(reply: Reply) -> Reply:
    if isinstance(reply, ErrorReply):
        raise _device_error(reply)
    return reply


def _device_error(reply: ErrorReply) -> DetectorError:
    if reply.code == ErrorCode.NO_BACKGROUND:
        return NoBackgroundError(
            f"a background of the empty crystal is needed first: {reply.text}", reply.code
        )
    return DeviceError(f"the instrument reports error {reply.code}: {reply.text}", reply.code)
