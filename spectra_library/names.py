"""How two spellings of a name are found to be the same, in English, Russian and Azerbaijani.

Azerbaijani and Turkish have a dotted and a dotless i, so ``str.lower`` is wrong for them: it turns the
capital of the dotless one into a dotted i, and İ into two characters.  ``fold`` makes all four the same
letter, which is right for every language here as long as the folded text is only compared, never shown.
"""

from __future__ import annotations

import re
import unicodedata

_SAME_LETTER = str.maketrans(
    {"ı": "i", "ə": "e", "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta"}
    | dict.fromkeys("‐‑‒–—−", "-")
    | dict.fromkeys("’′`´", "'")
)
# what the catalogue's names hold in parentheses that is no name of the substance, folded
REMARKS = frozenset(
    """base|mixture|anhydrous|monohydrate|aqueous|aqueous solution|glacial|ground|dried|hot melt|olive|clay
    |beech|pine|cellulose|keratin|polyisoprene|bisphenol a|silicone|thermoplastic elastomer|cis + trans|1,2-
    |butadiene acrylonitrile|brown algae|flax|hemp|jute|coir ...|maize protein|diacetylmorphine base
    |safrole-rich oils|bands only below ~800 cm-1
    |водныи раствор|ледяная|основание|безводныи|бурые|силикон|смола каннабиса
    |sulu mehlul|buzlu|esas|susuz|silikon""".replace("\n    ", "").split("|")
)
_CAS_PREFIX = re.compile(r"^cas( ?(no|nr|rn|number))?[.:#]? ?")
_PARENTHESES = re.compile(r"\s+\(([^()]*)\)\s*$")


def fold(text: str) -> str:
    """Bring ``text`` to the form in which names are compared.

    Marks are dropped (ü, ş, é, ё, the dot of İ), ı and i, ə and e are the same, subscripts are digits, Greek
    letters are spelt out, dashes are hyphens, white space is one space.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.casefold().translate(_SAME_LETTER).split())


def name_variants(name: str) -> tuple[str, ...]:
    """Give the folded forms of ``name``: whole, without its last parentheses, and the names in those.

    "Methyl ethyl ketone (MEK)" is found as such, as "methyl ethyl ketone" and as "mek"; a remark that is no
    name, as in "Coffee (ground)", is left out.
    """
    if not name:
        return ()
    found = _PARENTHESES.search(name)
    if found is None:
        return (fold(name),)
    inside = (fold(part.strip(' "')) for part in found.group(1).split(", "))
    keys = (fold(name), fold(name[: found.start()]), *(part for part in inside if part not in REMARKS))
    return tuple(dict.fromkeys(key for key in keys if key))


def plain_cas(text: str) -> str:
    """Bring a CAS number to its usual form: "CAS No. 67641", with whatever dashes, is "67-64-1".

    What does not look like one comes back folded and means nothing; the check digit is not looked at.
    """
    bare = _CAS_PREFIX.sub("", fold(text)).replace(" ", "")
    if re.fullmatch(r"\d{5,10}", bare):
        return f"{bare[:-3]}-{bare[-3:-1]}-{bare[-1]}"
    return bare
