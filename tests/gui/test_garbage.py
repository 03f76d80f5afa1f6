"""Cycles with widgets in them die in the window's thread, whatever the workers allocate."""

import gc
import threading
import weakref

from PyQt6.QtCore import QObject

from gui.garbage import GarbageCollector


def cycle_that_tells(died_in):
    """Make a cycle with a Qt object in it, discard it, and note the thread in which it dies."""
    one = QObject()
    one.setProperty("name", "discarded")
    holder = [one]
    holder.append(holder)
    weakref.finalize(one, lambda: died_in.append(threading.get_ident()))


def allocate_in_a_worker():
    worker = threading.Thread(target=lambda: [[] for _ in range(20_000)])
    worker.start()
    worker.join()


def test_a_worker_that_allocates_destroys_no_widget(qapp):
    died_in = []
    collector = GarbageCollector()
    try:
        cycle_that_tells(died_in)
        allocate_in_a_worker()
        assert died_in == []
        [[] for _ in range(5_000)]
        collector.collect_what_is_due()
        gc.collect()
    finally:
        collector.close()
    assert died_in == [threading.get_ident()]


def test_without_it_the_worker_does(qapp):
    died_in = []
    gc.collect()
    gc.enable()
    try:
        cycle_that_tells(died_in)
        allocate_in_a_worker()
    finally:
        gc.disable()
    assert died_in
    assert died_in != [threading.get_ident()]


def test_what_is_due_is_collected_and_the_collector_is_given_back(qapp):
    died_in = []
    collector = GarbageCollector()
    cycle_that_tells(died_in)
    kept = [[] for _ in range(5_000)]
    collector.collect_what_is_due()
    assert died_in == [threading.get_ident()]
    assert len(kept) == 5_000
    collector.close()
    assert gc.isenabled()
