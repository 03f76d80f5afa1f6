"""Take a picture of every page and state, by working the real window like a person does.

    python tools/screenshots.py OUT [--only TEXT] [--all]

A simulated instrument on a real wire, a real log in a temporary folder, drawn offscreen.  Look at every
picture afterwards: whether it can be read and used is nothing that a test can tell.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt, QtMsgType, qInstallMessageHandler
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication, QLineEdit, QWidget

from detector.capture import DeviceInfo, DeviceState, SampleTechnique
from detector.simulator.optics import SimulatedSample, instrument_axis
from gui.cover import Cover
from gui.demonstration import Demonstration
from gui.fault_report import Fault
from gui.log_worker import ExportWish
from gui.main_window import MainWindow
from gui.pages.access import Access
from gui.pages.course import Link, Signal, Step, Trouble
from gui.palette import DAY, NIGHT, SUN, Theme, Tone
from gui.session_worker import LibraryReady, SessionWorker, load_knowledge
from gui.theme import apply_theme
from gui.user_keeper import Roll
from gui.widgets.nav_rail import Page
from gui.workers import Workers
from inspection.demo_samples import DemoSample, demo_samples, mixed, window_samples
from inspection.errors import LogWriteError
from inspection.folders import DataFolder
from inspection.language import LOCALE_FOLDER, Language, Wording
from inspection.log_kind import LogKind
from inspection.log_notice import LogNotice, NoticeKind
from inspection.users.roles import Role
from inspection.users.store import UserStore
from spectra_library.errors import LibraryStoreError

LONGEST_WAIT_S = 20.0
SETTLE_S = 0.25  # longer than any movement on the screen
WORKING_SPEED = 4.0  # fast enough to wait for, slow enough to be caught at work
SIZE = (1366, 768)
SUFFIXES = ("_night", "_sun", "_150", "_ru", "_az")
PIN = "481516"
SURFACE_PX = 200  # a colour with as many pixels is a surface, and kept as it is
# In other themes, sizes and languages.
SHOWN_AGAIN = (
    "gate_4_sample",
    "result_differs",
    "result_mixture",
    "log",
    "device",
    "sign_in",
    "users_adding",
)


@dataclass
class Studio:
    """Where pictures go, and what all of them share."""

    app: QApplication
    out: Path
    ready: LibraryReady
    only: str = ""
    is_all: bool = False
    taken: list[Path] = field(default_factory=list)

    def wants(self, *names: str) -> bool:
        """Tell whether one of ``names`` was asked for."""
        return any(self.only in name for name in names)

    def samples(self, language: Language = Language.ENGLISH) -> tuple[DemoSample, ...]:
        """Give the samples of the demonstration."""
        return demo_samples(Wording(language), self.ready.catalogue, self.ready.library.libraries)

    def save(self, widget: QWidget, name: str) -> None:
        """Save a picture of ``widget``."""
        base, _, variant = name.rpartition("_")
        is_left_out = f"_{variant}" in SUFFIXES and base not in SHOWN_AGAIN and not self.is_all
        if is_left_out or not self.wants(name):
            return
        small = with_palette(widget.grab().toImage())
        path = self.out / f"{name}.png"
        small.save(str(path), "PNG", 0)
        self.taken.append(path)
        print(f"{path.stat().st_size / 1024:6.0f} kB  {path.name}")


def with_palette(picture: QImage) -> QImage:
    """Bring ``picture`` down to 256 colours: flat surfaces and their edges need no more."""
    plain = picture.convertToFormat(QImage.Format.Format_RGB32)
    bits = plain.constBits()
    assert bits is not None
    pixels = np.frombuffer(bits.asstring(plain.sizeInBytes()), dtype=np.uint32)
    colours, counts = np.unique(pixels, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    table = _table(colours[order], exact=int(np.sum(counts >= SURFACE_PX)))
    return plain.convertToFormat(QImage.Format.Format_Indexed8, table, Qt.ImageConversionFlag.AvoidDither)


def _table(colours: NDArray[np.uint32], *, exact: int) -> list[int]:
    """Choose up to 256 of ``colours`` (N,), the frequent first; all but the first ``exact`` not too near.

    So a small lamp in a colour of its own keeps it beside hundreds of greys at the edges of letters.
    """
    channels = np.stack([colours >> shift & 0xFF for shift in (16, 8, 0)], axis=1).astype(np.int64)
    for nearness in (0, 4, 8, 16, 32):
        chosen: list[int] = []
        is_free = np.ones(colours.size, dtype=bool)
        while is_free.any() and len(chosen) < 256:
            first = int(np.argmax(is_free))
            chosen.append(int(colours[first]))
            is_near = np.abs(channels - channels[first]).max(axis=1) <= nearness
            is_near[:exact] = False
            is_near[first] = True
            is_free &= ~is_near
        if not is_free.any():
            break
    return chosen


@dataclass
class Stage:
    """One window with its workers and, when there is one, its instrument."""

    studio: Studio
    window: MainWindow
    workers: Workers
    demonstration: Demonstration | None
    is_dirty: bool = False  # a sample lies on the crystal at gates where none should

    def until(self, is_so: Callable[[], bool]) -> None:
        """Let the window work until ``is_so``, and then come to rest."""
        deadline = time.monotonic() + LONGEST_WAIT_S
        while not is_so():
            if self.demonstration is not None and self.window.kind is LogKind.EVIDENCE:
                self.demonstration.put_sample_on(self.is_dirty or self.window.course.step is Step.SAMPLE)
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {LONGEST_WAIT_S:.0f} s in vain at {self.window.course}")
            self.studio.app.processEvents()
            time.sleep(0.005)

    def settle(self) -> None:
        """Let movements end."""
        end = time.monotonic() + SETTLE_S
        self.until(lambda: time.monotonic() > end)

    def shoot(self, name: str, *, is_settled: bool = True) -> None:
        """Take a picture; of work under way without waiting."""
        if is_settled:
            self.settle()
        self.studio.save(self.window, name)

    def press(self) -> None:
        """Press the primary action."""
        self.window.bar.primary.click()

    def press_quiet(self, number: int) -> None:
        """Press a quiet action, counted from the left."""
        self.window.bar.quiet_buttons[number].click()

    def connect(self) -> None:
        """Connect to the demonstration and wait for it."""
        assert self.demonstration is not None
        self.window.connecting.connect_wished.emit(self.demonstration.url)
        self.until(lambda: self.window.course.link is Link.OPEN)

    def to_empty_check(self) -> None:
        """Pass gates 1 and 2."""
        self.press()
        self.until(lambda: self.window.course.step is Step.EMPTY_CHECK)

    def to_sample(self) -> None:
        """Pass gates 1 to 3 and the card in front of gate 4."""
        self.to_empty_check()
        self.until(lambda: self.window.course.is_empty)
        self.press()
        self.press()
        self.until(lambda: self.window.course.signal not in (Signal.UNKNOWN, Signal.EMPTY))

    def to_result(self) -> None:
        """Pass all gates."""
        self.to_sample()
        self.press()
        self.until(lambda: self.window.course.step is Step.RESULT)

    @property
    def access(self) -> Access:
        """Whose the window is."""
        return self.window.attendance.access

    @property
    def cover(self) -> Cover:
        """What lies over the window while it is nobody's."""
        return self.window._made_cover()

    def choose(self, name: str) -> None:
        """Choose a name on the cover, once the list is there."""
        self.until(lambda: name in [one.row.name for one in self.cover.sign_in.names.buttons])
        for button in self.cover.sign_in.names.buttons:
            if button.row.name == name:
                button.click()

    def send_pin(self, name: str, pin: str) -> None:
        """Choose a name and send a PIN."""
        self.choose(name)
        _fill(self.cover.sign_in.question.pin.field, pin)
        self.cover.bar.primary.click()

    def sign_in(self, name: str) -> None:
        """Sign somebody in."""
        self.send_pin(name, PIN)
        self.until(lambda: self.access is Access.PRESENT)

    def save_finding(self) -> None:
        """Save, and be at gate 1 again."""
        self.press()
        self.until(lambda: self.window.course.step is Step.CLEAN)


