"""Declared against identified, in its first form: do the paper and the spectrum name the same substance?

Only a named spectrum (match or group) can differ from a declaration.  A hint never does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spectra_library.identification import Identification

from spectra_library.catalogue import Catalogue, Substance
from spectra_library.verdicts import Verdict


class DeclarationVerdict(StrEnum):
    """What the comparison says."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNDETERMINED = "undetermined"


class Reason(StrEnum):
    """Why; ``wording.declaration_sentence`` has the sentence."""

    SAME_SUBSTANCE = "same_substance"
    OTHER_SUBSTANCE = "other_substance"
    NONE_OF_GROUP = "none_of_group"
    ONE_OF_GROUP = "one_of_group"
    DECLARATION_UNKNOWN = "declaration_unknown"
    NOT_NAMED = "not_named"
    ONLY_A_HINT = "only_a_hint"


@dataclass(frozen=True, slots=True)
class DeclarationFinding:
    """The declared ``text`` against an identification.

    ``declared`` the substances that the text names, ``identified`` those that the spectrum names or hints at.
    """

    text: str
    verdict: DeclarationVerdict
    reason: Reason
    declared: tuple[Substance, ...]
    identified: tuple[Substance, ...]


def compare(text: str, identification: Identification, catalogue: Catalogue) -> DeclarationFinding:
    """Compare the declared ``text`` (any language, synonym or CAS number) with ``identification``."""
    declared = catalogue.named_in(text)
    identified = _named(identification, catalogue)
    hinted = tuple(catalogue.get(hint.substance) for hint in identification.hints)
    if not declared:
        verdict, reason = DeclarationVerdict.UNDETERMINED, Reason.DECLARATION_UNKNOWN
    elif not identified:
        verdict = DeclarationVerdict.UNDETERMINED
        reason = Reason.ONLY_A_HINT if hinted else Reason.NOT_NAMED
        identified = hinted
    else:
        verdict, reason = _against(declared, identified)
    return DeclarationFinding(
        text=text,
        verdict=verdict,
        reason=reason,
        declared=declared,
        identified=identified,
    )


def _named(identification: Identification, catalogue: Catalogue) -> tuple[Substance, ...]:
    """Give the substances that the verdict names; none when it names none."""
    if identification.verdict is Verdict.MATCH:
        return (catalogue.get(identification.candidates[0].substance),)
    if identification.verdict is Verdict.GROUP:
        return tuple(catalogue.get(substance) for substance in identification.group)
    return ()


def _against(
    declared: tuple[Substance, ...], identified: tuple[Substance, ...]
) -> tuple[DeclarationVerdict, Reason]:
    is_declared = any(substance in declared for substance in identified)
    if len(identified) == 1:
        if is_declared:
            return DeclarationVerdict.AGREES, Reason.SAME_SUBSTANCE
        return DeclarationVerdict.DIFFERS, Reason.OTHER_SUBSTANCE
    if is_declared:
        return DeclarationVerdict.UNDETERMINED, Reason.ONE_OF_GROUP
    return DeclarationVerdict.DIFFERS, Reason.NONE_OF_GROUP
