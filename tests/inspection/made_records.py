"""Records to fill a log with, made quickly and from little: child processes wait for what this imports."""

from __future__ import annotations

from random import Random

import numpy as np

from inspection.curves import StoredSpectrum
from inspection.records import EntryKind, NewEntry
from spectra_library.spectrum import Spectrum, Technique

SUBSTANCES = ("acetone", "toluene", "ethanol", "isopropanol", "safrole")
VERDICTS = ("match", "group", "mixture", "inconclusive", "no_match")
DECLARED = ("agrees", "differs", "undetermined")


def a_curve(chance: Random, *, points: int | None = None) -> StoredSpectrum:
    """Make a curve with its two beams and the bytes of an instrument; the pages of a file fit it or not."""
    random = np.random.default_rng(chance.getrandbits(64))
    axis = np.linspace(650.0, 4000.0, points or chance.randint(10, 300))
    background = 1 + random.random(axis.size)
    sample = background * random.uniform(0.2, 1.0, axis.size)
    return StoredSpectrum(
        Spectrum(axis, -np.log10(sample / background), Technique.ATR, resolution_cm=4.0),
        sample_beam=sample,
        background_beam=background,
        raw_payload=sample.tobytes() + background.tobytes(),
    )


def a_finding(chance: Random, *, tag: str = "", points: int | None = None) -> NewEntry:
    """Make an identification as the session records one; ``tag`` tells the record from all others."""
    verdict = chance.choice(VERDICTS)
    substances = chance.sample(SUBSTANCES, 3)
    body = {
        "verdict": verdict,
        "title": f"{verdict}: {substances[0]}",
        "candidates": [_candidate(name, chance) for name in substances],
        "group": substances[:2] if verdict == "group" else [],
        "components": [
            {"substance": name, "name": name.title(), "cas": "67-64-1", "share": 0.5}
            for name in substances[:2]
            if verdict == "mixture"
        ],
        "declared": {
            "text": chance.choice(("soap", "мыло", "sabun")),
            "verdict": chance.choice(DECLARED),
            "reason": "another substance",
        },
        "capture": {"device": "Model F", "serial": f"F-{chance.randint(1, 9):04d}", "scan_id": 41},
        "tag": tag,
    }
    return NewEntry(EntryKind.IDENTIFICATION, body, curve=a_curve(chance, points=points))


def a_record(chance: Random, *, tag: str = "") -> NewEntry:
    """Make one of the records of a working day: mostly findings, now and then one without a curve."""
    if chance.random() < 0.7:
        return a_finding(chance, tag=tag)
    return NewEntry(
        EntryKind.BACKGROUND, {"serial": "F-0007", "note": "x" * chance.randint(0, 3000), "tag": tag}
    )


def _candidate(substance: str, chance: Random) -> dict[str, object]:
    return {
        "substance": substance,
        "name": substance.title(),
        "cas": "67-64-1",
        "reference": f"open:{substance}",
        "library": "Open spectra",
        "tier": "measured",
        "score": round(chance.random(), 6),
        "confidence": None,
        "source": "a published collection",
        "licence": "CC BY 4.0",
        "lists": ["1988-II", "EU-3"],
    }
