"""Questions of one laboratory as the confidence is calibrated on them, and judged by: evidence beside truth.

    Split --search--> Answer (evidence, truth, strangeness) for every question: class held, not held, removed

The forensic references stand in every library, as they do in the program; none of them is an answer here,
but without them a library of nine classes has no other substances to lead over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from accuracy_spectra import OpenSpectrum, Split, as_library

from spectra_library.asking import residual, snr
from spectra_library.calibrating import Answer, answer
from spectra_library.catalogue import Catalogue, load_catalogue
from spectra_library.confidence import ReferenceKind
from spectra_library.library import ReferenceLibrary
from spectra_library.prepared import PreparedLibrary
from spectra_library.spectrum import Technique
from spectra_library.starter import starter_libraries

Kinds = Mapping[str, ReferenceKind]  # of classes


def background() -> tuple[ReferenceLibrary, ...]:
    """Give the shipped libraries that hold no Open Specy spectrum; empty without the forensic folder."""
    return starter_libraries()[1:]


def kinds_of_classes(spectra: Iterable[OpenSpectrum], catalogue: Catalogue | None = None) -> Kinds:
    """Give the kind that references of each class have in the shipped library, by the entries' numbers."""
    catalogue = catalogue or load_catalogue()
    shipped = {
        reference.source.split(",")[0].removeprefix("Open Specy entry "): reference
        for reference in starter_libraries()[0].references
        if reference.source.startswith("Open Specy entry ")
    }
    kinds: dict[str, ReferenceKind] = {}
    for one in spectra:
        if one.number in shipped:
            substance = catalogue.get(shipped[one.number].substance)
            kind = ReferenceKind("measured", Technique.ATR.value, False, substance.kind, substance.state)
            kinds.setdefault(one.material, kind)
    return kinds


def answers(split: Split, kinds: Kinds, others: Sequence[ReferenceLibrary]) -> Iterator[Answer]:
    """Ask every spectrum of the laboratory, and those whose class is held again without that class."""
    whole = _prepared(split.library, others)
    for question in split.present:
        yield asked(question, whole, kinds, is_held=True)
    for question in split.absent:
        yield asked(question, whole, kinds, is_held=False)
    for material in dict.fromkeys(one.material for one in split.present):
        rest = _prepared([one for one in split.library if one.material != material], others)
        for question in split.present:
            if question.material == material:
                yield asked(question, rest, kinds, is_held=False, is_removed=True)


def asked(
    question: OpenSpectrum,
    library: PreparedLibrary,
    kinds: Kinds,
    *,
    is_held: bool,
    is_removed: bool = False,
) -> Answer:
    """Put one question to ``library``."""
    scored = library.search(question.spectrum, Technique.ATR)
    first = scored[0] if scored else None
    return answer(
        question.material,
        [one.reference.substance for one in scored],
        [one.score for one in scored],
        group=question.laboratory,
        is_held=is_held,
        kind=kinds.get(first.reference.substance) if first else None,
        residual=residual(question.spectrum, first, Technique.ATR, library) if first else 0.0,
        snr=snr(question.spectrum),
        is_removed=is_removed,
    )


def _prepared(spectra: Sequence[OpenSpectrum], others: Sequence[ReferenceLibrary]) -> PreparedLibrary:
    return PreparedLibrary((as_library(spectra, "others"), *others))
