from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from inspection.export.pdf.pages import MARGIN, Pages, Paper
from inspection.export.pdf.rows import Column, Row, fact_rows, part, text_row, text_slices, told_row
from inspection.export.pdf.styles import BODY, BODY_STRONG
from inspection.language import ENGLISH

MOMENT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@pytest.fixture
def paper() -> Paper:
    def head(canvas: Canvas, top: float) -> float:
        canvas.setFont("DejaVuSans", 8)
        canvas.drawString(MARGIN, top - 10, "HEAD")
        return top - 14

    return Paper(A4, "a title", "a subject", MOMENT, head, ("a foot", "an anchor"), is_training=False)


def printed(pages: Pages) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pages.finish())).pages]


def words_of(texts: list[str]) -> list[str]:
    return [word for text in texts for word in text.split() if word.startswith("w")]


def test_a_text_longer_than_three_pages_is_all_there_in_its_order(paper):
    told = [f"w{number:05d}" for number in range(6000)]
    pages = Pages(paper, ENGLISH)
    pages.put([text_row(" ".join(told), BODY, paper.width)])

    texts = printed(pages)

    assert len(texts) >= 3
    assert words_of(texts) == told


def test_columns_beside_each_other_go_on_together(paper):
    left, right = ([f"w{side}{number:04d}" for number in range(1500)] for side in "lr")
    pages = Pages(paper, ENGLISH)
    columns = (
        Column(0, text_slices(" ".join(left), BODY, 200)),
        Column(220, text_slices(" ".join(right), BODY, 200)),
    )
    pages.put([Row(columns)])

    found = words_of(printed(pages))

    assert [word for word in found if word.startswith("wl")] == left
    assert [word for word in found if word.startswith("wr")] == right


def test_every_page_has_its_head_its_foot_and_its_number(paper):
    pages = Pages(paper, ENGLISH)
    pages.put(text_row(f"line {number}", BODY, paper.width) for number in range(200))

    texts = printed(pages)

    assert len(texts) == 3
    for number, text in enumerate(texts, start=1):
        assert "HEAD" in text
        assert "a foot" in text
        assert "an anchor" in text
        assert f"page {number} of 3" in text


def test_a_row_that_fits_a_page_is_not_torn(paper):
    block = Row((Column(0, text_slices(" ".join(["word"] * 1000), BODY, paper.width)),))
    pages = Pages(paper, ENGLISH)
    pages.put(text_row(f"line {number}", BODY, paper.width) for number in range(75))
    pages.put([block])

    first, second = printed(pages)

    assert "word" not in first
    assert second.count("word") == 1000


def test_a_heading_goes_with_what_it_stands_above(paper):
    pages = Pages(paper, ENGLISH)
    pages.put(text_row(f"line {number}", BODY, paper.width) for number in range(82))
    title = Row((Column(0, text_slices("TITLE", BODY_STRONG, paper.width)),), keeps_next=True)
    pages.put([title, text_row(" ".join(["word"] * 200), BODY, paper.width)])

    first, second = printed(pages)

    assert "TITLE" not in first
    assert "TITLE" in second


def test_a_heading_with_nothing_below_is_not_lost(paper):
    pages = Pages(paper, ENGLISH)
    pages.put([Row((Column(0, text_slices("TITLE", BODY_STRONG, paper.width)),), keeps_next=True)])

    assert "TITLE" in printed(pages)[0]


def test_what_stands_at_the_bottom_stays_together(paper):
    pages = Pages(paper, ENGLISH)
    pages.put(text_row(f"line {number}", BODY, paper.width) for number in range(80))
    pages.put_at_bottom(text_row(f"end {number}", BODY, paper.width) for number in range(10))

    first, second = printed(pages)

    assert "end" not in first
    assert second.count("end") == 10


def test_a_bottom_longer_than_a_page_is_not_cut(paper):
    pages = Pages(paper, ENGLISH)
    pages.put_at_bottom(text_row(f"w{number}", BODY, paper.width) for number in range(150))

    assert words_of(printed(pages)) == [f"w{number}" for number in range(150)]


def test_a_value_takes_as_many_columns_as_it_needs(paper):
    facts = [
        ("Label", "short"),
        ("Label", "a value that is longer than a column of the grid"),
        ("L", "x" * 400),
    ]

    rows = list(fact_rows(facts, 400.0))

    assert [len(row.columns) for row in rows] == [2, 1]
    assert rows[1].height > rows[0].height  # broken into lines, not cut


def test_the_name_of_a_part_stands_beside_its_first_row_only():
    rows = list(part("Name", [text_row("one", BODY, 100.0), text_row("two", BODY, 100.0)]))

    assert [len(row.columns) for row in rows] == [2, 1]
    assert list(part("Name", [])) == []


def test_who_told_it_stands_at_the_right():
    left, right = told_row([("detain", BODY_STRONG)], "record 4", 400.0).columns

    assert left.left == 0
    assert right.left > 200


def test_the_time_of_the_file_is_the_one_that_was_given(paper):
    reader = PdfReader(io.BytesIO(Pages(paper, ENGLISH).finish()))

    assert reader.metadata is not None
    assert reader.metadata.creation_date == reader.metadata.modification_date == MOMENT
