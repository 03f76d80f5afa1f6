"""Entries as JSON, one a line, with the text that was hashed: another program can compute the chain again.

    {"sequence", "time", "kind", "officer", "inspection", "sample", "spectrum", "body",
     "entry": the text that was hashed, "previous": hex, "hash": hex, "volume", "signature": hex,
     "anchor": "VOLUME:COUNT:HEAD", where the log ended when it was exported}

An entry with personal data can be withheld: its line then has no ``body`` and no ``entry``, but

    "withheld": "persons", "entry_sha256": hex, which is all that the chain needs of it

docs/evidence.md shows the check in a few lines of Python.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator

from inspection.chain import volume_of
from inspection.log_rows import time_text
from inspection.record.recording import names_persons
from inspection.records import LogEntry, LogHead


def json_lines(entries: Iterable[LogEntry], anchor: LogHead) -> Iterator[tuple[bytes, int]]:
    """Give the file piece by piece, each with the number of records in it.

    ``anchor`` is where the log ended when it was exported; every line carries it.
    """
    for entry in entries:
        yield json_line(entry, anchor), 1


def json_lines_without_persons(entries: Iterable[LogEntry], anchor: LogHead) -> Iterator[tuple[bytes, int]]:
    """Give the file as ``json_lines`` does, and withhold what the entries with personal data say.

    What such an entry says is salted: its hash tells nothing to whoever guesses names.
    """
    for entry in entries:
        yield json_line(entry, anchor, is_withheld=names_persons(entry)), 1


def json_line(entry: LogEntry, anchor: LogHead, *, is_withheld: bool = False) -> bytes:
    """Write one entry as one line.

    Raises ValueError for an entry whose bytes are no UTF-8, or that holds NaN or infinity.
    """
    line: dict[str, object] = {
        "sequence": entry.sequence,
        "time": time_text(entry.time),
        "kind": entry.kind,
        "officer": entry.officer,
        "inspection": entry.inspection,
        "sample": entry.sample,
        "spectrum": entry.spectrum,
        "body": entry.body,
        "entry": entry.entry_bytes.decode("utf-8"),
        "previous": entry.previous.hex(),
        "hash": entry.hash.hex(),
        "volume": volume_of(entry.sequence),
        "signature": entry.signature.hex(),
        "anchor": str(anchor),
    }
    if is_withheld:
        del line["body"], line["entry"]
        line["withheld"] = "persons"
        line["entry_sha256"] = hashlib.sha256(entry.entry_bytes).hexdigest()
    text = json.dumps(line, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"
