"""Measure how often the engine is right, and write docs/accuracy.md.

    python tools/accuracy.py [--quick] [--output FILE]

Asks real spectra of a laboratory that is not in the library, spectra of substances that are not in it,
made-up repeats and mixtures, of the engine and of three simple methods beside it.  All seeds are fixed: the
same checkout gives the same page.  ``--quick`` asks a small part and prints the page instead of writing it.
Needs the extra ``build``: pip install -e .[build]
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the command with the arguments of this process.  Returns the exit code."""
    sys.path.insert(0, str(ROOT))
    # two threads on a busy machine can be ten times slower than one; numpy reads this when it is loaded
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from accuracy_figures import FULL, QUICK, measure  # after the lines above, so that a plain checkout works
    from accuracy_report import report
    from starter_library.open_sources import SourceMissingError

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="ask a small part, print the page")
    parser.add_argument("--output", type=Path, help="the page to write (docs/accuracy.md; quick: none)")
    arguments = parser.parse_args()
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {text}", file=sys.stderr, flush=True)

    try:
        page = report(measure(QUICK if arguments.quick else FULL, say))
    except SourceMissingError as error:
        print(error, file=sys.stderr)
        return 1
    output: Path | None = arguments.output
    if output is None and not arguments.quick:
        output = ROOT / "docs" / "accuracy.md"
    if output is None:
        print(page)
    else:
        output.write_text(page, encoding="utf-8")
        say(f"written: {output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
