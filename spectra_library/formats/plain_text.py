"""Text of untrusted files made harmless: decoded, stripped of control characters, kept short."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Final

from spectra_library.errors import DamagedFileError

MAX_LINES: Final = 3_000_000  # 16 MiB of empty lines would become a list of 128 MB
MAX_LINE: Final = 1_000_000  # characters; a spectrum in one row of a table needs a tenth of that
# Accented letters of Western Europe stand alone; four in a row are a Cyrillic word.
_CYRILLIC_WORD: Final = re.compile(rb"[\xc0-\xff]{4}")
# Characters that turn the reading direction, hide, or join: a title must look like what it is.
INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def decode(content: bytes) -> str:
    """Decode a text file; line ends become newlines.

    By its byte order mark, else UTF-8, else Windows-1251 where it has words of Cyrillic letters, else
    Windows-1252.

    Raises DamagedFileError when it has too many or too long lines for a spectrum file.
    """
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\n") > MAX_LINES:
        raise DamagedFileError(f"expected at most {MAX_LINES} lines, found more")
    if any(len(line) > MAX_LINE for line in text.split("\n")):
        raise DamagedFileError(f"expected lines of at most {MAX_LINE} characters, found a longer one")
    return text


def _decoded(content: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        cyrillic = _CYRILLIC_WORD.search(content) is not None
        return content.decode("cp1251" if cyrillic else "cp1252", errors="replace")


def cleaned(text: str, *, limit: int = 200) -> str:
    """Return ``text`` as one line of at most ``limit`` visible characters, without bidirectional ones."""
    # Cut before the slow part: a label value may be megabytes long.
    spaced = re.sub(r"\s+", " ", text[: 4 * limit])
    visible = "".join(c for c in spaced if unicodedata.category(c) not in INVISIBLE)
    visible = re.sub(" {2,}", " ", visible).strip()  # the spaces on both sides of one that was taken out
    return visible if len(visible) <= limit else visible[: limit - 1] + "…"


def written_out(text: str) -> str:
    """Write out as an escape what is not seen, what turns the direction or what a terminal would obey.

    Line ends and tabs too, so that it is one line.  Names of files may hold anything.
    """
    if text.isprintable():
        return text
    return "".join(
        letter.encode("unicode_escape").decode() if unicodedata.category(letter) in INVISIBLE else letter
        for letter in text
    )


def shown(text: str) -> str:
    """Return a short piece of a file for an error message, in quotes."""
    return f"'{cleaned(text, limit=40)}'"
