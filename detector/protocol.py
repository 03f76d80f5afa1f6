"""Frames to messages and back.  No input, no output, no clock; mirrors docs/protocol.md.

bytes -framing-> Frame -protocol-> one of the messages in requests.py and replies.py
"""

from __future__ import annotations

from detector.capture import (
    DeviceInfo,
    DeviceState,
    DeviceStatus,
    SampleTechnique,
    ScanSettings,
)
from detector.errors import ProtocolError
from detector.framing import Frame
from detector.replies import (
    HAS_BACKGROUND,
    UNKNOWN_BATTERY,
    UNKNOWN_TEMPERATURE,
    Aborted,
    BackgroundStored,
    Chunk,
    ErrorReply,
    Identity,
    Progress,
    SettingsAccepted,
    SpectrumHeader,
    Started,
    Status,
    TransferEnd,
)
from detector.requests import (
    Abort,
    Identify,
    ReadStatus,
    SetSettings,
    StartBackground,
    StartPreview,
    StartScan,
)

PROTOCOL_VERSION = 1

Request = Identify | ReadStatus | SetSettings | StartBackground | StartScan | Abort | StartPreview
Reply = (
    Identity
    | Status
    | SettingsAccepted
    | Started
    | Progress
    | BackgroundStored
    | SpectrumHeader
    | Chunk
    | TransferEnd
    | Aborted
    | ErrorReply
)

ScanReply = Started | Progress | BackgroundStored | SpectrumHeader | Chunk | TransferEnd  # each has a scan_id

REQUESTS: tuple[type[Request], ...] = (
    Identify,
    ReadStatus,
    SetSettings,
    StartBackground,
    StartScan,
    Abort,
    StartPreview,
)
REPLIES: tuple[type[Reply], ...] = (
    Identity,
    Status,
    SettingsAccepted,
    Started,
    Progress,
    BackgroundStored,
    SpectrumHeader,
    Chunk,
    TransferEnd,
    Aborted,
    ErrorReply,
)

# The numbers of the wire stand for these, in this order.
STATES = (DeviceState.READY, DeviceState.WARMING_UP, DeviceState.SCANNING, DeviceState.FAULT)
TECHNIQUES = (SampleTechnique.UNKNOWN, SampleTechnique.ATR, SampleTechnique.TRANSMISSION)

_REQUEST_OF_TYPE = {request.TYPE: request for request in REQUESTS}
_REPLY_OF_TYPE = {reply.TYPE: reply for reply in REPLIES}


def to_frame(message: Request | Reply, sequence: int) -> Frame:
    """Wrap a message; ``sequence`` is the request's own, also in all its answers."""
    return Frame(message.TYPE, sequence, message.pack())


def read_request(frame: Frame) -> Request:
    """Read what a host asks.  Raises ProtocolError for anything else."""
    if frame.message_type not in _REQUEST_OF_TYPE:
        raise ProtocolError(f"expected a request, found message type 0x{frame.message_type:02X}")
    return _REQUEST_OF_TYPE[frame.message_type].unpack(frame.payload)


def read_reply(frame: Frame) -> Reply:
    """Read what an instrument answers.  Raises ProtocolError for anything else."""
    if frame.message_type not in _REPLY_OF_TYPE:
        raise ProtocolError(f"expected an answer, found message type 0x{frame.message_type:02X}")
    return _REPLY_OF_TYPE[frame.message_type].unpack(frame.payload)


def ask_for(settings: ScanSettings) -> SetSettings:
    """Put settings into the units of the wire."""
    return SetSettings(settings.scans, round(settings.resolution_cm * 10))


def device_info(identity: Identity) -> DeviceInfo:
    """Take an identity out of the units of the wire."""
    return DeviceInfo(identity.model, identity.serial_number, identity.firmware, identity.protocol_version)


def device_status(status: Status) -> DeviceStatus:
    """Take a status out of the units of the wire."""
    return DeviceStatus(
        state=STATES[status.state],
        has_background=bool(status.flags & HAS_BACKGROUND),
        scan_counter=status.scan_counter,
        battery_percent=None if status.battery_percent == UNKNOWN_BATTERY else status.battery_percent,
        temperature_c=(
            None if status.temperature_tenths == UNKNOWN_TEMPERATURE else status.temperature_tenths / 10
        ),
    )
