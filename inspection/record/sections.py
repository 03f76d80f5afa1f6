"""The parts of the customs record and their fields, in the order of the form.  Every field may stay empty.

The type of a field says what it takes: ``str`` a line, a tuple of them several lines, a StrEnum one of its
words, ``int`` a count from 0.

    circumstances, transport, papers, persons                          once in an inspection
    sample                                                             once for each sample
    decision, custody, second_test, laboratory, laboratory_result      as often as they happen

Container number, declared text and HS code stand in the entry that opens the inspection, and not here.
What names persons outside the service stands in ``persons`` alone, so that it can be left out as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class Trigger(StrEnum):
    """Why the consignment was looked at."""

    RISK_PROFILE = "risk_profile"
    INTELLIGENCE = "intelligence"
    RANDOM = "random"
    SCANNER_IMAGE = "scanner_image"
    DOG = "dog"
    DOCUMENTS = "documents"
    REQUEST = "request"
    OTHER = "other"


class Regime(StrEnum):
    """The customs procedure that was asked for."""

    IMPORT = "import"
    EXPORT = "export"
    TRANSIT = "transit"
    TEMPORARY_ADMISSION = "temporary_admission"
    WAREHOUSING = "warehousing"
    FREE_ZONE = "free_zone"
    POSTAL = "postal"
    TRAVELLER = "traveller"
    OTHER = "other"


class TransportMode(StrEnum):
    """How it travels."""

    SEA = "sea"
    RAIL = "rail"
    ROAD = "road"
    AIR = "air"
    POST = "post"
    INLAND_WATERWAY = "inland_waterway"
    ON_PERSON = "on_person"
    OTHER = "other"


class PhysicalState(StrEnum):
    """What a sample looks like to the hand."""

    LIQUID = "liquid"
    POWDER = "powder"
    CRYSTALS = "crystals"
    PASTE = "paste"
    TABLETS = "tablets"
    PLANT = "plant"
    SOLID = "solid"
    OTHER = "other"


class Outcome(StrEnum):
    """What was decided about the consignment."""

    RELEASE = "release"
    DETAIN = "detain"
    SEIZE = "seize"
    SAMPLE = "sample"  # a sample goes to the laboratory, and the rest waits


class TestResult(StrEnum):
    """What another test said."""

    __test__ = False  # pytest would take it for a test

    POSITIVE = "positive"
    NEGATIVE = "negative"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Photograph:
    """One photograph: the file's own name, its length in bytes, and its SHA-256 (64 hex digits)."""

    name: str
    size: int
    sha256: str


def photograph_of(said: object) -> Photograph | None:
    """Read a photograph from its JSON; None for what is none, in a log that another program wrote."""
    if not isinstance(said, Mapping):
        return None
    name, size, sha256 = (said.get(part) for part in ("name", "size", "sha256"))
    if not isinstance(name, str) or not isinstance(size, int) or isinstance(size, bool):
        return None
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        return None
    return Photograph(name, size, sha256)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where, why and under which procedure it was looked at, and who was there as well."""

    post: str = ""
    second_officer: str = ""
    trigger: Trigger | None = None
    regime: Regime | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Transport:
    """How the goods travel.

    ``conveyance`` plate, wagon, vessel or flight.  ``bill`` bill of lading, CMR, waybill.
    """

    mode: TransportMode | None = None
    conveyance: str = ""
    seals_declared: tuple[str, ...] = ()
    seals_found: tuple[str, ...] = ()
    seals_new: tuple[str, ...] = ()
    bill: str = ""
    origin: str = ""
    transit: tuple[str, ...] = ()
    destination: str = ""


@dataclass(frozen=True, slots=True)
class Papers:
    """What the papers say besides the goods' name and HS code.

    ``quantity`` as it was entered, unit and all; see quantities.py.  ``un_number`` as the labels have it.
    ``pre_export_notification`` its reference (PEN Online).
    """

    document: str = ""
    description: str = ""
    quantity: str = ""
    packages: int | None = None
    un_number: str = ""
    cas: str = ""
    pre_export_notification: str = ""


@dataclass(frozen=True, slots=True)
class Persons:
    """Who sends, receives and carries the goods: the one part with personal data."""

    consignor: str = ""
    consignee: str = ""
    notify: str = ""
    driver: str = ""


@dataclass(frozen=True, slots=True)
class SampleDetails:
    """One sample: where it was taken from, how many of how many packages and why, and what it is like.

    ``amount`` mass or volume as it was entered.  ``bag_seal`` the number of the evidence bag's seal.
    """

    position: str = ""
    packages: int | None = None
    packages_sampled: int | None = None
    why: str = ""
    appearance: str = ""
    state: PhysicalState | None = None
    amount: str = ""
    bag_seal: str = ""
    photographs: tuple[Photograph, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, and why.  A later one takes the place of an earlier one."""

    outcome: Outcome | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CustodyStep:
    """One hand-over: who gave what is under seal to whom, when and why."""

    released_by: str = ""
    received_by: str = ""
    when: datetime | None = None
    why: str = ""
    seal: str = ""


@dataclass(frozen=True, slots=True)
class SecondTest:
    """Another test of the same sample: a colour test, an immunoassay, another instrument."""

    kind: str = ""
    lot: str = ""
    expiry: date | None = None
    result: TestResult | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class LaboratoryRequest:
    """A sample that was sent: the laboratory, its reference for it, what it is asked."""

    laboratory: str = ""
    reference: str = ""
    sent: date | None = None
    question: str = ""


@dataclass(frozen=True, slots=True)
class LaboratoryResult:
    """What the laboratory found, against the identification ``entry``.

    ``substances`` catalogue ids, all that it found.  ``finding`` in its own words; without ``substances`` it
    says why none is named.
    """

    entry: int | None = None
    laboratory: str = ""
    reference: str = ""
    reported: date | None = None
    method: str = ""
    substances: tuple[str, ...] = ()
    finding: str = ""


class Section(StrEnum):
    """The parts of the record."""

    CIRCUMSTANCES = "circumstances"
    TRANSPORT = "transport"
    PAPERS = "papers"
    PERSONS = "persons"
    SAMPLE = "sample"
    DECISION = "decision"
    CUSTODY = "custody"
    SECOND_TEST = "second_test"
    LABORATORY = "laboratory"
    LABORATORY_RESULT = "laboratory_result"


FORMS: Final[Mapping[Section, type[Any]]] = MappingProxyType(
    {
        Section.CIRCUMSTANCES: Circumstances,
        Section.TRANSPORT: Transport,
        Section.PAPERS: Papers,
        Section.PERSONS: Persons,
        Section.SAMPLE: SampleDetails,
        Section.DECISION: Decision,
        Section.CUSTODY: CustodyStep,
        Section.SECOND_TEST: SecondTest,
        Section.LABORATORY: LaboratoryRequest,
        Section.LABORATORY_RESULT: LaboratoryResult,
    }
)

# Filled in bit by bit; the others are told anew each time.
FILLED_ONCE: Final = (
    Section.CIRCUMSTANCES,
    Section.TRANSPORT,
    Section.PAPERS,
    Section.PERSONS,
    Section.SAMPLE,
)
# What can be said when an inspection is opened: a sample is described once there is one.
AT_THE_OPENING: Final[tuple[Section, ...]] = tuple(part for part in FILLED_ONCE if part is not Section.SAMPLE)
# Known only after the job is done: an inspection that is closed takes them too.
AFTER_CLOSING: Final = (
    Section.DECISION,
    Section.CUSTODY,
    Section.SECOND_TEST,
    Section.LABORATORY,
    Section.LABORATORY_RESULT,
)
