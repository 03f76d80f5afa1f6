"""Puts a spectrum together from its chunks, and takes it apart again.  No input, no output, no clock.

    transfer = header payload | sample beam, float32 each point | background beam, float32 each point

Its CRC-32 comes last.  A frame's own CRC says that a chunk is undamaged; only this one says that all of
them belong together and none is missing.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from detector.errors import ProtocolError
from detector.replies import MAX_CHUNK_POINTS, Beam, Chunk, SpectrumHeader, TransferEnd

FloatArray = NDArray[np.float64]


class SpectrumTransfer:
    """The chunks of one spectrum, in the order in which they must come."""

    def __init__(self, header: SpectrumHeader) -> None:
        self.header = header
        self._beams = {Beam.SAMPLE: bytearray(), Beam.BACKGROUND: bytearray()}

    def add(self, chunk: Chunk) -> None:
        """Take the next chunk.  Raises ProtocolError when one is missing before it."""
        beam = Beam.SAMPLE if not self._is_complete(Beam.SAMPLE) else Beam.BACKGROUND
        expected = len(self._beams[beam]) // 4
        if (chunk.beam, chunk.offset) != (beam, expected):
            raise ProtocolError(
                f"expected point {expected} of the {beam.name.lower()} beam, found point {chunk.offset} of "
                f"beam {chunk.beam}: a part of the spectrum was lost on the way"
            )
        self._beams[beam] += chunk.samples
        if len(self._beams[beam]) > 4 * self.header.points:
            raise ProtocolError(f"expected {self.header.points} points in each beam, found more")

    def finish(self, end: TransferEnd) -> bytes:
        """Give the whole transfer.  Raises ProtocolError when a part is missing or its CRC-32 fails."""
        for beam in Beam:
            if not self._is_complete(beam):
                raise ProtocolError(
                    f"expected {self.header.points} points in the {beam.name.lower()} beam, "
                    f"found {len(self._beams[beam]) // 4}"
                )
        transfer = self.header.pack() + bytes(self._beams[Beam.SAMPLE] + self._beams[Beam.BACKGROUND])
        if zlib.crc32(transfer) != end.checksum:
            raise ProtocolError("expected a spectrum whose CRC-32 holds, found one that is not of one piece")
        return transfer

    def _is_complete(self, beam: Beam) -> bool:
        return len(self._beams[beam]) >= 4 * self.header.points


def read_transfer(transfer: bytes) -> tuple[SpectrumHeader, FloatArray, FloatArray, FloatArray]:
    """Give header, wavenumber (N,) cm-1, sample beam (N,) and background beam (N,).

    Raises ProtocolError when the lengths do not fit.
    """
    size = SpectrumHeader.LAYOUT.size
    header = SpectrumHeader.unpack(transfer[:size])
    if len(transfer) != size + 8 * header.points:
        raise ProtocolError(f"expected {size + 8 * header.points} bytes, found {len(transfer)}")
    beams = np.frombuffer(transfer, dtype="<f4", offset=size).astype(np.float64).reshape(2, header.points)
    wavenumber = header.first_cm + header.step_cm * np.arange(header.points, dtype=np.float64)
    return header, wavenumber, beams[Beam.SAMPLE], beams[Beam.BACKGROUND]


def split_transfer(
    header: SpectrumHeader, sample_beam: FloatArray, background_beam: FloatArray
) -> Iterator[SpectrumHeader | Chunk | TransferEnd]:
    """Give the messages that carry a spectrum: what an instrument does."""
    yield header
    checksum = zlib.crc32(header.pack())
    for beam, values in ((Beam.SAMPLE, sample_beam), (Beam.BACKGROUND, background_beam)):
        samples = values.astype("<f4").tobytes()
        checksum = zlib.crc32(samples, checksum)
        for offset in range(0, header.points, MAX_CHUNK_POINTS):
            part = samples[4 * offset : 4 * (offset + MAX_CHUNK_POINTS)]
            yield Chunk(header.scan_id, int(beam), offset, part)
    yield TransferEnd(header.scan_id, checksum)
