"""Declared against identified, in its first form: do the paper and the spectrum name the same substance?

Only a named spectrum (match, group or mixture) can differ from a declaration.  A hint never does.

A mixture, where "declared" is a component that the text names:
    no component is declared, nor anything that may stand in its place        differs
    a component that is not declared, and not doubtful, is listed             differs
    every component is declared                                               agrees
    some are; the others are not listed, or are not told from what is         undetermined
Listed is controlled or watched; doubtful is what sets of components that explain the spectrum nearly as
well do without.  The last is undetermined because papers often name the main part only, and because nobody
knows from a spectrum alone whether a solvent or a filler should have been declared: a person decides that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spectra_library.catalogue import Catalogue
from spectra_library.identification import Component, Identification
from spectra_library.substance import Substance
from spectra_library.verdicts import Verdict

DOUBTFUL_WEIGHT = 0.9  # below it, many of the sets of components that fit do without one


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
    NONE_OF_MIXTURE = "none_of_mixture"
    LISTED_IN_MIXTURE = "listed_in_mixture"
    ALL_OF_MIXTURE = "all_of_mixture"
    ONE_OF_MIXTURE = "one_of_mixture"
    LIKE_ONE_OF_MIXTURE = "like_one_of_mixture"
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
    elif identification.verdict is Verdict.MIXTURE:
        verdict, reason = _against_mixture(declared, identification, catalogue)
    else:
        verdict, reason = _against(declared, identified)
    return DeclarationFinding(
        text=text,
        verdict=verdict,
        reason=reason,
        declared=declared,
        identified=identified,
    )


def is_doubtful(component: Component) -> bool:
    """Tell whether sets without ``component`` explain the spectrum nearly as well."""
    return component.weight is not None and component.weight < DOUBTFUL_WEIGHT


def _named(identification: Identification, catalogue: Catalogue) -> tuple[Substance, ...]:
    """Give the substances that the verdict names; none when it names none."""
    if identification.verdict is Verdict.MATCH:
        return (catalogue.get(identification.candidates[0].substance),)
    if identification.verdict is Verdict.GROUP:
        return tuple(catalogue.get(substance) for substance in identification.group)
    if identification.verdict is Verdict.MIXTURE:
        return tuple(catalogue.get(component.substance) for component in identification.components)
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


def _against_mixture(
    declared: tuple[Substance, ...], identification: Identification, catalogue: Catalogue
) -> tuple[DeclarationVerdict, Reason]:
    """Compare with every component, and with what may stand in its place; the table above has the rules."""
    ids = {substance.id for substance in declared}
    named = [one for one in identification.components if one.substance in ids]
    alike = [one for one in identification.components if ids & {one.substance, *one.alternatives}]
    others = [
        catalogue.get(one.substance)
        for one in identification.components
        if one not in alike and not is_doubtful(one)
    ]
    if not alike:
        return DeclarationVerdict.DIFFERS, Reason.NONE_OF_MIXTURE
    if any(one.is_controlled or one.is_watched for one in others):
        return DeclarationVerdict.DIFFERS, Reason.LISTED_IN_MIXTURE
    if len(named) == len(identification.components):
        return DeclarationVerdict.AGREES, Reason.ALL_OF_MIXTURE
    if not named:
        return DeclarationVerdict.UNDETERMINED, Reason.LIKE_ONE_OF_MIXTURE
    return DeclarationVerdict.UNDETERMINED, Reason.ONE_OF_MIXTURE
