"""One recorded identification in the reader's language: lines of text, the loudest first.

Codes, numbers and lists are as they were recorded.  Sentences of the record are English; in another language
they are written again from what the record holds, and stay as they are where it does not hold enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from inspection.amendments import Field, newest
from inspection.confidence_words import confidence_sentences
from inspection.declared.declaration import DeclarationFinding, DeclarationVerdict
from inspection.entry_words import amended_sentence, amended_value_text
from inspection.export.pdf.recorded import (
    RecordedStatus,
    named_in,
    names_controlled,
    recorded_answer,
    recorded_declaration,
    recorded_statuses,
)
from inspection.export.recorded_shape import require_shape
from inspection.language import Language, Wording
from inspection.mixture_words import doubt_text, share_note, share_with_interval
from inspection.record.inspection_record import Found
from inspection.verdict_words import group_status_sentence, hints_to_tell, verdict_notes
from inspection.wording import (
    alarm_sentence,
    caution_sentences,
    declaration_sentence,
    declaration_word,
    hint_sentence,
    quality_sentences,
    shown_similarity,
    substance_name,
    technique_word,
    tier_word,
    verdict_advice,
    verdict_word,
)
from spectra_library.catalogue import Catalogue
from spectra_library.identification import Candidate, Identification
from spectra_library.substance import LegalStatus
from spectra_library.verdicts import Verdict

VERDICT_SIGNS: Final = {
    Verdict.MATCH: "✓",
    Verdict.GROUP: "≈",
    Verdict.MIXTURE: "⊕",
    Verdict.INCONCLUSIVE: "?",
    Verdict.NO_MATCH: "∅",
    Verdict.REJECTED: "↻",
}
DECLARATION_SIGNS: Final = {
    DeclarationVerdict.AGREES: "=",
    DeclarationVerdict.DIFFERS: "≠",
    DeclarationVerdict.UNDETERMINED: "?",
}


class Weight(StrEnum):
    """How a line is set."""

    VERDICT = "verdict"
    VERDICT_ALARM = "verdict_alarm"  # what was named is controlled, or is not what was declared
    STRONG = "strong"
    ALARM = "alarm"
    BODY = "body"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Line:
    """One thought; it is broken where its column ends."""

    text: str
    weight: Weight = Weight.BODY


@dataclass(frozen=True, slots=True)
class Told:
    """What a record says.  ``alarm`` stands above everything else: a controlled substance, not declared."""

    verdict: Verdict
    alarm: tuple[Line, ...]
    lines: tuple[Line, ...]


def told(words: Wording, found: Found, catalogue: Catalogue) -> Told:
    """Say what an identification found, as it stands after its amendments.

    Raises KeyError, TypeError, ValueError for an entry that was not written by this program.
    """
    require_shape(found.entry)
    verdict = Verdict(found.body["verdict"])
    then = found.entry.body
    answer = recorded_answer(then)
    statuses = recorded_statuses(then)
    is_amended = verdict is not answer.verdict
    named = () if is_amended else named_in(answer)
    is_controlled = not is_amended and names_controlled(answer, statuses)
    declared: Mapping[str, Any] = found.body.get("declared") or {}
    is_other = declared.get("verdict") == DeclarationVerdict.DIFFERS
    declaration = tuple(_declaration_lines(words, found, answer, catalogue))
    lines = [
        Line(
            _verdict_text(words, verdict, answer, catalogue, is_amended=is_amended),
            Weight.VERDICT_ALARM if is_controlled or is_other else Weight.VERDICT,
        ),
        *_amendment_lines(words, found, answer, catalogue),
        *_status_lines(words, named, statuses, answer, catalogue),
    ]
    alarm: tuple[Line, ...] = ()
    if _is_alarm(then, is_controlled=is_controlled and is_other) and not is_amended:
        sign = DECLARATION_SIGNS[DeclarationVerdict.DIFFERS]
        loudest = _alarm_text(words, then, answer, catalogue)
        if not loudest:
            loudest = f"{words('DIFFERENT SUBSTANCES')}: {names_of(words, named, answer, catalogue)}"
        alarm = (Line(f"{sign} {loudest}", Weight.VERDICT), *(Line(one.text) for one in declaration))
    else:
        lines += declaration
    lines += _component_lines(words, answer, catalogue, is_named=bool(named))
    lines += _similarity_lines(words, answer, catalogue)
    lines += _advice_lines(words, then, verdict, answer, catalogue, is_amended=is_amended)
    return Told(verdict, alarm, tuple(lines))


def is_of_one_reference(verdict: Verdict) -> bool:
    """Tell whether a verdict speaks of one reference, which may then be drawn beside the sample."""
    return verdict in (Verdict.MATCH, Verdict.GROUP, Verdict.INCONCLUSIVE)


def declared_text(words: Wording, declared: Mapping[str, Any]) -> str:
    """Write what the papers say: the goods, and the numbers beside them."""
    numbers = (
        (words("HS code"), declared.get("hs_code")),
        (words("UN number"), declared.get("un_number")),
        (words("CAS number"), declared.get("cas")),
    )
    said = [str(declared.get("text") or ""), *(f"{label} {number}" for label, number in numbers if number)]
    return words("declared: {text}").format(text=" · ".join(one for one in said if one))


def local_name(words: Wording, substance: str, recorded: str, catalogue: Catalogue) -> str:
    """Give a name in the reader's language, the recorded one where the catalogue has no other."""
    return substance_name(words, catalogue.get(substance)) if substance in catalogue else recorded


