"""The Russian and Azerbaijani sentences: compiled as written, with every placeholder of the English."""

from __future__ import annotations

import io
import string
import sys
from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("babel", reason="babel, which compiles the translations, is not installed")

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))  # the tools are run by people, not installed

from babel.messages.catalog import Catalog, Message  # noqa: E402
from babel.messages.mofile import read_mo  # noqa: E402
from babel.messages.pofile import read_po  # noqa: E402
from translations import LANGUAGES, LOCALE, collected, mo_bytes, po_bytes, updated  # noqa: E402

from inspection.language import Language, Wording  # noqa: E402

VERDICT_WORDS = (
    "Match",
    "One of these",
    "Mixture",
    "Not certain",
    "No match",
    "Scan again",
    "TRAINING",
    "agrees",
    "differs",
)


def po_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "chemgate.po"


def written(language: str) -> Catalog:
    return read_po(io.BytesIO(po_path(language).read_bytes()), locale=language)


def translated(language: str) -> list[Message]:
    """Give the messages that have a translation, whole or in part."""
    return [message for message in written(language) if message.id and any(forms(message.string))]


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def placeholders(text: str) -> Counter[tuple[str, str | None, str | None]]:
    return Counter(
        (name, spec, conversion)
        for _, name, spec, conversion in string.Formatter().parse(text)
        if name is not None
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_sentences_are_those_of_the_text_file(language: str):
    compiled = read_mo(io.BytesIO(po_path(language).with_suffix(".mo").read_bytes()))
    assert texts(compiled) == texts(read_mo(io.BytesIO(mo_bytes(written(language))))), (
        "run tools/translations.py"
    )


def texts(catalog: Catalog) -> dict[tuple[str, ...], list[str]]:
    """Give the translations without the header, whose date is that of the compiling."""
    return {tuple(forms(message.id)): forms(message.string) for message in catalog if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_file_is_written_the_way_the_tool_writes_it(language: str):
    known = written(language)
    assert po_path(language).read_bytes() == po_bytes(updated(po_path(language), language, known))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_belongs_to_a_sentence_of_the_program(language: str):
    sentences = {message.id for message in collected()}
    gone = [message.id for message in translated(language) if message.id not in sentences]
    assert gone == [], "run tools/translations.py"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_english_sentence(language: str):
    different = [
        (message.id, text)
        for message in translated(language)
        for text in forms(message.string)
        if placeholders(text) not in [placeholders(english) for english in forms(message.id)]
    ]
    assert different == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_the_spaces_around_its_english_sentence(language: str):
    different = [
        (message.id, text)
        for message in translated(language)
        for text in forms(message.string)
        if edges(text) != edges(forms(message.id)[0])
    ]
    assert different == []


def edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_counted_sentence_has_all_its_forms(language: str):
    known = written(language)
    counted = [message for message in translated(language) if isinstance(message.id, tuple)]
    assert counted
    for message in counted:
        assert len(forms(message.string)) == known.num_plurals
        assert all(forms(message.string)), message.id


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", VERDICT_WORDS)
def test_a_verdict_word_has_a_translation(language: str, verdict: str):
    assert Wording(Language(language))(verdict) not in ("", verdict)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_words_stay_apart(language: str):
    words = Wording(Language(language))
    assert len({words(verdict) for verdict in VERDICT_WORDS}) == len(VERDICT_WORDS)


def test_russian_counts_in_three_forms():
    words = Wording(Language.RUSSIAN)
    one, many = "{count} record, newest first.", "{count} records, newest first."
    assert len({words.plural(one, many, count) for count in (1, 2, 5)}) == 3
