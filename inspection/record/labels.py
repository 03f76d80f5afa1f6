"""What the parts of the customs record, their fields and their choices are called, in three languages."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from inspection.language import Wording
from inspection.record.sections import (
    Outcome,
    Photograph,
    PhysicalState,
    Regime,
    Section,
    TestResult,
    TransportMode,
    Trigger,
)
from inspection.record.values import as_text


def section_label(words: Wording, section: Section) -> str:
    """Name a part of the record."""
    return {
        Section.CIRCUMSTANCES: words("Circumstances"),
        Section.TRANSPORT: words("Transport"),
        Section.PAPERS: words("Papers"),
        Section.PERSONS: words("Persons"),
        Section.SAMPLE: words("Sample"),
        Section.DECISION: words("Decision"),
        Section.CUSTODY: words("Chain of custody"),
        Section.SECOND_TEST: words("Second test"),
        Section.LABORATORY: words("Sent to the laboratory"),
        Section.LABORATORY_RESULT: words("Laboratory result"),
    }[section]


def field_label(words: Wording, name: str) -> str:
    """Name a field; those of one name mean the same in every part."""
    return {
        "post": words("Customs post"),
        "second_officer": words("Second officer"),
        "trigger": words("Reason for the inspection"),
        "regime": words("Customs procedure"),
        "remark": words("Remark"),
        "mode": words("Mode of transport"),
        "conveyance": words("Conveyance"),
        "seals_declared": words("Seals declared"),
        "seals_found": words("Seals found"),
        "seals_new": words("New seals"),
        "bill": words("Transport document"),
        "origin": words("Country of origin"),
        "transit": words("Transit through"),
        "destination": words("Country of destination"),
        "document": words("Declaration No."),
        "description": words("Description of goods"),
        "quantity": words("Quantity"),
        "packages": words("Packages"),
        "un_number": words("UN number"),
        "cas": words("CAS number"),
        "pre_export_notification": words("Pre-export notification"),
        "consignor": words("Consignor"),
        "consignee": words("Consignee"),
        "notify": words("Notify party"),
        "driver": words("Driver"),
        "position": words("Taken from"),
        "packages_sampled": words("Packages sampled"),
        "why": words("Why"),
        "appearance": words("Appearance"),
        "state": words("Physical state"),
        "amount": words("Mass or volume"),
        "bag_seal": words("Seal of the bag"),
        "photographs": words("Photographs"),
        "outcome": words("Outcome"),
        "reason": words("Reason"),
        "released_by": words("Released by"),
        "received_by": words("Received by"),
        "when": words("When"),
        "seal": words("Seal"),
        "kind": words("Kind of test"),
        "lot": words("Lot"),
        "expiry": words("Expires"),
        "result": words("Result"),
        "laboratory": words("Laboratory"),
        "reference": words("Laboratory reference"),
        "sent": words("Sent on"),
        "question": words("Question"),
        "entry": words("Log entry"),
        "reported": words("Reported on"),
        "method": words("Method"),
        "substances": words("Substances found"),
        "finding": words("Finding"),
    }[name]


def choice_label(words: Wording, choice: StrEnum) -> str:
    """Name a choice."""
    return {
        Trigger.RISK_PROFILE: words("risk profile"),
        Trigger.INTELLIGENCE: words("intelligence"),
        Trigger.RANDOM: words("random check"),
        Trigger.SCANNER_IMAGE: words("scanner image"),
        Trigger.DOG: words("detection dog"),
        Trigger.DOCUMENTS: words("documents"),
        Trigger.REQUEST: words("request of another authority"),
        Regime.IMPORT: words("import"),
        Regime.EXPORT: words("export"),
        Regime.TRANSIT: words("transit"),
        Regime.TEMPORARY_ADMISSION: words("temporary admission"),
        Regime.WAREHOUSING: words("customs warehousing"),
        Regime.FREE_ZONE: words("free zone"),
        Regime.POSTAL: words("postal item"),
        Regime.TRAVELLER: words("traveller"),
        TransportMode.SEA: words("sea"),
        TransportMode.RAIL: words("rail"),
        TransportMode.ROAD: words("road"),
        TransportMode.AIR: words("air"),
        TransportMode.POST: words("post"),
        TransportMode.INLAND_WATERWAY: words("inland waterway"),
        TransportMode.ON_PERSON: words("on a person"),
        PhysicalState.LIQUID: words("liquid"),
        PhysicalState.POWDER: words("powder"),
        PhysicalState.CRYSTALS: words("crystals"),
        PhysicalState.PASTE: words("paste"),
        PhysicalState.TABLETS: words("tablets"),
        PhysicalState.PLANT: words("plant material"),
        PhysicalState.SOLID: words("solid"),
        Outcome.RELEASE: words("release"),
        Outcome.DETAIN: words("detain"),
        Outcome.SEIZE: words("seize"),
        Outcome.SAMPLE: words("send a sample to the laboratory"),
        TestResult.POSITIVE: words("positive"),
        TestResult.NEGATIVE: words("negative"),
        TestResult.INVALID: words("invalid"),
        # One word for every OTHER: a StrEnum is equal to its text, and so are these keys.
        "other": words("other"),
    }[choice]


def value_label(words: Wording, value: Any) -> str:
    """Write the value of a field for people; see ``values.value_of`` for what it can be."""
    if isinstance(value, StrEnum):
        return choice_label(words, value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, Photograph):
        return words("{name} (SHA-256 {hash}…)").format(name=value.name, hash=value.sha256[:16])
    if isinstance(value, tuple):
        return "; ".join(value_label(words, one) for one in value)
    return as_text(value)
