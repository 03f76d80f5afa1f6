"""Entries of the log in words: the row of a list, and everything that is known of one.

A record is English whatever the screen speaks; names and verdicts are put into the language of the screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gui.icons import Icon
from gui.pages.numbers import capital, clock_time, date_time, number
from gui.pages.result_words import local_name, mixture_status, status_line
from gui.palette import Tone
from gui.widgets.declared_box import SIGNS as DECLARATION_SIGNS
from gui.widgets.fact_list import Fact
from gui.widgets.verdict_banner import SIGNS as VERDICT_SIGNS
from gui.widgets.verdict_banner import Finding as BannerFinding
from gui.widgets.verdict_banner import verdict_tone
from inspection.declared.declaration import DeclarationVerdict
from inspection.entry_words import entry_word, incident_word, record_lines, user_event_word
from inspection.language import Wording
from inspection.log_rows import named_substances
from inspection.mixture_words import alternatives_text, doubt_text, share_note, share_with_interval
from inspection.records import EntryKind, LogEntry
from inspection.wording import declaration_word, shown_similarity, tier_word, verdict_word
from spectra_library.catalogue import Catalogue
from spectra_library.identification import Component
from spectra_library.library import Tier
from spectra_library.substance import LegalStatus, Substance, outside_substance
from spectra_library.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the list."""

    text: str
    icon: Icon | None = None
    tone: Tone = Tone.PLAIN
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One line of the list."""

    sequence: int
    time: Cell
    record: Cell
    verdict: Cell
    substance: Cell
    declared: Cell
    declaration: Cell


def is_finding(entry: LogEntry) -> bool:
    """Tell whether an entry names, or could not name, a sample."""
    return entry.kind is EntryKind.IDENTIFICATION


def entry_row(words: Wording, entry: LogEntry, catalogue: Catalogue, today: datetime) -> EntryRow:
    """Give the line of ``entry``; another day than ``today`` shows its date."""
    moment = entry.time.astimezone()
    is_today = moment.date() == today.astimezone().date()
    time = Cell(clock_time(moment) if is_today else f"{moment:%Y-%m-%d}", is_strong=False)
    record = Cell(f"{entry.sequence:04d}", tone=Tone.QUIET)
    if not is_finding(entry):
        text = Cell(capital(entry_word(words, entry)), tone=Tone.QUIET)
        return EntryRow(entry.sequence, time, record, text, Cell(""), Cell(""), Cell(""))
    body: Mapping[str, Any] = entry.body
    verdict = Verdict(body["verdict"])
    tone = verdict_tone(
        verdict, is_alarming=is_alarming(entry, catalogue), is_unknown=is_unknown(entry, catalogue)
    )
    declared = body.get("declared") or {}
    declaration = Cell("")
    if declared:
        answer = DeclarationVerdict(declared["verdict"])
        icon, answer_tone = DECLARATION_SIGNS[answer]
        declaration = Cell(capital(declaration_word(words, answer)), icon, answer_tone)
    names = _joined(words, entry, catalogue)
    hints = [
        catalogue.get(one["substance"]) for one in body.get("hints", ()) if one["substance"] in catalogue
    ]
    substance = Cell(names, is_strong=bool(names) and verdict in (Verdict.MATCH, Verdict.MIXTURE))
    if not names and hints:
        substance = Cell(words("hint: {name}").format(name=local_name(words, hints[0])), tone=Tone.QUIET)
    return EntryRow(
        entry.sequence,
        time,
        record,
        Cell(verdict_word(words, verdict), VERDICT_SIGNS[verdict], tone),
        substance,
        Cell(words("“{text}”").format(text=declared["text"]) if declared else "", tone=Tone.QUIET),
        declaration,
    )


def named(entry: LogEntry, catalogue: Catalogue) -> tuple[Substance, ...]:
    """Give the substances that an entry names; one that the catalogue no longer knows has its id as a name.

    Those of a mixture with the largest share first.
    """
    ids = named_substances(entry.kind, entry.body)
    if entry.body.get("verdict") == Verdict.MIXTURE:
        components: Any = entry.body.get("components") or ()
        shares = [str(one["substance"]) for one in components]
        ids = tuple(one for one in shares if one in ids) or ids
    return tuple(catalogue.get(one) if one in catalogue else outside_substance(one, one) for one in ids)


def _joined(words: Wording, entry: LogEntry, catalogue: Catalogue) -> str:
    """Name what an entry names in one line."""
    parting = " + " if entry.body.get("verdict") == Verdict.MIXTURE else ", "
    return parting.join(local_name(words, one) for one in named(entry, catalogue))


def is_alarming(entry: LogEntry, catalogue: Catalogue) -> bool:
    """Tell whether what was named is controlled, watched, or not what was declared.

    So does what may stand in the place of a mixture's component, as when it was found.
    """
    declared: Any = entry.body.get("declared") or {}
    others = [catalogue.get(one) for one in _alternatives(entry) if one in catalogue]
    return declared.get("verdict") == DeclarationVerdict.DIFFERS or any(
        one.is_controlled or one.is_watched for one in (*named(entry, catalogue), *others)
    )


def is_unknown(entry: LogEntry, catalogue: Catalogue) -> bool:
    """Tell whether the catalogue does not, or no longer, know what the law says of what was named."""
    ids = (*named_substances(entry.kind, entry.body), *_alternatives(entry))
    return any(one not in catalogue or catalogue.get(one).status is LegalStatus.UNKNOWN for one in ids)


def _alternatives(entry: LogEntry) -> list[str]:
    """Give what may stand in the place of a mixture's components."""
    if entry.body.get("verdict") != Verdict.MIXTURE:
        return []
    components: Any = entry.body.get("components") or ()
    return [str(other) for one in components for other in one.get("alternatives") or ()]


