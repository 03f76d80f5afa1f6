"""A finding in words: the banner, the sheets of what was named, the foot of the window."""

from __future__ import annotations

from collections.abc import Sequence

from gui.pages.hazard_words import hazard_sentence
from gui.pages.numbers import capital, number
from gui.pages.wishes import Bar, Wish, primary
from gui.palette import Tone
from gui.widgets.component_list import ComponentRow
from gui.widgets.keyed_button import Action
from gui.widgets.substance_sheet import Hazards
from gui.widgets.verdict_banner import Finding as BannerFinding
from inspection.confidence_words import confidence_sentences
from inspection.declared.declaration import DeclarationVerdict
from inspection.findings import Finding
from inspection.language import Wording
from inspection.mixture_words import (
    alternatives_of,
    alternatives_text,
    doubt_text,
    interval,
    share_text,
    whole_percent,
)
from inspection.verdict_words import group_status_sentence, limit_sentence
from inspection.wording import shown_similarity, status_sentence, substance_name, tier_word, verdict_word
from spectra_library.catalogue import Catalogue
from spectra_library.identification import Candidate, Component, Identification
from spectra_library.library import NOT_STATED, Reference
from spectra_library.substance import LegalStatus, Substance
from spectra_library.verdicts import Verdict

STATUS_TONES = {
    LegalStatus.CONTROLLED: Tone.ALARM,
    LegalStatus.WATCHED: Tone.ALARM,
    LegalStatus.OTHER: Tone.PLAIN,
    LegalStatus.UNKNOWN: Tone.DOUBT,
}


def local_name(words: Wording, substance: Substance) -> str:
    """Give the name in the language of the screen, as a line of its own begins."""
    name = substance_name(words, substance)
    return name if name == substance.name else capital(name)


def named(found: Identification, catalogue: Catalogue) -> tuple[Substance, ...]:
    """Give what the verdict names: nothing where it names nothing."""
    if found.verdict is Verdict.MATCH:
        return (catalogue.get(found.candidates[0].substance),)
    if found.verdict is Verdict.GROUP:
        return tuple(catalogue.get(one) for one in found.group)
    if found.verdict is Verdict.MIXTURE:
        return tuple(catalogue.get(one.substance) for one in found.components)
    return ()


def is_alarming(finding: Finding, catalogue: Catalogue) -> bool:
    """Tell whether what was named is controlled, watched, or not what was declared.

    So does what may stand in the place of a component: like a member of a group, it is not excluded.
    """
    differs = finding.declaration is not None and finding.declaration.verdict is DeclarationVerdict.DIFFERS
    found = finding.identification
    return differs or any(
        one.is_controlled or one.is_watched for one in (*named(found, catalogue), *_perhaps(found, catalogue))
    )


def is_unknown(finding: Finding, catalogue: Catalogue) -> bool:
    """Tell whether the legal status of something that was named, or is not excluded, is not known."""
    found = finding.identification
    substances = (*named(found, catalogue), *_perhaps(found, catalogue))
    return any(one.status is LegalStatus.UNKNOWN for one in substances)


def _perhaps(found: Identification, catalogue: Catalogue) -> tuple[Substance, ...]:
    """Give what may stand in the place of a mixture's components."""
    if found.verdict is not Verdict.MIXTURE:
        return ()
    others = (other for one in found.components for other in alternatives_of(one, catalogue))
    return tuple(dict.fromkeys(others))


def banner(words: Wording, finding: Finding, catalogue: Catalogue) -> BannerFinding:
    """Give the verdict as the banner shows it."""
    found = finding.identification
    name, status, advice = _headline(words, finding, catalogue)
    similarity = ""
    if found.verdict is Verdict.MIXTURE:  # the similarity of one reference says nothing about several
        similarity = words("{explained} % of the signal explained · confidence not calibrated").format(
            explained=whole_percent(found.explained)
        )
    elif found.candidates:
        similarity = words("Similarity {score} · confidence not calibrated").format(
            score=number(shown_similarity(found.candidates[0].score))
        )
        if found.candidates[0].confidence is not None:
            similarity = words("Similarity {score} · confidence {confidence}").format(
                score=number(shown_similarity(found.candidates[0].score)),
                confidence=number(shown_similarity(found.candidates[0].confidence)),  # cut alike
            )
    return BannerFinding(
        verdict=found.verdict,
        word=verdict_word(words, found.verdict),
        name=name,
        status=status,
        similarity=similarity,
        advice=advice,
        is_alarming=is_alarming(finding, catalogue),
        is_unknown=is_unknown(finding, catalogue),
    )


def _headline(words: Wording, finding: Finding, catalogue: Catalogue) -> tuple[str, str, str]:
    """Name, status and advice."""
    found = finding.identification
    presumptive = words("Presumptive result – confirm in a laboratory")
    if found.verdict is Verdict.REJECTED:
        return words("Too poor to say anything"), words("No substance can be named from this spectrum."), ""
    if found.verdict is Verdict.NO_MATCH:
        return (
            words("Nothing in the library resembles it"),
            words("This cannot exclude amounts below about 10 %."),
            words("Send a sample to a laboratory"),
        )
    if found.verdict is Verdict.INCONCLUSIVE:
        nearest = local_name(words, catalogue.get(found.candidates[0].substance))
        return (
            words("Near {name}").format(name=nearest),
            words("Similar, but not enough to name one substance.")
            + " "
            + limit_sentence(words, found.verdict),
            words("Send a sample to a laboratory"),
        )
    substances = named(found, catalogue)
    if found.verdict is Verdict.GROUP:
        names = words(" or ").join(local_name(words, one) for one in substances)
        status = (
            words("This spectrum does not tell these substances apart."),
            group_status_sentence(words, found),
        )
        return names, " ".join(part for part in status if part), presumptive
    if found.verdict is Verdict.MIXTURE:
        joined = " + ".join(local_name(words, one) for one in substances)
        return joined, mixture_status(words, substances, _perhaps(found, catalogue)), presumptive
    [substance] = substances
    return local_name(words, substance), status_line(words, substance), presumptive


