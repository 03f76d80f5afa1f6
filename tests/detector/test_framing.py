import binascii
import random
import tracemalloc
from types import SimpleNamespace

import pytest
from cobs import cobs
from hypothesis import given
from hypothesis import strategies as st

from detector import framing
from detector.errors import ProtocolError
from detector.framing import BORDER, MAX_PAYLOAD, Frame, FrameDecoder, encode_frame, stuff, unstuff

frames = st.builds(
    Frame,
    message_type=st.integers(0, 0xFF),
    sequence=st.integers(0, 0xFFFF),
    payload=st.binary(max_size=MAX_PAYLOAD),
)
# Zeros and runs around 254 bytes are where COBS goes wrong.
bodies = st.lists(
    st.one_of(st.binary(max_size=20), st.integers(250, 260).map(lambda length: b"\x07" * length)), max_size=6
).map(b"\x00".join)


@given(bodies)
def test_stuffing_agrees_with_another_implementation(body):
    assert stuff(body) == cobs.encode(body)
    assert unstuff(stuff(body)) == body


@given(st.binary(min_size=1, max_size=600))
def test_unstuffing_refuses_exactly_what_another_implementation_refuses(stuffed):
    try:
        expected = cobs.decode(stuffed)
    except cobs.DecodeError:
        with pytest.raises(ProtocolError):
            unstuff(stuffed)
    else:
        assert unstuff(stuffed) == expected


@given(st.lists(frames, max_size=5), st.data())
def test_frames_are_the_same_however_the_stream_is_cut(sent, data):
    stream = b"".join(BORDER + encode_frame(frame) for frame in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    decoder = FrameDecoder()
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert [frame for piece in pieces for frame in decoder.feed(piece)] == sent
    assert decoder.damaged == 0


@given(frames, st.binary(max_size=1500).map(lambda rubbish: rubbish + BORDER), frames)
def test_after_rubbish_the_next_frame_is_found(before, rubbish, after):
    received = FrameDecoder().feed(encode_frame(before) + rubbish + encode_frame(after))
    assert received[0] == before
    assert received[-1] == after


@given(frames, st.data())
def test_a_changed_byte_on_the_wire_never_gives_another_frame(frame, data):
    wire = bytearray(encode_frame(frame))
    place = data.draw(st.integers(0, len(wire) - 1))
    wire[place] ^= data.draw(st.integers(1, 255))
    assert all(received == frame for received in FrameDecoder().feed(bytes(wire) + BORDER))


def test_a_border_that_never_comes_does_not_fill_the_memory():
    decoder = FrameDecoder()
    rubbish = b"\x55" * 1000
    tracemalloc.start()
    for _ in range(2000):
        decoder.feed(rubbish)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50_000
    frame = Frame(1, 2, b"still alive")
    assert decoder.feed(BORDER + encode_frame(frame)) == [frame]
    assert decoder.damaged == 1


@pytest.mark.parametrize(
    "fields", [(256, 0, b""), (-1, 0, b""), (0, 65536, b""), (0, -1, b""), (0, 0, bytes(MAX_PAYLOAD + 1))]
)
def test_a_frame_out_of_range_cannot_be_made(fields):
    with pytest.raises(ProtocolError, match="expected"):
        Frame(*fields)


def test_a_frame_whose_length_field_lies_is_refused():
    honest = Frame(1, 2, b"abc")
    body = bytearray(unstuff(encode_frame(honest)[:-1]))[:-4]
    body[3] = 2
    with pytest.raises(ProtocolError, match="2 bytes of payload, found 3"):
        framing.decode_body(bytes(body) + binascii.crc32(body).to_bytes(4, "little"))


def accept_no_damaged_frame():
    """Damage frames behind COBS, where only the checksum can notice, and expect every one to be dropped."""
    chance = random.Random(20)
    body = unstuff(encode_frame(Frame(0x88, 513, chance.randbytes(200)))[:-1])
    bits = 8 * len(body)
    damages = [1 << chance.randrange(bits) for _ in range(200)]
    damages += [chance.getrandbits(bits) or 1 for _ in range(200)]
    # Bursts of the shape of the CRC-16 polynomial: that checksum is blind to them.
    damages += [0x11021 << offset for offset in range(40, bits - 80)]
    # Two bytes that changed places: a sum is blind to them.
    damages += [
        (body[place] ^ body[place + 1]) * 0x101 << 8 * (len(body) - 2 - place) for place in range(5, 200)
    ]
    for damage in filter(None, damages):
        damaged = (int.from_bytes(body) ^ damage).to_bytes(len(body))
        assert FrameDecoder().feed(stuff(damaged) + BORDER) == []


def test_a_damaged_frame_is_never_accepted():
    accept_no_damaged_frame()


@pytest.mark.parametrize(
    "weak_checksum",
    [
        pytest.param(lambda content: 0, id="no checksum"),
        pytest.param(lambda content: sum(content) & 0xFFFF, id="sum of bytes"),
        pytest.param(lambda content: binascii.crc_hqx(content, 0xFFFF), id="CRC-16"),
    ],
)
def test_the_test_for_damage_catches_a_weaker_checksum(monkeypatch, weak_checksum):
    monkeypatch.setattr(framing, "zlib", SimpleNamespace(crc32=weak_checksum))
    with pytest.raises(AssertionError):
        accept_no_damaged_frame()