@contextmanager
def stage(
    studio: Studio,
    *,
    theme: Theme = DAY,
    scale: float = 1.0,
    language: Language = Language.ENGLISH,
    kind: LogKind = LogKind.TRAINING,
    samples: Sequence[DemoSample] | None = (),
    speed: float = WORKING_SPEED,
    load: Callable[[], LibraryReady] | None = None,
    papers: tuple[str, str] = ("", ""),
    people: Callable[[DataFolder], None] | None = None,
) -> Iterator[Stage]:
    """Open a window; ``samples`` lie on the crystal one after another; None for no instrument at all.

    ``papers`` are typed in: container and declared text.  On the evidence log the window is not told that
    the instrument is simulated.  ``people`` puts users into the data folder, who then have to sign in;
    without it nobody has to.
    """
    with ExitStack() as closing, tempfile.TemporaryDirectory() as folder:
        apply_theme(studio.app, theme.for_training() if kind is LogKind.TRAINING else theme, scale)
        data = DataFolder(Path(folder))
        if people is not None:
            people(data)
        signs_in = people is not None
        window = MainWindow(
            Wording(language),
            kind=kind,
            officer="" if signs_in else "Officer 1",
            is_demonstration=samples is not None and not signs_in,
            data=data if signs_in else None,
        )
        session = SessionWorker(load=load or (lambda: studio.ready))
        workers = Workers(
            data.log(kind),
            kind,
            officer=None if signs_in else "Officer 1",
            session=session,
            users_of=data if signs_in else None,
        )
        window.attach(workers)
        demonstration = None
        if samples is not None:
            demonstration = Demonstration(samples or studio.samples(language), speed=speed)
            closing.callback(demonstration.close)
            if kind is LogKind.TRAINING:
                window.use_demonstration(demonstration)
            else:  # as with a real instrument: the window knows nothing of samples, the officer types
                papers = (papers[0], papers[1] or demonstration.declared(0))
        one = Stage(studio, window, workers, demonstration)
        window.show()
        window.resize(*SIZE)
        workers.start()
        closing.callback(workers.stop)
        if signs_in:
            window.attendance.look_wished.emit()
        one.settle()
        if demonstration is not None:
            one.connect()
        container, declared = papers
        if container:
            window.pages.scan.guide.fields.container.insert(container)
            window.pages.scan.guide.fields.container.textEdited.emit(container)
        if declared:
            window.pages.scan.guide.fields.declared.selectAll()
            window.pages.scan.guide.fields.declared.insert(declared)
            window.pages.scan.guide.fields.declared.textEdited.emit(declared)
        yield one
        window.hide()
        window.deleteLater()
        one.settle()


