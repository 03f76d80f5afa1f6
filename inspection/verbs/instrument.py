"""``ports``, ``background``, ``scan``, ``simulate``: spectra that come over a wire."""

from __future__ import annotations

import argparse
import math
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from ipaddress import ip_address
from pathlib import Path

from detector.capture import Capture, ScanProgress, ScanSettings
from detector.discovery import find_single_port, list_ports
from detector.driver import ProgressListener
from detector.drivers.chemgate_link import open_detector
from detector.errors import PortError
from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.server import serve_pty, serve_tcp
from inspection.desk import Desk, ExitCode
from inspection.errors import RecordError
from inspection.export.atomic import write_atomically
from inspection.findings import Finding, capture_object, finding_object, payload_sha256
from inspection.permissions import needs_when, no_user
from inspection.session import InspectionSession, Place, background_object, spectrum_of
from inspection.simulated_samples import samples_named
from inspection.text_report import declared_lines, details, summary
from inspection.users.roles import Action
from inspection.verbs.spectra import (
    add_naming_options,
    declared_in,
    declared_text,
    positive,
    require_spectrum_ending,
)
from spectra_library.formats.csv_writer import csv_bytes
from spectra_library.formats.jcamp_writer import jcamp_bytes

RESOLUTIONS = (2.0, 4.0, 8.0, 16.0)
MOST_SCANS = 1024


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this family's verbs."""
    ports = verbs.add_parser("ports", help="serial ports, and which of them look like a detector")
    ports.add_argument("--json", action="store_true", help="one JSON object per port")
    ports.set_defaults(verb_function=show_ports, permission=no_user)

    background = verbs.add_parser("background", help="measure the empty crystal")
    add_scan_options(background)
    background.add_argument("--json", action="store_true", help="one JSON object")
    background.set_defaults(verb_function=take_background, permission=no_user)

    scan = verbs.add_parser("scan", help="measure what is on the crystal")
    add_scan_options(scan)
    scan.add_argument("--out", type=Path, metavar="FILE", help="keep the spectrum as .jdx or .csv")
    scan.add_argument("--identify", action="store_true", help="name it")
    add_naming_options(scan)
    scan.set_defaults(verb_function=take_scan, permission=needs_when(Action.RECORD, "inspection"))

    simulate = verbs.add_parser("simulate", help="a simulated detector behind a real wire")
    where = simulate.add_mutually_exclusive_group()
    where.add_argument(
        "--listen",
        type=loopback,
        default=("127.0.0.1", 0),
        metavar="127.0.0.1:PORT",
        help="TCP on loopback; port 0 is any",
    )
    where.add_argument("--pty", action="store_true", help="a pseudo terminal (Linux)")
    simulate.add_argument(
        "--sample",
        action="append",
        metavar="SUBSTANCE_OR_FILE",
        help="what lies on the crystal, one after another",
    )
    simulate.add_argument("--seed", type=seed, default=0, metavar="N")
    simulate.add_argument(
        "--speed",
        type=not_negative,
        default=1.0,
        metavar="X",
        help="1 is a real instrument's pace, 0 has no pauses",
    )
    simulate.add_argument("--idle-timeout", type=not_negative, default=3600.0, metavar="S")
    simulate.set_defaults(verb_function=simulate_detector, permission=no_user)


def add_scan_options(verb: argparse.ArgumentParser) -> None:
    """Add the options that a background and a scan share."""
    verb.add_argument(
        "--port", metavar="URL", help="/dev/ttyUSB0, COM5, socket://127.0.0.1:5000, rfc2217://..."
    )
    verb.add_argument("--scans", type=scan_count, default=16, metavar="N", help="co-added scans (default 16)")
    verb.add_argument(
        "--resolution", type=float, choices=RESOLUTIONS, default=4.0, metavar="CM", help="2, 4, 8 or 16 cm-1"
    )


def scan_count(text: str) -> int:
    """Parse a number of co-added scans, for argparse."""
    count = positive(text)
    if count > MOST_SCANS:
        raise argparse.ArgumentTypeError(f"expected at most {MOST_SCANS} scans, found {count}")
    return count


def seed(text: str) -> int:
    """Parse a seed, a whole number from 0 upwards, for argparse."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 upwards, found {text!r}")
    return int(text)


def loopback(text: str) -> tuple[str, int]:
    """Parse host and port of this machine alone, for argparse: the simulator has no password."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    if not port.isascii() or not port.isdigit() or int(port) > 65535 or not _is_this_machine(host):
        raise argparse.ArgumentTypeError(
            f"expected an address of this machine alone, such as 127.0.0.1:5000, found {text!r}"
        )
    return host, int(port)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def not_negative(text: str) -> float:
    """Parse a number from 0 upwards, for argparse."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not number >= 0:
        raise argparse.ArgumentTypeError(f"expected a number from 0 upwards, found {text!r}")
    return number


def show_ports(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print the serial ports of this computer."""
    ports = list_ports()
    for port in ports:
        if arguments.json:
            desk.emit(
                {
                    "port": port.url,
                    "description": port.description,
                    "vid": port.vid,
                    "pid": port.pid,
                    "looks_like_detector": port.looks_like_detector,
                }
            )
        else:
            mark = desk.words("  may be a detector") if port.looks_like_detector else ""
            desk.say(f"{port.url}  {port.description}{mark}")
    if not ports and not arguments.json:
        desk.say(desk.words("No serial port found. Is the cable plugged in and the detector switched on?"))
    return ExitCode.DONE


