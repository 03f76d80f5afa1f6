from __future__ import annotations

import pytest

from inspection.declared.declaration import DeclarationFinding, Declared, compare
from inspection.declared.tables import CargoClass, usual
from inspection.declared.traps import TRAPS, TrapName
from inspection.language import Language, Wording
from inspection.wording import declaration_sentence
from tests.inspection.identified import identified

# Trap, text, HS code, found and it fires; the same and it must not.
ACID = "acetic acid"
ANHYDRIDE = "acetic-anhydride"
SALTPETRE = "аммиачная селитра"
CASES = [
    (TrapName.ACETIC_ACID_ANHYDRIDE, ("уксус", "", "hint:acetic-anhydride"), (ACID, "", "hint:toluene")),
    (TrapName.ACETIC_ACID_ANHYDRIDE, (ACID, "", ANHYDRIDE), ("acetic anhydride", "", ANHYDRIDE)),
    (TrapName.THINNER, ("boya durulaşdırıcısı", "", "toluene"), ("thinner (toluene)", "", "toluene")),
    (TrapName.THINNER, ("", "3814.00", "acetone + ethanol"), ("thinner", "", "n-heptane")),
    (TrapName.CLEANING_AGENT, ("cleaner", "", "gbl"), ("моющее средство", "", "sodium-lauryl-sulfate")),
    (TrapName.FLAVOUR_OR_FRAGRANCE, ("perfume oil", "", "safrole"), ("sassafras oil", "3301", "safrole")),
    (TrapName.FLAVOUR_OR_FRAGRANCE, ("отдушка", "", "hint:p2p"), ("ароматизатор", "", "vanillin")),
    (TrapName.FLAVOUR_OR_FRAGRANCE, ("flavour", "", "piperonal"), ("flavour: piperonal", "", "piperonal")),
    (TrapName.FERTILISER, ("gübrə", "", "potassium-nitrate"), ("fertiliser", "", "urea")),
    (TrapName.FERTILISER, ("удобрение", "", "ammonium-nitrate"), (SALTPETRE, "", "ammonium-nitrate")),
    (TrapName.PHARMACEUTICAL_INTERMEDIATE, ("интермедиат", "", "npp"), ("интермедиат", "", "paracetamol")),
    (TrapName.SOLVENT_HEADING, ("solvent", "2902.90", "toluene"), ("solvent", "2902.90", "p-xylene")),
    (TrapName.SOLVENT_HEADING, ("", "2909.19", "diethyl-ether"), ("ethyl ether", "2909.11", "diethyl-ether")),
]


def compared(case: tuple[str, str, str], catalogue) -> DeclarationFinding:
    text, hs_code, found = case
    return compare(Declared(text, hs_code=hs_code), identified(found, catalogue), catalogue)


@pytest.mark.parametrize(("name", "fires", "_"), CASES)
def test_the_trap_fires_and_its_sentence_asks_for_a_sample(name, fires, _, catalogue):
    found = compared(fires, catalogue)

    assert found.trap is not None
    assert found.trap.name is name
    assert "Send a sample to the laboratory." in declaration_sentence(Wording(), found)
    assert found.verdict != "agrees"


@pytest.mark.parametrize(("_", "__", "counter_example"), CASES)
def test_the_trap_does_not_fire_where_the_paper_names_it_or_nothing_hides(_, __, counter_example, catalogue):
    assert compared(counter_example, catalogue).trap is None


def test_every_trap_has_a_case():
    assert {name for name, _, _ in CASES} == set(TrapName) == {trap.name for trap in TRAPS}


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_what_a_trap_speaks_of_is_in_the_catalogue(trap, catalogue):
    assert {one for one in trap.hidden | trap.substances if one not in catalogue} == set()


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_what_hides_under_a_class_is_never_usual_for_it(trap, catalogue):
    ordinary = {one.id for cargo_class in trap.classes for one in usual(cargo_class, catalogue)}

    assert trap.hidden & ordinary == set()


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
@pytest.mark.parametrize("language", Language)
def test_every_trap_has_a_caution_of_its_own(trap, language):
    words = Wording(language)

    assert len({one.caution(words) for one in TRAPS}) == len(TRAPS)
    assert "{" not in trap.caution(words)


@pytest.mark.parametrize("found", ["acetic-anhydride", "toluene", "p2p"])
def test_a_hint_alone_is_undetermined_whatever_the_paper_says(found, catalogue):
    for text in ("acetic acid", "thinner", "flavour", "acetone-free", *CargoClass):
        answer = compare(Declared(text), identified(f"hint:{found}", catalogue), catalogue)

        assert (answer.verdict, answer.is_alarm) == ("undetermined", False)


def test_the_reason_of_a_hint_names_hint_and_trap(catalogue):
    found = compare(Declared("acetic acid"), identified("hint:acetic-anhydride", catalogue), catalogue)
    sentence = declaration_sentence(Wording(), found)

    assert "hint at Acetic anhydride" in sentence
    assert "acetic anhydride is declared as acetic acid" in sentence


def test_a_hint_beside_a_match_springs_no_trap(catalogue):
    both = identified("glacial-acetic-acid + hint:acetic-anhydride", catalogue)

    assert compare(Declared("acetic acid"), both, catalogue).trap is None
