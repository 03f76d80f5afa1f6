"""Tables of declarations in three languages against what was identified, as was expected beforehand."""

from __future__ import annotations

from collections import Counter

import pytest

from inspection.declared.traps import TrapName
from tests.inspection.identified import Row, rows_of

TABLES = ("declarations.csv", "declarations_fresh.csv", "declarations_denials.csv")
LEAST_RIGHT = 0.95


def wrong_rows(rows: list[Row], catalogue) -> list[str]:
    found = ((row, row.compared(catalogue)) for row in rows)
    return [
        f"{row.text!r} HS {row.hs_code!r} UN {row.un_number!r} against {row.identified!r}: "
        f"expected {row.expected} {row.trap}, found {answer.verdict} {answer.trap and answer.trap.name}"
        for row, answer in found
        if not row.is_right(answer)
    ]


@pytest.mark.parametrize("name", TABLES)
def test_at_least_95_of_100_declarations_are_answered_as_was_expected_beforehand(name, catalogue):
    rows = rows_of(name)

    wrong = wrong_rows(rows, catalogue)

    print("\n".join(wrong))
    assert 1 - len(wrong) / len(rows) >= LEAST_RIGHT, "\n".join(wrong)


@pytest.mark.parametrize("name", TABLES)
def test_a_row_that_is_known_to_be_wrong_says_why_and_is_still_wrong(name, catalogue):
    known = [row for row in rows_of(name) if row.known_wrong]

    assert [row.text for row in known if row.is_right(row.compared(catalogue))] == []
    assert len(wrong_rows(rows_of(name), catalogue)) == len(known)


def test_the_table_has_all_languages_verdicts_and_traps():
    rows = rows_of("declarations.csv")

    assert len(rows) >= 130
    assert min(Counter(row.language for row in rows).values()) >= 25
    assert min(Counter(row.expected for row in rows).values()) >= 35
    assert {row.trap for row in rows if row.trap} == {one.value for one in TrapName}


def test_no_wrong_row_gives_comfort(catalogue):
    """Of all mistakes the worst is to agree where a chemist would not."""
    rows = [row for name in TABLES for row in rows_of(name)]

    assert [
        row.text for row in rows if row.expected != "agrees" and row.compared(catalogue).verdict == "agrees"
    ] == []