def mixture_status(words: Wording, components: Sequence[Substance], perhaps: Sequence[Substance]) -> str:
    """What the law says of each component, and of what may stand in its place; one word where nothing."""
    said = [
        f"{local_name(words, one)}: {status_line(words, one)}" for one in components if one.status_matters
    ]
    said += [
        words("Perhaps {name}: {status}").format(name=local_name(words, one), status=status_line(words, one))
        for one in dict.fromkeys(perhaps)
        if one.status_matters and one not in components
    ]
    return "; ".join(said) or status_line(words, components[0])


def status_line(words: Wording, substance: Substance) -> str:
    """Give kind and lists of what is controlled, the usual sentence for everything else."""
    if not substance.is_controlled:
        return status_sentence(words, substance)
    return " · ".join([kind_word(words, substance), *substance.lists])


def kind_word(words: Wording, substance: Substance) -> str:
    """What the substance is, in one word."""
    return {
        "precursor": words("Precursor"),
        "narcotic": words("Narcotic drug"),
        "psychotropic": words("Psychotropic substance"),
        "nps": words("New psychoactive substance"),
    }.get(substance.kind, words("Controlled"))


def hazards_of(words: Wording, substance: Substance) -> Hazards:
    """Give pictograms and statements."""
    return Hazards(
        pictograms=substance.pictograms,
        phrases=tuple(hazard_sentence(words, code) for code in substance.hazards),
        is_verified="ghs" not in substance.unverified,
    )


def candidate_lines(words: Wording, candidate: Candidate) -> list[tuple[str, str]]:
    """Give what stands behind one candidate, as labels and texts."""
    licence = words("not stated") if candidate.licence == NOT_STATED else candidate.licence
    kind = f"{tier_word(words, candidate.tier)}, {candidate.library}"
    lines = [(words("Reference"), kind), (words("Source"), candidate.source), (words("Licence"), licence)]
    if candidate.form:
        lines.insert(1, (words("Form"), candidate.form))
    return lines


def component_row(
    words: Wording,
    component: Component,
    catalogue: Catalogue,
    references: Sequence[tuple[str, Reference]],
) -> ComponentRow:
    """Give one component of a mixture as the list shows it; ``references`` spoke for it."""
    substance = catalogue.get(component.substance)
    ends = interval(component)
    kinds = dict.fromkeys(
        f"{tier_word(words, one.tier)}, {one.source if one.licence == NOT_STATED else library}"
        for library, one in references
    )
    return ComponentRow(
        name=local_name(words, substance),
        share=component.share,
        low=component.share_low,
        high=component.share_high,
        share_text=share_text(component),
        interval=""
        if ends is None
        else words("between {low} and {high} %").format(low=ends[0], high=ends[1]),
        status=status_line(words, substance),
        status_tone=STATUS_TONES[substance.status],
        doubt=doubt_text(words, component),
        alternatives=alternatives_text(words, component, catalogue),
        kind=words("Reference: {kind}").format(kind="; ".join(kinds)) if kinds else "",
    )


def confidence_text(words: Wording, found: Identification, catalogue: Catalogue) -> str:
    """Say what the similarity is, what the confidence is or why there is none, and what stays possible."""
    if found.verdict is Verdict.MIXTURE:
        share = words(
            "A share is how much of the spectrum a component makes up, by its strongest band. It is not a "
            "share of weight: a substance with strong bands looks like more than there is. The line on the "
            "bar shows between what the share may lie."
        )
        return " ".join((share, *confidence_sentences(words, found, catalogue)))
    similarity = words(
        "Similarity is how alike the two curves are, from 0 to 1. It is not a probability: two substances "
        "can be alike."
    )
    return " ".join((similarity, *confidence_sentences(words, found, catalogue)))


def result_bar(words: Wording, finding: Finding, *, is_saving: bool, is_unsaved: bool) -> Bar:
    """Give the foot of the result page; the primary action follows the verdict."""
    verdict = finding.identification.verdict
    declare = Action(Wish.EDIT_DECLARED, words("Declared as…"), "F7")
    again = Action(Wish.SCAN_AGAIN, words("Scan again"), "F8", is_enabled=not is_saving)
    save = primary(Wish.SAVE, words("Save and next"), is_enabled=not is_saving)
    if is_saving:
        return Bar(words("The finding is being written into the log."), "", (declare, again), save)
    if is_unsaved:
        return Bar(
            words("The finding is kept in this window until it is saved."),
            words("Not saved"),
            (declare, again),
            primary(Wish.SAVE, words("Save again")),
        )
    if verdict is Verdict.REJECTED:
        keep = Action(Wish.SAVE, words("Save anyway"), "F9")
        return Bar(
            words("Improve the sample and scan it again."),
            words("Nothing can be said about this sample yet."),
            (declare, keep),
            primary(Wish.SCAN_AGAIN, words("Scan again")),
        )
    lead, sentence = {
        Verdict.NO_MATCH: (
            words("No match is not an all-clear."),
            words("Save the finding; send a sample to a laboratory when in doubt."),
        ),
        Verdict.INCONCLUSIVE: (
            words("Not certain enough to name a substance."),
            words("Save the finding and send a sample to a laboratory."),
        ),
    }.get(
        verdict,
        (
            words("Presumptive result – confirm in a laboratory."),
            words("Keep the sample, then save the finding."),
        ),
    )
    return Bar(sentence, lead, (declare, again), save)
