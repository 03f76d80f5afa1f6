"""What an entry says of an identification, as the value it was: so that it can be told in any language.

Earlier versions of the program wrote less; what is missing is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from inspection.declared.declaration import DeclarationFinding, Declared, compare
from inspection.rematch import recipe_again
from spectra_library.catalogue import Catalogue
from spectra_library.hints import Hint
from spectra_library.identification import (
    Candidate,
    Component,
    Conversion,
    Identification,
    LibraryStamp,
    PossibleSet,
    Residual,
)
from spectra_library.library import Tier
from spectra_library.preprocess import Recipe
from spectra_library.quality import Issue, QualityFinding, Severity
from spectra_library.spectrum import Technique
from spectra_library.substance import LegalStatus, Substance, outside_substance
from spectra_library.verdicts import SharedStatus, Verdict

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecordedStatus:
    """What was recorded of a substance and the law: a LegalStatus, or nothing, and the lists it is on."""

    status: str = ""
    lists: tuple[str, ...] = ()


def recorded_answer(body: Body) -> Identification:
    """Give the answer that an identification records, without its curves.

    Raises KeyError, TypeError or ValueError for one that was not written by this program.
    """
    stamp = body.get("library") or {}
    return Identification(
        verdict=Verdict(body["verdict"]),
        candidates=tuple(_candidate(one) for one in body.get("candidates") or ()),
        group=tuple(body.get("group") or ()),
        components=tuple(_component(one) for one in body.get("components") or ()),
        explained=float(body.get("explained") or 0.0),
        hints=tuple(_hint(one) for one in body.get("hints") or ()),
        quality=tuple(
            QualityFinding(Issue(one["issue"]), Severity(one["severity"]), float(one["value"]))
            for one in body.get("quality") or ()
        ),
        cautions=tuple(body.get("cautions") or ()),
        compared_as=Technique(body.get("compared_as") or Technique.UNKNOWN),
        library=LibraryStamp(
            name=str(stamp.get("name") or ""),
            version=str(stamp.get("version") or ""),
            sha256=str(stamp.get("sha256") or ""),
            references=int(stamp.get("references") or 0),
        ),
        recipe=recipe_again(body.get("recipe")) or Recipe(),
        shared=_shared(body),
        one_substance=str(body.get("one_substance") or ""),
        forms=tuple(body.get("forms") or ()),
        not_compared=tuple(body.get("not_compared") or ()),
        possible=tuple(
            PossibleSet(float(one["level"]), tuple(one["substances"])) for one in body.get("possible") or ()
        ),
        is_incomplete=bool(body.get("is_incomplete")),
        residual=_residual(body.get("residual")),
    )


def recorded_declaration(
    body: Body, answer: Identification, catalogue: Catalogue
) -> DeclarationFinding | None:
    """Give the comparison with the papers, to be told in another language than the record's.

    ``body`` as it was written: after an amendment of the text nothing was compared again.
    None where today's rules and catalogue do not come to the very verdict and reason that were recorded.
    """
    said = body.get("declared") or {}
    if not said.get("reason_code"):
        return None
    text, hs_code, un_number, cas = (
        str(said.get(name) or "") for name in ("text", "hs_code", "un_number", "cas")
    )
    again = compare(Declared(text, hs_code, un_number, cas), answer, catalogue)
    is_same = (again.verdict, again.reason) == (said.get("verdict"), said["reason_code"])
    return again if is_same else None


def recorded_substances(body: Body) -> Iterator[Substance]:
    """Give every substance that an entry names, as far as the entry says what it is."""
    named = [*(body.get("candidates") or ()), *(body.get("components") or ()), *(body.get("hints") or ())]
    named += (body.get("residual") or {}).get("resembles") or ()
    for one in named:
        name, cas = str(one.get("name") or one["substance"]), str(one.get("cas") or "")
        yield outside_substance(one["substance"], name, cas=cas)
    ids = [*(body.get("group") or ()), *(body.get("not_compared") or ())]
    ids += [other for one in body.get("components") or () for other in one.get("alternatives") or ()]
    ids += [other for one in body.get("possible") or () for other in one["substances"]]
    ids += [body["one_substance"]] if body.get("one_substance") else []
    yield from (outside_substance(one, one) for one in ids)


def named_in(answer: Identification) -> tuple[str, ...]:
    """Give the ids of what the verdict names, in its order; none where it names nothing."""
    if answer.verdict is Verdict.GROUP:
        return answer.group
    if answer.verdict is Verdict.MIXTURE:
        return tuple(one.substance for one in answer.components)
    if answer.verdict in (Verdict.MATCH, Verdict.INCONCLUSIVE):
        return tuple(one.substance for one in answer.candidates[:1])
    return ()


def recorded_statuses(body: Body) -> dict[str, RecordedStatus]:
    """Give what was recorded of the law, by substance."""
    said: Sequence[Body] = (*(body.get("candidates") or ()), *(body.get("components") or ()))
    return {
        one["substance"]: RecordedStatus(str(one.get("status") or ""), tuple(one.get("lists") or ()))
        for one in reversed(said)
    }


def names_controlled(answer: Identification, statuses: Mapping[str, RecordedStatus]) -> bool:
    """Tell whether the verdict names something controlled; what is *not certain* names nothing so loudly."""
    return answer.verdict is not Verdict.INCONCLUSIVE and any(
        one in statuses and statuses[one].status == LegalStatus.CONTROLLED for one in named_in(answer)
    )


def _candidate(said: Body) -> Candidate:
    return Candidate(
        substance=said["substance"],
        name=said["name"],
        cas=str(said.get("cas") or ""),
        reference=str(said.get("reference") or ""),
        library=str(said.get("library") or ""),
        tier=Tier(said.get("tier") or Tier.MEASURED),
        form=str(said.get("form") or ""),
        technique=Technique(said.get("technique") or Technique.UNKNOWN),
        conversion=Conversion(said.get("conversion") or Conversion.NONE),
        score=float(said["score"]),
        absorbance_correlation=float(said.get("absorbance_correlation") or 0.0),
        confidence=None if said.get("confidence") is None else float(said["confidence"]),
        confidence_note=str(said.get("confidence_note") or ""),
        source=str(said.get("source") or ""),
        licence=str(said.get("licence") or ""),
    )


def _component(said: Body) -> Component:
    known = {one.name for one in fields(Component)} - {"alternatives"}
    return Component(
        **{name: said[name] for name in known if name in said},
        alternatives=tuple(said.get("alternatives") or ()),
    )


def _hint(said: Body) -> Hint:
    known = {one.name for one in fields(Hint)}
    return Hint(**{name: said[name] for name in known if name in said})


def _shared(body: Body) -> SharedStatus | None:
    if not body.get("group_status"):
        return None
    return SharedStatus(LegalStatus(body["group_status"]), tuple(body.get("group_lists") or ()))


def _residual(said: Body | None) -> Residual | None:
    if said is None:
        return None
    nothing = np.empty(0)
    alike = tuple((one["substance"], float(one["correlation"])) for one in said.get("resembles") or ())
    return Residual(nothing, nothing, alike)
