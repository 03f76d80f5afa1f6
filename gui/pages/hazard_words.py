"""GHS hazard statements in words, as Annex III of Regulation (EC) No 1272/2008 has them."""

from __future__ import annotations

from gui.widgets.labels import Words


def hazard_sentence(words: Words, code: str) -> str:
    """Give code and statement, e.g. "H350 May cause cancer."; a code without a statement stays alone."""
    statement = _statements(words).get(code, "")
    return f"{code}\u00a0{statement}".strip()  # the code stays with its statement


def _statements(words: Words) -> dict[str, str]:
    return {
        "H200": words("Unstable explosive."),
        "H201": words("Explosive; mass explosion hazard."),
        "H224": words("Extremely flammable liquid and vapour."),
        "H225": words("Highly flammable liquid and vapour."),
        "H226": words("Flammable liquid and vapour."),
        "H228": words("Flammable solid."),
        "H260": words("In contact with water releases flammable gases which may ignite spontaneously."),
        "H261": words("In contact with water releases flammable gases."),
        "H271": words("May cause fire or explosion; strong oxidiser."),
        "H272": words("May intensify fire; oxidiser."),
        "H290": words("May be corrosive to metals."),
        "H300": words("Fatal if swallowed."),
        "H301": words("Toxic if swallowed."),
        "H302": words("Harmful if swallowed."),
        "H304": words("May be fatal if swallowed and enters airways."),
        "H310": words("Fatal in contact with skin."),
        "H311": words("Toxic in contact with skin."),
        "H312": words("Harmful in contact with skin."),
        "H314": words("Causes severe skin burns and eye damage."),
        "H315": words("Causes skin irritation."),
        "H317": words("May cause an allergic skin reaction."),
        "H318": words("Causes serious eye damage."),
        "H319": words("Causes serious eye irritation."),
        "H330": words("Fatal if inhaled."),
        "H331": words("Toxic if inhaled."),
        "H332": words("Harmful if inhaled."),
        "H335": words("May cause respiratory irritation."),
        "H336": words("May cause drowsiness or dizziness."),
        "H340": words("May cause genetic defects."),
        "H341": words("Suspected of causing genetic defects."),
        "H350": words("May cause cancer."),
        "H351": words("Suspected of causing cancer."),
        "H360D": words("May damage the unborn child."),
        "H360F": words("May damage fertility."),
        "H360FD": words("May damage fertility. May damage the unborn child."),
        "H361d": words("Suspected of damaging the unborn child."),
        "H361f": words("Suspected of damaging fertility."),
        "H370": words("Causes damage to organs."),
        "H371": words("May cause damage to organs."),
        "H372": words("Causes damage to organs through prolonged or repeated exposure."),
        "H373": words("May cause damage to organs through prolonged or repeated exposure."),
        "H400": words("Very toxic to aquatic life."),
        "H410": words("Very toxic to aquatic life with long lasting effects."),
        "H411": words("Toxic to aquatic life with long lasting effects."),
        "H412": words("Harmful to aquatic life with long lasting effects."),
    }
