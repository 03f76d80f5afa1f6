"""The confidence of an answer in words: the probability, or why there is none, and what stays possible."""

from __future__ import annotations

from collections.abc import Iterator

from inspection.language import Wording
from inspection.wording import joined_names
from spectra_library.catalogue import Catalogue
from spectra_library.confidence import (
    FIRST_ONLY,
    NO_REPEATS,
    NOT_CALIBRATED,
    NOT_SEEN,
    OF_MIXTURES,
    OTHER_PREPARATION,
)
from spectra_library.identification import Identification
from spectra_library.verdicts import Verdict

MOST_NAMED = 5  # of what stays possible; the ends of long sets are names that nobody means


def confidence_sentences(words: Wording, found: Identification, catalogue: Catalogue) -> Iterator[str]:
    """Give the sentences about the first candidate; none without one.

    What was measured holds for one substance alone, so nothing of it is said beside a mixture.
    """
    if not found.candidates:
        return
    if found.verdict is Verdict.MIXTURE:
        yield why_no_confidence(words, OF_MIXTURES)
        return
    leader = found.candidates[0]
    if leader.confidence is None:
        yield why_no_confidence(words, leader.confidence_note)
        return
    # Cut, not rounded, like the similarity: what is shown must not be more than what was measured.
    yield words("The confidence of {value:.2f} is a probability, {note}.").format(
        value=int(leader.confidence * 100) / 100, note=leader.confidence_note
    )
    for one in found.possible:
        if one.substances:
            names = joined_names(words, (catalogue.get(member) for member in one.substances[:MOST_NAMED]))
            left_out = len(one.substances) - MOST_NAMED
            if left_out > 0:
                names = f"{names} {words('and {count} more').format(count=left_out)}"
            yield words("Possible at {level:.0%}: {names}.").format(level=one.level, names=names)
        else:
            yield words("At {level:.0%} nothing in the library stays possible.").format(level=one.level)


def why_no_confidence(words: Wording, note: str) -> str:
    """Put the reason why there is no probability into words; an unknown one stays as it is."""
    return {
        NOT_CALIBRATED: words("There is no probability: no calibration is installed."),
        OTHER_PREPARATION: words(
            "There is no probability: the calibration was measured with another preparation of the spectra."
        ),
        NO_REPEATS: words(
            "There is no probability: it must be calibrated on repeated measurements, and for references of "
            "this kind no independent repeat exists."
        ),
        OF_MIXTURES: words("There is no probability: no repeat measurements of mixtures exist."),
        NOT_SEEN: words("There is no probability: the calibration has no case with as little evidence."),
        FIRST_ONLY: words("A probability is given for the first candidate only."),
    }.get(note, note)
