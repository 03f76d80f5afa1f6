"""A limited process that does to its program whatever the content of a file tells it to."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from spectra_library.formats import sandbox_worker
from spectra_library.formats.file_spectrum import FilePart
from spectra_library.formats.reading import read_bytes
from spectra_library.formats.sandbox_wire import answer

SAY = b"say:"


def misread(content: bytes, name: str) -> tuple[FilePart, ...] | bytes:
    match content:
        case b"work for ever":
            while True:
                pass
        case b"wait for ever":
            os.read(os.pipe()[0], 1)
        case b"take memory":
            hoard = []
            while True:
                hoard.append(b"%d" % len(hoard) * 2**22)
        case b"one huge array":
            return bytearray(2**40) and ()
        case b"make a mistake":
            return ()[int(name == name)]
        case b"recurse":
            return misread(content, name)
        case b"die":
            os.abort()
        case b"leave":
            os._exit(7)
        case b"print":
            print("a library that talks too much")
            return read_bytes(b"1000,0.1\n2000,0.2\n", name)
        case b"write a file":
            with open("/tmp/chemgate-limited-reader", "wb") as stream:  # noqa: PTH123
                stream.write(b"x" * 2**20)
    return content if content.startswith(SAY) else read_bytes(content, name)


def answer_or_say(parts: tuple[FilePart, ...] | bytes) -> Iterator[bytes]:
    return iter([parts.removeprefix(SAY)]) if isinstance(parts, bytes) else answer(parts)


sandbox_worker.read_bytes = misread
sandbox_worker.answer = answer_or_say
if __name__ == "__main__":
    if sys.argv[1] == "mute":
        sys.exit("no words")
    sandbox_worker.main()
