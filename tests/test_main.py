"""The front door: a verb goes to the command line, none to the window, and a verb loads no window."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from inspection.options import wants_window
from main import main

PROJECT = Path(__file__).parents[1]


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["--training"],
        ["--language", "az"],
        ["--data-dir", "some folder", "--user", "log"],
        ["--data-dir=some folder"],
    ],
)
def test_without_a_verb_the_window_is_meant(argv):
    assert wants_window(argv)


@pytest.mark.parametrize(
    "argv",
    [
        ["ports"],
        ["--data-dir", "some folder", "log", "list"],
        ["--training", "demo"],
        ["--language=ru", "selftest"],
        ["no-such-verb"],
        ["--help"],
        ["-h"],
        ["--version"],
    ],
)
def test_with_a_verb_the_command_line_is_meant(argv):
    assert not wants_window(argv)


def test_a_verb_is_run_and_gives_its_exit_code(capsys):
    assert main(["library", "search", "64-17-5"]) == 0
    assert capsys.readouterr().out.startswith("ethanol: Ethanol")
    assert main(["library", "show", "xyzzy"]) == 2


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])

    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("chemgate ")


@pytest.mark.parametrize("argv", [["library", "list"], ["read", "nowhere.csv"], ["ports"]])
def test_a_verb_loads_no_window(argv):
    done = run_python(
        f"import sys, main; main.main({argv!r}); "
        "sys.exit(any(name.startswith(('PyQt6', 'gui', 'pyqtgraph')) for name in sys.modules))"
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dear_libraries_are_not_loaded_for_a_search_in_the_catalogue():
    done = run_python(
        "import sys, main; main.main(['library', 'search', 'ethanol']); "
        "sys.exit(any(name in sys.modules for name in ('scipy.signal', 'pybaselines', 'pint', 'matplotlib')))"
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_program_can_be_called_as_a_script():
    done = subprocess.run(
        [sys.executable, str(PROJECT / "main.py"), "library", "search", "64-17-5", "--json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
