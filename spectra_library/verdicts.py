"""From scored references to what is said: best reference per substance, rivals, forms, verdict.

    scored references -> best per substance -> rivals -> verdict
                                           `-> look-alikes (no: joins the group; compared: told of)

Pure functions; the catalogue says what infrared does not tell apart, and what is a form of what.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spectra_library.catalogue import Catalogue
from spectra_library.lookalikes import Separable
from spectra_library.prepared import ScoredReference
from spectra_library.substance import LegalStatus

# Parts of words by which a reference's ``form`` names a chemical form.
_CHEMICAL_FORMS = (
    *("base", "hcl", "hbr", "chloride", "bromide", "sulphate", "sulfate", "tartrate", "maleate", "citrate"),
    *("phosphate", "acetate", "salt", "acid", "hydrate", "anhydrous", "polymorph", "racemate", "form i"),
)


class Verdict(StrEnum):
    """What the program says."""

    MATCH = "match"
    GROUP = "group"  # several substances that this spectrum does not tell apart
    MIXTURE = "mixture"
    INCONCLUSIVE = "inconclusive"
    NO_MATCH = "no_match"
    REJECTED = "rejected"  # the spectrum is too poor to say anything


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the verdicts part.  docs/identification.md says on which spectra these were measured.

    ``match`` the least score of a match, ``separation`` the least lead over the next different substance,
    ``candidate`` the least score that is worth a laboratory's look, ``absorbance`` the least correlation of
    the absorbances themselves: sharp bands alone (vapour, spikes) must not carry a match.
    ``group_size`` more substances than this within the lead are no answer.
    """

    match: float = 0.93
    separation: float = 0.05
    candidate: float = 0.60
    absorbance: float = 0.80
    group_size: int = 4


@dataclass(frozen=True, slots=True)
class SharedStatus:
    """What the law says of every member of a group.

    ``status`` holds for all of them; ``lists`` the lists that all of them stand on, without dates and notes,
    empty where they stand on different ones.
    """

    status: LegalStatus
    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The verdict of the search, with what goes with it.

    ``group`` the substances that a *group* does not tell apart, best first, empty otherwise.
    ``shared`` what the law says of all of them, None where it differs, or where there is no group.
    ``one_substance`` the substance of which all members of the group are forms, empty otherwise.
    ``forms`` the forms of the best substance that its references do not tell apart; empty where one is named.
    ``not_compared`` look-alikes of the best that only a comparison excludes and that have no reference here.
    """

    verdict: Verdict
    group: tuple[str, ...] = ()
    shared: SharedStatus | None = None
    one_substance: str = ""
    forms: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()


def conclude(scored: tuple[ScoredReference, ...], catalogue: Catalogue, thresholds: Thresholds) -> Conclusion:
    """Say what the ``scored`` references, best first, amount to.  A poor spectrum is judged elsewhere."""
    best = best_per_substance(scored, catalogue)
    near = rivals(best, catalogue, thresholds)
    verdict = _verdict(best, near, thresholds)
    if verdict not in (Verdict.MATCH, Verdict.GROUP):
        return Conclusion(verdict)
    alike = (one for rival in near for one in lookalikes(rival, Separable.NO, catalogue))
    group = tuple(dict.fromkeys((*near, *alike)))
    is_group = len(group) > 1
    parents = {catalogue.parent_of(one) for one in group}
    compared = {_own_id(one, catalogue) for one in best}
    return Conclusion(
        verdict=Verdict.GROUP if is_group else Verdict.MATCH,
        group=group if is_group else (),
        shared=shared_status(group, catalogue) if is_group else None,
        one_substance=parents.pop() if is_group and len(parents) == 1 else "",
        forms=forms_not_told_apart(scored, catalogue, thresholds),
        not_compared=tuple(
            one
            for one in lookalikes(near[0], Separable.COMPARED, catalogue)
            if one not in compared and one not in group
        ),
    )


def best_per_substance(
    scored: tuple[ScoredReference, ...], catalogue: Catalogue
) -> tuple[ScoredReference, ...]:
    """Keep the first, and so best, reference of each substance; two ids of one substance count as one."""
    best: dict[str, ScoredReference] = {}
    for one in scored:
        best.setdefault(_own_id(one, catalogue), one)
    return tuple(best.values())


def rivals(
    best: tuple[ScoredReference, ...], catalogue: Catalogue, thresholds: Thresholds
) -> tuple[str, ...]:
    """Give the substances that the spectrum does not tell from the best, the best among them."""
    return tuple(_own_id(one, catalogue) for one in best if best[0].score - one.score < thresholds.separation)


def lookalikes(substance: str, separable: Separable, catalogue: Catalogue) -> tuple[str, ...]:
    """Give the substances that are alike to this one in the way told."""
    pairs = catalogue.lookalikes_of(substance)
    return tuple(
        dict.fromkeys(
            catalogue.get(one).id
            for pair in pairs
            if pair.separable is separable
            for one in pair.other_side(substance)
        )
    )


def forms_not_told_apart(
    scored: tuple[ScoredReference, ...], catalogue: Catalogue, thresholds: Thresholds
) -> tuple[str, ...]:
    """Name the chemical forms of the best substance within the separation; empty where there is one only.

    A reference that does not state its form excludes none, and is left out.
    """
    leader = scored[0]
    own = _own_id(leader, catalogue)
    near = (
        chemical_form(one.reference.form)
        for one in scored
        if leader.score - one.score < thresholds.separation and _own_id(one, catalogue) == own
    )
    forms = tuple(dict.fromkeys(form for form in near if form))
    return forms if len(forms) > 1 else ()


def chemical_form(form: str) -> str:
    """Give ``form`` where it names a base, salt, hydrate or crystal; empty for pellets, foils, origins."""
    lowered = form.lower()
    is_named = any(word in lowered for word in _CHEMICAL_FORMS) and "not stated" not in lowered
    return form if is_named else ""


def shared_status(group: tuple[str, ...], catalogue: Catalogue) -> SharedStatus | None:
    """Give the legal status that all of ``group`` have, with the lists they share; None where they differ."""
    members = [catalogue.get(one) for one in group]
    statuses = {member.status for member in members}
    if len(statuses) != 1:
        return None
    listed = [member.list_names for member in members]
    shared = tuple(name for name in listed[0] if all(name in other for other in listed))
    return SharedStatus(statuses.pop(), shared)


def _own_id(scored: ScoredReference, catalogue: Catalogue) -> str:
    return catalogue.get(scored.reference.substance).id


def _verdict(best: tuple[ScoredReference, ...], near: tuple[str, ...], thresholds: Thresholds) -> Verdict:
    if not best or best[0].score < thresholds.candidate:
        return Verdict.NO_MATCH
    leader = best[0]
    if leader.score < thresholds.match or leader.absorbance_correlation < thresholds.absorbance:
        return Verdict.INCONCLUSIVE
    if len(near) == 1:
        return Verdict.MATCH
    return Verdict.GROUP if len(near) <= thresholds.group_size else Verdict.INCONCLUSIVE
