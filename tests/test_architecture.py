"""The rules of docs/decisions/0001-two-wings-and-a-hall.md, each also tried on a tree that breaks it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EVERYWHERE = ("*",)
LOG_FILES = (
    "log_file.py",
    "log_volume.py",
    "log_writer.py",
    "log_check.py",
    "log_copies.py",
    "migrations.py",
    "users/store.py",
)


@dataclass(frozen=True)
class Room:
    """What a room may import: rooms of ours, and third parties by the files (inside the room) that may."""

    ours: frozenset[str]
    third_parties: dict[str, tuple[str, ...]] = field(default_factory=dict)


ROOMS = {
    "detector": Room(
        ours=frozenset({"detector"}),
        third_parties={"numpy": EVERYWHERE, "serial": ("transport.py", "discovery.py")},
    ),
    "spectra_library": Room(
        ours=frozenset({"spectra_library"}),
        third_parties={
            "numpy": EVERYWHERE,
            "scipy": EVERYWHERE,
            "pint": ("units.py",),
            "sqlite_utils": ("store.py", "importing/staging.py"),
            "pysqlite3": ("store.py", "importing/staging.py"),
            "stdnum": ("catalogue.py",),
            "cryptography": ("packages.py",),
            "openpyxl": ("formats/xlsx.py",),
            "defusedxml": ("formats/xlsx_sheets.py",),
            "psutil": ("formats/sandbox.py",),
        },
    ),
    "inspection": Room(
        ours=frozenset({"inspection", "detector", "spectra_library"}),
        third_parties={
            "numpy": EVERYWHERE,
            "sqlite_utils": LOG_FILES,
            "pysqlite3": LOG_FILES,
            "cryptography": ("keys.py",),
            "keyring": ("keys.py",),
            "argon2": ("users/store.py",),
            "stdnum": ("record/containers.py",),
            "scipy": ("record/sampling.py", "laboratory/statistics.py"),
            "platformdirs": ("folders.py",),
            "xlsxwriter": ("export/*",),
            "reportlab": ("export/pdf/*",),
            "segno": ("export/*",),
            "tomlkit": ("training/*",),
            "pyarrow": ("rescreen.py",),
            "dask": ("rescreen.py",),
        },
    ),
    "gui": Room(
        ours=frozenset({"gui", "inspection", "detector", "spectra_library"}),
        third_parties={"numpy": EVERYWHERE, "PyQt6": EVERYWHERE, "pyqtgraph": EVERYWHERE},
    ),
    "main": Room(ours=frozenset({"gui", "inspection", "detector", "spectra_library"})),
}


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name, its room, its path inside the room, its syntax tree."""

    name: str
    room: str
    place: str
    tree: ast.Module


# --- Reading ----------------------------------------------------------------------------------------


def modules(root: Path) -> list[Module]:
    """Every module of the rooms under ``root``, and main.py."""
    paths = [path for room in ROOMS for path in sorted((root / room).rglob("*.py"))]
    paths += [path for path in [root / "main.py"] if path.exists()]
    found = []
    for path in paths:
        relative = path.relative_to(root)
        parts = relative.with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        place = "/".join(relative.parts[1:]) or relative.name
        found.append(Module(name, parts[0], place, ast.parse(path.read_text("utf-8"), str(path))))
    return found


def imported_names(tree: ast.AST) -> Iterator[str]:
    """Every dotted name that ``tree`` imports, ``from a import b`` as ``a.b``; relative imports left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_on_loading(node: ast.AST) -> Iterator[str]:
    """The names imported when the module is loaded: all but those inside functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield from imported_names(child)
        else:
            yield from imports_on_loading(child)


def resolve(name: str, known: set[str]) -> str | None:
    """The module of ours that ``name`` means: itself, or what it is taken from."""
    while name:
        if name in known:
            return name
        name = name.rpartition(".")[0]
    return None


# --- Rules: each returns its complaints -------------------------------------------------------------


