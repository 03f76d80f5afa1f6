"""JCAMP-DX text to labelled records and blocks; what the labels mean is not known here.

    ##TITLE= a compound file           a record: label, value, line number
    ##DATA TYPE= LINK
      ##TITLE= first    ... ##END=     a block; blocks may hold blocks
      ##TITLE= second   ... ##END=
    ##END=

Source: McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151: labels are compared without spaces,
dashes, slashes, underscores and case; ``$$`` begins a comment; a record ends where the next begins.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Final

from spectra_library.errors import DamagedFileError

# Labels of tables: the lines below them are numbers, never more text.
TABLES: Final = (*("XYDATA", "XYPOINTS", "PEAKTABLE", "PEAKASSIGNMENTS", "DATATABLE", "RADATA", "NTUPLES"),)
_MAX_BLOCKS: Final = 20_000
_MAX_RECORDS: Final = 500_000
_MAX_DEPTH: Final = 16
_MAX_VALUE: Final = 4_000
_RECORD: Final = re.compile(r"\s*##(?P<label>[^=]{0,80})=(?P<value>.*)")
_NUMBER: Final = re.compile(r"\s*(?P<number>[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,4})?)")


@dataclass(frozen=True, slots=True)
class Record:
    """One labelled record: ``value`` without comments, and the lines ``start`` to ``stop`` below it.

    ``beside`` is the part of the value that stands in the line of the label.
    """

    label: str
    value: str
    line: int
    start: int
    stop: int
    beside: str = ""


@dataclass(slots=True)
class Block:
    """One ##TITLE= ... ##END= block; ``records`` keeps the first record of each label.

    ``contradictions`` keeps the first later record of a label that says something else, or that heads
    another table.  ``sequence`` holds all records from ##NTUPLES= on, where labels come again by design.
    """

    line: int
    records: dict[str, Record] = field(default_factory=dict)
    contradictions: dict[str, Record] = field(default_factory=dict)
    sequence: list[Record] = field(default_factory=list)
    children: list[Block] = field(default_factory=list)
    is_ended: bool = False

    def add(self, record: Record) -> None:
        """Take the next record of the block."""
        if self.sequence or record.label == "NTUPLES":
            self.sequence.append(record)
        first = self.records.setdefault(record.label, record)
        if first is not record and (record.label in TABLES or first.value != record.value):
            self.contradictions.setdefault(record.label, record)

    def text(self, label: str) -> str:
        """Return the value of ``label``, empty when there is none."""
        record = self.records.get(label)
        return record.value if record else ""

    def number(self, label: str) -> float | None:
        """Return the number that the value of ``label`` begins with; text behind it is a remark.

        None when the label is missing or empty.  Raises DamagedFileError when it begins with something else.
        """
        record = self.records.get(label)
        if record is None or not record.value:
            return None
        found = _NUMBER.match(record.value)
        if found is None:
            raise DamagedFileError(
                f"line {record.line}: expected a number after ##{label}=, found '{record.value[:40]}'"
            )
        number = float(found["number"].replace(",", "."))
        if math.isinf(number):
            raise DamagedFileError(
                f"line {record.line}: expected a finite number after ##{label}=, found {found[0]}"
            )
        return number

    def printed(self, label: str) -> str:
        """Return the number of ``label`` as printed, for its last decimal place."""
        found = _NUMBER.match(self.text(label))
        return found["number"].replace(",", ".") if found else ""

    def has_decimal_commas(self) -> bool:
        """Tell whether the header writes its numbers with decimal commas, so that the data may too."""
        for label in ("FIRSTX", "LASTX", "XFACTOR", "YFACTOR", "FIRSTY", "DELTAX"):
            found = _NUMBER.match(self.text(label))
            if found and "," in found["number"]:
                return True
        return False


def normalised(label: str) -> str:
    """Return a label as labels are compared: without spaces, dashes, slashes, underscores, in capitals."""
    return re.sub(r"[\s\-/_]", "", label).upper()


def without_comment(line: str) -> str:
    """Return ``line`` up to its ``$$`` comment."""
    return line.partition("$$")[0] if "$$" in line else line


def data_lines(record: Record, lines: list[str], *, stop: int | None = None) -> list[tuple[int, str]]:
    """Return the lines below a label with their numbers, without comments."""
    below = lines[record.start : record.stop if stop is None else stop]
    return [(number, without_comment(text)) for number, text in enumerate(below, record.start + 1)]


def split_blocks(lines: list[str]) -> list[Block]:
    """Read all records of a file and return its outermost blocks.

    Raises DamagedFileError when there are absurdly many, or when they are nested absurdly deep.
    """
    outermost: list[Block] = []
    open_blocks: list[Block] = []
    count = 0
    for record in _records(lines):
        if record.label == "TITLE":
            # A spectrum block whose ##END= is missing ends where the next title begins.
            if open_blocks and _holds_data(open_blocks[-1]):
                open_blocks.pop()
            count += 1
            if count > _MAX_BLOCKS or len(open_blocks) >= _MAX_DEPTH:
                raise DamagedFileError(
                    f"line {record.line}: expected at most {_MAX_BLOCKS} blocks {_MAX_DEPTH} deep, found more"
                )
            block = Block(line=record.line)
            (open_blocks[-1].children if open_blocks else outermost).append(block)
            open_blocks.append(block)
        if record.label == "END":
            if open_blocks:
                open_blocks.pop().is_ended = True
            continue
        if not open_blocks:
            if outermost:
                continue  # text behind the last ##END= belongs to nobody
            # Some programs write ##JCAMP-DX= before ##TITLE=.
            open_blocks.append(Block(line=record.line))
            outermost.append(open_blocks[0])
        open_blocks[-1].add(record)
    return outermost


def _holds_data(block: Block) -> bool:
    return any(label in block.records for label in TABLES)


def _records(lines: list[str]) -> list[Record]:
    starts: list[tuple[int, re.Match[str]]] = []
    for index, line in enumerate(lines):
        if "##" in line[:80]:
            # Comments first: in ##EN$$D= there is no label, only text that is none of the numbers above it.
            found = _RECORD.match(without_comment(line))
            if found:
                starts.append((index, found))
                if len(starts) > _MAX_RECORDS:
                    raise DamagedFileError(
                        f"line {index + 1}: expected at most {_MAX_RECORDS} labels, found more"
                    )
    records = []
    for (index, found), stop in zip(starts, [index for index, _ in starts[1:]] + [len(lines)], strict=True):
        label = normalised(found["label"])
        beside = value = found["value"].strip()[:_MAX_VALUE]
        if label not in TABLES and not label.startswith("$"):
            value = _continued(value, lines, index + 1, stop)
        records.append(Record(label, value, line=index + 1, start=index + 1, stop=stop, beside=beside))
    return records


def _continued(value: str, lines: list[str], start: int, stop: int) -> str:
    """Add the following lines of a text record, up to a sane length."""
    for line in lines[start : min(stop, start + 100)]:
        if len(value) >= _MAX_VALUE:
            break
        more = without_comment(line).strip()[:_MAX_VALUE]
        value = f"{value} {more}" if value and more else value or more
    return value[:_MAX_VALUE]
