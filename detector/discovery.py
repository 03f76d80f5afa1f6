"""Which ports look like an instrument, and which one answers as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from serial.tools import list_ports as port_table

from detector.drivers.chemgate_link import open_detector
from detector.errors import AmbiguousPortError, DetectorError

HANDSHAKE_TIMEOUT_S: Final = 1.0

# USB vendor and product numbers of what portable instruments have behind their USB socket; None is any
# product.  Source: the USB ID Repository (linux-usb.org/usb.ids), vendors Linux Foundation, Future
# Technology Devices, Silicon Labs, QinHeng Electronics.
_LIKELY_USB: Final[dict[int, frozenset[int] | None]] = {
    0x0525: frozenset({0xA4A7}),  # Linux gadget, serial (CDC-ACM)
    0x1D6B: frozenset({0x0104, 0x0106}),  # Linux gadget, composite (CDC-ACM)
    0x0403: None,  # FTDI
    0x10C4: frozenset({0xEA60, 0xEA61, 0xEA63, 0xEA70, 0xEA71}),  # CP210x
    0x1A86: frozenset({0x5523, 0x7522, 0x7523, 0x55D3, 0x55D4}),  # CH340, CH341, CH9102
}


@dataclass(frozen=True, slots=True)
class PortDescription:
    """A serial port of this machine; ``vid`` and ``pid`` are None when it is not on USB."""

    url: str
    description: str
    vid: int | None
    pid: int | None
    looks_like_detector: bool


class Closable(Protocol):
    """What is left of a detector when only its answering was asked for."""

    def close(self) -> None:
        """Give the port back."""
        ...


def list_ports() -> tuple[PortDescription, ...]:
    """List the serial ports of this machine, sorted by name; nothing is opened."""
    found = (
        PortDescription(
            url=port.device,
            description=port.description,
            vid=port.vid,
            pid=port.pid,
            looks_like_detector=_looks_like_detector(port.device, port.vid, port.pid, port.description),
        )
        for port in port_table.comports()
    )
    return tuple(sorted(found, key=lambda port: port.url))


def find_single_port(
    *,
    ports: Iterable[PortDescription] | None = None,
    opener: Callable[[str], Closable] = lambda url: open_detector(url, reply_timeout_s=HANDSHAKE_TIMEOUT_S),
) -> str:
    """Give the URL of the one port where a detector answers.

    Only ports that look like one are opened, since what else hangs on this machine should not hear from
    us.  Raises AmbiguousPortError, naming what was tried, when not exactly one answers.
    """
    candidates = [port.url for port in (list_ports() if ports is None else ports) if port.looks_like_detector]
    answering: list[str] = []
    failures: list[str] = []
    for url in candidates:
        try:
            opener(url).close()
        except DetectorError as error:
            failures.append(f"{url}: {error}")
        else:
            answering.append(url)
    if len(answering) == 1:
        return answering[0]
    if answering:
        raise AmbiguousPortError(
            f"expected one detector, found {len(answering)}: {', '.join(answering)}; name the port to use"
        )
    tried = "; ".join(failures) or "no serial port looks like one"
    raise AmbiguousPortError(f"expected one detector, found none ({tried}); connect one or name its port")


def _looks_like_detector(device: str, vid: int | None, pid: int | None, description: str) -> bool:
    if vid is None or pid is None:
        return False
    if vid in _LIKELY_USB:
        products = _LIKELY_USB[vid]
        return products is None or pid in products
    # Any other CDC-ACM device: Linux says so in the name, Windows in the description.
    return "ttyACM" in device or any(kind in description for kind in ("CDC", "USB Serial Device"))
