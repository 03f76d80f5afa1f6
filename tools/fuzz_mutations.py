"""Files changed at random: bits, bytes, pieces, numbers and labels, as chance and people damage them.

Every choice comes from the generator that is handed in, so a seed gives the same files every time.
"""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

MAX_SIZE: Final = 256 * 1024  # bytes; larger ones only cost time
_HEAD: Final = 1024  # bytes; where counts, offsets and flags stand
_LONGEST_PIECE: Final = 64
_NUMBER: Final = re.compile(rb"[-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?")
_LABEL: Final = re.compile(rb"##[^=\r\n]{1,40}=|^[A-Za-z][^,;\t\r\n]{0,40}", re.MULTILINE)
_INTEGERS: Final = (
    0,
    1,
    2,
    -1,
    127,
    128,
    255,
    256,
    2**15 - 1,
    2**15,
    2**16 - 1,
    2**31 - 1,
    -(2**31),
    2**32 - 1,
)
_BYTES: Final = (0, 1, 0x0A, 0x20, 0x23, 0x7F, 0x80, 0xFF)
_FLOATS: Final = (0.0, -0.0, 1.0, -1.0, 1e-45, 1e38, float("inf"), float("-inf"), float("nan"))
_TOKENS: Final = (
    b"0", b"-1", b"1", b"2147483647", b"4294967296", b"-2147483648", b"9" * 40, b"1e999", b"-1e999",
    b"1e-999", b"nan", b"inf", b"?", b"", b"0x10", b"1_000", b"1,5", b"1.5.5", b"--1", b"+", b"\xd9\xa1",
)  # fmt: skip
_INSERTED: Final = (
    b"\n", b"\r", b"\x00", b"\x1a", b",", b";", b"\t", b"$$", b"##", b"=", b'"', b"\xff", b"%", b"@", b"S",
    b"E", b"##END=\n", b"##TITLE= x\n", b"##DATA TYPE= LINK\n", b"##NPOINTS= 3\n", b"\xef\xbb\xbf",
    b"\xff\xfe",
)  # fmt: skip

Mutation = Callable[[bytearray, Random], None]


