"""Ports that are missing, busy, full, or go away: real sockets, real ptys, real words."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from contextlib import closing, contextmanager

import pytest
import serial
import serial.rfc2217

from detector.capture import ScanSettings
from detector.drivers.chemgate_link import ChemgateLinkDetector, open_detector
from detector.errors import LinkLostError, PortError
from detector.framing import BORDER
from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.server import running_instrument
from detector.transport import READ_WAIT_S, RecordingTransport, SerialTransport

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="a pty is offered on Linux only")


@contextmanager
def silent_listener():
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"socket://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def silent_pty():
    master, slave = os.openpty()
    try:
        yield os.ttyname(slave)
    finally:
        os.close(slave)
        os.close(master)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("/dev/tty-that-is-not-there", "there is no such port", marks=on_linux),
        pytest.param("/etc/hostname", "cannot open /etc/hostname", marks=on_linux),
        ("socket://127.0.0.1", "cannot open"),
        ("socket://127.0.0.1:99999", "cannot open"),
        ("nonsense://x", "invalid URL"),
        ("", "there is no such port" if sys.platform == "linux" else "cannot open"),
    ],
)
def test_a_port_that_cannot_be_opened_says_why(url, words):
    with pytest.raises(PortError, match=words) as caught:
        SerialTransport(url)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is not None


def test_a_socket_without_a_listener_says_so():
    with silent_listener() as url:
        pass
    with pytest.raises(PortError, match="nothing is listening there"):
        SerialTransport(url)


@on_linux
def test_a_port_that_another_program_uses_says_so():
    with (
        silent_pty() as path,
        closing(SerialTransport(path)),
        pytest.raises(PortError, match="another program is using it"),
    ):
        SerialTransport(path)


@pytest.mark.parametrize("kind", ["socket", pytest.param("pty", marks=on_linux)])
def test_an_instrument_that_stops_reading_does_not_hang_the_writer(kind):
    with (
        silent_listener() if kind == "socket" else silent_pty() as url,
        closing(SerialTransport(url)) as transport,
    ):
        started = time.monotonic()
        with pytest.raises(LinkLostError, match="stopped reading"):
            transport.write(bytes(32_000_000))
        assert time.monotonic() - started < 1.6


def test_closing_under_a_reading_thread_gives_it_a_clear_error():
    with silent_listener() as url:
        transport = SerialTransport(url)
        errors = []
        reading = threading.Event()

        def read_on():
            try:
                while True:
                    transport.read()
                    reading.set()
            except LinkLostError as error:
                errors.append(error)

        reader = threading.Thread(target=read_on)
        reader.start()
        assert reading.wait(5)
        transport.close()
        reader.join(5)
        assert not reader.is_alive()
        assert "is gone" in str(errors[0])


def test_reading_waits_a_moment_only_when_asked():
    with silent_listener() as url, closing(SerialTransport(url)) as transport:
        started = time.monotonic()
        for _ in range(20):
            assert transport.read(wait=False) == b""
        assert time.monotonic() - started < 20 * READ_WAIT_S / 2
        started = time.monotonic()
        assert transport.read() == b""
        assert time.monotonic() - started > READ_WAIT_S / 2


def test_a_peer_that_closed_its_socket_is_noticed_and_ours_is_closed():
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        transport = SerialTransport(f"socket://127.0.0.1:{listener.getsockname()[1]}")
        listener.accept()[0].close()
    with closing(transport), pytest.raises(LinkLostError, match="is gone"):
        for _ in range(100):
            transport.read()


def test_a_recording_keeps_every_byte_both_ways():
    with running_instrument(SimulatedInstrument(speed=0)) as url:
        recording = RecordingTransport(SerialTransport(url))
        with closing(ChemgateLinkDetector(recording)) as detector:
            detector.background(ScanSettings(4, 16.0))
            capture = detector.scan(ScanSettings(4, 16.0))
        assert recording.exchanges[0].is_sent
        assert recording.sent.startswith(BORDER)
        assert recording.received.endswith(BORDER)
        assert len(recording.received) > len(capture.raw_payload)


class Escaped:
    """The side of a telnet connection that PortManager answers on."""

    def __init__(self, connection):
        self.write = connection.sendall


@contextmanager
def rfc2217_server_for(url):
    """Offer a port over the network the way a serial-to-network box does; it serves one connection."""
    stop = threading.Event()

    def serve(port, listener):
        connection, _ = listener.accept()
        with closing(connection):
            connection.settimeout(0.02)
            manager = serial.rfc2217.PortManager(port, Escaped(connection))
            while not stop.is_set():
                try:
                    received = connection.recv(1024)
                except TimeoutError:
                    pass
                else:
                    if not received:
                        return
                    port.write(b"".join(manager.filter(received)))
                connection.sendall(b"".join(manager.escape(port.read(4096))))

    with (
        closing(serial.serial_for_url(url, timeout=0)) as port,
        closing(socket.create_server(("127.0.0.1", 0))) as listener,
    ):
        server = threading.Thread(target=serve, args=(port, listener))
        server.start()
        try:
            yield f"rfc2217://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stop.set()
            server.join()


# pyserial 3.5 itself names its thread the old way.
@pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")
def test_a_port_on_the_network_works_like_a_local_one():
    with running_instrument(SimulatedInstrument(speed=0)) as device, rfc2217_server_for(device) as url:
        detector = open_detector(url)
        detector.background(ScanSettings(4, 16.0))
        assert detector.scan(ScanSettings(4, 16.0)).scan_counter == 1
        detector.close()
        with pytest.raises(LinkLostError):
            detector.identify()
