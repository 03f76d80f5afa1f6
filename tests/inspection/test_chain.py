from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspection.anchor import parse_anchor
from inspection.chain import (
    NO_PREVIOUS,
    ChainRow,
    ProblemKind,
    canonical_json,
    chained,
    read_envelope,
    spectrum_hash,
    verify_chain,
)
from inspection.errors import AnchorError
from inspection.records import LogHead


def chain(length: int) -> list[ChainRow]:
    rows: list[ChainRow] = []
    previous = NO_PREVIOUS
    for sequence in range(1, length + 1):
        entry_bytes = canonical_json({"sequence": sequence, "body": "entry " * sequence})
        rows.append(ChainRow(sequence, entry_bytes, previous, chained(previous, entry_bytes), sequence))
        previous = rows[-1].hash
    return rows


def found(rows: list[ChainRow]) -> list[tuple[int, ProblemKind]]:
    return [(problem.sequence, problem.kind) for problem in verify_chain(rows, first=1)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_canonical_json_reads_back_the_same(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical_json({"b": 1, "a": [1.5, None]}) == b'{"a":[1.5,null],"b":1}'
    assert canonical_json({"a": [1.5, None], "b": 1}) == b'{"a":[1.5,null],"b":1}'


def test_canonical_json_is_utf_8_and_not_escaped() -> None:
    assert canonical_json("əsas Ж") == '"əsas Ж"'.encode()


def test_a_file_name_that_is_not_unicode_survives_canonical_json() -> None:
    name = b"probe-\xff.spc".decode("utf-8", "surrogateescape")
    assert json.loads(canonical_json({"path": name})) == {"path": name}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_does_not_have_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"score": number})


def test_the_hash_of_an_entry_is_what_the_drawing_says() -> None:
    by_hand = hashlib.sha256(b"chemgate.log.entry.2\0" + bytes(32) + hashlib.sha256(b"{}").digest()).digest()
    assert chained(NO_PREVIOUS, b"{}") == by_hand


def test_moving_a_byte_from_one_part_of_a_spectrum_to_the_next_changes_its_hash() -> None:
    assert spectrum_hash([b"ab", b"c"]) != spectrum_hash([b"a", b"bc"])


@pytest.mark.parametrize("damaged", [b"", b"\xff\xfe", b"[1]", b'{"a":', b"[" * 100_000])
def test_bytes_that_are_no_entry_are_read_as_none(damaged: bytes) -> None:
    assert read_envelope(damaged) is None


def test_an_untouched_chain_has_no_problems() -> None:
    assert found(chain(12)) == []


def test_a_changed_entry_is_named() -> None:
    rows = chain(5)
    rows[2] = replace(rows[2], entry_bytes=rows[2].entry_bytes.replace(b"entry", b"Entry", 1))
    assert found(rows) == [(3, ProblemKind.CHANGED)]


def test_an_entry_changed_together_with_its_hash_breaks_the_link_after_it() -> None:
    rows = chain(5)
    forged = rows[2].entry_bytes.replace(b"entry", b"Entry", 1)
    rows[2] = replace(rows[2], entry_bytes=forged, hash=chained(rows[2].previous, forged))
    assert found(rows) == [(4, ProblemKind.LINK)]


def test_missing_entries_are_named_once() -> None:
    rows = chain(8)
    assert found(rows[:2] + rows[4:]) == [(3, ProblemKind.MISSING)]
    assert found(rows[1:]) == [(1, ProblemKind.MISSING)]


def test_swapped_entries_are_both_named() -> None:
    rows = chain(5)
    rows[1], rows[2] = replace(rows[2], sequence=2), replace(rows[1], sequence=3)
    problems = found(rows)
    assert (2, ProblemKind.RENUMBERED) in problems
    assert (3, ProblemKind.RENUMBERED) in problems


def test_a_removed_end_is_not_seen_by_the_chain_alone() -> None:
    assert found(chain(8)[:5]) == []


HEAD = LogHead(1, 57, "ab" * 32)


@pytest.mark.parametrize(
    "text",
    [
        str(HEAD),
        f"Chemgate, 24 November 2026\nlog head {HEAD}\n",
        json.dumps({"volume": 1, "count": 57, "head": "AB" * 32}) + "\n",
        f"{HEAD}\n{HEAD}\n",
    ],
)
def test_an_anchor_is_found_in_what_was_printed(text: str) -> None:
    assert parse_anchor(text) == HEAD


@pytest.mark.parametrize("text", ["", "57", f"1:57:{'a' * 63}", f"{HEAD} 1:58:{'cd' * 32}", '{"head": 3}'])
def test_a_text_without_exactly_one_anchor_is_refused(text: str) -> None:
    with pytest.raises(AnchorError, match="expected one anchor"):
        parse_anchor(text)
