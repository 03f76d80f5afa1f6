"""The classic traps: words that goods are declared by, and the listed substances that go under them.

    rule                         declared as                                    may hide
    ACETIC_ACID_ANHYDRIDE        acetic acid, vinegar                           acetic anhydride
    THINNER                      thinner, white spirit; HS 3814                 acetone, toluene, ether ...
    CLEANING_AGENT               cleaner, detergent; HS 3402, 3405              GBL, acetone, acids ...
    FLAVOUR_OR_FRAGRANCE         flavour, perfume oil; HS 3301, 3302, 3303      safrole, piperonal, P-2-P ...
    FERTILISER                   fertiliser; HS 31                              nitrates, chlorates ...
    PHARMACEUTICAL_INTERMEDIATE  intermediate, raw material                     precursors of HS 29
    SOLVENT_HEADING              solvent; a heading of HS 27, 29 or 38          acetone, toluene, ether ...

A trap fires when the paper is of its kind *and* the spectrum names what may hide there, or, where it names
nothing, hints at it.  What the paper names is not hidden: "thinner (toluene)" and toluene is no trap.  A
tariff heading counts only where the text names no substance.  A trap makes no verdict by itself (the rules
are in declaration.py): it says what to think of, and asks for a sample.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from inspection.declared.tables import CargoClass
from inspection.language import Wording


class TrapName(StrEnum):
    """The names that logs and scripts see."""

    ACETIC_ACID_ANHYDRIDE = "acetic_acid_anhydride"
    THINNER = "thinner"
    CLEANING_AGENT = "cleaning_agent"
    FLAVOUR_OR_FRAGRANCE = "flavour_or_fragrance"
    FERTILISER = "fertiliser"
    PHARMACEUTICAL_INTERMEDIATE = "pharmaceutical_intermediate"
    SOLVENT_HEADING = "solvent_heading"


@dataclass(frozen=True, slots=True)
class Trap:
    """One rule.

    ``substances`` (ids), ``classes`` and ``headings`` (first digits of a tariff code): how it is declared.
    ``hidden`` the ids of what may be there instead.
    """

    name: TrapName
    hidden: frozenset[str]
    substances: frozenset[str] = frozenset()
    classes: frozenset[CargoClass] = frozenset()
    headings: tuple[str, ...] = ()

    def is_kind_of(
        self, substances: Collection[str], classes: Collection[CargoClass], headings: Collection[str]
    ) -> bool:
        """Tell whether a paper that says this is of the kind that the trap is about."""
        return (
            not self.substances.isdisjoint(substances)
            or not self.classes.isdisjoint(classes)
            or any(one.startswith(self.headings) for one in headings if self.headings)
        )

    def caution(self, words: Wording) -> str:
        """Say what the trap is, and ask for a sample."""
        return {
            TrapName.ACETIC_ACID_ANHYDRIDE: words(
                "Trap: acetic anhydride is declared as acetic acid. Send a sample to the laboratory."
            ),
            TrapName.THINNER: words(
                "Trap: a thinner may be acetone, toluene or another listed solvent, which has to be declared "
                "by its name. Send a sample to the laboratory."
            ),
            TrapName.CLEANING_AGENT: words(
                "Trap: GBL, listed solvents and listed acids are declared as cleaning agents. Send a sample "
                "to the laboratory."
            ),
            TrapName.FLAVOUR_OR_FRAGRANCE: words(
                "Trap: safrole, piperonal and P-2-P are declared as flavours, fragrances or oils. Send a "
                "sample to the laboratory."
            ),
            TrapName.FERTILISER: words(
                "Trap: nitrates and chlorates that have to be declared by their names are declared as "
                "fertilisers. Send a sample to the laboratory."
            ),
            TrapName.PHARMACEUTICAL_INTERMEDIATE: words(
                "Trap: precursors are declared as intermediates or raw materials of medicines. Send a sample "
                "to the laboratory."
            ),
            TrapName.SOLVENT_HEADING: words(
                "Trap: listed solvents and liquid precursors are declared as solvents or under the headings "
                "of solvents. Send a sample to the laboratory."
            ),
        }[self.name]


_LISTED_SOLVENTS: Final = frozenset({"acetone", "toluene", "methyl-ethyl-ketone", "diethyl-ether"})
_SOLVENT_LIKE: Final = frozenset(
    {"gbl", "1-4-butanediol", "cyclohexanone", "acetic-anhydride", "p2p", "formamide"}
)
_OILS: Final = frozenset(
    {
        "safrole",
        "isosafrole",
        "piperonal",
        "mdp2p",
        "p2p",
        "benzaldehyde",
        "benzyl-cyanide",
        "phenylacetic-acid",
    }
)
_DESIGNER: Final = frozenset(
    {
        *("pmk-glycidic-acid", "pmk-methyl-glycidate", "pmk-ethyl-glycidate", "mamdpa"),
        *("bmk-glycidic-acid", "bmk-methyl-glycidate", "bmk-ethyl-glycidate", "bmk-bisulfite-adduct"),
        *("apaan", "apaa", "mapa", "eapa", "depapd"),
        *("phenyl-2-nitropropene", "mdp2np", "3-4-5-trimethoxybenzaldehyde", "phenylacetamide"),
    }
)

TRAPS: Final = (
    Trap(
        TrapName.ACETIC_ACID_ANHYDRIDE,
        hidden=frozenset({"acetic-anhydride"}),
        substances=frozenset({"glacial-acetic-acid"}),
    ),
    Trap(
        TrapName.THINNER,
        hidden=_LISTED_SOLVENTS | _SOLVENT_LIKE,
        classes=frozenset({CargoClass.THINNER}),
        headings=("3814",),
    ),
    Trap(
        TrapName.CLEANING_AGENT,
        hidden=_LISTED_SOLVENTS
        | frozenset({"gbl", "1-4-butanediol", "hydrochloric-acid", "sulphuric-acid", "formic-acid"})
        | frozenset({"glacial-acetic-acid", "acetic-anhydride", "potassium-permanganate"}),
        classes=frozenset({CargoClass.CLEANING_AGENT}),
        headings=("3402", "3405"),
    ),
    Trap(
        TrapName.FLAVOUR_OR_FRAGRANCE,
        hidden=_OILS | _DESIGNER,
        classes=frozenset({CargoClass.FLAVOUR_OR_FRAGRANCE}),
        headings=("3301", "3302", "3303"),
    ),
    Trap(
        TrapName.FERTILISER,
        hidden=frozenset(
            {
                *("ammonium-nitrate", "potassium-nitrate", "sodium-nitrate", "calcium-nitrate"),
                *("potassium-chlorate", "sodium-chlorate", "potassium-perchlorate", "ammonium-perchlorate"),
                *("red-phosphorus", "potassium-permanganate"),
            }
        ),
        classes=frozenset({CargoClass.FERTILISER}),
        headings=("31",),
    ),
    Trap(
        TrapName.PHARMACEUTICAL_INTERMEDIATE,
        hidden=_OILS
        | _DESIGNER
        | frozenset(
            {
                *("ephedrine", "ephedrine-hydrochloride", "pseudoephedrine", "pseudoephedrine-hydrochloride"),
                *("norephedrine", "norephedrine-hydrochloride", "norpseudoephedrine"),
                *("ergometrine", "ergotamine", "ergotamine-tartrate", "lysergic-acid"),
                *("anpp", "npp", "4-ap", "1-boc-4-ap", "norfentanyl", "1-benzyl-4-anilinopiperidine"),
                *(
                    "4-piperidone",
                    "4-piperidone-hydrochloride-monohydrate",
                    "1-boc-4-piperidone",
                    "piperidine",
                ),
                *("anthranilic-acid", "n-acetylanthranilic-acid", "acetic-anhydride"),
                *("methylamine-hydrochloride", "nitroethane", "phenethyl-bromide"),
                *("4-methylpropiophenone", "2-bromo-4-methylpropiophenone", "3-methylpropiophenone"),
                *("3-chloropropiophenone", "4-chloropropiophenone", "2-bromo-3-chloropropiophenone"),
            }
        ),
        classes=frozenset({CargoClass.PHARMACEUTICAL_INTERMEDIATE}),
    ),
    Trap(
        TrapName.SOLVENT_HEADING,
        hidden=_LISTED_SOLVENTS | _SOLVENT_LIKE | frozenset({"mdp2p", "safrole", "piperidine"}),
        classes=frozenset({CargoClass.SOLVENT}),
        headings=("2707", "2710", "2901", "2902", "2903", "2905", "2909", "2914", "2915", "2932", "3814"),
    ),
)


def trap_for(
    substances: Collection[str],
    classes: Collection[CargoClass],
    headings: Collection[str],
    found: Collection[str],
) -> Trap | None:
    """Give the first trap of the kind of the paper that hides one of the ``found`` ids; None when none does.

    ``found`` is what the spectrum names or hints at and the paper does not name.
    """
    return next(
        (
            trap
            for trap in TRAPS
            if not trap.hidden.isdisjoint(found) and trap.is_kind_of(substances, classes, headings)
        ),
        None,
    )
