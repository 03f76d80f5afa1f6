"""Groups, forms and look-alikes: what the scored references amount to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from spectra_library.catalogue import Catalogue
from spectra_library.library import Reference, Tier
from spectra_library.lookalikes import Separable
from spectra_library.prepared import ScoredReference
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.substance import LegalStatus
from spectra_library.verdicts import (
    SharedStatus,
    Thresholds,
    Verdict,
    best_per_substance,
    chemical_form,
    conclude,
    lookalikes,
)

CURVE = Spectrum(np.array([700.0, 800.0]), np.array([0.0, 1.0]), Technique.ATR)


@dataclass
class Scores:
    """Scored references by substance, form and score, best first."""

    catalogue: Catalogue

    def conclude(self, *rows: tuple[str, str, float]):
        return conclude(self.of(*rows), self.catalogue, Thresholds())

    def of(self, *rows: tuple[str, str, float]) -> tuple[ScoredReference, ...]:
        made = (
            ScoredReference(
                reference=Reference(f"{name}#{i}", name, Tier.MEASURED, CURVE, "a table", "CC0", form),
                library="made up",
                score=score,
                absorbance_correlation=0.95,
                is_converted=False,
                resolution_cm=8.0,
                depth_exponent=0.0,
            )
            for i, (name, form, score) in enumerate(rows)
        )
        return tuple(sorted(made, key=lambda one: -one.score))


@pytest.fixture
def scores(catalogue) -> Scores:
    return Scores(catalogue)


def test_one_substance_far_ahead_is_a_match_without_further_words(scores):
    said = scores.conclude(("caffeine", "", 0.99), ("paracetamol", "", 0.40))

    assert (said.verdict, said.group, said.shared) == (Verdict.MATCH, (), None)
    assert (said.one_substance, said.forms, said.not_compared) == ("", (), ())


def test_base_and_salt_are_told_apart_by_their_own_spectra(scores):
    said = scores.conclude(("cocaine-hydrochloride", "HCl", 0.98), ("cocaine", "base", 0.62))

    assert said.verdict is Verdict.MATCH
    assert said.one_substance == ""


def test_base_and_salt_that_are_not_told_apart_are_one_substance_in_several_forms(scores):
    said = scores.conclude(("cocaine-hydrochloride", "HCl", 0.98), ("cocaine", "base", 0.96))

    assert (said.verdict, said.group) == (Verdict.GROUP, ("cocaine-hydrochloride", "cocaine"))
    assert said.one_substance == "cocaine"
    assert said.shared == SharedStatus(LegalStatus.CONTROLLED, ("UN 1961 Schedule I",))


def test_a_hydrate_and_the_dry_form_are_one_substance(scores):
    assert (
        scores.conclude(("lactose", "", 0.97), ("lactose-monohydrate", "", 0.96)).one_substance == "lactose"
    )


def test_forms_under_one_id_are_one_answer_and_the_form_is_named_where_it_is_certain(scores):
    certain = scores.conclude(("acetylfentanyl", "HCl", 0.98), ("acetylfentanyl", "base", 0.70))
    open_ = scores.conclude(("acetylfentanyl", "HCl", 0.98), ("acetylfentanyl", "base", 0.97))

    assert (certain.verdict, certain.forms) == (Verdict.MATCH, ())
    assert (open_.verdict, open_.forms) == (Verdict.MATCH, ("HCl", "base"))


def test_grades_and_origins_are_no_chemical_forms(scores):
    assert scores.conclude(("polyethylene", "HDPE", 0.98), ("polyethylene", "LDPE", 0.97)).forms == ()
    assert [chemical_form(one) for one in ("foil", "base", "not stated", "monohydrate", "2HCl")] == [
        *("", "base", "", "monohydrate", "2HCl")
    ]


def test_two_ids_of_one_substance_are_no_rivals(scores):
    said = scores.conclude(("methylone", "HCl", 0.97), ("methylone-hydrochloride", "HCl", 0.96))

    assert said.verdict is Verdict.MATCH


def test_the_best_reference_of_each_substance_is_kept(scores, catalogue):
    best = best_per_substance(
        scores.of(("caffeine", "", 0.9), ("caffeine", "", 0.8), ("sucrose", "", 0.85)), catalogue
    )
    assert [one.score for one in best] == [0.9, 0.85]


def test_what_infrared_never_tells_apart_is_a_group_even_without_a_reference_of_the_other(scores):
    said = scores.conclude(("n-hexane", "", 0.98), ("toluene", "", 0.30))

    assert said.verdict is Verdict.GROUP
    assert said.group == ("n-hexane", "n-heptane", "n-octane", "n-pentane")
    assert said.not_compared == ()


def test_the_other_side_of_such_a_pair_gives_a_group_too(scores):
    assert scores.conclude(("paper", "", 0.97)).group == ("paper", "cotton")


def test_what_a_comparison_tells_apart_is_told_of_where_there_was_none(scores):
    alone = scores.conclude(("fentanyl-hydrochloride", "HCl", 0.98))
    compared = scores.conclude(
        ("fentanyl-hydrochloride", "HCl", 0.98), ("acetylfentanyl", "HCl", 0.7), ("carfentanil", "base", 0.6)
    )

    assert alone.verdict is compared.verdict is Verdict.MATCH
    assert alone.not_compared == ("acetylfentanyl", "para-fluorofentanyl", "carfentanil")
    assert compared.not_compared == ("para-fluorofentanyl",)


def test_enantiomers_that_are_no_entry_of_the_catalogue_stay_a_caution(scores, catalogue):
    said = scores.conclude(("methamphetamine-hydrochloride", "HCl", 0.98))

    assert said.verdict is Verdict.MATCH
    assert any("levomethamphetamine" in one for one in catalogue.cautions("methamphetamine-hydrochloride"))


def test_a_group_says_what_the_law_says_of_all_of_it(scores):
    ephedrines = scores.conclude(
        ("ephedrine-hydrochloride", "HCl", 0.97), ("pseudoephedrine-hydrochloride", "HCl", 0.96)
    )
    apart = scores.conclude(("safrole", "", 0.97), ("anethole", "", 0.96))
    harmless = scores.conclude(("sucrose", "", 0.97), ("glucose", "", 0.96))

    assert ephedrines.shared is not None
    assert ephedrines.shared.status is LegalStatus.CONTROLLED
    assert ephedrines.shared.lists == ("UN 1988 Table I", "EU category 1")
    assert apart.shared is None
    assert harmless.shared == SharedStatus(LegalStatus.OTHER, ())


def test_controlled_substances_on_different_lists_are_still_all_controlled(scores):
    said = scores.conclude(("cocaine", "base", 0.97), ("mdma-hydrochloride", "HCl", 0.96))

    assert said.shared == SharedStatus(LegalStatus.CONTROLLED, ())


@pytest.mark.parametrize("score", [0.2, 0.7])
def test_what_is_not_named_has_no_group_and_no_lookalikes(scores, score):
    said = scores.conclude(("n-hexane", "", score))

    assert said.verdict in (Verdict.NO_MATCH, Verdict.INCONCLUSIVE)
    assert (said.group, said.shared, said.forms, said.not_compared) == ((), None, (), ())


def test_nothing_scored_is_no_match(scores):
    assert scores.conclude().verdict is Verdict.NO_MATCH


def test_every_pair_of_the_table_says_whether_a_spectrum_separates_it(catalogue):
    kinds = {pair.separable for pair in catalogue.lookalikes}
    assert kinds == set(Separable)
    assert lookalikes("wool", Separable.NO, catalogue) == ("animal-hair",)
    assert lookalikes("wool", Separable.COMPARED, catalogue) == ("zein",)


def test_every_form_names_substances_of_the_catalogue(catalogue):
    formed = [one.id for one in catalogue.substances if catalogue.form_of(one.id)]
    assert len(formed) > 30
    for one in formed:
        assert catalogue.parent_of(one) in catalogue
        assert catalogue.parent_of(catalogue.parent_of(one)) == catalogue.parent_of(one)
    assert (catalogue.parent_of("caffeine"), catalogue.form_of("caffeine")) == ("caffeine", "")
