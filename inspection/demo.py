"""The whole main job without hardware: connect, background, three samples, names, log, export, verify.

The detector is simulated, the wire is real (TCP on this computer), and so are the library, the log and the
files.  Two samples are measurements by another laboratory than the one behind the reference; the third is
drawn from the library itself, and is said to be.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

from detector.capture import ScanSettings
from detector.drivers.chemgate_link import open_detector
from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.server import running_instrument
from inspection.demo_samples import DemoSample, demo_samples
from inspection.desk import Desk, ExitCode
from inspection.export.exporting import ExportFormat, export_log
from inspection.findings import Finding, finding_object
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import new_inspection_id, opening
from inspection.session import InspectionSession, Place
from inspection.text_report import declared_lines, reference_line, summary
from spectra_library.starter import starter_libraries

SETTINGS = ScanSettings(scans=16, resolution_cm=4.0)
SEED = 2026


def demonstrate(desk: Desk, *, as_json: bool) -> ExitCode:
    """Run the demonstration and say what it did.  It writes into the training log only."""
    words = desk.words
    samples = demo_samples(words, desk.catalogue(), starter_libraries())
    instrument = SimulatedInstrument(tuple(one.sample for one in samples), seed=SEED, speed=float("inf"))
    narrate = desk.warn if as_json else desk.say
    narrate(words("Demonstration: simulated detector, real wire, training log."))
    with (
        replace(desk, kind=LogKind.TRAINING).open_log() as log,
        running_instrument(instrument) as url,
        closing(open_detector(url)) as detector,
    ):
        session = desk.session(log=log)
        device = detector.identify()
        narrate(
            words("Connected to {model} {serial} at {url}.").format(
                model=device.model, serial=device.serial_number, url=url
            )
        )
        inspection = new_inspection_id(datetime.now(UTC))
        log.append(opening(inspection, declared="; ".join(one.declared for one in samples)))
        session.record_background(detector.background(SETTINGS), Place(inspection))
        narrate(words("Inspection {inspection}: background taken.").format(inspection=inspection))
        for number, one in enumerate(samples, start=1):
            capture = session.take(detector, SETTINGS)
            finding = session.name_capture(
                capture, port=url, declared=one.declared, title=words("sample {number}").format(number=number)
            )
            session.record(finding, Place(inspection, number))
            _show(desk, finding, session, one, as_json=as_json)
        return _close_the_books(desk, log, inspection, as_json=as_json)


def _show(
    desk: Desk, finding: Finding, session: InspectionSession, sample: DemoSample, *, as_json: bool
) -> None:
    if as_json:
        desk.emit(finding_object(finding, session.catalogue, desk.words))
        return
    desk.say(summary(desk.words, finding, session.catalogue))
    desk.say(
        "  "
        + desk.words("on the crystal: {name}, {origin}").format(name=sample.sample.name, origin=sample.origin)
    )
    if finding.declaration is not None:
        for line in declared_lines(desk.words, finding.declaration):
            desk.say(line)
    for candidate in finding.identification.candidates[:1]:
        desk.say("  " + reference_line(desk.words, candidate))


def _close_the_books(desk: Desk, log: InspectionLog, inspection: str, *, as_json: bool) -> ExitCode:
    """Export in both formats, verify the chain, and print what was made."""
    words = desk.words
    reports = [
        export_log(
            log, desk.data.exports / f"demo-{inspection}.{chosen.value}", format=chosen, inspection=inspection
        )
        for chosen in (ExportFormat.CSV, ExportFormat.JSON)
    ]
    verdict = log.verify()
    if as_json:
        desk.emit(
            {
                "inspection": inspection,
                "head": str(log.head()),
                "ok": verdict.ok,
                "exports": [str(report.path) for report in reports],
            }
        )
    else:
        for report in reports:
            desk.say(words("exported {count} entries: {path}").format(count=report.count, path=report.path))
        desk.say(
            words("log verified: {count} entries unchanged").format(count=verdict.count)
            if verdict.ok
            else words("log NOT sound: {count} problems").format(count=len(verdict.problems))
        )
        desk.say(words("log head: {head}").format(head=log.head()))
    return ExitCode.DONE if verdict.ok else ExitCode.CHECK_FAILED
