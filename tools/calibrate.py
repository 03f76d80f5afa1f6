"""Calibrate the confidence on the real Open Specy spectra, and write down how far it can be trusted.

    python tools/calibrate.py [--date YYYY-MM-DD] [--check]

Writes spectra_library/data/calibration.json, which comes with the program, and docs/confidence.md.  To be run
again after every change of the preparation, the scores or the evidence: an older calibration gives no number.
``--check`` writes nothing and exits 1 when the stored calibration does not fit the engine.
Needs the extra ``build``: pip install -e .[build]
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the command with the arguments of this process.  Returns the exit code."""
    sys.path.insert(0, str(ROOT))
    # two threads on a busy machine can be ten times slower than one; numpy reads this when it is loaded
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from accuracy_confidence import (
        ask,
        unseen_ceiling,
    )  # after the lines above, so that a plain checkout works
    from accuracy_spectra import LICENCE, as_library, open_spectra
    from calibration_report import report
    from starter_library.open_sources import OPENSPECY_PACKAGE, SourceMissingError

    from spectra_library.calibrating import About, calibrated
    from spectra_library.calibration_file import SHIPPED, read_calibration, write_calibration
    from spectra_library.confidence import preparation_name
    from spectra_library.prepared_cache import PREPARATION_VERSION
    from spectra_library.preprocess import Recipe
    from spectra_library.starter import starter_libraries

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--date", type=date.fromisoformat, default=datetime.now(UTC).date())
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    preparation = preparation_name(version=PREPARATION_VERSION, recipe_sha256=Recipe().sha256)
    if arguments.check:
        is_fitting = read_calibration(SHIPPED).preparation == preparation
        print("fits" if is_fitting else "does not fit: run python tools/calibrate.py")
        return 0 if is_fitting else 1
    try:
        spectra = open_spectra()
    except SourceMissingError as error:
        print(error, file=sys.stderr)
        return 1
    asked = ask(spectra)
    found = asked.everything
    searched = (as_library(spectra, "all laboratories"), *starter_libraries()[1:])
    calibration = calibrated(
        found,
        About(
            preparation=preparation,
            libraries=tuple(library.sha256 for library in searched),
            date=arguments.date.isoformat(),
            description=f"{len(found)} questions with plastics, fibres and natural materials, "
            f"{len(asked.whole)} laboratories, each asked against the others",
            source=f"Open Specy ({OPENSPECY_PACKAGE}): {', '.join(asked.whole)}",
            licence=LICENCE,
        ),
    )
    calibration = replace(calibration, ceiling=min(calibration.ceiling, unseen_ceiling(asked)))
    write_calibration(calibration, SHIPPED)
    (ROOT / "docs" / "confidence.md").write_text(report(asked, calibration), encoding="utf-8")
    print(f"written: {SHIPPED.relative_to(ROOT)}, docs/confidence.md", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