def names_of(words: Wording, ids: Sequence[str], answer: Identification, catalogue: Catalogue) -> str:
    """Name substances of an answer in one text, those of a mixture with a plus between them."""
    recorded = {one.substance: one.name for one in answer.candidates}
    recorded |= {one.substance: one.name for one in answer.components}
    parting = {Verdict.MIXTURE: " + ", Verdict.GROUP: " / "}.get(answer.verdict, ", ")
    return parting.join(local_name(words, one, recorded.get(one, one), catalogue) for one in ids)


def _verdict_text(
    words: Wording, verdict: Verdict, answer: Identification, catalogue: Catalogue, *, is_amended: bool
) -> str:
    word = f"{VERDICT_SIGNS[verdict]} {verdict_word(words, verdict)}"
    ids = named_in(answer)
    if is_amended or not ids:
        return word
    names = names_of(words, ids, answer, catalogue)
    if verdict is Verdict.INCONCLUSIVE:
        names = words("nearest: {name}").format(name=names)
    return f"{word}: {names}"


def _amendment_lines(
    words: Wording, found: Found, answer: Identification, catalogue: Catalogue
) -> Iterator[Line]:
    for one in newest(found.amendments).values():
        old = amended_value_text(words, one.field, one.old)
        if one.field == Field.VERDICT:
            old = _verdict_text(words, answer.verdict, answer, catalogue, is_amended=False)
        yield Line(amended_sentence(words, one), Weight.STRONG)
        yield Line(words("Before: {old}").format(old=old), Weight.SMALL)
        if one.field == Field.DECLARED:
            yield Line(
                words("The declaration is written down; it was not compared again."),
                Weight.SMALL,
            )


def _status_lines(
    words: Wording,
    named: Sequence[str],
    statuses: Mapping[str, RecordedStatus],
    answer: Identification,
    catalogue: Catalogue,
) -> Iterator[Line]:
    """What the law said of what was named, and its CAS numbers."""
    if answer.verdict is Verdict.GROUP and answer.shared is not None and named:
        is_controlled = answer.shared.status is LegalStatus.CONTROLLED
        yield Line(group_status_sentence(words, answer), Weight.ALARM if is_controlled else Weight.STRONG)
        return
    for one in named:
        said = statuses.get(one, RecordedStatus())
        status = said.status
        text = _status_text(words, status, said.lists)
        if len(named) > 1:
            if status in (LegalStatus.CONTROLLED, LegalStatus.WATCHED):
                text = f"{names_of(words, (one,), answer, catalogue)}: {text}"
            else:
                continue
        leader = next((each for each in answer.candidates if each.substance == one), None)
        parts = [text]
        if leader is not None:
            parts.append(f"CAS {leader.cas}" if leader.cas else "")
            is_other = local_name(words, one, leader.name, catalogue) != leader.name
            parts.append(leader.name if is_other else "")  # as it was recorded
        text = " · ".join(part for part in parts if part)
        if text:
            is_loud = status == LegalStatus.CONTROLLED and answer.verdict is not Verdict.INCONCLUSIVE
            yield Line(text, Weight.ALARM if is_loud else Weight.BODY)


def _status_text(words: Wording, status: str, lists: Sequence[str]) -> str:
    if status == LegalStatus.CONTROLLED or (lists and not status):
        return words("Controlled: {lists}").format(lists=", ".join(lists))
    if status == LegalStatus.WATCHED:
        return words("Watched: not under international control; national rules may apply")
    if status == LegalStatus.UNKNOWN:
        return words("Not in this catalogue: its legal status is not known")
    return words("Not listed") if status == LegalStatus.OTHER else ""


