"""What an instrument said against what the laboratory found: when the two agree, and what went wrong.  Pure.

What was said is the identification as it was recorded; a verdict that a person amended changes nothing here.
Base, salts and hydrates of one substance count as one (the catalogue's forms).

    verdict        claims                          agrees when the laboratory found
    match          its best candidate              that substance, alone or beside others
    group          one of its members              one of the members, or more
    mixture        all of its components           each of them, or what may stand in its place
    no_match       that nothing is known           nothing controlled
    inconclusive   nothing                         the best candidate (shown, and in no other share)
    rejected       nothing                         - never, and never not

``falsely controlled``: a match, group or mixture named a controlled substance that the laboratory did not
find; of a group, none of its members.  ``missed controlled``: the laboratory found a controlled substance
that the answer did not name, whatever the verdict; an *inconclusive* names its best candidate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from spectra_library.catalogue import Catalogue
from spectra_library.substance import LegalStatus
from spectra_library.verdicts import Verdict

# Only these name something that can be right or wrong.
CLAIMS: Final = (Verdict.MATCH, Verdict.GROUP, Verdict.MIXTURE)
VERDICTS: Final = frozenset(Verdict)
# Where in an identification that is said which is compared; see LogVolume.excerpts.
EXCERPT: Final[Mapping[str, str]] = {
    "verdict": "$.body.verdict",
    "substance": "$.body.candidates[0].substance",
    "library": "$.body.candidates[0].library",
    "group": "$.body.group",
    "components": "$.body.components",
    "answered": "$.body.library.name",
    "serial": "$.body.capture.serial",
    "hints": "$.body.hints",
}


@dataclass(frozen=True, slots=True)
class Identified:
    """What an identification said.

    ``parts`` what it names, each with all that may stand in its place: one part for a match, a group (its
    members) and an inconclusive, one a component for a mixture, none otherwise.  ``first`` of each part is
    what was shown.  ``controlled`` those of them that are.  ``serial`` of the instrument, empty for a
    spectrum from a file.  ``library`` of the best reference; of a mixture the name of all that answered.
    ``hints`` substances that were hinted at.
    """

    verdict: Verdict
    parts: tuple[tuple[str, ...], ...]
    controlled: frozenset[str]
    serial: str
    library: str
    hints: tuple[str, ...]

    @property
    def is_claim(self) -> bool:
        """Tell whether it names something that can be right or wrong."""
        return self.verdict in CLAIMS

    @property
    def named(self) -> frozenset[str]:
        """Everything that is named, whatever stands in another's place included."""
        return frozenset(one for part in self.parts for one in part)


@dataclass(frozen=True, slots=True)
class Compared:
    """One answer against what the laboratory found.

    ``borne_out`` for each part of the answer whether it was found.  ``agrees`` None where the verdict claims
    nothing that could be right.  ``missed`` the controlled substances that were found and not named.
    """

    answer: Identified
    found: tuple[str, ...]
    borne_out: tuple[bool, ...]
    agrees: bool | None
    is_falsely_controlled: bool
    missed: tuple[str, ...]

    @property
    def is_hinted(self) -> bool:
        """Tell whether what was missed was hinted at, all of it."""
        return bool(self.missed) and set(self.missed) <= set(self.answer.hints)


class Judge:
    """Compares answers with findings, by the substances and lists of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def answer(self, body: Mapping[str, Any]) -> Identified | None:
        """Read what an identification said from its EXCERPT; None where its verdict is none of ours."""
        said = body.get("verdict")
        if not isinstance(said, str) or said not in VERDICTS:
            return None
        verdict = Verdict(said)
        parts = self._parts(verdict, body)
        library = body.get("answered") if verdict is Verdict.MIXTURE else body.get("library")
        hints = (one.get("substance") for one in _objects(body.get("hints")))
        return Identified(
            verdict=verdict,
            parts=tuple(part for part in (self.own_ids(part) for part in parts) if part),
            controlled=frozenset(self._controlled(one for part in parts for one in part)),
            serial=_text(body.get("serial")),
            library=_text(library),
            hints=self.own_ids(hints),
        )

    def compare(self, answer: Identified, found: Sequence[str]) -> Compared:
        """Compare an answer with the substances that the laboratory found, at least one."""
        there = self.own_ids(found)
        borne_out = tuple(bool(set(part) & set(there)) for part in answer.parts)
        controlled = self._controlled(found)
        named = answer.named
        is_false = answer.is_claim and any(
            not is_found and not answer.controlled.isdisjoint(part)
            for part, is_found in zip(answer.parts, borne_out, strict=True)
        )
        return Compared(
            answer=answer,
            found=there,
            borne_out=borne_out,
            agrees=_agrees(answer.verdict, borne_out, finds_controlled=bool(controlled)),
            is_falsely_controlled=is_false,
            missed=tuple(one for one in controlled if one not in named),
        )

    def own_ids(self, substances: Iterable[object]) -> tuple[str, ...]:
        """Give each substance once, by the id of what it is a base, salt or hydrate of."""
        named = (self._catalogue.parent_of(one) for one in substances if isinstance(one, str) and one)
        return tuple(dict.fromkeys(named))

    def is_controlled(self, substance: str) -> bool:
        """Tell whether a list in force here names it; what the catalogue does not know, none does."""
        known = self._catalogue.get(substance) if substance in self._catalogue else None
        return known is not None and known.status is LegalStatus.CONTROLLED

    def _controlled(self, substances: Iterable[object]) -> tuple[str, ...]:
        """Give the own ids of those that are controlled: a list may name the salt and not the base."""
        return self.own_ids(one for one in substances if isinstance(one, str) and self.is_controlled(one))

    def _parts(self, verdict: Verdict, body: Mapping[str, Any]) -> list[list[object]]:
        best = body.get("substance")
        if verdict is Verdict.MIXTURE:
            components = _objects(body.get("components"))
            return [[one.get("substance"), *_list(one.get("alternatives"))] for one in components]
        if verdict is Verdict.GROUP:
            members = _list(body.get("group"))
            return [[best, *members] if best in members else members or [best]]
        return [[best]] if verdict in (Verdict.MATCH, Verdict.INCONCLUSIVE) else []


def _agrees(verdict: Verdict, borne_out: Sequence[bool], *, finds_controlled: bool) -> bool | None:
    if verdict is Verdict.REJECTED:
        return None
    if verdict is Verdict.NO_MATCH:
        return not finds_controlled
    return bool(borne_out) and all(borne_out)


def _objects(said: object) -> list[Mapping[str, Any]]:
    return [one for one in _list(said) if isinstance(one, Mapping)]


def _list(said: object) -> list[Any]:
    return list(said) if isinstance(said, list | tuple) else []


def _text(said: object) -> str:
    return said if isinstance(said, str) else ""
