import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.capture import DeviceState, DeviceStatus
from detector.errors import DetectorError, ProtocolError
from detector.framing import Frame
from detector.protocol import REPLIES, REQUESTS, device_status, read_reply, read_request, to_frame
from detector.replies import (
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

ONE_OF_EACH_REQUEST = [
    Identify(),
    ReadStatus(),
    SetSettings(16, 40),
    StartBackground(0xFFFF_FFFF),
    StartScan(1),
    Abort(),
    StartPreview(2),
]
HEADER = SpectrumHeader(7, 3, 1676, 16, 40, 1, 1, 0, 650.0, 2.0)
ONE_OF_EACH_REPLY = [
    Identity(1, "Model", "Seri-01", "1.0 ö"),
    Status(2, 1, 12, 255, -32_768),
    SettingsAccepted(16, 40),
    Started(7, 16, 40),
    Progress(7, 0, 16),
    BackgroundStored(7, 16, 40),
    HEADER,
    Chunk(7, 1, 250, bytes(8)),
    TransferEnd(7, 0xDEADBEEF),
    Aborted(0),
    ErrorReply(1, 7, "none is stored"),
]


@pytest.mark.parametrize("request_", ONE_OF_EACH_REQUEST, ids=lambda message: type(message).__name__)
def test_a_request_comes_back_from_its_frame(request_):
    assert read_request(to_frame(request_, 9)) == request_


@pytest.mark.parametrize("reply", ONE_OF_EACH_REPLY, ids=lambda message: type(message).__name__)
def test_a_reply_comes_back_from_its_frame(reply):
    assert read_reply(to_frame(reply, 9)) == reply


def test_every_message_is_among_these():
    assert {type(message) for message in ONE_OF_EACH_REQUEST} == set(REQUESTS)
    assert {type(message) for message in ONE_OF_EACH_REPLY} == set(REPLIES)


@pytest.mark.parametrize("message", ONE_OF_EACH_REQUEST + ONE_OF_EACH_REPLY, ids=lambda m: type(m).__name__)
def test_a_payload_that_is_cut_or_too_long_is_refused(message):
    read = read_request if isinstance(message, REQUESTS) else read_reply
    payload = message.pack()
    shortened = [payload[:length] for length in range(len(payload))]
    if isinstance(message, Chunk):
        shortened = [part for part in shortened if len(part) != 13]  # one whole point less is a chunk too
    if isinstance(message, ErrorReply):
        shortened = shortened[:6]  # a shorter text is a text too
    too_long = payload + b"x" * (1 if not isinstance(message, ErrorReply) else 201)
    for wrong in [*shortened, too_long]:
        with pytest.raises(ProtocolError, match="expected"):
            read(Frame(message.TYPE, 1, wrong))


@given(st.integers(0, 255), st.binary(max_size=100))
def test_whatever_comes_is_read_or_refused_by_name(message_type, payload):
    for read in (read_request, read_reply):
        try:
            read(Frame(message_type, 1, payload))
        except DetectorError as error:
            assert isinstance(error, ProtocolError)


@pytest.mark.parametrize(
    ("make", "fields"),
    [
        (StartScan, (0,)),
        (StartBackground, (0,)),
        (StartPreview, (0,)),
        (Status, (4, 0, 0, 50, 0)),
        (Status, (0, 0, 0, 101, 0)),
        (Progress, (0, 1, 2)),
        (Progress, (7, 3, 2)),
        (Progress, (7, 0, 0)),
        (Chunk, (7, 2, 0, bytes(4))),
        (Chunk, (7, 0, 0, b"")),
        (Chunk, (7, 0, 0, bytes(4 * 254))),
        (SpectrumHeader, (7, 3, 1, 16, 40, 1, 1, 0, 650.0, 2.0)),
        (SpectrumHeader, (7, 3, 70_000, 16, 40, 1, 1, 0, 650.0, 2.0)),
        (SpectrumHeader, (7, 3, 100, 16, 40, 2, 1, 0, 650.0, 2.0)),
        (SpectrumHeader, (7, 3, 100, 16, 40, 1, 3, 0, 650.0, 2.0)),
        (SpectrumHeader, (7, 3, 100, 16, 40, 1, 1, 2, 650.0, 2.0)),
        (SpectrumHeader, (7, 3, 100, 16, 40, 1, 1, 0, float("nan"), 2.0)),
        (SpectrumHeader, (7, 3, 100, 16, 40, 1, 1, 0, 650.0, 0.0)),
        (SpectrumHeader, (7, 3, 100, 16, 40, 1, 1, 0, 4000.0, -2.0)),
        (SpectrumHeader, (7, 3, 100, 16, 40, 1, 1, 0, 650.0, 1e300)),
    ],
)
def test_a_message_out_of_range_cannot_be_made(make, fields):
    with pytest.raises(ProtocolError, match="expected"):
        make(*fields)


@pytest.mark.parametrize("message", [SetSettings(70_000, 40), Abort(-1), Identity(1, "", "s", "f")])
def test_a_number_that_does_not_fit_its_bytes_is_refused(message):
    with pytest.raises(ProtocolError, match="expected"):
        message.pack()


@pytest.mark.parametrize("text", [b"\xff\xfe", b"bell\x07", b"two\nlines", "\u202egnp.exe".encode()])
def test_text_that_could_deceive_a_screen_is_refused(text):
    with pytest.raises(ProtocolError):
        read_reply(Frame(ErrorReply.TYPE, 1, bytes(6) + text))


def test_what_the_instrument_does_not_know_is_none():
    assert device_status(Status(0, 0, 5, 255, -32_768)) == DeviceStatus(DeviceState.READY, False, 5)
    assert device_status(Status(2, 1, 5, 87, 315)) == DeviceStatus(DeviceState.SCANNING, True, 5, 87, 31.5)
