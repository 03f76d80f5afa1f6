"""Put the log to the test for hours: power cuts, kills, tampering, a walk between evidence and training.

    python tools/log_campaign.py [--power-cuts N] [--kills N] [--tamper N] [--apart STEPS] [--seed S]

prints one JSON object for each part, and one for each control that must be caught, and returns 1 when
something was found that must not be, or a control was not caught.  The tests run bounded versions of the
same.  What came of the long ones stands in docs/reliability.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"  # no key into anybody's key store
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from tests.inspection import kill_campaign, power_cut_campaign, tampering, training_apart  # noqa: E402

IN_MEMORY: Final = Path("/dev/shm")
MOST_OF_A_CONTROL: Final = 200
MOST_SHOWN: Final = 10

Result = dict[str, Any]


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--power-cuts", type=int, default=0, metavar="N")
    parser.add_argument("--kills", type=int, default=0, metavar="N")
    parser.add_argument("--tamper", type=int, default=0, metavar="N", help="instances of each way")
    parser.add_argument("--apart", type=int, default=0, metavar="STEPS")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    arguments = parser.parse_args()
    is_sound = True
    for part, count in (
        (power_cuts, arguments.power_cuts),
        (kills, arguments.kills),
        (tamper, arguments.tamper),
        (apart, arguments.apart),
    ):
        if count:
            begin = time.monotonic()
            with tempfile.TemporaryDirectory(dir=_fast_place(), prefix="log campaign ") as folder:
                for result in part(Path(folder), count, arguments.seed):
                    print(json.dumps({**result, "seconds": round(time.monotonic() - begin)}), flush=True)
                    is_sound &= result["is_sound"]
    return 0 if is_sound else 1


def power_cuts(folder: Path, count: int, seed: int) -> Iterator[Result]:
    """Cut the power of the log ``count`` times, of each control until it is caught."""
    for subject in power_cut_campaign.Subject:
        is_control = subject is not power_cut_campaign.Subject.THE_LOG
        during: Counter[str] = Counter()
        found: Counter[str] = Counter()
        shown: list[str] = []
        for outcome in power_cut_campaign.power_cuts(folder, count, seed=seed, subject=subject):
            during[outcome.during] += 1
            found["cuts"] += 1
            found["records acknowledged, seen again"] += outcome.acknowledged
            found["records lost"] += outcome.lost
            found["cuts that lost records"] += bool(outcome.lost)
            found["other problems"] += bool(outcome.problems)
            found["record in doubt was kept"] += outcome.in_doubt
            found["clock set back"] += bool(outcome.clock_steps)
            found["several volumes"] += outcome.volumes > 1
            if not outcome.is_sound and len(shown) < MOST_SHOWN and not is_control:
                shown.append(str(outcome))
            if is_control and found["cuts"] == MOST_OF_A_CONTROL:
                break
        is_caught = bool(found["records lost"])
        yield {
            "part": "power cuts",
            "subject": subject,
            "seed": seed,
            "is_sound": is_caught if is_control else not (is_caught or found["other problems"]),
            **found,
            "during": during,
            "shown": shown,
        }


def kills(folder: Path, count: int, seed: int) -> Iterator[Result]:
    """Kill the program ``count`` times, each control a few times."""
    for program in kill_campaign.Program:
        is_control = program is not kill_campaign.Program.THE_LOG
        during: Counter[str] = Counter()
        found: Counter[str] = Counter()
        shown: list[str] = []
        place = folder / program.name
        most = min(count, MOST_OF_A_CONTROL // 5) if is_control else count
        for outcome in kill_campaign.kills(place, most, seed=seed, program=program):
            during[outcome.during] += 1
            found["kills"] += 1
            found["records acknowledged, seen again"] += outcome.entries
            found["exports told of, all"] = max(found["exports told of, all"], outcome.exports)
            found["records lost"] += outcome.lost
            found["torn exports"] += len(outcome.torn)
            found["other problems"] += bool(outcome.problems)
            found["halves left behind, at most"] = max(
                found["halves left behind, at most"], outcome.left_behind
            )
            if not outcome.is_sound and len(shown) < MOST_SHOWN and not is_control:
                shown.append(str(outcome))
        is_caught = bool(found["records lost"] or found["torn exports"])
        yield {
            "part": "kills",
            "subject": program.name,
            "seed": seed,
            "is_sound": is_caught if is_control else not (is_caught or found["other problems"]),
            **found,
            "during": during,
            "shown": shown,
        }


def tamper(folder: Path, count: int, seed: int) -> Iterator[Result]:
    """Tamper ``count`` times in each way."""
    subject = tampering.Subject.made(folder, Random(seed))
    for way in (*tampering.WITHOUT_THE_KEY, *tampering.SEEN_BY_AN_ANCHOR_ALONE):
        outcome = tampering.tamper(subject, folder / "copy", way, count=count, seed=seed)
        should_be_found = count if way in tampering.WITHOUT_THE_KEY else 0
        yield {
            "part": "tampering",
            "way": way,
            "seed": seed,
            "is_sound": (outcome.found_without, outcome.found_with) == (should_be_found, count),
            "instances": outcome.instances,
            "found without an anchor": outcome.found_without,
            "found with an anchor": outcome.found_with,
            "missed": outcome.missed[:MOST_SHOWN] if should_be_found else (),
        }


def apart(folder: Path, count: int, seed: int) -> Iterator[Result]:
    """Walk ``count`` steps between evidence and training."""
    try:
        counts = training_apart.walk(folder, count, seed=seed)
    except training_apart.CrossedOverError as error:
        yield {"part": "training apart", "seed": seed, "is_sound": False, "found": str(error)}
        return
    yield {"part": "training apart", "seed": seed, "is_sound": True, "steps": count, **counts}


def _fast_place() -> Path | None:
    return IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None


if __name__ == "__main__":
    sys.exit(main())