def foreign_rooms(root: Path) -> list[str]:
    """Imports of a room that the importing room must not know."""
    return [
        f"{module.name} imports {name}: {module.room} may not know {name.split('.')[0]}"
        for module in modules(root)
        for name in imported_names(module.tree)
        if name.split(".")[0] in ROOMS and name.split(".")[0] not in ROOMS[module.room].ours
    ]


def misplaced_third_parties(root: Path) -> list[str]:
    """Third parties imported by a file that the table does not name."""
    complaints = []
    for module in modules(root):
        allowed = ROOMS[module.room].third_parties
        for name in imported_names(module.tree):
            package = name.split(".")[0]
            if package in sys.stdlib_module_names or package in ROOMS:
                continue
            if not any(fnmatchcase(module.place, pattern) for pattern in allowed.get(package, ())):
                complaints.append(f"{module.name} imports {package}: not this file's to import")
    return complaints


def import_cycles(root: Path) -> list[str]:
    """Modules that import each other, directly or around several corners, late imports included."""
    found = modules(root)
    known = {module.name for module in found}
    graph: dict[str, set[str]] = {}
    for module in found:
        targets = {resolve(name, known) for name in imported_names(module.tree)}
        graph[module.name] = {target for target in targets if target and target != module.name}
    # Take away, again and again, what imports nothing that is left; what stays is in a cycle or leads to one.
    while free := [name for name, targets in graph.items() if not targets & graph.keys()]:
        for name in free:
            del graph[name]
    return [f"{name} is on a cycle with {sorted(graph[name] & graph.keys())}" for name in sorted(graph)]


def drivers_that_know_the_simulator(root: Path) -> list[str]:
    """Drivers that could tell a simulated instrument from a real one."""
    return [
        f"{module.name} imports {name}: a driver knows the wire, not who is behind it"
        for module in modules(root)
        if module.name.startswith("detector.drivers")
        for name in imported_names(module.tree)
        if name.startswith("detector.simulator")
    ]


def imports_of_the_window(root: Path) -> list[str]:
    """Modules outside gui that import it, main.py excepted."""
    return [
        f"{module.name} imports {name}: only main.py opens the window"
        for module in modules(root)
        if module.room not in ("gui", "main")
        for name in imported_names(module.tree)
        if name.split(".")[0] == "gui"
    ]


def eager_windows(root: Path) -> list[str]:
    """Imports of gui that main.py makes before anyone asked for a window."""
    return [
        f"main imports {name} when loaded: only a call may"
        for module in modules(root)
        if module.room == "main"
        for name in imports_on_loading(module.tree)
        if name.split(".")[0] == "gui"
    ]


def relative_imports(root: Path) -> list[str]:
    """Imports that begin with a dot."""
    return [
        f"{module.name} line {node.lineno}: relative import"
        for module in modules(root)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level > 0
    ]


def missing_docstrings(root: Path) -> list[str]:
    """Modules that do not begin by saying what they are."""
    return [
        f"{module.name} has no docstring" for module in modules(root) if not ast.get_docstring(module.tree)
    ]


def working_packages(root: Path) -> list[str]:
    """Packages whose ``__init__.py`` holds more than a docstring."""
    return [
        f"{module.name} does something in __init__.py"
        for module in modules(root)
        if module.place.rpartition("/")[2] == "__init__.py" and len(module.tree.body) > 1
    ]


def bootstrap_dependencies(root: Path) -> list[str]:
    """What bootstrap.py imports beyond the standard library."""
    tree = ast.parse((root / "bootstrap.py").read_text("utf-8"))
    packages = {name.split(".")[0] for name in imported_names(tree)}
    return [f"bootstrap imports {package}" for package in sorted(packages - sys.stdlib_module_names)]


# --- The house, and one broken tree for every rule --------------------------------------------------

DOCSTRING = '"""A module."""\n'

