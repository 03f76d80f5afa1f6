"""The detector's thread answers, stops at once, and survives everything that a cable can do."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QThread

from detector.errors import LinkLostError, NoBackgroundError, PortError, ReplyTimeoutError
from gui.session_worker import LiveCurve, SessionWorker, height_above_floor
from spectra_library.errors import LibraryStoreError
from spectra_library.starter import starter_libraries
from spectra_library.verdicts import Verdict


def connect(qtbot, bench, *samples, **options):
    url = bench.serve(*samples, **options)
    with qtbot.waitSignal(bench.worker.connected, timeout=5000) as answer:
        bench.wishes.connect_to.emit(url)
    return answer.args


def take_background(qtbot, bench):
    with qtbot.waitSignal(bench.worker.background_taken, timeout=5000) as answer:
        bench.wishes.take_background.emit()
    return answer.args[0]


def test_the_libraries_are_read_in_the_worker_s_own_thread(qtbot, make_bench, ready):
    threads = []

    def load():
        threads.append(QThread.currentThread())
        return ready

    bench = make_bench(load=load)
    with qtbot.waitSignal(bench.worker.library_loaded, timeout=5000) as answer:
        bench.wishes.load_libraries.emit()

    assert answer.args == [ready]
    assert threads == [bench.thread]
    assert bench.thread is not QThread.currentThread()


def test_a_missing_library_file_is_a_known_failure(qtbot, make_bench, tmp_path: Path):
    bench = make_bench(load=lambda: starter_libraries(tmp_path))
    with qtbot.waitSignal(bench.worker.library_failed, timeout=5000) as answer:
        bench.wishes.load_libraries.emit()

    assert isinstance(answer.args[0], LibraryStoreError)
    assert "starter.sqlite" in str(answer.args[0])


def test_without_a_library_nothing_is_scanned_and_the_next_try_finds_it_again(
    qtbot, make_bench, ready, on_crystal
):
    is_back = threading.Event()

    def load():
        if not is_back.is_set():
            raise LibraryStoreError("expected a library file, found nothing")
        return ready

    bench = make_bench(load=load)
    connect(qtbot, bench, on_crystal)
    take_background(qtbot, bench)
    with qtbot.waitSignal(bench.worker.scan_failed, timeout=5000) as failure:
        bench.wishes.scan.emit("")
    is_back.set()
    with qtbot.waitSignal(bench.worker.named, timeout=5000) as answer:
        bench.wishes.scan.emit("")

    assert isinstance(failure.args[0], LibraryStoreError)
    assert answer.args[0].identification.verdict is Verdict.MATCH


def test_connecting_tells_where_and_then_who_answers(qtbot, bench):
    url = bench.serve(serial_number="SIM-0042")
    with qtbot.waitSignals([bench.worker.connecting, bench.worker.connected], timeout=5000, order="strict"):
        bench.wishes.connect_to.emit(url)
    device, status = connect(qtbot, bench, serial_number="SIM-0043")

    assert device.serial_number == "SIM-0043"
    assert not status.has_background


def test_nobody_there_is_a_failed_connection(qtbot, bench):
    with qtbot.waitSignal(bench.worker.connection_failed, timeout=5000) as answer:
        bench.wishes.connect_to.emit("socket://127.0.0.1:1")

    assert isinstance(answer.args[0], PortError)


def test_the_whole_way_from_background_to_a_name(qtbot, bench, on_crystal):
    connect(qtbot, bench, on_crystal)
    counted = []
    bench.worker.progressed.connect(counted.append)
    background = take_background(qtbot, bench)
    with qtbot.waitSignals([bench.worker.named, bench.worker.status_changed], timeout=5000):
        bench.wishes.scan.emit(" ethanol ")

    assert background.settings.scans == 16
    assert [one.done for one in counted][-1] == 16


def test_a_finding_carries_the_declaration_and_the_capture(qtbot, bench, on_crystal):
    connect(qtbot, bench, on_crystal)
    take_background(qtbot, bench)
    with qtbot.waitSignal(bench.worker.named, timeout=5000) as answer:
        bench.wishes.scan.emit(" ethanol ")
    with qtbot.waitSignal(bench.worker.named, timeout=5000) as undeclared:
        bench.wishes.scan.emit("  ")

    assert answer.args[0].declaration.text == "ethanol"
    assert answer.args[0].capture.scan_counter == 1
    assert answer.args[0].identification.candidates[0].substance == "acetone"
    assert undeclared.args[0].declaration is None


def test_a_scan_without_a_background_says_so_and_keeps_the_connection(qtbot, bench, on_crystal):
    connect(qtbot, bench, on_crystal)
    with (
        qtbot.assertNotEmitted(bench.worker.link_lost),
        qtbot.waitSignal(bench.worker.scan_failed, timeout=5000) as answer,
    ):
        bench.wishes.scan.emit("")
    take_background(qtbot, bench)

    assert isinstance(answer.args[0], NoBackgroundError)


def test_a_scan_without_a_detector_fails(qtbot, bench):
    with qtbot.waitSignal(bench.worker.scan_failed, timeout=5000) as answer:
        bench.wishes.scan.emit("")

    assert isinstance(answer.args[0], LinkLostError)


def test_cancelling_a_scan_takes_less_than_a_fifth_of_a_second(qtbot, bench, on_crystal):
    connect(qtbot, bench, on_crystal, speed=16.0)
    take_background(qtbot, bench)
    for _ in range(3):
        with qtbot.waitSignal(bench.worker.progressed, timeout=5000):
            bench.wishes.scan.emit("")
        with qtbot.waitSignal(bench.worker.scan_cancelled, timeout=5000):
            asked = time.monotonic()
            bench.worker.cancel.set()

        assert time.monotonic() - asked < 0.2


def test_after_a_cancelled_scan_the_next_one_works(qtbot, bench, on_crystal):
    connect(qtbot, bench, on_crystal, speed=32.0)
    with qtbot.waitSignal(bench.worker.progressed, timeout=5000):
        bench.wishes.take_background.emit()
    with qtbot.waitSignal(bench.worker.scan_cancelled, timeout=5000):
        bench.worker.cancel.set()
    take_background(qtbot, bench)
    with qtbot.waitSignal(bench.worker.named, timeout=5000) as answer:
        bench.wishes.scan.emit("")

    assert answer.args[0].identification.verdict is Verdict.MATCH


@pytest.mark.parametrize("work", ["scan", "take_background"])
def test_a_cable_cut_in_the_middle_is_told_within_a_second(qtbot, bench, on_crystal, work):
    connect(qtbot, bench, on_crystal, speed=8.0)
    failed = bench.worker.scan_failed if work == "scan" else bench.worker.background_failed
    take_background(qtbot, bench)
    with qtbot.waitSignal(bench.worker.progressed, timeout=5000):
        bench.wishes.scan.emit("") if work == "scan" else bench.wishes.take_background.emit()
    with qtbot.waitSignals([failed, bench.worker.link_lost], timeout=5000, order="strict"):
        cut = time.monotonic()
        bench.plug.is_pulled.set()

    assert time.monotonic() - cut < 1.0


def test_a_simulator_that_is_stopped_in_the_middle_of_a_scan_is_told_within_a_second(
    qtbot, bench, on_crystal
):
    connect(qtbot, bench, on_crystal, speed=8.0)
    take_background(qtbot, bench)
    with qtbot.waitSignal(bench.worker.progressed, timeout=5000):
        bench.wishes.scan.emit("")
    with qtbot.waitSignals([bench.worker.scan_failed, bench.worker.link_lost], timeout=5000):
        stopped = time.monotonic()
        bench.running.close()

    assert time.monotonic() - stopped < 1.0


def test_after_a_cut_cable_the_same_instrument_connects_again(qtbot, bench, on_crystal):
    url = bench.serve(on_crystal)
    with qtbot.waitSignal(bench.worker.connected, timeout=5000):
        bench.wishes.connect_to.emit(url)
    bench.plug.is_pulled.set()
    with qtbot.waitSignal(bench.worker.link_lost, timeout=5000):
        bench.wishes.take_background.emit()
    bench.plug.is_pulled.clear()
    with qtbot.waitSignal(bench.worker.connected, timeout=5000):
        bench.wishes.connect_to.emit(url)

    take_background(qtbot, bench)


def test_a_cable_cut_while_nothing_happens_is_noticed(qtbot, bench, monkeypatch):
    monkeypatch.setattr("gui.session_worker.ASK_STATUS_EVERY_MS", 50)
    connect(qtbot, bench)
    with qtbot.waitSignal(bench.worker.link_lost, timeout=5000):
        bench.plug.is_pulled.set()


def test_an_idle_instrument_that_falls_silent_is_lost(qtbot, make_bench, monkeypatch):
    monkeypatch.setattr("gui.session_worker.ASK_STATUS_EVERY_MS", 10)
    is_silent = threading.Event()
    bench = make_bench()
    connect(qtbot, bench)
    status = bench.worker._detector.status

    def silent_status():
        if is_silent.is_set():
            raise ReplyTimeoutError("expected an answer within 2 s, found none")
        return status()

    monkeypatch.setattr(bench.worker._detector, "status", silent_status)
    with qtbot.waitSignal(bench.worker.link_lost, timeout=5000) as answer:
        is_silent.set()

    assert isinstance(answer.args[0], LinkLostError)


def test_watching_shows_the_crystal_again_and_again_until_it_is_switched_off(qtbot, bench, on_crystal):
    is_loaded = threading.Event()
    connect(qtbot, bench, on_crystal, is_loaded=is_loaded.is_set)
    take_background(qtbot, bench)
    curves: list[LiveCurve] = []
    bench.worker.previewed.connect(curves.append)
    with qtbot.waitSignals([bench.worker.previewed] * 2, timeout=5000):
        bench.wishes.watch_crystal.emit(True)
    is_loaded.set()
    with qtbot.waitSignal(
        bench.worker.previewed, timeout=5000, check_params_cb=lambda curve: curve.strongest > 0.1
    ):
        pass
    with qtbot.waitSignal(bench.worker.library_loaded, timeout=5000):
        bench.wishes.watch_crystal.emit(False)
        bench.wishes.load_libraries.emit()  # ends no watching, but comes after the wish before it
    with qtbot.assertNotEmitted(bench.worker.previewed, wait=400):
        pass

    assert curves[0].strongest < 0.05
    assert not curves[-1].absorbance.flags.writeable


def test_watching_comes_about_four_times_a_second(qtbot, bench, on_crystal):
    connect(qtbot, bench, on_crystal)
    take_background(qtbot, bench)
    moments = []
    bench.worker.previewed.connect(lambda curve: moments.append(time.monotonic()))
    with qtbot.waitSignals([bench.worker.previewed] * 5, timeout=5000):
        bench.wishes.watch_crystal.emit(True)

    assert 0.8 < moments[4] - moments[0] < 1.6


def test_a_scan_ends_the_watching(qtbot, bench, on_crystal):
    connect(qtbot, bench, on_crystal)
    take_background(qtbot, bench)
    with qtbot.waitSignal(bench.worker.previewed, timeout=5000):
        bench.wishes.watch_crystal.emit(True)
    with qtbot.waitSignal(bench.worker.named, timeout=5000):
        bench.wishes.scan.emit("")

    with qtbot.assertNotEmitted(bench.worker.previewed, wait=400):
        pass


def test_watching_without_a_background_ends_with_the_reason(qtbot, bench, on_crystal):
    connect(qtbot, bench, on_crystal)
    with qtbot.waitSignal(bench.worker.preview_failed, timeout=5000) as answer:
        bench.wishes.watch_crystal.emit(True)

    assert isinstance(answer.args[0], NoBackgroundError)


def test_disconnecting_gives_the_instrument_to_the_next(qtbot, bench):
    url = bench.serve()
    with qtbot.waitSignal(bench.worker.connected, timeout=5000):
        bench.wishes.connect_to.emit(url)
    with qtbot.waitSignal(bench.worker.disconnected, timeout=5000):
        bench.wishes.disconnect_from.emit()
    with qtbot.waitSignal(bench.worker.connected, timeout=5000):
        bench.wishes.connect_to.emit(url)


def test_leaving_stops_a_scan_under_way_and_ends_the_thread(qtbot, bench, on_crystal):
    connect(qtbot, bench, on_crystal, speed=1.0)
    with qtbot.waitSignal(bench.worker.progressed, timeout=5000):
        bench.wishes.take_background.emit()
    bench.wishes.take_background.emit()  # a second one waits: it must not begin
    asked = time.monotonic()
    bench.worker.leave()
    bench.thread.quit()

    assert bench.thread.wait(3000)
    assert time.monotonic() - asked < 1.0


def test_noise_alone_is_no_sample():
    noise = np.random.default_rng(0).normal(0.0, 0.01, 1676)
    with_a_spike = noise.copy()
    with_a_spike[100] = 0.1

    assert height_above_floor(noise) < 0.03
    assert height_above_floor(with_a_spike) < 0.04
    assert height_above_floor(np.array([])) == 0.0


def test_a_band_counts_from_the_floor_of_the_curve():
    wavenumber = np.arange(650.0, 4000.0, 2.0)
    band = 0.3 * np.exp(-(((wavenumber - 1700.0) / 30.0) ** 2)) + 0.2

    assert height_above_floor(band) == pytest.approx(0.3, abs=0.01)


def test_every_slot_and_signal_of_the_doorway_has_its_name():
    names = {
        *("library_loaded", "library_failed", "connecting", "connected", "connection_failed", "link_lost"),
        *("status_changed", "background_taken", "background_failed", "previewed", "progressed", "named"),
        *("scan_failed", "scan_cancelled", "load_libraries", "connect_to", "take_background"),
        *("watch_crystal", "scan", "disconnect_from"),
    }

    assert names <= set(dir(SessionWorker))
