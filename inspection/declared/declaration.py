"""Declared against identified: do the paper and the spectrum name the same substance?

Only a named spectrum (match, group or mixture) can differ from a declaration.  A hint never does: the verdict
is undetermined, its reason names the hint and the trap, and asks for a sample.

One substance or a group, where the paper names substances (by name, trade name, CAS, UN, or a tariff
subheading in which nothing else stands):
    the substance is declared, or declared without its salt or hydrate        agrees
    another salt or hydrate of it is declared                                 undetermined
    water, where a solution is declared                                       undetermined
    any other                                                                 differs
    a group, of which one is declared                                         undetermined
    a group, of which none is                                                 differs

A mixture, where "declared" is a component that the paper names:
    no component is declared, nor anything that may stand in its place        differs
    a component that is not declared, and not doubtful, is listed             differs
    every component is declared                                               agrees
    some are; the others are not listed, or are not told from what is         undetermined
Listed is controlled or watched; doubtful is what sets of components that explain the spectrum nearly as
well do without.  The last is undetermined because papers often name the main part only, and because nobody
knows from a spectrum alone whether a solvent or a filler should have been declared: a person decides that.

Goods that a class word alone declares (thinner, fertiliser, intermediate; see traps.py).  "Usual" is what
such goods usually are (data/cargo_classes.csv); nothing listed is, so a class word never agrees with it:
    one substance: usual                                                      agrees
                   controlled                                                 differs
                   watched, or not usual                                      undetermined
    a group:       all of them usual                                          agrees
                   all controlled, and no trap of the class hides one         differs
                   any other                                                  undetermined
    a mixture:     every component usual                                      agrees
                   a component is controlled, not doubtful, and no trap
                   of the class hides one                                     differs
                   any other                                                  undetermined
Why a thinner that is toluene differs: toluene may be sold, but it has to be declared by its name.  Why one
that holds toluene does not: thinners do, and whether this one had to say so is for a person to decide.

A tariff code or UN number that names no single substance (HS 2914, 3814, UN 1263) never differs:
    all that is found stands in it, or is usual for it, is not listed, and
    no trap hides it                                                          agrees
    any other                                                                 undetermined

What the paper says is not there ("acetone-free") and the spectrum names:     differs
    where it may mean something else ("acetone free sample")                  undetermined
A name that means several unrelated substances (PAA) never agrees:            undetermined
The floor: something controlled never agrees with a text that holds words
beside its name which were not understood (unread.py: "acetone candles"):     undetermined
Parts of the paper contradict each other (text: acetone; HS: acetic anhydride): never agrees.
    the text does not name what was found, or, without a text, no number does   differs
    any other                                                                 undetermined
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from inspection.declared.meaning import (
    WATER,
    Meaning,
    Part,
    Understood,
    is_covered,
    is_other_form,
    may_show_as_water,
    understand,
)
from inspection.declared.tables import CargoClass, usual
from inspection.declared.traps import Trap, trap_for
from spectra_library.catalogue import Catalogue
from spectra_library.identification import Component, Identification
from spectra_library.substance import Substance
from spectra_library.verdicts import Verdict

DOUBTFUL_WEIGHT: Final = 0.9  # below it, many of the sets of components that fit do without one


class DeclarationVerdict(StrEnum):
    """What the comparison says."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNDETERMINED = "undetermined"


class Reason(StrEnum):
    """Why; ``wording.declaration_sentence`` has the sentence."""

    SAME_SUBSTANCE = "same_substance"
    OTHER_SUBSTANCE = "other_substance"
    OTHER_FORM = "other_form"
    ONLY_THE_WATER = "only_the_water"
    NONE_OF_GROUP = "none_of_group"
    ONE_OF_GROUP = "one_of_group"
    NONE_OF_MIXTURE = "none_of_mixture"
    LISTED_IN_MIXTURE = "listed_in_mixture"
    ALL_OF_MIXTURE = "all_of_mixture"
    ONE_OF_MIXTURE = "one_of_mixture"
    LIKE_ONE_OF_MIXTURE = "like_one_of_mixture"
    CLASS_FITS = "class_fits"
    CLASS_HIDES = "class_hides"
    CLASS_OPEN = "class_open"
    NUMBER_FITS = "number_fits"
    NUMBER_OPEN = "number_open"
    SAID_TO_BE_ABSENT = "said_to_be_absent"
    PAPER_CONTRADICTS = "paper_contradicts"
    DECLARATION_UNKNOWN = "declaration_unknown"
    NOT_NAMED = "not_named"
    ONLY_A_HINT = "only_a_hint"
    NAME_OF_SEVERAL = "name_of_several"
    SAYS_MORE = "says_more"
    MAYBE_ABSENT = "maybe_absent"


