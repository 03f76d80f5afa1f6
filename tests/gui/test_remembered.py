"""The window remembers the last port, and no damage to what it remembers stops a start."""

from __future__ import annotations

import random

import pytest

from gui.app import start_of
from gui.remembered import NAME, remember_port, remembered_port
from inspection.folders import DataFolder

PORTS = ("/dev/ttyUSB0", "COM10", r"\\.\COM10", "socket://127.0.0.1:5000", "rfc2217://host:7000?a=b,c")


@pytest.fixture
def data(tmp_path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.mark.parametrize("port", PORTS)
def test_a_port_comes_back_as_it_was(data, port):
    remember_port(data, "COM1")
    remember_port(data, port)

    assert remembered_port(data) == port


@pytest.mark.parametrize("port", ["", "two\nlines", "COM4\0", " COM4", "x" * 201])
def test_what_can_be_no_port_is_not_kept(data, port):
    remember_port(data, "COM4")
    remember_port(data, port)

    assert remembered_port(data) == "COM4"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 5000,
        b"\xff\xfe\xfa garbage",
        b"[detector]\nport=\n",
        b"[detector]\nport=COM4\x00\x01\n",
        b"[other]\nport=COM4\n",
        b"port=COM4\n",
        "[detector]\nport=\N{RIGHT-TO-LEFT OVERRIDE}COM4\n".encode(),
    ],
)
def test_garbage_is_as_good_as_nothing(data, content):
    data.path.mkdir()
    (data.path / NAME).write_bytes(content)

    assert remembered_port(data) is None
    assert start_of(["--data-dir", str(data.path)]).port is None


def test_no_chance_content_stops_a_start(data):
    data.path.mkdir()
    chance = random.Random(6)
    for _ in range(2000):
        (data.path / NAME).write_bytes(b"[detector]\nport=" + chance.randbytes(chance.randrange(60)))
        port = start_of(["--data-dir", str(data.path)]).port
        assert port is None or port.isprintable()


def test_a_folder_in_its_place_stops_nothing_either(data):
    (data.path / NAME).mkdir(parents=True)
    remember_port(data, "COM4")

    assert remembered_port(data) is None
