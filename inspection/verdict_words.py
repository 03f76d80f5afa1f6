"""What must be said beside a verdict: a group's legal status, forms not told apart, what was not compared.

match, group              verdict_notes: shared status, one substance, forms, look-alikes without a reference
mixture                   verdict_notes: what a share is, what is left over
no match, not certain     limit_sentence: what this cannot exclude (``verdict_advice`` holds it too);
                          verdict_notes: that the library does not explain all of it
"""

from __future__ import annotations

from inspection.language import Wording
from inspection.mixture_words import explained_sentence, incomplete_sentence, residual_sentence
from inspection.wording import joined_names
from spectra_library.catalogue import Catalogue
from spectra_library.hints import Hint
from spectra_library.identification import Identification
from spectra_library.substance import LegalStatus
from spectra_library.verdicts import Verdict


def verdict_notes(words: Wording, found: Identification, catalogue: Catalogue) -> tuple[str, ...]:
    """Give every sentence that belongs under the verdict's advice, the most important first."""

    def names(ids: tuple[str, ...]) -> str:
        return joined_names(words, (catalogue.get(one) for one in ids))

    notes = [group_status_sentence(words, found), incomplete_sentence(words, found)]
    if found.verdict is Verdict.MIXTURE:
        notes += [
            words("A share is one of the spectrum, not of weight."),
            explained_sentence(words, found),
            residual_sentence(words, found, catalogue),
        ]
    if found.one_substance and found.one_substance in catalogue:
        notes.append(
            words("They are forms of one substance, {name}; the spectrum does not tell which form.").format(
                name=names((found.one_substance,))
            )
        )
    if found.forms:
        notes.append(
            words("The spectrum does not tell these forms apart: {forms}.").format(
                forms=", ".join(found.forms)
            )
        )
    if found.not_compared:
        notes.append(
            words("Look alike in the infrared and have no reference here, so not excluded: {names}.").format(
                names=names(found.not_compared)
            )
        )
    return tuple(note for note in notes if note)


def hints_to_tell(found: Identification) -> tuple[Hint, ...]:
    """Give the hints at what the verdict does not name: a hint says "not a match" of what it is about."""
    named = {
        Verdict.MATCH: {one.substance for one in found.candidates[:1]},
        Verdict.GROUP: set(found.group),
        Verdict.MIXTURE: {one.substance for one in found.components},
    }.get(found.verdict, set())
    return tuple(hint for hint in found.hints if hint.substance not in named)


def limit_sentence(words: Wording, verdict: Verdict) -> str:
    """What a negative cannot exclude; empty beside a verdict that names something, or that says nothing.

    In mixtures, infrared comparison finds minor parts down to about 10 %; docs/identification.md.
    """
    is_negative = verdict in (Verdict.NO_MATCH, Verdict.INCONCLUSIVE)
    return words("This cannot exclude amounts below about 10 %.") if is_negative else ""


def group_status_sentence(words: Wording, found: Identification) -> str:
    """What the law says of all members of a group; empty where it differs, or where there is no group."""
    shared = found.shared
    if shared is None:
        return ""
    if shared.status is LegalStatus.CONTROLLED:
        if not shared.lists:
            return words("All of them are controlled.")
        return words("All of them are controlled: {lists}.").format(lists=", ".join(shared.lists))
    if shared.status is LegalStatus.WATCHED:
        return words("All of them are watched: not under international control; national rules may apply.")
    if shared.status is LegalStatus.UNKNOWN:
        return words("None of them is in this catalogue: their legal status is not known.")
    return words("None of them is listed.")
