"""How often the first search names a spectrum of a laboratory whose spectra are not in the library.

    python tools/leave_one_laboratory_out.py

Each laboratory's measured spectra are taken out of the open library in turn and asked against the rest.
The starter library keeps only spectra that other laboratories bear out, so the figures flatter the search;
docs/identification.md says so beside them.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spectra_library.catalogue import load_catalogue
from spectra_library.identify import Verdict, identify
from spectra_library.library import Reference, ReferenceLibrary, Tier
from spectra_library.prepared import PreparedLibrary
from spectra_library.starter import load_libraries

LABORATORIES = ("Primpke", "Chabuka", "Sukumaran")


def main() -> None:
    """Print one line per laboratory and kind of outcome."""
    open_library, *others = load_libraries()
    for laboratory in LABORATORIES:
        for outcome, count in sorted(outcomes(open_library, tuple(others), laboratory).items()):
            print(f"{laboratory:10s} {outcome:40s} {count}")


def outcomes(
    open_library: ReferenceLibrary, others: tuple[ReferenceLibrary, ...], laboratory: str
) -> Counter[str]:
    """Ask every measured spectrum of ``laboratory`` against the library without them, and count."""
    asked = [one for one in open_library.references if is_of(one, laboratory)]
    rest = replace(
        open_library, references=tuple(one for one in open_library.references if not is_of(one, laboratory))
    )
    library = PreparedLibrary((rest, *others))
    held = {one.substance for one in rest.references}
    counts: Counter[str] = Counter()
    for reference in asked:
        found = identify(reference.spectrum, library, load_catalogue())
        named = {
            Verdict.MATCH: {candidate.substance for candidate in found.candidates[:1]},
            Verdict.GROUP: set(found.group),
        }.get(found.verdict, set())
        presence = "in the library" if reference.substance in held else "not in the library"
        first = "first" if reference.substance == found.candidates[0].substance else "not first"
        truth = "" if not named else ", right" if reference.substance in named else ", WRONG"
        counts[f"{presence}: {found.verdict}{truth}"] += 1
        if reference.substance in held:
            counts[f"{presence}: {first} in the list"] += 1
    return counts


def is_of(reference: Reference, laboratory: str) -> bool:
    """Tell whether ``laboratory`` measured ``reference``."""
    return reference.tier is Tier.MEASURED and laboratory in reference.source


if __name__ == "__main__":
    main()
