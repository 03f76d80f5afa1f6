"""Remakes the two lock files from pyproject.toml.

    python3 tools/lock.py [--upgrade]

    requirements.lock       what the program needs, and the build backend that installs it
    requirements-dev.lock   the same releases, and the tools that test and check it

Both hold exact releases with hashes, serve Linux and Windows on every supported Python, and name no
server, so that a mirror or an offline folder can stand in for it.  Needs ``uv`` on the path.
Without ``--upgrade`` every release already locked is kept if it still fits.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = "3.11"
DEVELOPMENT_GROUPS = ("test", "lint")

# Later Qt wheels for Linux ask for glibc 2.34, which older field laptops lack.
HELD_BACK = ("PyQt6>=6.9,<6.10", "PyQt6-Qt6>=6.9,<6.10")

# sqlite-utils names pip for one verb of its own command line; the library never imports it, and an
# installer that replaces itself halfway through an installation is a risk without a gain.
LEFT_OUT = ("pip",)


def compile_lock(
    lock: Path, sources: list[Path], constraints: list[Path], groups: tuple[str, ...], *, upgrade: bool
) -> None:
    """Write ``lock`` for the requirements in ``sources``.

    Raises CalledProcessError when uv finds no set of releases that fits.
    """
    command = ["uv", "pip", "compile", "--quiet", "--output-file", str(lock)]
    command += ["--universal", "--python-version", OLDEST_PYTHON]
    # One release per package on every Python: the same spectrum must score the same everywhere.
    command += ["--fork-strategy", "fewest"]
    command += ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"]
    for name in LEFT_OUT:
        command += ["--no-emit-package", name]
    for group in groups:
        command += ["--group", group]
    for constraint in constraints:
        command += ["--constraint", str(constraint)]
    if upgrade:
        command.append("--upgrade")
    subprocess.run([*command, *map(str, sources)], cwd=ROOT, check=True)


def write_locks(*, upgrade: bool) -> None:
    """Write both locks; the second keeps every release of the first."""
    project = ROOT / "pyproject.toml"
    backend = tomllib.loads(project.read_text(encoding="utf-8"))["build-system"]["requires"]
    run_lock, development_lock = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
    with tempfile.TemporaryDirectory() as folder:
        backend_list, held_back = Path(folder, "backend.in"), Path(folder, "held_back.txt")
        backend_list.write_text("\n".join(backend), encoding="utf-8")
        held_back.write_text("\n".join(HELD_BACK), encoding="utf-8")
        sources = [project, backend_list]
        compile_lock(run_lock, sources, [held_back], (), upgrade=upgrade)
        compile_lock(development_lock, sources, [held_back, run_lock], DEVELOPMENT_GROUPS, upgrade=upgrade)


def main() -> int:
    """Read the command line and write the locks."""
    parser = argparse.ArgumentParser(description="Remake requirements.lock and requirements-dev.lock.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest releases that fit")
    arguments = parser.parse_args()
    try:
        write_locks(upgrade=arguments.upgrade)
    except FileNotFoundError:
        print("lock: uv is not on the path; 'pip install uv' brings it", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError:
        print("lock: uv could not make the lock; its reason stands above", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
