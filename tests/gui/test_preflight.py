"""Before Qt is started the program knows whether it can be, and says what to do when not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gui.preflight import has_display, is_xcb_wanted, obstacle, xcb_plugin

ROOT = Path(__file__).parents[2]
ON_X11 = {"DISPLAY": ":0"}


def library_is_missing(path: str) -> object:
    raise OSError(
        "libxcb-cursor.so.0: cannot open shared object file: No such file or directory"
    )  # what the loader of Linux says


def all_is_there(path: str) -> object:
    return path


def test_a_missing_library_is_named_with_the_way_to_get_it():
    sentence = obstacle(platform="linux", environment=ON_X11, load=library_is_missing)

    assert "libxcb-cursor.so.0" in sentence
    assert "bootstrap.py run" in sentence
    assert "apt-get install" in sentence
    assert "\n" not in sentence


def test_with_all_libraries_there_is_no_obstacle():
    assert obstacle(platform="linux", environment=ON_X11, load=all_is_there) is None


def test_without_a_display_the_way_without_a_window_is_named():
    sentence = obstacle(platform="linux", environment={}, load=all_is_there)

    assert "main.py demo" in sentence
    assert "--help" in sentence


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_elsewhere_nothing_is_asked(platform):
    assert obstacle(platform=platform, environment={}, load=library_is_missing) is None


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"DISPLAY": ":0"}, True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ({"QT_QPA_PLATFORM": "xcb"}, True),
        ({"QT_QPA_PLATFORM": "xcb:some=thing;wayland"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, False),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "wayland"}, False),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "x11"}, True),
    ],
    ids=str,
)
def test_the_libraries_of_x11_are_asked_for_only_where_x11_is_used(environment, expected):
    assert is_xcb_wanted(environment) is expected
    assert has_display(environment)


@pytest.mark.skipif(sys.platform != "linux", reason="PyQt6 has this plugin on Linux only")
def test_the_plugin_that_is_tried_is_the_one_that_qt_loads():
    assert xcb_plugin().is_file()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_the_program_without_a_display_says_so_and_exits_2():
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    finished = subprocess.run(
        [sys.executable, "main.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert finished.returncode == 2
    assert finished.stdout == ""
    assert finished.stderr.count("\n") == 1
    assert "main.py demo" in finished.stderr


def test_asking_loads_no_qt():
    question = "import sys; from gui.preflight import obstacle; obstacle(environment={'DISPLAY': ':0'}); "
    question += "print([name for name in sys.modules if 'PyQt6' in name])"
    finished = subprocess.run(
        [sys.executable, "-c", question], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (finished.stdout, finished.stderr) == ("[]\n", "")
