"""One spectrum, what it was named, and the object that scripts and the log receive (cli.md, ``identify``)."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from detector.capture import Capture
from inspection.declared.declaration import DeclarationFinding
from inspection.declared.tables import rules_sha256
from inspection.language import ENGLISH, Wording
from inspection.verdict_words import verdict_notes
from inspection.wording import (
    alarm_sentence,
    declaration_sentence,
    hint_sentence,
    quality_sentences,
    substance_name,
    verdict_advice,
)
from spectra_library.catalogue import Catalogue
from spectra_library.confidence import Calibration
from spectra_library.hints import Hint
from spectra_library.identification import Candidate, Component, Identification, Residual
from spectra_library.quality import QualityFinding
from spectra_library.spectrum import Spectrum

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a spectrum came from: a block of a file, or a scan (``path`` is then the port's URL)."""

    path: str
    block: int
    sha256: str
    format: str


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One spectrum with its name, and with the declaration it was compared with, if any.

    ``top`` so many candidates were asked for.  ``calibration`` of the confidence, None where there was none.
    """

    source: Source
    title: str
    spectrum: Spectrum
    identification: Identification
    elapsed_ms: float
    declaration: DeclarationFinding | None = None
    capture: Capture | None = None
    top: int = 10
    calibration: Calibration | None = None


def finding_object(finding: Finding, catalogue: Catalogue, words: Wording = ENGLISH) -> JsonObject:
    """Give the JSON object of ``identify``; sentences in the language of ``words``, codes in none."""
    found = finding.identification
    result: JsonObject = {
        "source": asdict(finding.source),
        "title": finding.title,
        "verdict": found.verdict.value,
        "advice": verdict_advice(words, found.verdict),
        "notes": list(verdict_notes(words, found, catalogue)),
        "candidates": [_candidate_object(candidate, catalogue) for candidate in found.candidates],
        "group": list(found.group),
        "group_status": None if found.shared is None else found.shared.status.value,
        "group_lists": [] if found.shared is None else list(found.shared.lists),
        "one_substance": found.one_substance,
        "forms": list(found.forms),
        "not_compared": list(found.not_compared),
        "components": [_component_object(component, catalogue) for component in found.components],
        "explained": _rounded(found.explained),
        "is_incomplete": found.is_incomplete,
        "residual": None if found.residual is None else _residual_object(found.residual, catalogue),
        "hints": [_hint_object(hint, catalogue, words) for hint in found.hints],
        "quality": [_quality_object(one, words) for one in found.quality],
        "cautions": list(found.cautions),
        "possible": [{"level": one.level, "substances": list(one.substances)} for one in found.possible],
        "technique": finding.spectrum.technique.value,
        "compared_as": found.compared_as.value,
        "declared": None if finding.declaration is None else _declared_object(finding.declaration, words),
        "top": finding.top,
        "library": asdict(found.library),
        "recipe": recipe_object(found),
        "calibration": None if finding.calibration is None else _calibration_object(finding.calibration),
        "catalogue": {"sha256": catalogue.sha256},
        "elapsed_ms": round(finding.elapsed_ms, 1),
    }
    if finding.capture is not None:
        result["capture"] = capture_object(finding.capture)
    return result


def capture_object(capture: Capture) -> JsonObject:
    """Give the ``capture`` object: which instrument, which scan, and the hash of the bytes it sent."""
    return {
        "device": capture.device.model,
        "serial": capture.device.serial_number,
        "firmware": capture.device.firmware,
        "scan_id": capture.scan_id,
        "scan_counter": capture.scan_counter,
        "scans": capture.settings.scans,
        "resolution_cm": capture.settings.resolution_cm,
        "time": capture.time.isoformat(timespec="milliseconds"),
        "sha256": payload_sha256(capture),
    }


def payload_sha256(capture: Capture) -> str:
    """Hash the bytes that the instrument sent."""
    return hashlib.sha256(capture.raw_payload).hexdigest()


def recipe_object(found: Identification) -> JsonObject:
    """Give all constants of the preparation, with the hash that names them."""
    return {"sha256": found.recipe.sha256, **asdict(found.recipe)}


def _calibration_object(calibration: Calibration) -> JsonObject:
    return {"date": calibration.date, "sha256": calibration.sha256}


def _candidate_object(candidate: Candidate, catalogue: Catalogue) -> JsonObject:
    substance = catalogue.get(candidate.substance)
    result: JsonObject = asdict(candidate)
    result["score"] = _rounded(candidate.score)
    result["absorbance_correlation"] = _rounded(candidate.absorbance_correlation)
    return {**result, "status": substance.status.value, "lists": list(substance.lists)}


def _component_object(component: Component, catalogue: Catalogue) -> JsonObject:
    substance = catalogue.get(component.substance)
    result: JsonObject = asdict(component)
    for name in ("share", "share_low", "share_high", "weight"):
        if result[name] is not None:
            result[name] = _rounded(result[name])
    return {
        **result,
        "alternatives": list(component.alternatives),
        "cas": substance.cas,
        "status": substance.status.value,
        "lists": list(substance.lists),
    }


def _residual_object(residual: Residual, catalogue: Catalogue) -> JsonObject:
    """What the curve looks like; the curve itself follows from the spectrum, the library and the recipe."""
    return {
        "resembles": [
            {
                "substance": substance,
                "name": catalogue.get(substance).name,
                "correlation": _rounded(correlation),
            }
            for substance, correlation in residual.resembles
        ]
    }


def _hint_object(hint: Hint, catalogue: Catalogue, words: Wording) -> JsonObject:
    substance = catalogue.get(hint.substance)
    return {
        "substance": hint.substance,
        "name": substance.name,
        "bands_found": hint.bands_found,
        "bands_listed": hint.bands_listed,
        "score": _rounded(hint.score),
        "sentence": hint_sentence(words, hint, substance_name(words, substance)),
        "source": hint.source,
        "licence": hint.licence,
    }


def _quality_object(finding: QualityFinding, words: Wording) -> JsonObject:
    cause, action = quality_sentences(words, finding)
    return {
        "issue": finding.issue.value,
        "cause": cause,
        "action": action,
        "severity": finding.severity.value,
        "value": round(finding.value, 6),
    }


def _declared_object(finding: DeclarationFinding, words: Wording) -> JsonObject:
    """Give the ``declared`` object.  ``rules`` names what the paper was understood by, as a hash."""
    return {
        "text": finding.text,
        "hs_code": finding.hs_code,
        "un_number": finding.un_number,
        "cas": finding.cas,
        "verdict": finding.verdict.value,
        "reason": declaration_sentence(words, finding),
        "reason_code": finding.reason.value,
        "understood": [
            {
                "substance": None if one.substance is None else one.substance.id,
                "class": None if one.cargo_class is None else one.cargo_class.value,
                "name": one.name,
                "through": one.through.value,
            }
            for one in finding.understood
        ],
        "denied": [one.id for one in finding.denied],
        "is_contradictory": bool(finding.contradictions),
        "trap": None if finding.trap is None else finding.trap.name.value,
        "is_alarm": finding.is_alarm,
        "alarm": alarm_sentence(words, finding),
        "rules": {"sha256": rules_sha256()},
    }


def _rounded(value: float) -> float:
    """Six digits are more than a similarity can carry, and the same on every processor."""
    return round(value, 6)