def take_background(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Measure the empty crystal; the background stays in the instrument."""
    with closing(open_detector(_port(arguments))) as detector, _progress(desk) as progress:
        background = detector.background(_settings(arguments), progress=progress)
    result = background_object(background)
    if arguments.json:
        desk.emit({"background": result})
    else:
        desk.say(
            desk.words(
                "Background taken: {device} {serial}, {scans} scans at {resolution_cm:g} cm-1, {time}"
            ).format(**result)
        )
    return ExitCode.DONE


def take_scan(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Measure what is on the crystal; name it and write it down when asked to."""
    place = Place(arguments.inspection, arguments.sample)
    if arguments.out is not None:
        require_spectrum_ending(arguments.out)  # before the scan, which cannot always be repeated
    if place.inspection is not None and not arguments.identify:
        raise RecordError("expected --identify together with --inspection: only a named scan is written down")
    with ExitStack() as open_things:
        log, declared = None, declared_text(arguments)
        if place.inspection is not None:
            log = open_things.enter_context(desk.open_log())
            # An unknown inspection is refused before the scan, not after it.
            declared = declared or declared_in(log, place.inspection)
        port = _port(arguments)
        detector = open_things.enter_context(closing(open_detector(port)))
        with _progress(desk) as progress:
            capture = detector.scan(_settings(arguments), progress=progress)
        if arguments.out is not None:
            _keep(capture, arguments.out)
        if not arguments.identify:
            _show_capture(desk, capture, port, as_json=arguments.json)
            return ExitCode.DONE
        session = desk.session(arguments.library, log=log)
        finding = session.name_capture(capture, port=port, declared=declared, top=arguments.top)
        if log is not None:
            session.record(finding, place)
        _show_finding(desk, finding, session, as_json=arguments.json)
        return ExitCode.DONE


def simulate_detector(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Serve a simulated detector until interrupted, or until nobody has connected for a while."""
    samples = samples_named(arguments.sample or ["isopropanol"], desk.catalogue(), desk.knowledge().libraries)
    instrument = SimulatedInstrument(samples, seed=arguments.seed, speed=arguments.speed)
    stop = threading.Event()
    for interrupting in (signal.SIGINT, signal.SIGTERM):
        signal.signal(interrupting, lambda *_: stop.set())
    if arguments.pty:
        if sys.platform == "win32":
            raise PortError("expected --listen on Windows, which has no pseudo terminals")
        serve_pty(instrument, idle_timeout_s=arguments.idle_timeout, stop=stop, ready=desk.say)
        return ExitCode.DONE
    host, port = arguments.listen
    serve_tcp(instrument, host, port, idle_timeout_s=arguments.idle_timeout, stop=stop, ready=desk.say)
    return ExitCode.DONE


def _port(arguments: argparse.Namespace) -> str:
    return arguments.port or find_single_port()


def _settings(arguments: argparse.Namespace) -> ScanSettings:
    return ScanSettings(scans=arguments.scans, resolution_cm=arguments.resolution)


def _keep(capture: Capture, out: Path) -> None:
    spectrum = spectrum_of(capture)
    title = f"scan {capture.scan_id} of {capture.device.serial_number}"
    is_csv = out.suffix.lower() == ".csv"
    write_atomically(out, csv_bytes([(title, spectrum)]) if is_csv else jcamp_bytes(spectrum, title=title))


def _show_capture(desk: Desk, capture: Capture, port: str, *, as_json: bool) -> None:
    spectrum = spectrum_of(capture)
    if not as_json:
        desk.say(
            desk.words("Scan {scan_id}: {points} points, {low:.0f}-{high:.0f} cm-1").format(
                scan_id=capture.scan_id,
                points=spectrum.wavenumber.size,
                low=spectrum.wavenumber_min,
                high=spectrum.wavenumber_max,
            )
        )
        return
    desk.emit(
        {
            "source": {"path": port, "block": 0, "sha256": payload_sha256(capture), "format": "capture"},
            "title": "",
            "cas": "",
            "technique": spectrum.technique.value,
            "phase": "",
            "x_units": "1/CM",
            "y_units": "ABSORBANCE",
            "points": int(spectrum.wavenumber.size),
            "wavenumber_min": spectrum.wavenumber_min,
            "wavenumber_max": spectrum.wavenumber_max,
            "resolution_cm": spectrum.resolution_cm,
            "gaps": [list(gap) for gap in spectrum.gaps],
            "warnings": [],
            "capture": capture_object(capture),
        }
    )


def _show_finding(desk: Desk, finding: Finding, session: InspectionSession, *, as_json: bool) -> None:
    if as_json:
        desk.emit(finding_object(finding, session.catalogue, desk.words))
        return
    desk.say(summary(desk.words, finding, session.catalogue))
    if finding.declaration is not None:
        for line in declared_lines(desk.words, finding.declaration):
            desk.say(line)
    for line in details(desk.words, finding, session.catalogue):
        desk.say(line)


@contextmanager
def _progress(desk: Desk) -> Iterator[ProgressListener | None]:
    """Give a listener that draws one line over with each finished scan; None where nobody is looking."""
    if not desk.err.isatty():
        yield None
        return

    def draw(progress: ScanProgress) -> None:
        text = desk.words("scan {done} of {total}").format(done=progress.done, total=progress.total)
        print(f"\r{text}", end="", file=desk.err, flush=True)

    try:
        yield draw
    finally:
        print(file=desk.err, flush=True)  # what comes next, an error perhaps, has a line of its own
