"""Sets up a private Python environment beside this file, then starts the program, its tests or its checks.

    python3 bootstrap.py run [ARGS]     the program: with ARGS its verbs; without, the window, or the
                                        demonstration in the terminal where there is no display
    python3 bootstrap.py test [ARGS]    the test suite; ARGS go to pytest (-n 0: in one process)
    python3 bootstrap.py lint           ruff and mypy

Standard library only.  Running it again is cheap: nothing is installed while pyproject.toml and the
locks stay as they are.  What this file has to say goes to stderr, so the program's stdout stays clean.
"""

import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

OLDEST_PYTHON = (3, 11)


def start_under_newer_python() -> int:
    """Run this file again with a Python on the path that is new enough."""
    for minor in (14, 13, 12, 11):
        name = f"python3.{minor}"
        found = shutil.which(name)
        # A name on the path can be a pointer to a Python that was never installed: try it first.
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            return subprocess.call([found, *sys.argv])
    version = ".".join(map(str, sys.version_info[:2]))
    print(f"bootstrap: Python 3.11 or newer is needed, this is {version}", file=sys.stderr)
    return 1


# All above is readable to a Python as old as 3.6, so that it can say which one is needed.
if sys.version_info < OLDEST_PYTHON:
    sys.exit(start_under_newer_python())

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "chemgate-stamp"
LOCKS = {"run": "requirements.lock", "test": "requirements-dev.lock", "lint": "requirements-dev.lock"}
LINES_SHOWN_OF_A_FAILURE = 15

QT_PACKAGES = (
    "libglib2.0-0",
    "libgl1",
    "libegl1",
    "libfontconfig1",
    "libxkbcommon0",
    "libdbus-1-3",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
    "libxkbcommon-x11-0",
    "fonts-dejavu-core",
)

# Qt ends the process when a system library is missing, which no program can catch; the loader only raises.
QT_PROBE = """
import ctypes, pathlib, sys
import PyQt6
ctypes.CDLL(str(pathlib.Path(PyQt6.__file__).parent / "Qt6" / "plugins" / "platforms" / sys.argv[1]))
import PyQt6.QtWidgets
"""


class SetupError(Exception):
    """The set-up cannot go on; the message is what the person needs to read."""


def say(text: str) -> None:
    """Tell the person something, at once and away from the program's output."""
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)


# --- Decisions: no input, no output ---------------------------------------------------------------


def venv_python(venv: Path, platform: str) -> Path:
    """Name the interpreter inside a virtual environment."""
    return venv / "Scripts" / "python.exe" if platform == "win32" else venv / "bin" / "python"


def has_display(platform: str, environment: Mapping[str, str]) -> bool:
    """Tell whether a window would have somewhere to appear."""
    if platform in ("win32", "darwin"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def program_arguments(arguments: Sequence[str], *, display: bool) -> list[str]:
    """Say what main.py is started with: nothing means the window, and without a display ``demo``."""
    if arguments or display:
        return list(arguments)
    return ["demo"]


def qt_plugin(verb: str, environment: Mapping[str, str]) -> str:
    """Name the Qt platform plugin that ``verb`` will load on Linux."""
    if verb == "run" and environment.get("DISPLAY"):
        return "libqxcb.so"
    if verb == "run" and environment.get("WAYLAND_DISPLAY"):
        return "libqwayland-generic.so"
    return "libqoffscreen.so"


def needs_qt(verb: str, arguments: Sequence[str], *, display: bool) -> bool:
    """Tell whether ``verb`` cannot do its work without Qt: the tests and the window, no other."""
    return verb == "test" or (verb == "run" and display and not arguments)


def is_debian_like(os_release: str) -> bool:
    """Tell from the text of /etc/os-release whether this is Debian, Ubuntu or made from them."""
    family: list[str] = []
    for line in os_release.splitlines():
        name, _, value = line.partition("=")
        if name in ("ID", "ID_LIKE"):
            family += value.strip().strip("\"'").split()
    return "debian" in family or "ubuntu" in family


def apt_line(packages: Sequence[str]) -> str:
    """Word the one line that a person runs to get ``packages``."""
    return f"sudo apt-get update && sudo apt-get install --yes {' '.join(packages)}"


def missing_library(probe_output: str) -> str:
    """Pick the library's name out of the loader's complaint, which is the last line of the probe."""
    last_line = (probe_output.strip().splitlines() or ["an unknown library"])[-1]
    complaint = last_line.partition(": ")[2] or last_line  # "OSError: libEGL.so.1: cannot open ..."
    return complaint.partition(": ")[0]


def fingerprint(contents: Sequence[bytes], *, python: tuple[int, int], root: Path) -> str:
    """Digest all that an installation depends on; the folder too, since the project is installed in place."""
    digest = hashlib.sha256(f"{python[0]}.{python[1]} {root}".encode())
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


# --- The environment ------------------------------------------------------------------------------


def run_quietly(command: Sequence[str | Path], failure: str) -> None:
    """Run an installer without a word.

    When it fails, print its last lines and raise SetupError with ``failure``.
    """
    # uv must not fetch an interpreter of its own, and apt must not ask questions.
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "DEBIAN_FRONTEND": "noninteractive"}
    finished = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if finished.returncode != 0:
        print(*finished.stdout.splitlines()[-LINES_SHOWN_OF_A_FAILURE:], sep="\n", file=sys.stderr)
        raise SetupError(failure)