def entry_banner(words: Wording, entry: LogEntry, catalogue: Catalogue) -> BannerFinding:
    """Give the head of the details of a finding."""
    verdict = Verdict(str(entry.body["verdict"]))
    substances = named(entry, catalogue)
    name = _joined(words, entry, catalogue) or words("Nothing was named")
    status = " · ".join(dict.fromkeys(status_line(words, one) for one in substances))
    if verdict is Verdict.MIXTURE and substances:
        others = [catalogue.get(one) for one in _alternatives(entry) if one in catalogue]
        status = mixture_status(words, substances, others)
    return BannerFinding(
        verdict=verdict,
        word=verdict_word(words, verdict),
        name=name,
        status=status if verdict in (Verdict.MATCH, Verdict.MIXTURE, Verdict.GROUP) else "",
        is_alarming=is_alarming(entry, catalogue),
        is_unknown=is_unknown(entry, catalogue),
    )


def entry_facts(words: Wording, entry: LogEntry, catalogue: Catalogue) -> list[Fact]:
    """Give everything that an officer asks of an entry."""
    body: Mapping[str, Any] = entry.body
    facts = [Fact(words("Time"), date_time(entry.time))]
    if is_finding(entry):
        facts = [*_finding_facts(words, body, catalogue), *facts]
    if entry.inspection:
        sample = "" if entry.sample is None else words(", sample {number}").format(number=entry.sample)
        facts.append(Fact(words("Inspection"), f"{entry.inspection}{sample}"))
    if entry.kind is EntryKind.INSPECTION_OPENED:
        for label, name in ((words("Container"), "container"), (words("Declared"), "declared")):
            if body.get(name):
                facts.append(Fact(label, str(body[name])))
    facts += [Fact(label, value) for label, value in record_lines(words, entry)]
    if entry.kind is EntryKind.USER:
        facts += [
            Fact(words("User"), str(body.get("user", ""))),
            Fact(words("Change"), user_event_word(words, str(body.get("event", "")))),
        ]
    if entry.kind is EntryKind.INCIDENT:
        facts.append(Fact(words("What happened"), incident_word(words, str(body.get("what", "")))))
    instrument = body.get("capture") or (body if entry.kind is EntryKind.BACKGROUND else {})
    if instrument.get("serial"):
        facts.append(Fact(words("Detector"), f"{instrument['device']}, {instrument['serial']}"))
    if instrument.get("scans"):
        settings = words("{scans} scans at {resolution} cm⁻¹").format(
            scans=instrument["scans"], resolution=f"{instrument['resolution_cm']:g}"
        )
        facts.append(Fact(words("Measured with"), settings))
    facts.append(Fact(words("Officer"), entry.officer or words("not recorded")))
    facts.append(Fact(words("Record"), f"{entry.sequence:04d} · {entry.hash.hex()[:16]}…"))
    return facts


def _finding_facts(words: Wording, body: Mapping[str, Any], catalogue: Catalogue) -> list[Fact]:
    facts = []
    declared = body.get("declared")
    if declared:
        answer = DeclarationVerdict(declared["verdict"])
        icon, tone = DECLARATION_SIGNS[answer]
        facts.append(Fact(words("Declared"), words("“{text}”").format(text=declared["text"])))
        facts.append(Fact(words("Comparison"), capital(declaration_word(words, answer)), icon, tone))
    if body["verdict"] == Verdict.MIXTURE:
        facts += _component_facts(words, body, catalogue)
    elif body.get("candidates"):
        leader = body["candidates"][0]
        value = words("{score}, reference {kind}").format(
            score=number(shown_similarity(leader["score"])), kind=tier_word(words, Tier(leader["tier"]))
        )
        facts.append(Fact(words("Similarity"), value))
    return facts


def _component_facts(words: Wording, body: Mapping[str, Any], catalogue: Catalogue) -> list[Fact]:
    """Give the components with their shares; the similarity of one reference would say nothing of them."""
    facts = []
    for one in body.get("components") or ():
        component = Component(
            substance=one["substance"],
            name=one["name"],
            share=one["share"],
            share_low=one.get("share_low"),
            share_high=one.get("share_high"),
            weight=one.get("weight"),
            alternatives=tuple(other for other in one.get("alternatives") or () if other in catalogue),
        )
        is_known = component.substance in catalogue
        name = local_name(words, catalogue.get(component.substance)) if is_known else component.name
        parts = [
            name,
            share_with_interval(component),
            doubt_text(words, component),
            alternatives_text(words, component, catalogue),
        ]
        facts.append(Fact(words("Component"), " · ".join(part for part in parts if part)))
    if facts:
        facts.append(Fact(words("Shares"), share_note(words)))
    return facts