# --- The gates --------------------------------------------------------------------------------------


def take_gates(studio: Studio, suffix: str, **options: object) -> None:
    """Five gates, from the first sight to the scan."""
    names = ("clean", "background", "empty", "look", "sample", "scanning")
    if not studio.wants(*(f"gate_{name}{suffix}" for name in names)):
        return
    with stage(studio, papers=("MWCU 605978 4", ""), **options) as one:  # type: ignore[arg-type]
        one.shoot(f"gate_1_clean{suffix}")
        one.press()
        one.until(lambda: one.window.course.done >= 7)
        one.shoot(f"gate_2_background{suffix}", is_settled=False)
        one.until(lambda: one.window.course.is_empty)
        one.shoot(f"gate_3_empty{suffix}")
        one.press()
        one.shoot(f"gate_4_look{suffix}")
        one.press()
        one.until(lambda: one.window.course.signal is Signal.STRONG)
        one.shoot(f"gate_4_sample{suffix}")
        one.press()
        one.until(lambda: one.window.course.done >= 7)
        one.shoot(f"gate_4_scanning{suffix}", is_settled=False)
        one.until(lambda: one.window.course.step is Step.RESULT)


# --- Results and the log ----------------------------------------------------------------------------


def take_job(studio: Studio, suffix: str, **options: object) -> None:
    """The three samples of the demonstration, each with its result; then the log."""
    names = (
        "result_agrees",
        "result_differs",
        "result_asking",
        "log",
        "log_checked",
        "log_exported",
        "device",
    )
    if not studio.wants(*(f"{name}{suffix}" for name in names)):
        return
    with stage(studio, speed=np.inf, papers=("MWCU 605978 4", ""), **options) as one:  # type: ignore[arg-type]
        one.to_result()
        one.shoot(f"result_agrees{suffix}")
        one.save_finding()
        one.to_result()
        one.save_finding()
        one.to_result()
        one.shoot(f"result_differs{suffix}")
        one.window.pages.result.banner.why_requested.emit()
        one.shoot(f"result_why{suffix}")
        one.window.pages.result.banner.why_requested.emit()
        one.press_quiet(0)
        one.shoot(f"result_declaring{suffix}")
        one.press_quiet(0)
        one.press_quiet(1)
        one.shoot(f"result_asking{suffix}")
        one.press_quiet(0)
        one.save_finding()
        one.shoot(f"saved{suffix}")
        window = one.window
        window.show_page(Page.LOG)
        one.until(window.pages.log.details.plot.isVisible)
        one.shoot(f"log{suffix}")
        one.press_quiet(0)
        one.until(lambda: not window.pages.log.bar().sentence.startswith("Every record and"))
        one.shoot(f"log_checked{suffix}")
        with tempfile.TemporaryDirectory() as folder:
            window.reading.export_wished.emit(
                ExportWish(Path(folder) / "chemgate-training-2026-11-24.csv", "csv")
            )
            one.until(lambda: bool(window.notice.said))
            window.notice.say(window.notice.said.replace(f"{folder}/", ""), Tone.AGREE)  # nobody's folder
        one.shoot(f"log_exported{suffix}")
        window.show_page(Page.DEVICE)
        one.shoot(f"device{suffix}")