@dataclass(frozen=True, slots=True)
class Declared:
    """What the papers say: the description of the goods and the numbers beside it, each empty where unknown.

    The numbers are taken as they were typed; what is no such number is passed over.
    """

    text: str
    hs_code: str = ""
    un_number: str = ""
    cas: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether the papers say nothing."""
        return not any(one.strip() for one in (self.text, self.hs_code, self.un_number, self.cas))


@dataclass(frozen=True, slots=True)
class DeclarationFinding:
    """The declared ``text`` and its numbers against an identification.

    ``declared`` the substances that the paper names, ``identified`` what the spectrum names or hints at.
    ``understood`` through what the paper was understood.  ``denied`` what it says is not there.
    ``classes`` of goods that it speaks of.  ``contradictions`` parts of it that do not fit each other.
    ``alarming`` what is controlled and was not declared, where the verdict is that it differs.
    ``unread`` the words of the text that were not understood.
    """

    text: str
    verdict: DeclarationVerdict
    reason: Reason
    declared: tuple[Substance, ...]
    identified: tuple[Substance, ...]
    hs_code: str = ""
    un_number: str = ""
    cas: str = ""
    understood: tuple[Understood, ...] = ()
    denied: tuple[Substance, ...] = ()
    classes: tuple[CargoClass, ...] = ()
    contradictions: tuple[tuple[Part, Part], ...] = ()
    trap: Trap | None = None
    alarming: tuple[Substance, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def is_alarm(self) -> bool:
        """Tell whether this is the loudest thing that the program says."""
        return bool(self.alarming)


_Answer = tuple[DeclarationVerdict, Reason]


def compare(declared: Declared, identification: Identification, catalogue: Catalogue) -> DeclarationFinding:
    """Compare what was ``declared`` (English, Russian, Azerbaijani, or numbers) with what was found."""
    meaning = understand(
        declared.text,
        catalogue,
        hs_code=declared.hs_code,
        un_number=declared.un_number,
        cas=declared.cas,
    )
    found = _named(identification, catalogue)
    shown = found or tuple(catalogue.get(hint.substance) for hint in identification.hints)
    names = meaning.substances
    trap = trap_for(
        [one.id for one in names],
        meaning.classes | meaning.code_classes,
        () if meaning.names_by_text else meaning.headings,
        [one.id for one in shown if not is_covered(one, names, catalogue)],
    )
    verdict, reason = _Comparison(meaning, identification, catalogue, trap).answer(found, is_hint=bool(shown))
    certain = _certain(identification, catalogue)
    undeclared = [one for one in certain if one in meaning.denied or not is_covered(one, names, catalogue)]
    return DeclarationFinding(
        text=declared.text,
        verdict=verdict,
        reason=reason,
        declared=names,
        identified=() if reason is Reason.DECLARATION_UNKNOWN and not found else shown,
        hs_code=declared.hs_code,
        un_number=declared.un_number,
        cas=declared.cas,
        understood=meaning.understood,
        denied=meaning.denied,
        classes=tuple(sorted(meaning.classes or meaning.code_classes)),
        contradictions=meaning.contradictions,
        trap=trap,
        alarming=tuple(one for one in undeclared if one.is_controlled)
        if verdict is DeclarationVerdict.DIFFERS
        else (),
        unread=meaning.unread,
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


def _certain(identification: Identification, catalogue: Catalogue) -> tuple[Substance, ...]:
    """Give the same without the doubtful components of a mixture."""
    if identification.verdict is not Verdict.MIXTURE:
        return _named(identification, catalogue)
    sure = (one for one in identification.components if not is_doubtful(one))
    return tuple(catalogue.get(component.substance) for component in sure)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The rules above, for one paper and one spectrum."""

    meaning: Meaning
    identification: Identification
    catalogue: Catalogue
    trap: Trap | None

    def answer(self, found: tuple[Substance, ...], *, is_hint: bool) -> _Answer:
        """Decide for what was ``found``; nothing was where the spectrum is not named."""
        meaning = self.meaning
        says_names = meaning.parts or meaning.denied or meaning.unsure
        if not (says_names or meaning.classes or meaning.headings or meaning.code_classes):
            return DeclarationVerdict.UNDETERMINED, Reason.DECLARATION_UNKNOWN
        if not found:
            return DeclarationVerdict.UNDETERMINED, Reason.ONLY_A_HINT if is_hint else Reason.NOT_NAMED
        if self._is_denied():
            return DeclarationVerdict.DIFFERS, Reason.SAID_TO_BE_ABSENT
        if any(is_covered(one, meaning.unsure, self.catalogue) for one in found):
            return DeclarationVerdict.UNDETERMINED, Reason.MAYBE_ABSENT
        if meaning.parts:
            return self._unless_hasty(self._against_parts(found), found)
        if meaning.classes:
            return self._against_class(found)
        if meaning.code_classes or meaning.headings:
            return self._against_number(found)
        return DeclarationVerdict.UNDETERMINED, Reason.DECLARATION_UNKNOWN

    def _is_denied(self) -> bool:
        if self.identification.verdict is Verdict.GROUP:
            return False
        return any(one in self.meaning.denied for one in _certain(self.identification, self.catalogue))

    # Substances

    def _unless_hasty(self, answer: _Answer, found: tuple[Substance, ...]) -> _Answer:
        """Take an agreement back that rests on a name of several substances, or on a text half understood."""
        if answer[0] is not DeclarationVerdict.AGREES:
            return answer
        if not all(is_covered(one, self.meaning.clear, self.catalogue) for one in found):
            return DeclarationVerdict.UNDETERMINED, Reason.NAME_OF_SEVERAL
        # A short name is not read inside a text; beside a number that tells which is meant it says no more.
        unread = [one for one in self.meaning.unread if not set(found) & set(self.catalogue.by_name(one))]
        if unread and any(one.is_controlled for one in found):
            return DeclarationVerdict.UNDETERMINED, Reason.SAYS_MORE
        return answer

    def _against_parts(self, found: tuple[Substance, ...]) -> _Answer:
        parts = self.meaning.parts
        if not self.meaning.contradictions:
            return self._against(self.meaning.substances, found)
        deciding = [one for one in parts if one.is_text] or parts
        answers = [self._against(one.substances, found) for one in deciding]
        if all(verdict is DeclarationVerdict.DIFFERS for verdict, _ in answers):
            return answers[0]
        return DeclarationVerdict.UNDETERMINED, Reason.PAPER_CONTRADICTS

    def _against(self, declared: tuple[Substance, ...], found: tuple[Substance, ...]) -> _Answer:
        if self.identification.verdict is Verdict.MIXTURE:
            return self._against_mixture(declared)
        is_declared = any(is_covered(one, declared, self.catalogue) for one in found)
        if len(found) > 1:
            if is_declared or self._is_other_form(declared, found):
                return DeclarationVerdict.UNDETERMINED, Reason.ONE_OF_GROUP
            return DeclarationVerdict.DIFFERS, Reason.NONE_OF_GROUP
        if found[0].id == WATER and may_show_as_water(declared):
            return DeclarationVerdict.UNDETERMINED, Reason.ONLY_THE_WATER
        if is_declared:
            return DeclarationVerdict.AGREES, Reason.SAME_SUBSTANCE
        if self._is_other_form(declared, found):
            return DeclarationVerdict.UNDETERMINED, Reason.OTHER_FORM
        return DeclarationVerdict.DIFFERS, Reason.OTHER_SUBSTANCE

    def _is_other_form(self, declared: tuple[Substance, ...], found: tuple[Substance, ...]) -> bool:
        return any(is_other_form(one, declared, self.catalogue) for one in found)

    def _against_mixture(self, declared: tuple[Substance, ...]) -> _Answer:
        """Compare with every component, and with what may stand in its place."""
        components = self.identification.components
        named = [one for one in components if self._is_named(declared, one.substance)]
        alike = [
            one
            for one in components
            if any(self._is_named(declared, other) for other in (one.substance, *one.alternatives))
        ]
        others = [
            self.catalogue.get(one.substance)
            for one in components
            if one not in alike and not is_doubtful(one)
        ]
        if not alike:
            return DeclarationVerdict.DIFFERS, Reason.NONE_OF_MIXTURE
        if any(one.is_controlled or one.is_watched for one in others):
            return DeclarationVerdict.DIFFERS, Reason.LISTED_IN_MIXTURE
        if len(named) == len(components):
            return DeclarationVerdict.AGREES, Reason.ALL_OF_MIXTURE
        if not named:
            return DeclarationVerdict.UNDETERMINED, Reason.LIKE_ONE_OF_MIXTURE
        return DeclarationVerdict.UNDETERMINED, Reason.ONE_OF_MIXTURE

    def _is_named(self, declared: tuple[Substance, ...], substance_id: str) -> bool:
        return is_covered(self.catalogue.get(substance_id), declared, self.catalogue)

    # Classes of goods, and numbers that name no substance

    def _against_class(self, found: tuple[Substance, ...]) -> _Answer:
        if self._are_usual(found, self.meaning.classes):
            return DeclarationVerdict.AGREES, Reason.CLASS_FITS
        if self._hides_controlled():
            return DeclarationVerdict.DIFFERS, Reason.CLASS_HIDES
        return DeclarationVerdict.UNDETERMINED, Reason.CLASS_OPEN

    def _hides_controlled(self) -> bool:
        certain = _certain(self.identification, self.catalogue)
        if self.identification.verdict is Verdict.MATCH:
            return certain[0].is_controlled
        if self.identification.verdict is Verdict.GROUP:
            return self.trap is None and all(one.is_controlled for one in certain)
        hidden = frozenset() if self.trap is None else self.trap.hidden
        return any(one.is_controlled and one.id not in hidden for one in certain)

    def _against_number(self, found: tuple[Substance, ...]) -> _Answer:
        covered = self.meaning.covered
        is_in_heading = all(one in covered and not (one.is_controlled or one.is_watched) for one in found)
        if (is_in_heading and self.trap is None) or self._are_usual(found, self.meaning.code_classes):
            return DeclarationVerdict.AGREES, Reason.NUMBER_FITS
        return DeclarationVerdict.UNDETERMINED, Reason.NUMBER_OPEN

    def _are_usual(self, found: tuple[Substance, ...], classes: Iterable[CargoClass]) -> bool:
        ordinary = {one for cargo_class in classes for one in usual(cargo_class, self.catalogue)}
        return all(one in ordinary for one in found)
