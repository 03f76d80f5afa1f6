"""Make docs/examples: one inspection of three samples, worked through on a simulated detector, and its log.

    python tools/example_exports.py [OUT]

The wire is real, the detector is simulated; what lies on its crystal is what ``demo`` has.  People, firms and
countries are placeholders.  Each step is one call with texts as a person types them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from detector.drivers.chemgate_link import open_detector
from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.server import running_instrument
from inspection.amendments import signing_off
from inspection.demo import SEED, SETTINGS
from inspection.demo_samples import demo_samples
from inspection.export.exporting import ExportFormat, export_log
from inspection.folders import DataFolder
from inspection.knowledge import knowledge
from inspection.language import ENGLISH, Language, Wording
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.record.recording import amending_record, recording
from inspection.record.sections import Section
from inspection.record.values import value_of
from inspection.records import LogEntry, opening
from inspection.records import closing as closing_entry
from inspection.session import InspectionSession, Place
from spectra_library.prepared import PreparedLibrary

ROOT = Path(__file__).resolve().parent.parent
INSPECTION = "20261124-7K3FQ2"
BEGINNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LOCAL = timezone(timedelta(hours=4))

Typed = dict[str, str | Sequence[str]]
BEFORE: tuple[tuple[Section, Typed], ...] = (
    (
        Section.CIRCUMSTANCES,
        {
            "post": "Customs post 1",
            "second_officer": "Officer 2",
            "trigger": "risk_profile",
            "regime": "import",
        },
    ),
    (
        Section.TRANSPORT,
        {
            "mode": "road",
            "conveyance": "00-AA-000",
            "seals_declared": ["A 1001", "A 1002"],
            "seals_found": ["A 1001", "A 1003"],
            "seals_new": ["C 2001", "C 2002"],
            "bill": "CMR 1",
            "origin": "Country 1",
            "transit": ["Country 2"],
            "destination": "Country 3",
        },
    ),
    (
        Section.PAPERS,
        {
            "document": "Declaration 1",
            "description": "Solvents and flavouring, technical grade",
            "quantity": "2400 kg",
            "packages": "24",
            "un_number": "UN 1219",
            "cas": "67-63-0",
        },
    ),
    (
        Section.PERSONS,
        {
            "consignor": "Consignor A",
            "consignee": "Consignee A",
            "notify": "Notify party A",
            "driver": "Driver 1",
        },
    ),
)
SAMPLES: tuple[Typed, ...] = (
    {
        "position": "drum 1, upper third",
        "packages": "8",
        "packages_sampled": "3",
        "appearance": "colourless",
        "state": "liquid",
        "amount": "50 ml",
        "bag_seal": "Z 1",
    },
    {
        "position": "drum 9",
        "packages": "8",
        "packages_sampled": "3",
        "appearance": "colourless",
        "state": "liquid",
        "amount": "50 ml",
        "bag_seal": "Z 2",
    },
    {
        "position": "drum 17, behind the others",
        "packages": "8",
        "packages_sampled": "8",
        "why": "label torn off",
        "appearance": "yellowish, smells of spice",
        "state": "liquid",
        "amount": "100 ml",
        "bag_seal": "Z 3",
    },
)
AFTER: tuple[tuple[Section, int | None, Typed], ...] = (
    (
        Section.SECOND_TEST,
        3,
        {"kind": "colour test", "lot": "L 7", "expiry": "2027-06-30", "result": "positive"},
    ),
    (
        Section.DECISION,
        None,
        {"outcome": "detain", "reason": "sample 3 is not what was declared, and is controlled"},
    ),
    (
        Section.CUSTODY,
        3,
        {
            "released_by": "Officer 1",
            "received_by": "Laboratory 1",
            "when": "2026-11-24T14:10+04:00",
            "why": "confirmation",
            "seal": "Z 3",
        },
    ),
    (
        Section.LABORATORY,
        3,
        {
            "laboratory": "Laboratory 1",
            "sent": "2026-11-24",
            "question": "identity and content",
        },
    ),
)


def main() -> int:
    """Write the examples; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "docs" / "examples")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for kind in LogKind:
            data = DataFolder(Path(folder))
            with InspectionLog.open(data.log(kind), kind=kind, clock=ticking(), officer="Officer 1") as log:
                work_through(log, data)
                languages = list(Language) if kind is LogKind.EVIDENCE else [Language.ENGLISH]
                for language in languages:
                    export(log, out, language)
    return 0


