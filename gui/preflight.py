"""Whether a window can open here at all, asked before Qt is started.

Qt ends the whole process when a system library is missing or there is no display, which no program can
catch; the loader of libraries only raises.  Loads no Qt by itself.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path


def obstacle(
    *,
    platform: str = sys.platform,
    environment: Mapping[str, str] = os.environ,
    load: Callable[[str], object] | None = None,
) -> str | None:
    """Say in one sentence why no window can open here, and what to do; None when one can.

    ``load`` loads a library with all that it needs or raises OSError; ctypes.CDLL when none is given.
    """
    if platform != "linux":
        return None
    if not has_display(environment):
        return (
            "There is no display for the window: run 'main.py demo' for the whole job in the terminal, "
            "or 'main.py --help' for all verbs."
        )
    if not is_xcb_wanted(environment):
        return None
    if load is None:
        import ctypes  # needed on X11 only

        load = ctypes.CDLL
    try:
        load(str(xcb_plugin()))
    except OSError as error:
        return (
            f"The window needs the system library {missing_library(error)}, which is not installed: "
            "'python3 bootstrap.py run' installs it, or says which 'apt-get install' line does."
        )
    return None


def has_display(environment: Mapping[str, str]) -> bool:
    """Tell whether a window has somewhere to appear, an invisible place that was asked for included."""
    return any(environment.get(name) for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"))


def is_xcb_wanted(environment: Mapping[str, str]) -> bool:
    """Tell whether Qt will open its window through X11."""
    chosen = environment.get("QT_QPA_PLATFORM", "")
    if chosen:
        return chosen.split(";")[0].split(":")[0] == "xcb"
    is_wayland = environment.get("XDG_SESSION_TYPE") == "wayland" and environment.get("WAYLAND_DISPLAY")
    return bool(environment.get("DISPLAY")) and not is_wayland


def xcb_plugin() -> Path:
    """Give the file of Qt's X11 plugin as PyQt6 brings it."""
    found = importlib.util.find_spec("PyQt6")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("PyQt6 is not installed: 'python3 bootstrap.py run' installs it")
    return Path(found.origin).parent / "Qt6" / "plugins" / "platforms" / "libqxcb.so"


def missing_library(error: OSError) -> str:
    """Pick the library out of the loader's complaint: ``libxcb-cursor.so.0: cannot open shared ...``."""
    return str(error).partition(": ")[0]