def take_other_log(studio: Studio) -> None:
    """The device page on the evidence log, as it opens from the demonstration."""
    if studio.wants("device_evidence"):
        with stage(studio, samples=None, kind=LogKind.EVIDENCE) as one:
            instrument = Demonstration(studio.samples(), speed=np.inf)
            one.window.show_page(Page.DEVICE)
            one.window.notice.say("This is the evidence log: what you save here is evidence.")
            one.window.connecting.connect_wished.emit(instrument.url)
            one.until(lambda: one.window.course.status is not None)
            # No detector of an agency is at hand: that it is simulated is left out, as on the other pictures.
            device = DeviceInfo("Portable FTIR", "F-0007", "2.1", 1)
            one.workers.session.connected.emit(device, one.window.course.status)
            one.until(lambda: one.window.course.device == device)
            one.shoot("device_evidence")
            instrument.close()


def take_other_verdicts(studio: Studio) -> None:
    """No match with a hint, not certain, scan again, something beside the library, a confidence."""
    unknown = _from_band_list(studio, "acetic-anhydride")
    made = {
        "result_no_match": DemoSample(unknown, "acetic acid, 80 %", ""),
        "result_not_certain": DemoSample(_blend(studio, "acetone", "isopropanol"), "paint thinner", ""),
        "result_incomplete": DemoSample(mixed(unknown, _blend(studio, "toluene")), "paint thinner", ""),
        "result_confidence": DemoSample(_blend(studio, "polypropylene"), "polypropylene granules", ""),
        "result_scan_again": DemoSample(_jagged(), "veterinary premix", ""),
    }
    for name, sample in made.items():
        if studio.wants(name):
            with stage(studio, samples=(sample,), speed=np.inf, kind=LogKind.EVIDENCE) as one:
                one.to_result()
                if name == "result_confidence":
                    one.window.pages.result.banner.why_requested.emit()
                one.shoot(name)


def take_mixture(studio: Studio, suffix: str, **options: object) -> None:
    """The fourth sample of the demonstration, what it stands on, and its record."""
    names = ("result_mixture", "result_mixture_why", "log_mixture")
    if not studio.wants(*(f"{name}{suffix}" for name in names)):
        return
    [*_, sample] = window_samples(Wording(), studio.ready.catalogue, studio.ready.library.libraries)
    with stage(studio, samples=(sample,), speed=np.inf, **options) as one:  # type: ignore[arg-type]
        one.to_result()
        one.shoot(f"result_mixture{suffix}")
        one.window.pages.result.banner.why_requested.emit()
        one.shoot(f"result_mixture_why{suffix}")
        one.save_finding()
        one.window.show_page(Page.LOG)
        one.until(one.window.pages.log.details.plot.isVisible)
        one.shoot(f"log_mixture{suffix}")


def _from_band_list(studio: Studio, substance: str) -> SimulatedSample:
    lists = [
        bands
        for library in studio.ready.library.libraries
        for bands in library.band_lists
        if bands.substance == substance
    ]
    axis = instrument_axis(4.0)
    heights = np.zeros_like(axis)
    for position, strength in zip(lists[0].wavenumber, lists[0].strength, strict=True):
        heights += 0.4 * strength / (1.0 + ((axis - position) / 11.0) ** 2)
    return SimulatedSample(substance, axis, heights, SampleTechnique.ATR)


