"""A large log to measure with: findings of simulated scans, each told from all others, written quickly.

    references, strangers -> simulated instrument -> finding --varied--> record --many in a transaction--> log

A few hundred findings are real: scanned over the wire, named, compared with a declaration.  Every record is
one of them with another noise on its beam, and with its own scan, time, officer, inspection and score.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing as let_go
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Final

import numpy as np

from detector.capture import Capture, ScanSettings
from detector.drivers.chemgate_link import open_detector
from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.server import running_instrument
from inspection.bench.identify import questions
from inspection.chain import VOLUME_SIZE
from inspection.findings import Finding, JsonObject, capture_object, finding_object, payload_sha256
from inspection.keys import LogKeys
from inspection.log_kind import LogKind
from inspection.log_volume import BUSY_TIMEOUT_S, volume_path
from inspection.log_writer import VolumeWriter, Writing, continuing
from inspection.records import EntryKind, NewEntry, closing, opening
from inspection.session import InspectionSession, spectrum_of, stored_spectrum
from inspection.simulated_samples import played
from spectra_library.calibration_file import load_calibration
from spectra_library.catalogue import load_catalogue
from spectra_library.prepared import PreparedLibrary
from spectra_library.spectrum import Spectrum
from spectra_library.starter import starter_libraries

SEED: Final = 20261124
SCANNED: Final = 300  # different findings; a small log gets fewer
STRANGER_EVERY: Final = 5  # of the samples is no substance of the library
SAMPLES_OF_AN_INSPECTION: Final = 20
OFFICERS: Final = tuple(f"Officer {number}" for number in range(1, 41))
DECLARED: Final = ("acetone", "ethanol", "toluene", "soap", "sabun", "мыло", "washing powder", "citric acid")
BEGINNING: Final = datetime(2026, 1, 5, 6, tzinfo=UTC)
BETWEEN_ENTRIES: Final = timedelta(minutes=7)
NOISE: Final = 0.002  # of the beam, in each point
ENTRIES_OF_A_TRANSACTION: Final = 250
_SETTINGS: Final = ScanSettings(scans=16, resolution_cm=4.0)
_WIRE_FLOAT: Final = np.dtype("<f4")  # the single beams among the bytes of the simulated instrument


class BenchClock:
    """A clock that goes on by the same step whenever it is asked."""

    def __init__(self, now: datetime = BEGINNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Give the next moment."""
        self.now += BETWEEN_ENTRIES
        return self.now


def build_log(path: Path, kind: LogKind, records: int) -> int:
    """Write a log with ``records`` identifications and the inspections they belong to; how many entries.

    Many entries share a transaction; all else is written as it always is.
    """
    keys = LogKeys(path.parent / "keys")
    signer = keys.signer(kind)
    officer = OFFICERS[0]
    writing = Writing(kind, BenchClock(), lambda: officer, lambda: signer, keys.installation, BUSY_TIMEOUT_S)
    writer = VolumeWriter.open(path, writing, number=1, continues=lambda: None)
    entries, written = made_entries(np.random.default_rng(SEED), records), 0
    while batch := list(islice(entries, ENTRIES_OF_A_TRANSACTION)):
        if writer.volume.head().count + len(batch) >= VOLUME_SIZE:
            written += writer.volume.head().count + 1  # and its seal
            writer = _next_volume(writer, path, writing)
        with writer.transaction():
            for new in batch:
                officer = officer_of(new)
                writer.insert(new)
    written += writer.volume.head().count
    writer.close()
    return written


