"""A calibration on the user's own repeat measurements: files that say what they are, asked as questions.

files -> truth (CAS number, folder or title) -> asked, and again without the substance -> Calibration
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from inspection.spectrum_files import ReadSpectrum, Refused, read_curves
from spectra_library.asking import gathered, preparation_of
from spectra_library.calibrating import About, Answer, answer, calibrated
from spectra_library.catalogue import Catalogue
from spectra_library.confidence import Calibration
from spectra_library.errors import CatalogueError, SpectraLibraryError
from spectra_library.prepared import PreparedLibrary
from spectra_library.refusals import refuse_unsuitable
from spectra_library.spectrum import Spectrum


@dataclass(frozen=True, slots=True, eq=False)
class Repeat:
    """One measurement of a known substance (catalogue id); ``group`` the folder it lay in."""

    substance: str
    group: str
    spectrum: Spectrum


def read_repeats(paths: list[Path], catalogue: Catalogue) -> Iterator[Repeat | Refused]:
    """Read all measurements of ``paths``; what cannot be used is refused with the reason."""
    for item in read_curves(paths):
        if isinstance(item, Refused):
            yield item
            continue
        try:
            yield _repeat(item, catalogue)
        except SpectraLibraryError as error:
            yield Refused(item.source, error)


def own_calibration(
    repeats: Iterable[Repeat], library: PreparedLibrary, catalogue: Catalogue, *, today: date
) -> Calibration:
    """Calibrate on ``repeats``.  Raises CalibrationError when they are too few."""
    listed = tuple(repeats)
    answers = tuple(_answers(listed, library, catalogue))
    substances = len({one.substance for one in listed})
    about = About(
        preparation=preparation_of(library),
        libraries=tuple(part.sha256 for part in library.libraries),
        date=today.isoformat(),
        description=f"{len(listed)} own measurements of {substances} substances",
        source="own measurements",
        licence="",
    )
    return calibrated(answers, about)


def _repeat(item: ReadSpectrum, catalogue: Catalogue) -> Repeat:
    spectrum = item.spectrum.spectrum()
    refuse_unsuitable(spectrum)
    path = Path(item.source.path)
    texts = (item.spectrum.cas, path.parent.name, item.spectrum.title)
    for text in texts:
        exact = [one for one in catalogue.find(text, limit=5) if _is_called(one.names, text, one.cas, one.id)]
        if len(exact) == 1:
            return Repeat(exact[0].id, str(path.parent), spectrum)
    raise CatalogueError(
        "expected the name or CAS number of one substance as CAS entry, folder or title, "
        f"found {', '.join(repr(text) for text in texts)}"
    )


def _is_called(names: tuple[str, ...], text: str, cas: str, own_id: str) -> bool:
    """Tell whether ``text`` is just one of a substance's names: a part of one is no truth."""
    wanted = text.strip().casefold()
    return bool(wanted) and wanted in {one.casefold() for one in (*names, cas, own_id)}


def _answers(repeats: tuple[Repeat, ...], library: PreparedLibrary, catalogue: Catalogue) -> Iterator[Answer]:
    held = {
        catalogue.get(reference.substance).id for part in library.libraries for reference in part.references
    }
    for repeat in repeats:
        yield _answer(repeat, library, catalogue, is_held=repeat.substance in held)
    for substance in dict.fromkeys(one.substance for one in repeats if one.substance in held):
        rest = _without(substance, library, catalogue)
        for repeat in repeats:
            if repeat.substance == substance:
                yield _answer(repeat, rest, catalogue, is_held=False, is_removed=True)


def _answer(
    repeat: Repeat,
    library: PreparedLibrary,
    catalogue: Catalogue,
    *,
    is_held: bool,
    is_removed: bool = False,
) -> Answer:
    form, scored = library.search_any(repeat.spectrum)
    found = gathered(repeat.spectrum, scored, form, library, catalogue)
    return answer(
        repeat.substance,
        found.substances,
        found.scores,
        group=repeat.group,
        is_held=is_held,
        kind=found.kind,
        residual=found.residual,
        snr=found.snr,
        is_removed=is_removed,
    )


def _without(substance: str, library: PreparedLibrary, catalogue: Catalogue) -> PreparedLibrary:
    """Prepare the same libraries without one substance."""
    parts = tuple(
        replace(
            part,
            references=tuple(one for one in part.references if catalogue.get(one.substance).id != substance),
        )
        for part in library.libraries
    )
    return PreparedLibrary(parts, library.recipe)
