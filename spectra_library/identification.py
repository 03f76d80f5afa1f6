"""The answer to one spectrum, as values, with all it takes to compute it again."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from spectra_library.hints import Hint
from spectra_library.library import Tier
from spectra_library.preprocess import Recipe
from spectra_library.quality import QualityFinding
from spectra_library.spectrum import FloatArray, Technique
from spectra_library.verdicts import SharedStatus, Verdict


class Conversion(StrEnum):
    """What was done to one of the two sides before they were compared."""

    NONE = "none"
    KRAMERS_KRONIG = "kramers_kronig"  # one side brought from transmission to ATR


@dataclass(frozen=True, slots=True)
class Candidate:
    """One substance with its best reference.  ``score`` 0..1 is a similarity, not a probability.

    ``technique`` the form in which the query was asked; with ``conversion`` one side was brought to ATR.
    ``confidence`` is a calibrated probability, None where none was measured; ``confidence_note`` says why.
    """

    substance: str
    name: str
    cas: str
    reference: str
    library: str
    tier: Tier
    form: str
    technique: Technique
    conversion: Conversion
    score: float
    absorbance_correlation: float
    confidence: float | None
    confidence_note: str
    source: str
    licence: str


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the answer; ``share`` 0..1 of the spectrum, not of weight.

    ``share_low``..``share_high`` the 95 % interval of a mixture's share, None where the share is simply what
    one reference explains.  ``probability`` a calibrated one; None, as long as none was measured.
    ``weight`` 0..1 of the sets of substances that were tried and hold this one, in the average over all;
    the model's own and not calibrated.  ``alternatives`` substances that may stand in its place.
    """

    substance: str
    name: str
    share: float
    probability: float | None = None
    share_low: float | None = None
    share_high: float | None = None
    weight: float | None = None
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Residual:
    """What the components leave of the spectrum.

    ``absorbance`` (P,) over ``wavenumber`` (P,), cm-1, ascending; 0 where one side was not measured.
    ``resembles`` (substance, correlation 0..1), best first: what is left over looks like them.
    """

    wavenumber: FloatArray = field(compare=False, repr=False)
    absorbance: FloatArray = field(compare=False, repr=False)
    resembles: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class PossibleSet:
    """The substances that stay possible: the truth is among them in ``level`` of like questions.

    ``level`` 0..1.  ``substances`` most likely first; none means that nothing in the library is like it.
    It promises nothing where the library lacks the substance.
    """

    level: float
    substances: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LibraryPart:
    """One of the libraries that answered; ``sha256`` of its content."""

    name: str
    version: str
    sha256: str
    references: int


@dataclass(frozen=True, slots=True)
class LibraryStamp:
    """Which libraries answered: ``sha256`` covers the content of all of them, in order.

    ``parts`` are the libraries themselves, in that order, so that each can be found again.
    """

    name: str
    version: str
    sha256: str
    references: int
    parts: tuple[LibraryPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Identification:
    """The answer, with all that is needed to compute it again.

    ``compared_as`` is the form (ATR or transmission) in which the references were compared.
    ``explained`` 0..1: share of the spectrum's variance that the answer explains.
    ``is_incomplete`` nothing in the library explains all of it, alone or together with others.
    ``residual`` what a mixture's components leave; None for every other verdict.
    ``group`` the substances that a *group* verdict does not tell apart, best first, empty otherwise; those
    that infrared never tells from the best stand in it without a reference of their own.
    ``shared`` what the law says of all of the group; None where it differs, or where there is no group.
    ``one_substance`` the substance of which the whole group are forms (base, salts, hydrates), else empty.
    ``forms`` the forms of the best candidate that its references do not tell apart; empty where one is named.
    ``not_compared`` look-alikes of the best candidate that only a comparison excludes, without a reference.
    ``possible`` the sets of the calibration, empty where no confidence was measured.
    ``cautions`` pairs that infrared does not, or hardly, tell apart, about the best candidate.
    """

    verdict: Verdict
    candidates: tuple[Candidate, ...]
    group: tuple[str, ...]
    components: tuple[Component, ...]
    explained: float
    hints: tuple[Hint, ...]
    quality: tuple[QualityFinding, ...]
    cautions: tuple[str, ...]
    compared_as: Technique
    library: LibraryStamp
    recipe: Recipe
    shared: SharedStatus | None = None
    one_substance: str = ""
    forms: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()
    possible: tuple[PossibleSet, ...] = ()
    is_incomplete: bool = False
    residual: Residual | None = None
