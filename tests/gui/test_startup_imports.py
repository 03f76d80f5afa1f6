"""The window shows before anything heavy is read, and what is seldom wanted is not read at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_BEFORE_THE_WINDOW = ("numpy", "scipy", "pyqtgraph", "serial", "sqlite_utils", "inspection.export")
NEVER_AT_THE_START = (
    *("scipy.signal", "pint", "matplotlib", "pybaselines", "pandas", "xlsxwriter", "reportlab"),
    *("inspection.export.exporting", "inspection.export.csv_export", "inspection.cli"),
)

CHILD = """
import json, sys
sys.modules["pandas"] = None  # sqlite-utils reads it where it is, which is on developers' machines
from pathlib import Path
from PyQt6.QtWidgets import QApplication
from gui.app import Program, Start, end_process, make_window
from gui.fault_report import FaultDesk
from gui.palette import DAY
from gui.theme import apply_theme
from inspection.folders import DataFolder
from inspection.language import ENGLISH
from inspection.log_kind import LogKind

start = Start(DataFolder(Path(sys.argv[1])), ENGLISH, LogKind.TRAINING,
              is_demonstration=True, demonstration_speed=float("inf"))
app = QApplication([])
apply_theme(app, DAY)
program = Program(start, FaultDesk(start.data.path / "faults"), make_window(start))
seen = []
program.painted.connect(lambda: seen.append(sorted(sys.modules)))
program.ready.connect(lambda: (seen.append(sorted(sys.modules)), app.quit()))
program.show()
app.exec()
print(json.dumps(seen))
end_process(app, program, 0)
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> list[set[str]]:
    """The modules when the window has shown, and when library and detector are there."""
    finished = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path_factory.mktemp("data"))],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return [set(names) for names in json.loads(finished.stdout.splitlines()[-1])]


def of(packages: tuple[str, ...], modules: set[str]) -> list[str]:
    return sorted(name for name in modules if any(f"{name}.".startswith(f"{one}.") for one in packages))


def test_the_window_shows_before_anything_heavy_is_read(loaded):
    assert of(NOT_BEFORE_THE_WINDOW, loaded[0]) == []


@pytest.mark.parametrize("moment", [0, 1], ids=["when the window shows", "when work can begin"])
def test_what_is_seldom_wanted_is_not_read_at_the_start(loaded, moment):
    assert of(NEVER_AT_THE_START, loaded[moment] - {"pandas"}) == []


def test_when_work_can_begin_the_library_has_been_read(loaded):
    assert {"numpy", "spectra_library.prepared", "inspection.log"} <= loaded[1]
