"""Made-up repeats of the forensic references, asked against the libraries that are shipped.

Two kinds of repeat: the rendered reference varied by smooth fields, and the fitted bands varied one by one.
Either says how the engine takes what the simulator does to a spectrum, and nothing of how real samples of a
drug vary: no independent repeat of these references exists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from accuracy_engine import Engine, Outcome, engine_over
from accuracy_methods import Rank
from accuracy_statistics import Count, counted
from starter_library.band_tables import band_tables

from spectra_library.bands import spectrum_from_bands
from spectra_library.catalogue import load_catalogue
from spectra_library.library import Reference, ReferenceLibrary, sealed
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.starter import starter_files, starter_libraries
from spectra_library.synthesis import Variation, remeasured, varied_bands

WATER_REFERENCE = "water#nk-atr"
FORENSIC_RESOLUTION_CM = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Shipped:
    """The shipped libraries and what the simulator adds to a sample: ``impurities`` and liquid ``water``."""

    libraries: tuple[ReferenceLibrary, ...]
    impurities: tuple[Spectrum, ...]
    water: Spectrum

    @property
    def forensic(self) -> tuple[Reference, ...]:
        """The references of the forensic library, none when its folder was deleted."""
        return tuple(one for library in self.libraries[1:] for one in library.references)


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A made-up spectrum and the substance it was made from."""

    substance: str
    spectrum: Spectrum


def shipped() -> Shipped:
    """Load the shipped libraries.  Impurities are the first ATR reference of each open substance."""
    libraries = starter_libraries()
    first: dict[str, Spectrum] = {}
    for one in libraries[0].references:
        if one.spectrum.technique is Technique.ATR:
            first.setdefault(one.substance, one.spectrum)
    water = next(one.spectrum for one in libraries[0].references if one.id == WATER_REFERENCE)
    return Shipped(libraries, tuple(first.values()), water)


def repeats(
    stock: Shipped, references: Sequence[Reference], variation: Variation, rng: np.random.Generator
) -> tuple[Question, ...]:
    """Make one repeat of each reference."""
    return tuple(
        Question(
            one.substance,
            remeasured(one.spectrum, variation, rng, impurities=stock.impurities, water=stock.water),
        )
        for one in references
    )


def band_repeats(
    stock: Shipped, references: Sequence[Reference], variation: Variation, rng: np.random.Generator
) -> tuple[Question, ...]:
    """Make one repeat of each forensic reference by varying its bands one by one."""
    if not references:
        return ()
    substance_of = {one.id: one.substance for one in references}
    folder = starter_files()["forensic"].parent
    the_rest = replace(variation, intensity_sd=0.0, position_sd_cm=0.0, width_share=0.0)
    questions = []
    for row, table in band_tables(folder / "bands_forensic_index.csv", folder / "bands_forensic.csv"):
        if row["ref_id"] not in substance_of:
            continue
        drawn = spectrum_from_bands(
            varied_bands(table, variation, rng),
            low=float(row["range_lo"]),
            high=float(row["range_hi"]),
            technique=Technique(row["technique"].lower()),
            resolution_cm=FORENSIC_RESOLUTION_CM,
        )
        questions.append(
            Question(
                substance_of[row["ref_id"]],
                remeasured(drawn, the_rest, rng, impurities=stock.impurities, water=stock.water),
            )
        )
    return tuple(questions)


def everything(stock: Shipped) -> ReferenceLibrary:
    """Put all ATR references that are shipped into one library."""
    references = (one for library in stock.libraries for one in library.references)
    return sealed(
        replace(
            stock.libraries[0],
            references=tuple(one for one in references if one.spectrum.technique is Technique.ATR),
        )
    )


def ranked(ranks: Mapping[str, Rank], questions: Sequence[Question]) -> dict[str, Count]:
    """Count for each method how often the true substance stands first."""
    return {
        name: counted(rank(one.spectrum)[0].substance == one.substance for one in questions)
        for name, rank in ranks.items()
    }


def asked(engine: Engine, questions: Sequence[Question], *, is_held: bool) -> tuple[Outcome, ...]:
    """Put the questions to the engine."""
    return tuple(engine.ask(one.spectrum, {one.substance}, is_held=is_held) for one in questions)


def removed(stock: Shipped, questions: Sequence[Question], *, folds: int) -> Iterator[Outcome]:
    """Ask each question of a library without its substance: they are taken out in ``folds`` parts in turn."""
    substances = list(dict.fromkeys(one.substance for one in questions))
    for fold in range(folds):
        out = frozenset(substances[fold::folds])
        engine = engine_over(without(stock.libraries, out), load_catalogue())
        yield from asked(engine, [one for one in questions if one.substance in out], is_held=False)


def without(
    libraries: Sequence[ReferenceLibrary], substances: frozenset[str]
) -> tuple[ReferenceLibrary, ...]:
    """Take every reference of ``substances`` out of the libraries."""
    return tuple(
        sealed(
            replace(
                library,
                references=tuple(one for one in library.references if one.substance not in substances),
            )
        )
        for library in libraries
    )
