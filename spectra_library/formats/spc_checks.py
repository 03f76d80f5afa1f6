"""What an SPC file says twice, and what follows when the two do not agree.

The end of the data, by the counts, and by the end of the file or the offset of the log: refused, unless
the stored abscissas end where the header says, or less than one point is left over.

The index in each subheader of a multifile: refused, since the subheaders lie elsewhere then; all zero
is not filled in, and warned about.

The exponent of the only subfile against that of the file: the file's counts by the specification, warned
about; floats against integers: refused.

The ends of the axis, stored abscissas against the header: refused when neither way round fits.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from spectra_library.errors import DamagedFileError
from spectra_library.formats.spc_header import FLOATS, Flags, SpcHeader
from spectra_library.formats.spc_subfile import Subfile, abscissas
from spectra_library.spectrum import FloatArray


def check_end(content: bytes, header: SpcHeader, last: Subfile) -> tuple[str, ...]:
    """Compare the end of the last subfile with what comes behind; return warnings.

    Raises DamagedFileError when bytes are left over that may be points.
    """
    log = header.log_offset
    if 0 < log < last.end:
        raise DamagedFileError(
            f"byte 248: expected the log behind the data, which end at byte {last.end} by the counts of the "
            f"header, found its offset {log}"
        )
    size = len(content)
    limit = log if 0 < log < size else size
    rest = limit - last.end
    if rest >= last.width and not _is_confirmed(content, header, last):
        raise DamagedFileError(
            f"byte {last.end}: expected the data to end here by the counts of the header, "
            f"found {rest} more bytes before {'the log' if limit == log else 'the end of the file'}"
        )
    return (f"{rest} bytes behind the data are not read",) if rest else ()


def _is_confirmed(content: bytes, header: SpcHeader, last: Subfile) -> bool:
    """Whether the stored abscissas of the last subfile end as the header says: then none is missing."""
    if last.x_at is None:
        return False
    x = abscissas(content, header, last)
    return _agree(x[-1], x[-2], header.last)


def check_indices(content: bytes, found: Sequence[Subfile], header: SpcHeader) -> tuple[str, ...]:
    """Compare the index in each subheader with its place; return warnings.

    Raises DamagedFileError: "for all types, the subindx must be correct for all subfiles" (SPC.H).
    """
    if len(found) < 2:
        return ()
    indices = [struct.unpack_from(header.order + "H", content, subfile.at + 2)[0] for subfile in found]
    if not any(indices):
        return ("the subfiles are not numbered",)
    for subfile, index in zip(found, indices, strict=True):
        if index != subfile.index & 0xFFFF:
            raise DamagedFileError(
                f"byte {subfile.at + 2}: expected the number {subfile.index & 0xFFFF} of the subfile, "
                f"found {index}"
            )
    return ()


def check_exponents(content: bytes, found: Sequence[Subfile], header: SpcHeader) -> tuple[str, ...]:
    """Compare the exponents of the file and of its subfiles; return warnings.

    Raises DamagedFileError when one says floats where the other must not say integers.
    """
    said = [struct.unpack_from("b", content, subfile.at + 1)[0] for subfile in found]
    if header.is_multifile:
        # The other way round is sound: GRAMS itself leaves files that say integers with subfiles of floats.
        wrong = [subfile for subfile, exponent in zip(found, said, strict=True) if exponent != FLOATS]
        if header.exponent == FLOATS and wrong:
            raise DamagedFileError(
                f"byte {wrong[0].at + 1}: expected floats as the header says, found the exponent "
                f"{said[wrong[0].index]}"
            )
        return ()
    # 0 is what writers leave that know of the file's exponent only.
    if said[0] in (0, header.exponent):
        return ()
    if said[0] == FLOATS:
        raise DamagedFileError(
            f"byte {found[0].at + 1}: expected integers of the exponent {header.exponent}, found floats"
        )
    return (f"the header has the exponent {header.exponent}, the subheader {said[0]}: read by the header",)


def check_ends(header: SpcHeader, subfile: Subfile, x: FloatArray) -> tuple[str, ...]:
    """Compare the stored abscissas ``x`` (N,) with the ends in the header; return warnings.

    Subfiles with axes of their own have ends of their own.  Raises DamagedFileError.
    """
    is_shared = not (header.flags & Flags.OWN_AXES and header.is_multifile)
    if subfile.x_at is None or not is_shared or header.first == header.last == 0:
        return ()
    first, last = float(x[0]), float(x[-1])
    if _agree(first, x[1], header.first) and _agree(last, x[-2], header.last):
        return ()
    if _agree(first, x[1], header.last) and _agree(last, x[-2], header.first):
        return ("the header names the ends of the axis the other way round",)
    raise DamagedFileError(
        f"byte 8: expected an axis from {header.first:.10g} to {header.last:.10g}, "
        f"found abscissas from {first:.10g} to {last:.10g} at byte {subfile.x_at}"
    )


def _agree(stored: float, neighbour: float, said: float) -> bool:
    # As for pairs in JCAMP-DX: 1 in 10,000 for rounding, but a lost point is a whole step off.
    off = abs(stored - said)
    single_precision = 2e-7 * abs(stored)
    return bool(off <= max(min(1e-4 * abs(stored), abs(stored - neighbour) / 2), single_precision))
