"""Make up the files of an agency's library, to try imports on: JCAMP-DX with curves drawn by chance.

    python tools/make_agency_library.py OUT [--files N] [--seed N] [--controlled N] [--flawed N]

OUT is a folder, or a zip archive when it ends in .zip.  Every title and origin says that the spectrum is
simulated; the curves show no substance at all, whatever name stands over them.  So they can only be imported
with ``--tier derived``, and nobody should keep what comes of it.

``--controlled N`` makes one file for each of N controlled substances (those without any reference first)
instead of N files over the whole catalogue.  ``--flawed N`` lets every N-th file be one that must be refused.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    import numpy as np

    from spectra_library.spectrum import FloatArray
    from spectra_library.substance import Substance

ORIGIN = "simulated by tools/make_agency_library.py"
OWNER = "Agency A (made up)"
STEP_CM = 1.928768  # one point of a usual instrument at 4 cm-1, zero-filled once
FIRST_CM = 650.0
POINTS = 1737
FLAWS = ("gas", "raman", "narrow", "noisy", "flat", "cut")


def main() -> int:
    """Run the command with the arguments of this process.  Returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--files", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--controlled", type=int, default=0, metavar="N")
    parser.add_argument("--flawed", type=int, default=0, metavar="N")
    arguments = parser.parse_args()
    made = agency_files(
        arguments.files, seed=arguments.seed, controlled=arguments.controlled, flawed=arguments.flawed
    )
    count = write_files(arguments.out, made)
    print(f"{arguments.out}: {count} files")
    return 0


def write_files(out: Path, files: Iterator[tuple[str, bytes]]) -> int:
    """Write ``files`` into a folder or a zip archive, and give their number."""
    count = 0
    if out.suffix == ".zip":
        out.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files:
                archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
                count += 1
        return count
    for name, content in files:
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        count += 1
    return count


def agency_files(
    count: int, *, seed: int = 1, controlled: int = 0, flawed: int = 0
) -> Iterator[tuple[str, bytes]]:
    """Give the names and contents of the files; the same arguments give the same bytes.

    Every seventh substance has a name that no catalogue knows, every fifth file is written as pairs with all
    digits, the others as whole numbers in the usual table.
    """
    import numpy as np

    from spectra_library.catalogue import load_catalogue

    substances = load_catalogue().substances
    if controlled:
        substances = controlled_first(controlled)
        count = controlled
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        flaw = FLAWS[number // flawed % len(FLAWS)] if flawed and number % flawed == flawed - 1 else ""
        is_unknown = not controlled and number % 7 == 6
        known = None if is_unknown else substances[number % len(substances)]
        name = f"folder {number // 500:02d}/{number:05d}.jdx"
        yield name, _file(known, number, rng, flaw)


def controlled_first(count: int) -> tuple[Substance, ...]:
    """Give ``count`` controlled substances that infrared can see, those without any reference first."""
    from spectra_library.catalogue import load_catalogue
    from spectra_library.coverage import coverage
    from spectra_library.starter import starter_libraries
    from spectra_library.substance import LegalStatus

    catalogue = load_catalogue()
    rows = [
        row
        for row in coverage(catalogue, starter_libraries())
        if row.status is LegalStatus.CONTROLLED and row.visible
    ]
    rows.sort(key=lambda row: (row.can_match, row.bands > 0))
    return tuple(catalogue.get(row.substance) for row in rows[:count])


def curve(rng: np.random.Generator, *, noise: float = 5e-4) -> tuple[FloatArray, FloatArray]:
    """Draw bands by chance: wavenumber (POINTS,) cm-1 and absorbance (POINTS,)."""
    import numpy as np

    wavenumber: FloatArray = FIRST_CM + STEP_CM * np.arange(POINTS, dtype=np.float64)
    count = int(rng.integers(12, 40))
    centres = np.concatenate([rng.uniform(680, 1780, count), rng.uniform(2800, 3400, 4)])
    widths = rng.uniform(5, 25, centres.size)
    heights = rng.uniform(0.03, 0.6, centres.size)
    shape = heights / (1 + ((wavenumber[:, None] - centres) / widths) ** 2)
    absorbance: FloatArray = shape.sum(axis=1) + rng.normal(0, noise, POINTS)
    return wavenumber, absorbance


def _file(known: Substance | None, number: int, rng: np.random.Generator, flaw: str) -> bytes:
    from spectra_library.formats.file_spectrum import FileNotes
    from spectra_library.formats.jcamp_writer import jcamp_bytes
    from spectra_library.spectrum import Spectrum, Technique

    wavenumber, absorbance = curve(rng)
    if flaw == "noisy":
        absorbance = absorbance + rng.normal(0, 0.3, POINTS)
    elif flaw == "narrow":
        wavenumber, absorbance = wavenumber[-900:], absorbance[-900:]
    elif flaw == "flat":
        absorbance = 0 * absorbance + 0.1
    name = known.name if known else f"Compound {number % 400:03d}"
    title = f"{name} (simulated, shows no substance)"
    cas = known.cas if known else ""
    phase = "gas" if flaw == "gas" else "solid"
    if number % 5 == 4 and flaw != "raman":
        content = jcamp_bytes(
            Spectrum(wavenumber, absorbance, Technique.ATR, 4.0),
            title=title,
            cas=cas,
            phase=phase,
            notes=FileNotes(
                names=(name,), origin=ORIGIN, owner=OWNER, instrument="Model F", date="2026/01/15"
            ),
        )
    else:
        content = _table(
            wavenumber, absorbance, title=title, name=name, cas=cas, phase=phase, is_raman=flaw == "raman"
        )
    return content[: len(content) // 2] if flaw == "cut" else content


def _table(
    wavenumber: FloatArray,
    absorbance: FloatArray,
    *,
    title: str,
    name: str,
    cas: str,
    phase: str,
    is_raman: bool,
) -> bytes:
    """Write a curve as JCAMP-DX 4.24, whole numbers in an (X++(Y..Y)) table."""
    import numpy as np

    factor = 1e-6
    counts = np.rint(absorbance / factor).astype(int).tolist()
    first, last = float(wavenumber[0]), float(wavenumber[-1])
    header = {
        "TITLE": title,
        "JCAMP-DX": "4.24",
        "DATA TYPE": "RAMAN SPECTRUM" if is_raman else "INFRARED SPECTRUM",
        "ORIGIN": ORIGIN,
        "OWNER": OWNER,
        "DATE": "26/01/15",
        "NAMES": name,
        "CAS REGISTRY NO": cas,
        "STATE": phase,
        "SPECTROMETER/DATA SYSTEM": "Model F",
        "SAMPLING PROCEDURE": "ATR",
        "RESOLUTION": "4",
        "XUNITS": "1/CM",
        "YUNITS": "ABSORBANCE",
        "XFACTOR": "1",
        "YFACTOR": repr(factor),
        "FIRSTX": repr(first),
        "LASTX": repr(last),
        "FIRSTY": repr(counts[0] * factor),
        "NPOINTS": str(len(counts)),
    }
    lines = [f"##{label}={text}" for label, text in header.items() if text]
    lines.append("##XYDATA=(X++(Y..Y))")
    for start in range(0, len(counts), 8):
        ys = " ".join(str(count) for count in counts[start : start + 8])
        lines.append(f"{wavenumber[start]:.5f} {ys}")
    return "\r\n".join([*lines, "##END=", ""]).encode()


if __name__ == "__main__":
    sys.exit(main())