def _blend(studio: Studio, *substances: str) -> SimulatedSample:
    axis = instrument_axis(4.0)
    heights = np.zeros_like(axis)
    for substance in substances:
        [reference, *_] = [
            one
            for library in studio.ready.library.libraries
            for one in library.references
            if one.substance == substance
        ]
        curve = reference.spectrum
        heights += 0.35 * np.interp(axis, curve.wavenumber, curve.absorbance)
    return SimulatedSample(" + ".join(substances), axis, heights, SampleTechnique.ATR)


def _jagged() -> SimulatedSample:
    axis = instrument_axis(4.0)
    heights = np.random.default_rng(3).normal(0.15, 0.05, axis.size)
    heights += 0.2 * np.exp(-(((axis - 1100.0) / 60.0) ** 2))
    return SimulatedSample("jagged", axis, heights, SampleTechnique.ATR)


# --- People -----------------------------------------------------------------------------------------


def nobody(data: DataFolder) -> None:
    """Leave the data folder as it is before the first start."""


def everybody(data: DataFolder) -> None:
    """Put one user of each role into the data folder, and a second officer."""
    users = UserStore(data.users)
    users.add_first("Administrator 1", PIN)
    for name, role in (
        ("Officer 1", Role.OFFICER),
        ("Officer 2", Role.OFFICER),
        ("Supervisor 1", Role.SUPERVISOR),
        ("Trainer 1", Role.TRAINER),
    ):
        users.add(name, role, PIN)


def take_people(studio: Studio, suffix: str, **options: object) -> None:
    """First start, sign-in, lock, users, and a finding of somebody else's."""
    options = {"kind": LogKind.EVIDENCE, "speed": np.inf, **options}
    if studio.wants(f"first_start{suffix}", f"first_start_next{suffix}"):
        with stage(studio, people=nobody, samples=None, **options) as one:  # type: ignore[arg-type]
            one.until(lambda: one.access is Access.FIRST_START)
            form = one.cover.administrator.form
            one.shoot(f"first_start{suffix}")
            _fill(form.user_name, "Administrator 1")
            _fill(form.new_pin.first.field, PIN)
            _fill(form.new_pin.again.field, PIN)
            one.cover.bar.primary.click()
            one.until(lambda: one.access is Access.SECOND_USER)
            _fill(one.cover.second_user.form.user_name, "Officer 1")
            one.shoot(f"first_start_next{suffix}")
    if studio.wants(f"sign_in{suffix}", f"sign_in_locked{suffix}"):
        with stage(studio, people=everybody, samples=None, **options) as one:  # type: ignore[arg-type]
            one.choose("Officer 1")
            _fill(one.cover.sign_in.question.pin.field, PIN[:4])
            one.shoot(f"sign_in{suffix}")
            for _ in range(5):
                one.until(one.cover.sign_in.question.pin.field.isEnabled)
                one.send_pin("Officer 1", "999999")
                one.until(lambda: bool(one.cover.sign_in.question.said))
            one.until(lambda: one.cover.sign_in.question.is_locked)
            one.shoot(f"sign_in_locked{suffix}")
    names = ("idle_lock", "result_of_another", "users", "users_adding", "users_own", "result_not_kept")
    if studio.wants(*(f"{name}{suffix}" for name in names)):
        with stage(studio, people=everybody, **options) as one:  # type: ignore[arg-type]
            one.sign_in("Officer 1")
            one.to_result()
            one.window.attendance.lock()
            one.shoot(f"idle_lock{suffix}")
            one.sign_in("Officer 2")
            one.shoot(f"result_of_another{suffix}")
            one.window.show_page(Page.USERS)
            one.shoot(f"users_own{suffix}")
            one.window.show_page(Page.SCAN)
            one.press_quiet(0)
            one.window.attendance.lock()
            one.sign_in("Administrator 1")
            one.window.show_page(Page.USERS)
            one.shoot(f"users{suffix}")
            one.press()
            form = one.window.pages.users.form
            _fill(form.user_name, "Supervisor 2")
            _fill(form.new_pin.first.field, PIN)
            one.shoot(f"users_adding{suffix}")
            one.window.show_page(Page.SCAN)
            one.to_result()
            one.shoot(f"result_not_kept{suffix}")