def mutant(content: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """Give ``content`` with one to about six changes, sometimes spliced with one of ``others``."""
    if content.startswith(b"PK\x03\x04") and random.random() < 0.8:
        return _changed_member(content, random)
    if random.random() < 0.1:
        content = _spliced(content, random.choice(others), random)
    changed = bytearray(content)
    _change(changed, random)
    if random.random() < 0.01:
        changed = bytearray(gzip.compress(bytes(changed), mtime=0))
        if random.random() < 0.5:
            _flip_bit(changed, random)
    return bytes(changed[:MAX_SIZE])


def _change(content: bytearray, random: Random) -> None:
    mutations = _OF_BYTES if b"\x00" in content[:_HEAD] else _OF_TEXT * 2 + _OF_BYTES
    while True:
        random.choice(mutations)(content, random)
        if random.random() < 0.45:
            return


def _changed_member(content: bytes, random: Random) -> bytes:
    """Change one file inside a zip archive, and give the archive right sums again."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [(one.filename, archive.read(one)) for one in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError):
        return content
    chosen = random.randrange(len(members))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, inside) in enumerate(members):
            changed = bytearray(inside)
            if number == chosen:
                _change(changed, random)
            if number != chosen or random.random() < 0.97:  # or the member is missing altogether
                archive.writestr(zipfile.ZipInfo(name), bytes(changed))
    return target.getvalue()


def _spliced(first: bytes, second: bytes, random: Random) -> bytes:
    """Give the beginning of one file and the end of another, cut at the same place or anywhere."""
    at = random.randrange(len(first) + 1)
    return first[:at] + second[at if random.random() < 0.5 else random.randrange(len(second) + 1) :]


def _place(content: bytearray, random: Random) -> int:
    """Choose where: half of the time in the head."""
    end = min(len(content), _HEAD) if random.random() < 0.5 else len(content)
    return random.randrange(end) if end else 0


def _piece(content: bytearray, random: Random) -> slice:
    start = _place(content, random)
    longest = _LONGEST_PIECE if random.random() < 0.8 else max(len(content) // 4, 1)
    return slice(start, min(start + random.randint(1, longest), len(content)))


def _flip_bit(content: bytearray, random: Random) -> None:
    if content:
        content[_place(content, random)] ^= 1 << random.randrange(8)


def _set_byte(content: bytearray, random: Random) -> None:
    if content:
        content[_place(content, random)] = random.choice((*_BYTES, random.randrange(256)))


def _cut_out(content: bytearray, random: Random) -> None:
    del content[_piece(content, random)]


def _cut_off(content: bytearray, random: Random) -> None:
    del content[_place(content, random) :]


def _insert(content: bytearray, random: Random) -> None:
    at = _place(content, random)
    content[at:at] = random.choice((random.randbytes(random.randint(1, 16)), bytes(random.randint(1, 600))))


def _double(content: bytearray, random: Random) -> None:
    piece = content[_piece(content, random)] * random.choice((1, 1, 1, 2, 100))
    at = _place(content, random)
    content[at:at] = piece[:MAX_SIZE]


def _swap(content: bytearray, random: Random) -> None:
    one, other = _piece(content, random), _piece(content, random)
    content[one], content[other] = content[other], content[one]


def _set_integer(content: bytearray, random: Random) -> None:
    size = random.choice((1, 2, 2, 4, 4, 4, 8))
    at = _place(content, random) // 2 * 2
    order = random.choice(("little", "little", "big"))
    old = int.from_bytes(content[at : at + size], "big" if order == "big" else "little")
    value = random.choice((*_INTEGERS, old + 1, old - 1, old * 2, old // 2, len(content)))
    raw = (value % 2 ** (8 * size)).to_bytes(size, "big" if order == "big" else "little")
    content[at : at + size] = raw[: len(content) - at]


def _set_float(content: bytearray, random: Random) -> None:
    form = random.choice(("<f", "<d", ">f"))
    at = _place(content, random) // 4 * 4
    raw = struct.pack(form, random.choice((*_FLOATS, random.uniform(-5000, 5000))))
    content[at : at + len(raw)] = raw[: len(content) - at]


def _change_number(content: bytearray, random: Random) -> None:
    found = _found(_NUMBER, content, random)
    if found is None:
        return
    old = found.group()
    if random.random() < 0.5:
        new = random.choice(_TOKENS)
    else:  # one digit: the kind of mistake that only a check notices
        digit = random.randrange(len(old))
        new = old[:digit] + b"%d" % random.randrange(10) + old[digit + random.randrange(2) :]
    content[found.start() : found.end()] = new


def _change_label(content: bytearray, random: Random) -> None:
    one, other = (_found(_LABEL, content, random) for _ in range(2))
    if one is None or other is None:
        return
    content[one.start() : one.end()] = random.choice((other.group(), one.group().lower(), b"", b"##="))


def _change_line(content: bytearray, random: Random) -> None:
    """Take out, double, repeat or move a line."""
    lines = content.splitlines(keepends=True)
    if len(lines) < 2:
        return
    at = random.randrange(len(lines))
    line = lines[at]
    what = random.randrange(4)
    if what != 1:
        del lines[at]
    if what == 1:
        lines.insert(at, line)
    elif what == 2:
        lines.insert(random.randrange(len(lines) + 1), line)
    elif what == 3:
        lines[at:at] = [line] * random.choice((2, 30, 1000))
    content[:] = b"".join(lines)[:MAX_SIZE]


def _insert_sign(content: bytearray, random: Random) -> None:
    at = _place(content, random)
    content[at:at] = random.choice(_INSERTED)


def _other_marks(content: bytearray, random: Random) -> None:
    """Exchange one delimiter, decimal mark or line end everywhere."""
    old, new = random.choice(
        ((b".", b","), (b",", b";"), (b"\n", b"\r"), (b",", b"\t"), (b" ", b""), (b"\n", b"\r\n"))
    )
    content[:] = content.replace(old, new)


def _other_encoding(content: bytearray, random: Random) -> None:
    if random.random() < 0.2:
        content[:] = (
            bytes(content).decode("latin-1").encode(random.choice(("utf-16", "utf-16-be", "utf-8-sig")))
        )


def _found(pattern: re.Pattern[bytes], content: bytearray, random: Random) -> re.Match[bytes] | None:
    """Choose one of the places that a pattern fits, without listing them all."""
    snapshot = bytes(content)
    start = _place(content, random)
    return pattern.search(snapshot, start) or pattern.search(snapshot)


_OF_BYTES: Final[tuple[Mutation, ...]] = (
    _flip_bit,
    _flip_bit,
    _set_byte,
    _cut_out,
    _cut_off,
    _insert,
    _double,
    _swap,
    _set_integer,
    _set_integer,
    _set_integer,
    _set_float,
)
_OF_TEXT: Final[tuple[Mutation, ...]] = (
    _change_number,
    _change_number,
    _change_number,
    _change_label,
    _change_line,
    _change_line,
    _insert_sign,
    _other_marks,
    _other_encoding,
)
