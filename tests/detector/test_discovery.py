import pytest
from serial.tools import list_ports as port_table
from serial.tools.list_ports_common import ListPortInfo

from detector.discovery import PortDescription, find_single_port, list_ports
from detector.errors import AmbiguousPortError, PortError
from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.server import running_instrument


def machine_port(device, description="n/a", vid=None, pid=None):
    port = ListPortInfo(device)
    port.description, port.vid, port.pid = description, vid, pid
    return port


def likely(url):
    return PortDescription(url, "USB serial", 0x0403, 0x6001, looks_like_detector=True)


@pytest.mark.parametrize(
    ("description", "vid", "pid", "expected"),
    [
        ("FT232R USB UART", 0x0403, 0x6001, True),
        ("CP2102 USB to UART Bridge", 0x10C4, 0xEA60, True),
        ("USB Serial", 0x1A86, 0x7523, True),
        ("Gadget Serial", 0x0525, 0xA4A7, True),
        ("Spectrometer CDC", 0x1234, 0x0001, True),
        ("USB Serial Device (COM5)", 0x1234, 0x0001, True),
        ("ttyS0", None, None, False),
        ("Phone", 0x18D1, 0x4EE7, False),
        ("Printer", 0x10C4, 0x0001, False),
    ],
)
def test_ports_are_told_apart_by_their_usb_numbers(monkeypatch, description, vid, pid, expected):
    ports = [machine_port("/dev/tty9", description, vid, pid)]
    monkeypatch.setattr(port_table, "comports", lambda: ports)
    assert list_ports() == (PortDescription("/dev/tty9", description, vid, pid, expected),)


def test_ports_are_listed_by_name(monkeypatch):
    monkeypatch.setattr(port_table, "comports", lambda: [machine_port("COM5"), machine_port("COM3")])
    assert [port.url for port in list_ports()] == ["COM3", "COM5"]


def test_the_ports_of_this_machine_can_be_listed():
    assert all(isinstance(port, PortDescription) for port in list_ports())


def test_the_one_port_that_answers_is_found_among_those_that_do_not():
    with running_instrument(SimulatedInstrument()) as url:
        assert find_single_port(ports=[likely("socket://127.0.0.1:1"), likely(url)]) == url


def test_two_detectors_are_not_chosen_between():
    with (
        running_instrument(SimulatedInstrument()) as one,
        running_instrument(SimulatedInstrument()) as other,
        pytest.raises(AmbiguousPortError, match="found 2") as caught,
    ):
        find_single_port(ports=[likely(one), likely(other)])
    assert one in str(caught.value)
    assert other in str(caught.value)


def test_no_port_at_all_says_so():
    with pytest.raises(AmbiguousPortError, match=r"found none \(no serial port looks like one"):
        find_single_port(ports=[])


def test_ports_that_failed_are_named_with_their_reason():
    def refuse(url):
        raise PortError(f"cannot open {url}: another program is using it")

    with pytest.raises(AmbiguousPortError, match="COM5: cannot open COM5: another program"):
        find_single_port(ports=[likely("COM5")], opener=refuse)


def test_ports_that_do_not_look_like_a_detector_are_left_alone():
    def never(url):
        raise AssertionError(f"{url} was opened")

    with pytest.raises(AmbiguousPortError):
        find_single_port(ports=[PortDescription("COM1", "Modem", None, None, False)], opener=never)