def made_entries(chance: np.random.Generator, records: int, *, series: str = "2") -> Iterator[NewEntry]:
    """Give the entries of ``records`` identifications, inspection after inspection.

    The inspections of one ``series``, a character, have other numbers than those of another.
    """
    findings = scanned_findings(chance, min(SCANNED, max(8, records // 50)))
    catalogue = load_catalogue()
    bodies = [finding_object(one, catalogue) for one in findings]
    for number in count(1):
        inspection = inspection_name(number, series)
        yield opening(
            inspection,
            container=f"CSQU{chance.integers(10**6, 10**7)}",
            declared=str(chance.choice(DECLARED)),
            hs_code="2914.11",
        )
        for sample in range(1, min(SAMPLES_OF_AN_INSPECTION, records) + 1):
            which = int(chance.integers(len(findings)))
            yield varied(findings[which], bodies[which], chance, inspection=inspection, sample=sample)
        yield closing(inspection)
        records -= SAMPLES_OF_AN_INSPECTION
        if records <= 0:
            return


def inspection_name(number: int, series: str) -> str:
    """Name an inspection as new ones are named."""
    day = BEGINNING + number * SAMPLES_OF_AN_INSPECTION * BETWEEN_ENTRIES
    return f"{day:%Y%m%d}-{series}{number:05d}"


def officer_of(new: NewEntry) -> str:
    """Tell whose inspection it is."""
    return OFFICERS[int((new.inspection or "")[-5:]) % len(OFFICERS)]


def varied(
    finding: Finding, body: JsonObject, chance: np.random.Generator, *, inspection: str, sample: int
) -> NewEntry:
    """Give ``finding`` and its ``body`` as another scan of the same sample: other noise, other scores."""
    capture = scanned_again(finding, chance)
    spectrum = spectrum_of(capture)
    factor = float(chance.uniform(0.97, 1.0))
    sha256 = payload_sha256(capture)
    return NewEntry(
        EntryKind.IDENTIFICATION,
        {
            **body,
            "title": f"sample {sample}",
            "source": {**body["source"], "sha256": sha256},
            "candidates": [{**one, "score": round(one["score"] * factor, 6)} for one in body["candidates"]],
            "capture": {**capture_object(capture), "sha256": sha256},
            "elapsed_ms": round(float(chance.uniform(15, 60)), 1),
        },
        inspection=inspection,
        sample=sample,
        curve=stored_spectrum(replace(finding, spectrum=spectrum, capture=capture)),
    )


def scanned_again(finding: Finding, chance: np.random.Generator) -> Capture:
    """Give the capture of another scan, from another instrument of the same model."""
    capture = finding.capture
    assert capture is not None
    noise = 1.0 + NOISE * chance.standard_normal(capture.sample_beam.size)
    beam = (capture.sample_beam * noise).astype(_WIRE_FLOAT)
    beams = 2 * beam.nbytes
    number = int(chance.integers(1, 2**31))
    return replace(
        capture,
        device=replace(capture.device, serial_number=f"SIM-{number % 12 + 1:04d}"),
        scan_id=number,
        sample_beam=beam.astype(np.float64),
        raw_payload=capture.raw_payload[:-beams] + beam.tobytes() + capture.raw_payload[-beam.nbytes :],
    )


def scanned_findings(chance: np.random.Generator, number: int) -> list[Finding]:
    """Scan ``number`` samples over a wire, name them, and compare each with a declaration."""
    libraries, catalogue = starter_libraries(), load_catalogue()
    session = InspectionSession(PreparedLibrary(libraries), catalogue, calibration=load_calibration())
    samples = questions(chance, libraries, number)
    for stranger in range(STRANGER_EVERY - 1, number, STRANGER_EVERY):
        samples[stranger] = a_stranger(chance, samples[stranger])
    instrument = SimulatedInstrument(
        tuple(played(f"sample {n}", one) for n, one in enumerate(samples)), seed=SEED, speed=float("inf")
    )
    with running_instrument(instrument) as url, let_go(open_detector(url)) as detector:
        detector.background(_SETTINGS)
        return [
            session.name_capture(
                session.take(detector, _SETTINGS), port=url, declared=str(chance.choice(DECLARED))
            )
            for _ in samples
        ]


def a_stranger(chance: np.random.Generator, like: Spectrum) -> Spectrum:
    """Give a spectrum with bands that no substance has, on the axis of another one."""
    axis = like.wavenumber
    centres, widths = chance.uniform(700, 3600, 12), chance.uniform(6, 40, 12)
    heights = chance.uniform(0.05, 0.6, 12)
    bands = heights * np.exp(-(((axis[:, np.newaxis] - centres) / widths) ** 2))  # (N, 12)
    return replace(like, absorbance=bands.sum(axis=1))


def _next_volume(ended: VolumeWriter, path: Path, writing: Writing) -> VolumeWriter:
    with ended.transaction():
        ended.seal()
    number, head = ended.volume.number, ended.volume.head()
    ended.lay_down()
    ended.close()
    return VolumeWriter.open(
        volume_path(path, number + 1),
        writing,
        number=number + 1,
        continues=lambda: continuing(head, number, "sealed"),
    )
