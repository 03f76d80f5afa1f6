"""What a person gets who installs Chemgate: the wheel is built as an installer would, and read."""

from __future__ import annotations

import configparser
import subprocess
import sys
import tomllib
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BUILD = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
DIST_INFO = f"chemgate-{VERSION}.dist-info"

# Left behind by running the program, never shipped.
CACHES = ("*.pyc", "*-wal", "*-shm", "*-journal", "*.cache*")


def files_below(folder: Path) -> set[str]:
    """The files of a shipped folder as the wheel names them, caches left out."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not any(path.match(pattern) for pattern in CACHES)
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    """The wheel, built from this checkout without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-c", BUILD, folder], cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return zipfile.Path(built)


@pytest.fixture(scope="module")
def names(wheel: zipfile.Path) -> set[str]:
    """Every file in the wheel."""
    return {name for name in wheel.root.namelist() if not name.endswith("/")}


def test_the_wheel_brings_the_rooms_and_the_door_and_nothing_else(names: set[str]) -> None:
    top_level = {name.partition("/")[0] for name in names}

    assert top_level == {"detector", "spectra_library", "inspection", "gui", "main.py", DIST_INFO}


@pytest.mark.parametrize("room", ["detector", "spectra_library", "inspection", "gui"])
def test_every_file_of_a_room_is_in_the_wheel(room: str, names: set[str]) -> None:
    in_wheel = {name for name in names if name.startswith(f"{room}/")}

    assert in_wheel == files_below(ROOT / room)


def test_the_library_the_catalogue_and_their_licence_come_with_the_program(names: set[str]) -> None:
    data = {name.removeprefix("spectra_library/data/") for name in names if "/data/" in name}

    assert {"starter.sqlite", "catalogue/substances.csv"} <= data
    assert any("licen" in name.lower() or "cc-by" in name.lower() for name in data)


def test_the_profiles_of_tables_come_with_the_program(names: set[str]) -> None:
    folder = "inspection/export/profiles/"
    profiles = {name.removeprefix(folder) for name in names if name.startswith(folder)}

    assert profiles == {"cen-like.toml", "pics-like.toml", "ids-like.toml", "laboratory-request.toml"}


def test_the_fonts_of_printed_pages_come_with_their_licence(names: set[str]) -> None:
    folder = "inspection/export/fonts/"

    assert {f"{folder}{name}" for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "LICENSE")} <= names


def test_the_wheel_is_for_every_platform_and_every_python_3(wheel: zipfile.Path) -> None:
    assert wheel.root.filename is not None
    assert Path(wheel.root.filename).name == f"chemgate-{VERSION}-py3-none-any.whl"


def test_the_licence_is_inside_and_named(wheel: zipfile.Path) -> None:
    metadata = HeaderParser().parsestr((wheel / DIST_INFO / "METADATA").read_text("utf-8"))

    assert metadata["Name"] == "chemgate"
    assert metadata["License-Expression"] == "GPL-3.0-or-later"
    assert metadata["Requires-Python"] == ">=3.11"
    licence = (wheel / DIST_INFO / "licenses" / "LICENSE").read_text("utf-8")
    assert licence == (ROOT / "LICENSE").read_text("utf-8")


def test_the_program_needs_what_it_imports_and_offers_its_extras(wheel: zipfile.Path) -> None:
    metadata = HeaderParser().parsestr((wheel / DIST_INFO / "METADATA").read_text("utf-8"))
    requirements = metadata.get_all("Requires-Dist")

    assert metadata.get_all("Provides-Extra") == ["build", "cluster"]
    assert any(requirement.startswith("pyqt6>=6.8") for requirement in map(str.lower, requirements))
    assert not any("pytest" in requirement for requirement in requirements)


def test_two_commands_are_installed(wheel: zipfile.Path) -> None:
    scripts = configparser.ConfigParser()
    scripts.read_string((wheel / DIST_INFO / "entry_points.txt").read_text("utf-8"))

    assert dict(scripts["console_scripts"]) == {"chemgate": "main:main"}
    assert dict(scripts["gui_scripts"]) == {"chemgate-gui": "main:open_window"}
