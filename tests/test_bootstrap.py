"""The set-up script: its decisions, and how it speaks; a whole installation is what CI itself is."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap

ROOT = Path(__file__).resolve().parent.parent

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'
UBUNTU = 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n'
MINT = 'NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n'
FEDORA = 'NAME="Fedora Linux"\nID=fedora\nSUPPORT="not debian"\n'


def run_bootstrap(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "bootstrap.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def pins(lock: Path) -> dict[str, str]:
    lines = [line.rstrip("\\ ") for line in lock.read_text("utf-8").splitlines() if not line.startswith(" ")]
    return dict(line.split("==", 1) for line in lines)


def test_help_names_every_verb() -> None:
    finished = run_bootstrap("--help")

    assert finished.returncode == 0
    assert all(f"bootstrap.py {verb}" in finished.stdout for verb in bootstrap.LOCKS)


@pytest.mark.parametrize("arguments", [(), ("install",), ("--verbose", "run")])
def test_a_wrong_verb_is_one_line_and_exit_code_two(arguments: tuple[str, ...]) -> None:
    finished = run_bootstrap(*arguments)

    assert finished.returncode == 2
    assert finished.stdout == ""
    assert finished.stderr.count("\n") == 1
    assert "run, test, lint" in finished.stderr


def run_under_python_3_9(path: str) -> subprocess.CompletedProcess[str]:
    """Start the script in an interpreter that says it is 3.9, with ``path`` to find a newer one on."""
    pretence = "import runpy, sys; sys.version_info = (3, 9, 2); sys.argv = [sys.argv[1], '--help']; "
    command = [sys.executable, "-c", pretence + "runpy.run_path(sys.argv[0], run_name='__main__')"]
    command.append(str(ROOT / "bootstrap.py"))
    environment = {**os.environ, "PATH": path}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_an_old_python_can_read_the_script() -> None:
    ast.parse((ROOT / "bootstrap.py").read_text("utf-8"), feature_version=(3, 7))


def test_an_old_python_says_in_one_line_which_one_is_needed(tmp_path: Path) -> None:
    finished = run_under_python_3_9(str(tmp_path))

    assert finished.returncode == 1
    assert finished.stderr == "bootstrap: Python 3.11 or newer is needed, this is 3.9\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a link named python3.12 needs special rights on Windows")
def test_an_old_python_hands_over_to_a_newer_one_on_the_path(tmp_path: Path) -> None:
    (tmp_path / "python3.12").symlink_to(sys.executable)

    finished = run_under_python_3_9(str(tmp_path))

    assert finished.returncode == 0
    assert "bootstrap.py run" in finished.stdout


def test_the_interpreter_lies_where_each_platform_puts_it() -> None:
    assert bootstrap.venv_python(Path("v"), "linux") == Path("v", "bin", "python")
    assert bootstrap.venv_python(Path("v"), "win32") == Path("v", "Scripts", "python.exe")


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("win32", {}, True),
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
    ],
)
def test_a_display_is_recognised(platform: str, environment: dict[str, str], expected: bool) -> None:
    assert bootstrap.has_display(platform, environment) is expected


def test_without_arguments_the_window_opens_or_the_demonstration_runs() -> None:
    assert bootstrap.program_arguments([], display=True) == []
    assert bootstrap.program_arguments([], display=False) == ["demo"]


def test_arguments_reach_the_program_untouched() -> None:
    arguments = ["--data-dir", "a b", "identify", "x.jdx", "--json"]

    assert bootstrap.program_arguments(arguments, display=False) == arguments
    assert bootstrap.program_arguments(arguments, display=True) == arguments


def test_only_the_window_and_the_tests_need_qt() -> None:
    assert bootstrap.needs_qt("run", [], display=True)
    assert bootstrap.needs_qt("test", [], display=False)
    assert not bootstrap.needs_qt("run", [], display=False)
    assert not bootstrap.needs_qt("run", ["identify", "x.jdx"], display=True)
    assert not bootstrap.needs_qt("lint", [], display=True)


def test_the_plugin_that_is_tried_is_the_one_that_will_be_loaded() -> None:
    assert bootstrap.qt_plugin("run", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}) == "libqxcb.so"
    assert bootstrap.qt_plugin("run", {"WAYLAND_DISPLAY": "wayland-0"}) == "libqwayland-generic.so"
    assert bootstrap.qt_plugin("run", {}) == "libqoffscreen.so"
    assert bootstrap.qt_plugin("test", {"DISPLAY": ":0"}) == "libqoffscreen.so"


@pytest.mark.parametrize(
    ("text", "expected"), [(DEBIAN, True), (UBUNTU, True), (MINT, True), (FEDORA, False)]
)
def test_only_debian_and_its_kin_are_offered_apt(text: str, expected: bool) -> None:
    assert bootstrap.is_debian_like(text) is expected


def test_the_apt_line_can_be_pasted_into_a_shell() -> None:
    line = bootstrap.apt_line(["libegl1", "libgl1"])

    assert line == "sudo apt-get update && sudo apt-get install --yes libegl1 libgl1"


def test_the_library_that_is_missing_is_named() -> None:
    real = [
        "Traceback (most recent call last):",
        "OSError: libEGL.so.1: cannot open shared object file: No such",
    ]

    assert bootstrap.missing_library("\n".join(real)) == "libEGL.so.1"
    assert (
        bootstrap.missing_library("ModuleNotFoundError: No module named 'PyQt6'\n")
        == "No module named 'PyQt6'"
    )
    assert bootstrap.missing_library("") == "an unknown library"


def test_the_loader_names_a_library_that_is_not_there(tmp_path: Path) -> None:
    probe = f"import ctypes; ctypes.CDLL({str(tmp_path / 'libabsent.so')!r})"
    finished = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)

    assert bootstrap.missing_library(finished.stderr).endswith("libabsent.so")


def test_the_fingerprint_changes_with_whatever_an_installation_depends_on() -> None:
    def digest(contents: list[bytes], python: tuple[int, int] = (3, 11), root: str = "a") -> str:
        return bootstrap.fingerprint(contents, python=python, root=Path(root))

    same, others = (
        digest([b"x", b"y"]),
        [
            digest([b"x", b"z"]),
            digest([b"xy", b""]),
            digest([b"x", b"y"], python=(3, 12)),
            digest([b"x", b"y"], root="b"),
        ],
    )

    assert same == digest([b"x", b"y"])
    assert len({same, *others}) == 5


def test_an_installer_is_silent_until_it_fails(capfd: pytest.CaptureFixture[str]) -> None:
    bootstrap.run_quietly([sys.executable, "-c", "print('noise')"], "never said")
    assert capfd.readouterr() == ("", "")

    script = "print(*range(40), sep=chr(10), flush=True); raise SystemExit('the reason')"
    with pytest.raises(bootstrap.SetupError, match=r"could not be done\."):
        bootstrap.run_quietly([sys.executable, "-c", script], "It could not be done.")
    printed = capfd.readouterr()
    lines = printed.err.splitlines()
    assert printed.out == ""
    assert lines[-1] == "the reason"
    assert "3" not in lines and len(lines) < 20


def test_this_environment_is_usable_and_an_absent_one_is_not(tmp_path: Path) -> None:
    assert bootstrap.venv_is_usable(Path(sys.executable), with_pip=False)
    assert not bootstrap.venv_is_usable(tmp_path / "bin" / "python", with_pip=False)


def test_the_program_exit_code_is_passed_on() -> None:
    assert bootstrap.wait_for([sys.executable, "-c", "raise SystemExit(5)"], os.environ) == 5


def test_the_development_lock_holds_every_release_of_the_other() -> None:
    program, development = pins(ROOT / "requirements.lock"), pins(ROOT / "requirements-dev.lock")

    assert program.items() <= development.items()
    assert {"pytest", "ruff", "mypy"} <= development.keys() - program.keys()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_has_hashes_and_names_no_server(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")

    assert "://" not in text and "--index" not in text and "--find-links" not in text
    entries = text.replace("\\\n", " ").splitlines()
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert pins(ROOT / name)["pyqt6"].startswith("6.9.")