# rule, the files of a tree that breaks it, what the complaint must name
BROKEN = [
    (
        foreign_rooms,
        {"detector/framing.py": "from spectra_library.spectrum import Spectrum"},
        "detector.framing",
    ),
    (foreign_rooms, {"spectra_library/search.py": "import detector.capture"}, "spectra_library.search"),
    (foreign_rooms, {"spectra_library/search.py": "def late():\n    import inspection.log"}, "inspection"),
    (misplaced_third_parties, {"detector/framing.py": "import serial"}, "serial"),
    (misplaced_third_parties, {"detector/simulator/transport.py": "import serial"}, "serial"),
    (misplaced_third_parties, {"detector/optics.py": "from scipy import fft"}, "scipy"),
    (misplaced_third_parties, {"spectra_library/spectrum.py": "import pint"}, "pint"),
    (misplaced_third_parties, {"inspection/session.py": "from sqlite_utils import Database"}, "sqlite_utils"),
    (misplaced_third_parties, {"inspection/cli.py": "from PyQt6.QtCore import QObject"}, "PyQt6"),
    (misplaced_third_parties, {"inspection/cli.py": "import segno"}, "segno"),
    (misplaced_third_parties, {"main.py": "def late():\n    import numpy"}, "numpy"),
    (
        import_cycles,
        {
            "detector/a.py": "import detector.b",
            "detector/b.py": "def late():\n    from detector import c",
            "detector/c.py": "from detector.a import thing",
        },
        "detector.b",
    ),
    (
        drivers_that_know_the_simulator,
        {
            "detector/drivers/open_link.py": "from detector.simulator import server",
            "detector/simulator/server.py": "",
        },
        "detector.drivers.open_link",
    ),
    (
        imports_of_the_window,
        {"inspection/cli.py": "def late():\n    from gui.app import run"},
        "inspection.cli",
    ),
    (eager_windows, {"main.py": "if True:\n    from gui.app import run"}, "gui.app"),
    (eager_windows, {"main.py": "import gui.app"}, "gui.app"),
    (relative_imports, {"detector/framing.py": "from . import errors"}, "detector.framing"),
    (missing_docstrings, {"detector/silent.py": None}, "detector.silent"),
    (working_packages, {"detector/__init__.py": "from detector.framing import Frame"}, "detector"),
    (bootstrap_dependencies, {"bootstrap.py": "import numpy"}, "numpy"),
]

# What looks like a breach and is none.
SOUND = {
    "bootstrap.py": "import subprocess",
    "main.py": "if True:\n    def open_window():\n        from gui.app import run\n        return run()",
    "detector/__init__.py": "",
    "detector/transport.py": "import numpy as np\nimport serial.tools.list_ports\nimport detector.errors",
    "detector/errors.py": "",
    "detector/drivers/open_link.py": "from detector import errors, transport",
    "spectra_library/formats/xlsx.py": "import openpyxl",
    "inspection/export/tables/wide.py": "import xlsxwriter\nfrom spectra_library.formats import xlsx",
    "gui/app.py": "from PyQt6.QtWidgets import QApplication\nimport inspection.export.tables.wide",
}

RULES = list(dict.fromkeys(rule for rule, _, _ in BROKEN))


def build(root: Path, files: dict[str, str | None]) -> Path:
    for place, code in files.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n" if code is None else DOCSTRING + code, "utf-8")
    return root


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule) -> None:
    assert rule(ROOT) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sound_tree_gets_no_complaint(rule, tmp_path: Path) -> None:
    assert rule(build(tmp_path, SOUND)) == []


@pytest.mark.parametrize(
    ("rule", "files", "named"),
    BROKEN,
    ids=[f"{rule.__name__}-{next(iter(files))}" for rule, files, _ in BROKEN],
)
def test_a_broken_rule_is_noticed(rule, files: dict[str, str | None], named: str, tmp_path: Path) -> None:
    complaints = rule(build(tmp_path, SOUND | files))

    assert complaints
    assert any(named in complaint for complaint in complaints)


def test_every_room_of_the_table_is_there_to_be_checked() -> None:
    assert {module.room for module in modules(ROOT)} == ROOMS.keys()


def test_the_front_door_loads_no_qt() -> None:
    question = "import sys, main, inspection.cli; print([name for name in sys.modules if 'PyQt6' in name])"
    finished = subprocess.run(
        [sys.executable, "-c", question], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (finished.stdout, finished.stderr) == ("[]\n", "")
