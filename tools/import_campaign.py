"""Kill imports at random moments, and look at what is left: the old library or the new one, whole.

    python tools/import_campaign.py [--files N] [--kills N] [--seed N] [--in-place]

Each round begins with a library of a few files, imports N more with the command line, and kills the program
(SIGKILL) after a random time, four times at most; then it lets the import finish.  After each kill every
library in the data folder must be the old one or the new one, and what comes of it in the end must have the
hash of a library that was imported without any kill.  ``--in-place`` is the control: an import that writes
into the library itself instead of beside it, which has to be caught.  Exits 1 when something was found.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

NAME = "Agency A"
FILE = Path("libraries") / "agency-a.sqlite"
KILLS_PER_ROUND = 4
OLD_FILES = 20

# What a careless program would do: the new bytes over the old ones, as a slow disk takes them.
IN_PLACE = """
import sys
import time
from pathlib import Path

def careless(self, target):
    content = self.read_bytes()
    with Path(target).open("wb", buffering=0) as stream:
        for start in range(0, len(content), 4096):
            stream.write(content[start : start + 4096])
            time.sleep(0.002)
    self.unlink()

from spectra_library.importing import run as importing
importing.Path.replace = careless
from inspection.cli import run
sys.exit(run(sys.argv[1:]))
"""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One kind of import: from which folder, onto which old library, and what it must become."""

    source: Path
    old: Path
    old_sha256: str
    new_sha256: str
    seconds: float
    code: str | None


def main() -> int:
    """Run the command with the arguments of this process.  Returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=200, metavar="N")
    parser.add_argument("--kills", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--in-place", action="store_true")
    arguments = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    chance = random.Random(arguments.seed)
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="import campaign ") as folder:
        campaign = prepared(Path(folder), arguments.files, code=IN_PLACE if arguments.in_place else None)
        print(f"one import of {arguments.files} files takes {campaign.seconds:.1f} s", flush=True)
        while found["kills"] < arguments.kills:
            left = arguments.kills - found["kills"]
            found += one_round(campaign, Path(folder) / "round", chance, min(left, KILLS_PER_ROUND))
            print(json.dumps(found), flush=True)
    return 1 if found["broken"] or found["other"] or found["wrong at the end"] else 0


def prepared(folder: Path, files: int, *, code: str | None) -> Campaign:
    """Make the files, the old library, and the new one without a kill; measure how long that takes."""
    from make_agency_library import agency_files, write_files

    write_files(folder / "old files", agency_files(OLD_FILES, seed=2))
    write_files(folder / "files", agency_files(files, seed=3, flawed=40))
    old, new = folder / "old", folder / "new"
    finish(import_process(folder / "old files", old))
    shutil.copytree(old, new)
    begin = time.monotonic()
    finish(import_process(folder / "files", new, code))
    seconds = time.monotonic() - begin
    fresh = folder / "fresh"  # built at once, from both: adding must give the same
    finish(import_process(folder / "old files", fresh))
    finish(import_process(folder / "files", fresh))
    if sha256_of(fresh / FILE) != sha256_of(new / FILE):
        raise SystemExit("two imports of the same files without a kill differ")
    return Campaign(folder / "files", old, sha256_of(old / FILE), sha256_of(new / FILE), seconds, code)


def one_round(campaign: Campaign, data: Path, chance: random.Random, kills: int) -> Counter[str]:
    """Kill an import ``kills`` times, let it finish, and count what was found after each."""
    found: Counter[str] = Counter()
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(campaign.old, data)
    for _ in range(kills):
        process = import_process(campaign.source, data, campaign.code)
        try:
            process.wait(chance.uniform(0.1, 1.05) * campaign.seconds)
            found["finished before the kill"] += 1
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            found["kills"] += 1
        found[state(data / FILE, campaign)] += 1
    finish(import_process(campaign.source, data))
    if sha256_of(data / FILE) != campaign.new_sha256:
        found["wrong at the end"] += 1
    left = [path.name for path in (data / "libraries").rglob("*") if ".finished" in path.name]
    found["left behind"] += len(left)
    return found


def state(path: Path, campaign: Campaign) -> str:
    """Name the library at ``path``: old, new, another or broken."""
    found = sha256_of(path)
    return {"": "broken", campaign.old_sha256: "old", campaign.new_sha256: "new"}.get(found, "other")


def sha256_of(path: Path) -> str:
    """Give the hash of the library at ``path``, empty when it is broken or missing."""
    from spectra_library.errors import LibraryStoreError
    from spectra_library.store import load_library

    try:
        return load_library(path).sha256
    except LibraryStoreError:
        return ""


def import_process(source: Path, data: Path, code: str | None = None) -> subprocess.Popen[bytes]:
    """Start the command line on ``source``."""
    program = [str(ROOT / "main.py")] if code is None else ["-c", code]
    return subprocess.Popen(
        [
            *(sys.executable, *program, "--data-dir", str(data)),
            *("library", "import", str(source), "--name", NAME, "--tier", "derived"),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,  # a few lines, which nobody need empty meanwhile
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    """Wait for an import that must succeed; 2 says that some files were refused."""
    _, said = process.communicate()
    if process.returncode not in (0, 2):
        raise SystemExit(f"an import without a kill ended with {process.returncode}: {said.decode()}")


if __name__ == "__main__":
    sys.exit(main())