def _declaration_lines(
    words: Wording, found: Found, answer: Identification, catalogue: Catalogue
) -> Iterator[Line]:
    then = found.entry.body
    declared: Any = then.get("declared")
    if not declared:
        later = found.body.get("declared")
        if later:  # filled in afterwards, and compared with nothing
            yield Line(declared_text(words, later))
        return
    verdict = DeclarationVerdict(declared["verdict"])
    text = declared_text(words, declared)
    weight = Weight.ALARM if verdict is DeclarationVerdict.DIFFERS else Weight.STRONG
    yield Line(f"{DECLARATION_SIGNS[verdict]} {declaration_word(words, verdict)} · {text}", weight)
    finding = _in_this_language(words, then, answer, catalogue)
    reason = str(declared.get("reason") or "")
    if finding is not None:
        reason = declaration_sentence(words, finding)
    if reason:
        yield Line(reason)


def _alarm_text(words: Wording, then: Mapping[str, Any], answer: Identification, catalogue: Catalogue) -> str:
    finding = _in_this_language(words, then, answer, catalogue)
    if finding is not None:
        return alarm_sentence(words, finding)
    return str((then.get("declared") or {}).get("alarm") or "")


def _in_this_language(
    words: Wording, then: Mapping[str, Any], answer: Identification, catalogue: Catalogue
) -> DeclarationFinding | None:
    """Give the comparison where its sentences are not those of the record."""
    return None if words.language is Language.ENGLISH else recorded_declaration(then, answer, catalogue)


def _is_alarm(then: Mapping[str, Any], *, is_controlled: bool) -> bool:
    """Tell whether something controlled was not declared; earlier versions did not write it down."""
    said: Mapping[str, Any] = then.get("declared") or {}
    return bool(said.get("is_alarm", is_controlled))


def _component_lines(
    words: Wording, answer: Identification, catalogue: Catalogue, *, is_named: bool
) -> Iterator[Line]:
    if answer.verdict is not Verdict.MIXTURE or not is_named:
        return
    for one in answer.components:
        name = local_name(words, one.substance, one.name, catalogue)
        others = ", ".join(local_name(words, each, each, catalogue) for each in one.alternatives)
        parts = [
            f"{share_with_interval(one)}  {name}",
            words("or: {names}").format(names=others) if others else "",
            doubt_text(words, one),
        ]
        yield Line(" · ".join(part for part in parts if part), Weight.STRONG)
    yield Line(share_note(words), Weight.SMALL)


def _similarity_lines(words: Wording, answer: Identification, catalogue: Catalogue) -> Iterator[Line]:
    """The similarity, called one, and a confidence where one was calibrated."""
    if not answer.candidates or answer.verdict is Verdict.MIXTURE:
        return
    leader = answer.candidates[0]
    score = shown_similarity(leader.score)
    if answer.verdict is Verdict.NO_MATCH:  # a name beside it would be read as one
        yield Line(words("highest similarity {score:.2f}").format(score=score))
        return
    text = words("similarity {score:.2f}, not a probability").format(score=score)
    if leader.confidence is not None:
        text = words("similarity {score:.2f}").format(score=score)
    yield Line(f"{text} · {_reference_text(words, leader, answer)}")
    if leader.confidence is not None:
        yield from (Line(one) for one in confidence_sentences(words, answer, catalogue))


def _reference_text(words: Wording, leader: Candidate, answer: Identification) -> str:
    parts = [tier_word(words, leader.tier), technique_word(words, answer.compared_as), leader.library]
    name = " ".join(part for part in (leader.reference, f"({leader.form})" if leader.form else "") if part)
    return f"{name} [{', '.join(part for part in parts if part)}]"


def _advice_lines(
    words: Wording,
    then: Mapping[str, Any],
    verdict: Verdict,
    answer: Identification,
    catalogue: Catalogue,
    *,
    is_amended: bool,
) -> Iterator[Line]:
    if verdict not in (Verdict.MATCH, Verdict.MIXTURE):  # what is said there stands at the foot of every page
        yield Line(verdict_advice(words, verdict))
    is_new = words.language is not Language.ENGLISH and "explained" in then
    notes = verdict_notes(words, answer, catalogue) if is_new else then.get("notes") or ()
    is_said = (group_status_sentence(words, answer), words("A share is one of the spectrum, not of weight."))
    if not is_amended:
        yield from (Line(str(one)) for one in notes if one not in is_said)
    for quality in answer.quality:
        yield Line("! " + " ".join(quality_sentences(words, quality)))
    for one in caution_sentences(words, answer, catalogue):
        yield Line(f"! {one}")
    for hint in hints_to_tell(answer):
        name = local_name(words, hint.substance, hint.substance, catalogue)
        yield Line(f"? {hint_sentence(words, hint, name)}")