def export(log: InspectionLog, out: Path, language: Language) -> None:
    """Print the inspection and the log in one language."""
    training = "training_" if log.kind is LogKind.TRAINING else ""
    for name, inspection in (("inspection", INSPECTION), ("log", None)):
        path = out / f"{training}{name}_{language}.pdf"
        report = export_log(log, path, ExportFormat.PDF, inspection, words=Wording(language))
        print(f"{path.stat().st_size / 1024:6.0f} kB  {report.count:3d} records  {path.name}")


def ticking() -> Callable[[], datetime]:
    """Give a clock that goes on by a minute whenever it is asked."""
    asked = -1

    def clock() -> datetime:
        nonlocal asked
        asked += 1
        return BEGINNING + timedelta(minutes=asked)

    return clock


def work_through(log: InspectionLog, data: DataFolder) -> None:
    """Do the whole job of one inspection, as an officer, a second one and a supervisor do it."""
    known = knowledge(data)
    samples = demo_samples(ENGLISH, known.catalogue, known.libraries)
    instrument = SimulatedInstrument(tuple(one.sample for one in samples), seed=SEED, speed=float("inf"))
    log.append(
        opening(
            INSPECTION,
            container="MWCU 605978 4",
            declared="isopropyl alcohol; methanol; vanillin",
            hs_code="2905.12",
            local_time=BEGINNING.astimezone(LOCAL),
        )
    )
    for section, typed in BEFORE:
        record(log, section, typed)
    with running_instrument(instrument) as url, closing(open_detector(url)) as detector:
        session = InspectionSession(
            PreparedLibrary.open_or_build(known.libraries, data.cache),
            known.catalogue,
            calibration=known.calibration,
            log=log,
        )
        session.record_background(detector.background(SETTINGS), Place(INSPECTION))
        for number, (one, typed) in enumerate(zip(samples, SAMPLES, strict=True), start=1):
            record(log, Section.SAMPLE, typed, number)
            capture = session.take(detector, SETTINGS)
            finding = session.name_capture(capture, port="simulated", declared=one.declared)
            session.record(finding, Place(INSPECTION, number))
    for section, sample, typed in AFTER:
        record(log, section, typed, sample)
    amend(log, Section.TRANSPORT, {"bill": "CMR 2"}, "misread")
    log.append(closing_entry(INSPECTION, remark="drums sealed and moved to store 1"))
    log.officer = "Supervisor 1"
    log.append(signing_off(INSPECTION))


def record(log: InspectionLog, section: Section, typed: Typed, sample: int | None = None) -> LogEntry:
    """Fill in a part of the record from typed texts."""
    before = list(log.entries(inspection=INSPECTION))
    return log.append(recording(INSPECTION, section, values(section, typed), sample=sample, before=before))


def amend(log: InspectionLog, section: Section, typed: Typed, reason: str) -> None:
    """Correct fields of a part that is filled in once."""
    before = list(log.entries(inspection=INSPECTION))
    [entry] = [one for one in before if one.body.get("section") == section]
    for new in amending_record(entry, values(section, typed), reason, before):
        log.append(new)


def values(section: Section, typed: Typed) -> dict[str, object]:
    """Read typed texts as the fields of a section."""
    return {
        name: value_of(section, name, [text] if isinstance(text, str) else text)
        for name, text in typed.items()
    }


if __name__ == "__main__":
    sys.exit(main())
