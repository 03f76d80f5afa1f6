"""Words of instruments and operators to the technique, where they leave no doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from spectra_library.spectrum import Technique

# Accessories call themselves "Platinum ATR, Diamond", "DRIFT", "Integrating Sphere Unit".  "TRANS" is left
# out on purpose: plate readers in reflection answer with it too.
_TECHNIQUES: Final = (
    (Technique.ATR, r"\bATR\b|\bATTENUATED.TOTAL"),
    (Technique.REFLECTANCE, r"\bDRIFTS?\b|\bDIFFUSE.REFLECT|\bSPECULAR|\bINTEGRATING.SPHERE"),
    (
        Technique.TRANSMISSION,
        r"\bKBR.(PELLET|DIS[CK])|\bPELLET\b|\bNUJOL\b|\bMULL\b|\bTHIN.FILM|\b(GAS|LIQUID).CELL\b",
    ),
)
_ATR_CORRECTION: Final = re.compile(r"\bATR[ _]?corr", re.IGNORECASE)
_NO_FURTHER_WORDS: Final[Mapping[Technique, str]] = {}


def technique_in(texts: Iterable[str], *, also: Mapping[Technique, str] = _NO_FURTHER_WORDS) -> Technique:
    """Return the one technique that ``texts`` name; UNKNOWN when they name none or several.

    ``also`` are patterns of further words, in capitals, that leave no doubt in the texts of one format.
    """
    words = [text.upper() for text in texts]
    named = {
        technique
        for technique, pattern in (*_TECHNIQUES, *also.items())
        if any(re.search(pattern, text) for text in words)
    }
    return named.pop() if len(named) == 1 else Technique.UNKNOWN


def technique_after(technique: Technique, history: str) -> tuple[Technique, tuple[str, ...]]:
    """Return the technique in view of what was done to the spectrum, and a warning.

    An ATR correction makes of an ATR spectrum something near a transmission spectrum, which is neither.
    """
    if _ATR_CORRECTION.search(history):
        return Technique.UNKNOWN, ("the history names an ATR correction: not taken for an ATR spectrum",)
    return technique, ()