def take_viewer(studio: Studio, suffix: str, **options: object) -> None:
    """A data folder that can only be read, and a log that was found damaged."""
    if studio.wants(f"viewer{suffix}"):
        with stage(studio, people=nobody, kind=LogKind.EVIDENCE, speed=np.inf, **options) as one:  # type: ignore[arg-type]
            assert one.workers.keeper is not None
            # No medium of that kind is at hand: what is said of one, sent the way it is sent.
            one.workers.keeper.listed.emit(Roll(is_read_only=True))
            one.until(lambda: bool(one.window._frame.standing.said))
            one.to_result()
            one.shoot(f"viewer{suffix}")
    if studio.wants(f"log_damaged{suffix}"):
        with stage(studio, kind=LogKind.EVIDENCE, speed=np.inf, **options) as one:  # type: ignore[arg-type]
            one.to_result()
            one.save_finding()
            one.window.show_page(Page.LOG)
            one.until(one.window.pages.log.details.plot.isVisible)
            notice = LogNotice(NoticeKind.DAMAGED_VOLUME, "volume 1 of the log is kept as it is")
            one.window.reading.noticed(notice)
            one.window.notice.hide()
            one.shoot(f"log_damaged{suffix}")


def _fill(field: QLineEdit, text: str) -> None:
    field.setText(text)
    field.textEdited.emit(text)


# --- States -----------------------------------------------------------------------------------------


def take_states(studio: Studio) -> None:
    """Every state that is not the usual one."""
    for name, take in STATES.items():
        if studio.wants(f"state_{name}"):
            take(studio, f"state_{name}")


def _no_detector(studio: Studio, name: str) -> None:
    with stage(studio, samples=None, kind=LogKind.EVIDENCE) as one:
        one.window.connecting.connect_wished.emit("socket://127.0.0.1:1")
        one.until(lambda: one.window.course.trouble is Trouble.NOT_FOUND)
        one.press()
        one.shoot(name)


def _connecting(studio: Studio, name: str) -> None:
    with (
        stage(studio, samples=None, kind=LogKind.EVIDENCE) as one,
        socket.create_server(("127.0.0.1", 0)) as mute,
    ):
        one.window.connecting.connect_wished.emit(f"socket://127.0.0.1:{mute.getsockname()[1]}")
        one.until(lambda: one.window.course.link is Link.CONNECTING)
        one.press()
        one.shoot(name)


def _warming_up(studio: Studio, name: str) -> None:
    with stage(studio, kind=LogKind.EVIDENCE) as one:
        one.until(lambda: one.window.course.status is not None)
        status = one.window.course.status
        assert status is not None
        # The simulated instrument is always warm, so the status comes from here.
        one.workers.session.status_changed.emit(replace(status, state=DeviceState.WARMING_UP))
        one.until(lambda: one.window.course.status != status)
        one.press()
        one.shoot(name)


def _cable_lost(studio: Studio, name: str) -> None:
    with stage(studio, kind=LogKind.EVIDENCE) as one:
        one.to_sample()
        one.press()
        one.until(lambda: one.window.course.done >= 7)
        assert one.demonstration is not None
        one.demonstration.close()
        one.until(lambda: one.window.course.trouble is Trouble.LOST)
        one.until(lambda: one.window.course.link is Link.ABSENT)
        one.shoot(name)


def _cancelled(studio: Studio, name: str) -> None:
    with stage(studio, kind=LogKind.EVIDENCE) as one:
        one.to_sample()
        one.press()
        one.until(lambda: one.window.course.done >= 3)
        one.window.pages.scan.cancel_requested.emit()
        one.until(lambda: one.window.course.trouble is Trouble.CANCELLED)
        one.until(lambda: one.window.course.signal is Signal.STRONG)
        one.shoot(name)


def _weak_signal(studio: Studio, name: str) -> None:
    usual = studio.samples()[2].sample
    weak = SimulatedSample(usual.name, usual.wavenumber, 0.07 * usual.absorbance, usual.technique)
    with stage(studio, samples=(DemoSample(weak, "vanillin", ""),), kind=LogKind.EVIDENCE) as one:
        one.to_sample()
        one.shoot(name)


def _not_clean(studio: Studio, name: str) -> None:
    usual = studio.samples()[2].sample
    left_over = SimulatedSample(usual.name, usual.wavenumber, 0.09 * usual.absorbance, usual.technique)
    with stage(studio, samples=(DemoSample(left_over, "vanillin", ""),), kind=LogKind.EVIDENCE) as one:
        one.to_empty_check()
        one.is_dirty = True
        one.until(lambda: bool(one.window.course.residue))
        one.shoot(name)