def can_use_apt() -> bool:
    """Tell whether packages can be installed here and now: root, on Debian or Ubuntu."""
    release = Path("/etc/os-release")
    if sys.platform != "win32" and os.geteuid() == 0 and shutil.which("apt-get") and release.is_file():
        return is_debian_like(release.read_text(encoding="utf-8"))
    return False


def install_with_apt(packages: Sequence[str]) -> None:
    """Install Debian packages, lists first: a fresh machine has none."""
    say(f"installing system packages: {' '.join(packages)}")
    failure = f"The system packages could not be installed. To try by hand: {apt_line(packages)}"
    run_quietly(["apt-get", "update", "--quiet"], failure)
    run_quietly(["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages], failure)


def ensure_venv_module() -> None:
    """Make ``python -m venv`` work: Debian keeps the part that it needs in a package of its own."""
    if importlib.util.find_spec("ensurepip") is not None:
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not can_use_apt():
        raise SetupError(f"This Python cannot make virtual environments. Run: {apt_line([package])}")
    install_with_apt([package])


def venv_is_usable(python: Path, *, with_pip: bool) -> bool:
    """Tell whether the environment runs, is of this Python's version and has the installer needed."""
    if not python.exists():
        return False
    question = "import sys; print(*sys.version_info[:2])" + ("; import pip" if with_pip else "")
    answer = subprocess.run([python, "-c", question], capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def make_venv(uv: str | None) -> None:
    """Make ``.venv`` anew."""
    if Path(sys.prefix) == VENV:
        raise SetupError(f"{VENV} must be made anew, but this Python runs inside it: 'deactivate' it first.")
    if VENV.exists():
        try:
            shutil.rmtree(VENV)
        except OSError as error:
            raise SetupError(f"The old {VENV} could not be removed: {error}") from error
    failure = f"The virtual environment {VENV} could not be made."
    if uv:
        run_quietly([uv, "venv", "--quiet", "--python", sys.executable, VENV], failure)
    else:
        ensure_venv_module()
        run_quietly([sys.executable, "-m", "venv", VENV], failure)


def install(python: Path, lock: Path, uv: str | None) -> None:
    """Install what ``lock`` lists, then the project itself."""
    if uv:
        installer: list[str | Path] = [uv, "pip", "install", "--quiet", "--python", python]
    else:
        installer = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    run_quietly(
        # The lock is complete, so nothing is resolved here: what is not in it cannot come in.
        [*installer, "--no-deps", "--require-hashes", "-r", lock],
        f"The packages of {lock.name} could not be installed; the reason stands above.",
    )
    run_quietly(
        # In place, so that a changed source needs no new installation, yet with its version and its
        # commands as any installed package; the build backend is in the lock, so this needs no network.
        [*installer, "--no-deps", "--no-build-isolation", "--editable", ROOT],
        "Chemgate itself could not be installed into the virtual environment; the reason stands above.",
    )


def fingerprint_of(lock_name: str) -> str:
    """Digest what an installation from this lock depends on, as the files are now."""
    contents = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "requirements.lock", lock_name)]
    return fingerprint(contents, python=sys.version_info[:2], root=ROOT)


def refresh(verb: str) -> bool:
    """Bring ``.venv`` up to date for ``verb``; tell whether anything had to be done."""
    python = venv_python(VENV, sys.platform)
    lock_name = LOCKS[verb]
    if python.exists() and STAMP.is_file() and fingerprint_of(lock_name) in STAMP.read_text("utf-8").split():
        return False
    uv = shutil.which("uv")
    say(f"setting up {VENV} with {'uv' if uv else 'pip'}; the first time takes a few minutes")
    STAMP.unlink(missing_ok=True)  # an installation that is cut short must not pass for a finished one
    if not venv_is_usable(python, with_pip=uv is None):
        make_venv(uv)
    install(python, ROOT / lock_name, uv)
    # The development lock holds all of the other one, so it answers for both.
    STAMP.write_text("\n".join([fingerprint_of("requirements.lock"), fingerprint_of(lock_name)]), "utf-8")
    return True


# --- Qt -------------------------------------------------------------------------------------------


def find_missing_library(plugin: str) -> str | None:
    """Load Qt with its platform plugin in a process of its own; return the library that is not there."""
    probe = [str(venv_python(VENV, sys.platform)), "-c", QT_PROBE, plugin]
    finished = subprocess.run(probe, capture_output=True, text=True, check=False)
    return missing_library(finished.stderr) if finished.returncode != 0 else None


def ensure_qt(plugin: str, *, needed: bool) -> None:
    """See to it that Qt can start; raise SetupError when it cannot and is ``needed``, otherwise say so."""
    missing = find_missing_library(plugin)
    if missing and can_use_apt():
        install_with_apt(QT_PACKAGES)
        missing = find_missing_library(plugin)
    if missing:
        advice = f"Qt cannot load {missing}. On Debian or Ubuntu run: {apt_line(QT_PACKAGES)}"
        if needed:
            raise SetupError(advice)
        say(f"{advice} (this is needed for the window only)")


# --- Handing over ---------------------------------------------------------------------------------


def hand_over(command: Sequence[str | Path], environment: Mapping[str, str]) -> int:
    """Become ``command``; Windows cannot, so there wait for it and return its exit code."""
    sys.stderr.flush()
    if os.name != "nt":
        # The program takes this process's place, so that whoever stops the one stops the other.
        os.execve(command[0], [str(part) for part in command], environment)
    return wait_for(command, environment)


def wait_for(command: Sequence[str | Path], environment: Mapping[str, str]) -> int:
    """Run ``command`` to its end and return its exit code."""
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # Ctrl-C reached the program as well; how it ends is for the program to say


def check_sources(python: Path) -> int:
    """Run every check, the later ones also when an earlier one fails; return 1 if any did."""
    checks = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"])
    return max([min(1, subprocess.call([python, "-m", *check], cwd=ROOT)) for check in checks])


def start(verb: str, arguments: Sequence[str]) -> int:
    """Set up what ``verb`` needs and do it; return the exit code."""
    python = venv_python(VENV, sys.platform)
    display = has_display(sys.platform, os.environ)
    refreshed = refresh(verb)
    needed = needs_qt(verb, arguments, display=display)
    if sys.platform == "linux" and (needed or (refreshed and verb == "run")):
        ensure_qt(qt_plugin(verb, os.environ), needed=needed)
    if verb == "lint":
        return check_sources(python)
    if verb == "test":
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OPENBLAS_NUM_THREADS": "1"}
        os.chdir(ROOT)
        # A process for each processor, and the tests of one file in one of them: half the time on two.
        parallel = ("-n", "auto", "--dist", "loadfile")
        return hand_over([python, "-m", "pytest", *parallel, *arguments], environment)
    return hand_over([python, ROOT / "main.py", *program_arguments(arguments, display=display)], os.environ)


def main(argv: Sequence[str]) -> int:
    """Read the verb and start it; return the exit code."""
    if argv and argv[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    if not argv or argv[0] not in LOCKS:
        found = shlex.quote(argv[0]) if argv else "nothing"
        say(f"expected one of the verbs run, test, lint; found {found} (--help tells what they do)")
        return 2
    try:
        return start(argv[0], argv[1:])
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
