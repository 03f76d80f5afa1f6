"""A mixture in words: its components with their shares, what may stand in their place, what is left over.

A share is one of the spectrum.  It is not a share of weight, and not a probability.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from inspection.declared.declaration import is_doubtful
from inspection.language import Wording
from inspection.wording import joined_names, status_sentence, substance_name
from spectra_library.catalogue import Catalogue
from spectra_library.identification import Component, Identification
from spectra_library.substance import Substance
from spectra_library.verdicts import Verdict

NEARLY_ALL = 0.9  # explained; beside such a number "only" would read as nonsense


def whole_percent(share: float) -> int:
    """Cut a share to whole percent: what is shown is never more than what was found."""
    return math.floor(100 * share + 1e-9)


def share_text(component: Component) -> str:
    """The share, "52 %", rounded: it is an estimate, and shares should add up to the whole."""
    return f"{100 * component.share:.0f} %"


def interval(component: Component) -> tuple[int, int] | None:
    """Between how many percent the share may lie, rounded outwards; None where no interval is known."""
    low, high = component.share_low, component.share_high
    if low is None or high is None:
        return None
    return whole_percent(low), math.ceil(100 * high - 1e-9)


def share_with_interval(component: Component) -> str:
    """The share and between what it may lie, "52 % (26–78 %)"."""
    ends = interval(component)
    return share_text(component) if ends is None else f"{share_text(component)} ({ends[0]}–{ends[1]} %)"


def share_note(words: Wording) -> str:
    """What a share is, and what it is not."""
    return words("share of the spectrum, not of weight")


def alternatives_of(component: Component, catalogue: Catalogue) -> tuple[Substance, ...]:
    """Give the substances that may stand in the place of ``component``."""
    return tuple(catalogue.get(one) for one in component.alternatives)


def alternatives_text(words: Wording, component: Component, catalogue: Catalogue) -> str:
    """Name what may stand in its place, each with its status where there is one; empty for nothing."""
    others = alternatives_of(component, catalogue)
    if not others:
        return ""
    return words("or: {names}").format(names=", ".join(_with_status(words, one) for one in others))


def doubt_text(words: Wording, component: Component) -> str:
    """Say that a component may not be there; empty where it is hardly in doubt."""
    if not is_doubtful(component):
        return ""
    return words("May be absent: without it the spectrum is explained nearly as well.")


def component_line(words: Wording, component: Component, catalogue: Catalogue) -> str:
    """One component: share, interval, name, status, and what may stand in its place."""
    substance = catalogue.get(component.substance)
    parts = [
        share_with_interval(component),
        substance_name(words, substance),
        status_sentence(words, substance),
        alternatives_text(words, component, catalogue),
        doubt_text(words, component),
    ]
    return "  ".join(part for part in parts if part)


def mixture_statuses(words: Wording, found: Identification, catalogue: Catalogue) -> Iterator[str]:
    """What the law says of each component, or of what may stand in its place, that it says something of."""
    for component in found.components:
        for one in (catalogue.get(component.substance), *alternatives_of(component, catalogue)):
            if one.status_matters:
                yield f"{substance_name(words, one)}: {status_sentence(words, one)}"


def explained_sentence(words: Wording, found: Identification) -> str:
    """How much of the signal the components explain."""
    return words("Together they explain {explained} % of the signal.").format(
        explained=whole_percent(found.explained)
    )


def residual_sentence(words: Wording, found: Identification, catalogue: Catalogue) -> str:
    """What the components leave over; empty where nothing was taken away."""
    if found.residual is None:
        return ""
    if not found.residual.resembles:
        return words("What is left over resembles nothing in the library.")
    alike = (catalogue.get(substance) for substance, _ in found.residual.resembles)
    return words("What is left over resembles: {names}. That alone proves nothing.").format(
        names=joined_names(words, alike)
    )


def incomplete_sentence(words: Wording, found: Identification) -> str:
    """Say that nothing in the library explains all of it; empty where something does."""
    if not found.is_incomplete or found.verdict is Verdict.MIXTURE:
        return ""
    if found.explained >= NEARLY_ALL:
        return words(
            "The library does not explain all of the signal; the sample may contain something that is not in "
            "the library."
        )
    return words(
        "The library explains only {explained} % of the signal; the sample may contain something that is not "
        "in the library."
    ).format(explained=whole_percent(found.explained))


def _with_status(words: Wording, substance: Substance) -> str:
    name = substance_name(words, substance)
    if substance.status_matters:
        return f"{name} ({status_sentence(words, substance)})"
    return name
