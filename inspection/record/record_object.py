"""The record of an inspection as JSON: ``record`` of ``inspection show``.  Pure."""

from __future__ import annotations

from typing import Any

from inspection.record.inspection_record import InspectionRecord, Told
from inspection.record.quantities import read_quantity
from inspection.record.values import given, stored

JsonObject = dict[str, Any]


def record_object(record: InspectionRecord) -> JsonObject:
    """Write the record; what is empty is left out, but for the lists."""
    return {
        "local_time": stored(record.local_time),
        "circumstances": section_object(record.circumstances),
        "transport": section_object(record.transport),
        "papers": {**section_object(record.papers), **amount_object(record.papers.quantity)},
        "persons": section_object(record.persons),
        "samples": [
            {
                "sample": sample.number,
                "details": {**section_object(sample.details), **amount_object(sample.details.amount)},
                "findings": [one.entry.sequence for one in sample.found],
            }
            for sample in record.samples
        ],
        "decisions": [told_object(one) for one in record.decisions],
        "custody": [told_object(one) for one in record.custody],
        "second_tests": [told_object(one) for one in record.second_tests],
        "laboratory": [told_object(one) for one in record.laboratory],
        "laboratory_results": [told_object(one) for one in record.laboratory_results],
    }


def section_object(section: Any) -> JsonObject:
    """Write the fields of a part that hold something."""
    return {name: stored(value) for name, value in given(section)}


def amount_object(entered: str) -> JsonObject:
    """Write what a quantity is in kilograms or litres, where that is beyond doubt; see quantities.py."""
    quantity = read_quantity(entered)
    amounts = {"kilograms": quantity.kilograms, "litres": quantity.litres}
    return {name: amount for name, amount in amounts.items() if amount is not None}


def told_object(told: Told[Any]) -> JsonObject:
    """Write something that was told once, with who told it and when."""
    return {
        "sequence": told.sequence,
        "time": told.time.isoformat(timespec="seconds"),
        "officer": told.officer,
        "sample": told.sample,
        **section_object(told.said),
    }