def _not_saved(studio: Studio, name: str) -> None:
    with stage(studio, kind=LogKind.EVIDENCE, speed=np.inf) as one:
        one.to_result()
        one.press()
        one.until(lambda: one.window.finding is None)
        one.to_result()
        # A full disk on request: what the log then says, sent the way the log sends it.
        one.workers.writer.save_failed.disconnect()
        one.workers.writer.saved.disconnect()
        one.press()
        one.window.saving.save_failed(LogWriteError("database or disk is full: expected room for one record"))
        one.shoot(name)


def _no_library(studio: Studio, name: str) -> None:
    def missing() -> LibraryReady:
        raise LibraryStoreError("expected a library file, found none: starter.sqlite")

    with stage(studio, kind=LogKind.EVIDENCE, load=missing) as one:
        one.until(lambda: bool(one.window.course.missing_library))
        one.shoot(name)


def _empty_log(studio: Studio, name: str) -> None:
    with stage(studio, kind=LogKind.EVIDENCE) as one:
        one.window.show_page(Page.LOG)
        one.shoot(name)


def _nothing_found(studio: Studio, name: str) -> None:
    with stage(studio, kind=LogKind.EVIDENCE, speed=np.inf) as one:
        one.to_result()
        one.save_finding()
        one.window.show_page(Page.LOG)
        one.settle()
        one.window.pages.log.search.setText("amphetamine")
        one.window.pages.log.search.returnPressed.emit()
        one.shoot(name)


def _fault(studio: Studio, name: str) -> None:
    with stage(studio, kind=LogKind.EVIDENCE) as one:
        one.window.show_fault(Fault(7, Path("chemgate/faults/fault-0007.txt")))
        one.shoot(name)


STATES: dict[str, Callable[[Studio, str], None]] = {
    "no_detector": _no_detector,
    "connecting": _connecting,
    "warming_up": _warming_up,
    "cable_lost": _cable_lost,
    "cancelled": _cancelled,
    "weak_signal": _weak_signal,
    "not_clean": _not_clean,
    "not_saved": _not_saved,
    "no_library": _no_library,
    "empty_log": _empty_log,
    "nothing_found": _nothing_found,
    "fault": _fault,
}


def main() -> int:
    """Take the pictures and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", default="", metavar="TEXT", help="pictures with TEXT in their name")
    parser.add_argument("--all", action="store_true", help="every page in every theme, size and language")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    qInstallMessageHandler(_without_hints)
    application = QApplication(["screenshots"])
    with tempfile.TemporaryDirectory() as folder:  # a data folder with nothing of anybody's in it
        ready = load_knowledge(DataFolder(Path(folder)))
    studio = Studio(application, options.out, ready, options.only, options.all)
    take_gates(studio, "")
    take_job(studio, "")
    take_other_log(studio)
    take_other_verdicts(studio)
    take_mixture(studio, "")
    take_people(studio, "")
    take_viewer(studio, "")
    take_states(studio)
    take_gates(studio, "_night", theme=NIGHT)
    take_job(studio, "_night", theme=NIGHT)
    take_mixture(studio, "_night", theme=NIGHT)
    take_people(studio, "_night", theme=NIGHT)
    take_job(studio, "_sun", theme=SUN)
    take_gates(studio, "_150", scale=1.5)
    take_job(studio, "_150", scale=1.5)
    take_mixture(studio, "_150", scale=1.5)
    take_people(studio, "_150", scale=1.5)
    for language in (Language.RUSSIAN, Language.AZERBAIJANI):
        if (LOCALE_FOLDER / language / "LC_MESSAGES" / "chemgate.mo").exists():
            take_gates(studio, f"_{language}", language=language)
            take_job(studio, f"_{language}", language=language)
            take_mixture(studio, f"_{language}", language=language)
            take_people(studio, f"_{language}", language=language)
    print(f"{len(studio.taken)} pictures, {sum(path.stat().st_size for path in studio.taken) / 1e6:.1f} MB")
    return 0


def _without_hints(kind: QtMsgType, context: object, text: str | None) -> None:
    """Leave out what the offscreen platform says about each window."""
    del kind, context
    if text and "propagateSizeHints" not in text:
        print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
