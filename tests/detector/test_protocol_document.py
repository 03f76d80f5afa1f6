"""docs/protocol.md is what an instrument maker reads: its tables must be what the code does."""

import dataclasses
import re
from pathlib import Path

import pytest

from detector.framing import BORDER, MAX_PAYLOAD, encode_frame
from detector.layout import FixedMessage
from detector.protocol import PROTOCOL_VERSION, REPLIES, REQUESTS, to_frame
from detector.replies import MAX_CHUNK_POINTS, ErrorCode, SpectrumHeader
from detector.requests import Identify

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
STRUCT_CODES = {"u8": "B", "u16": "H", "u32": "I", "i16": "h", "f64": "d"}


def rows(text):
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|") and not line.startswith("|---")
    ][1:]


def section(title):
    return re.search(rf"^### {title}\n(.*?)(?=^##|\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)[1]


def test_the_first_paragraph_says_whose_protocol_this_is():
    first = DOCUMENT.split("\n\n")[1]
    assert "this project's own" in first
    assert "No maker" in first


def test_the_table_of_messages_is_the_code():
    table = re.search(r"^## Messages\n(.*?)^###", DOCUMENT, re.MULTILINE | re.DOTALL)[1]
    documented = {(int(number, 16), name, source) for number, name, source, _ in rows(table)}
    assert documented == {
        *((message.TYPE, message.__name__, "host") for message in REQUESTS),
        *((message.TYPE, message.__name__, "instrument") for message in REPLIES),
    }


def test_the_table_of_error_codes_is_the_code():
    table = section("ErrorReply").strip().split("\n\n")[-1]
    assert {name: int(code) for code, name, _ in rows(table)} == {code.name: code.value for code in ErrorCode}


@pytest.mark.parametrize(
    "message",
    [message for message in (*REQUESTS, *REPLIES) if issubclass(message, FixedMessage)],
    ids=lambda message: message.__name__,
)
def test_the_fields_of_a_message_are_the_code(message):
    fields = rows(section(message.__name__))
    layout = "<" + "".join(STRUCT_CODES[kind] for _, kind, _, _ in fields)
    assert layout == message.LAYOUT.format
    assert [name for _, _, name, _ in fields] == [field.name for field in dataclasses.fields(message)]
    sizes = [{"B": 1, "H": 2, "h": 2, "I": 4, "d": 8}[code] for code in layout[1:]]
    assert [int(offset) for offset, *_ in fields] == [sum(sizes[:place]) for place in range(len(sizes))]


def test_the_numbers_in_the_text_are_the_code():
    assert f"Version {PROTOCOL_VERSION}." in DOCUMENT
    assert f"0 to {MAX_PAYLOAD}, bytes of payload" in DOCUMENT
    assert f"1 to {MAX_CHUNK_POINTS} points" in DOCUMENT
    assert f"{SpectrumHeader.LAYOUT.size} + 8 * points bytes" in DOCUMENT


def test_the_example_is_what_goes_over_the_wire():
    example = re.search(r"on the wire, `([0-9A-F ]+)`", DOCUMENT)[1]
    assert bytes.fromhex(example) == encode_frame(to_frame(Identify(), 1))
    assert example.endswith(BORDER.hex())
