import numpy as np
import pytest

from detector.errors import ProtocolError
from detector.replies import Chunk, SpectrumHeader, TransferEnd
from detector.transfer import SpectrumTransfer, read_transfer, split_transfer

HEADER = SpectrumHeader(7, 3, 600, 16, 40, 1, 1, 0, 650.0, 2.0)
SAMPLE = np.linspace(0.1, 0.9, 600)
BACKGROUND = np.linspace(0.9, 0.2, 600)


def messages():
    header, *chunks, end = split_transfer(HEADER, SAMPLE, BACKGROUND)
    return header, chunks, end


def put_together(header, chunks, end):
    transfer = SpectrumTransfer(header)
    for chunk in chunks:
        transfer.add(chunk)
    return transfer.finish(end)


def test_what_was_split_comes_together_again():
    received = put_together(*messages())
    header, wavenumber, sample, background = read_transfer(received)
    assert header == HEADER
    assert wavenumber[[0, 1, -1]].tolist() == [650.0, 652.0, 1848.0]
    assert np.array_equal(sample, SAMPLE.astype(np.float32))
    assert np.array_equal(background, BACKGROUND.astype(np.float32))


@pytest.mark.parametrize("lost", range(6))
def test_a_lost_chunk_is_noticed(lost):
    header, chunks, end = messages()
    assert len(chunks) == 6
    with pytest.raises(ProtocolError, match="expected"):
        put_together(header, chunks[:lost] + chunks[lost + 1 :], end)


@pytest.mark.parametrize("place", range(5))
def test_chunks_that_changed_places_are_noticed(place):
    header, chunks, end = messages()
    chunks[place], chunks[place + 1] = chunks[place + 1], chunks[place]
    with pytest.raises(ProtocolError, match="lost on the way"):
        put_together(header, chunks, end)


def test_a_chunk_that_came_twice_is_noticed():
    header, chunks, end = messages()
    with pytest.raises(ProtocolError, match="lost on the way"):
        put_together(header, [chunks[0], *chunks], end)


def test_more_points_than_announced_are_noticed():
    transfer = SpectrumTransfer(SpectrumHeader(7, 3, 2, 16, 40, 1, 1, 0, 650.0, 2.0))
    with pytest.raises(ProtocolError, match="found more"):
        transfer.add(Chunk(7, 0, 0, bytes(12)))


def test_another_checksum_is_noticed():
    header, chunks, end = messages()
    with pytest.raises(ProtocolError, match="not of one piece"):
        put_together(header, chunks, TransferEnd(7, end.checksum ^ 1))


def test_kept_bytes_of_a_wrong_length_are_refused():
    received = put_together(*messages())
    for wrong in (received[:-1], received + b"x", received[:10]):
        with pytest.raises(ProtocolError, match="expected"):
            read_transfer(wrong)
