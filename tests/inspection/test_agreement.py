"""When what the instrument said and what the laboratory found agree: the whole table, verdict by verdict."""

from __future__ import annotations

from typing import Any

import pytest

from inspection.laboratory.agreement import Compared, Identified, Judge
from spectra_library.catalogue import Catalogue
from spectra_library.verdicts import Verdict


@pytest.fixture
def judge(catalogue: Catalogue) -> Judge:
    return Judge(catalogue)


def said(verdict: str, *substances: str, **more: Any) -> dict[str, Any]:
    """What an identification says as its excerpt has it; the substances are members or components."""
    best = substances[0] if substances else None
    body: dict[str, Any] = {"verdict": verdict, "substance": best, "library": "Open spectra"}
    if verdict == "group":
        body["group"] = list(substances)
    if verdict == "mixture":
        body["components"] = [{"substance": one, "alternatives": []} for one in substances]
    return {**body, "answered": "Open spectra + Own", "serial": "F-0007", **more}


def answered(judge: Judge, body: dict[str, Any]) -> Identified:
    answer = judge.answer(body)
    assert answer is not None
    return answer


def compared(judge: Judge, body: dict[str, Any], *found: str) -> Compared:
    return judge.compare(answered(judge, body), found)


# toluene, acetone, safrole and cocaine are controlled; ethanol, water and sucrose are not
TABLE = [
    # said                                    found                      agrees  false   missed
    (said("match", "acetone"), ["acetone"], True, False, []),
    (said("match", "acetone"), ["acetone", "water"], True, False, []),
    (said("match", "acetone"), ["acetone", "toluene"], True, False, ["toluene"]),
    (said("match", "acetone"), ["ethanol"], False, True, []),
    (said("match", "acetone"), ["toluene"], False, True, ["toluene"]),
    (said("match", "ethanol"), ["sucrose"], False, False, []),
    (said("match", "ethanol"), ["cocaine"], False, False, ["cocaine"]),
    (said("match", "cocaine-hydrochloride"), ["cocaine"], True, False, []),
    (said("match", "cocaine"), ["cocaine-hydrochloride"], True, False, []),
    (said("group", "ethanol", "acetone"), ["acetone"], True, False, []),
    (said("group", "ethanol", "acetone"), ["ethanol", "acetone"], True, False, []),
    (said("group", "ethanol", "acetone"), ["sucrose"], False, True, []),
    (said("group", "ethanol", "water"), ["sucrose"], False, False, []),
    (said("mixture", "acetone", "toluene"), ["acetone", "toluene"], True, False, []),
    (said("mixture", "acetone", "toluene"), ["toluene", "acetone", "water"], True, False, []),
    (said("mixture", "acetone", "toluene"), ["acetone"], False, True, []),
    (said("mixture", "acetone", "ethanol"), ["acetone"], False, False, []),
    (said("mixture", "acetone", "ethanol"), ["acetone", "ethanol", "cocaine"], True, False, ["cocaine"]),
    (said("no_match", "acetone"), ["sucrose"], True, False, []),
    (said("no_match", "acetone"), ["acetone"], False, False, ["acetone"]),
    (said("no_match"), ["cocaine"], False, False, ["cocaine"]),
    (said("inconclusive", "acetone"), ["acetone"], True, False, []),
    (said("inconclusive", "acetone"), ["ethanol"], False, False, []),
    (said("inconclusive", "ethanol"), ["cocaine"], False, False, ["cocaine"]),
    (said("rejected"), ["sucrose"], None, False, []),
    (said("rejected"), ["cocaine"], None, False, ["cocaine"]),
]


@pytest.mark.parametrize(
    ("body", "found", "agrees", "is_false", "missed"),
    TABLE,
    ids=[f"{body['verdict']}-{body['substance']}-{'+'.join(found)}" for body, found, *_ in TABLE],
)
def test_the_table_of_what_agrees(judge, body, found, agrees, is_false, missed) -> None:
    result = compared(judge, body, *found)

    assert (result.agrees, result.is_falsely_controlled, list(result.missed)) == (agrees, is_false, missed)


def test_every_verdict_stands_in_the_table() -> None:
    assert {body["verdict"] for body, *_ in TABLE} == set(Verdict)


def test_what_may_stand_in_a_components_place_is_as_good_as_the_component(judge) -> None:
    body = said("mixture", "acetone", "ethanol")
    body["components"][1]["alternatives"] = ["isopropanol"]

    result = compared(judge, body, "acetone", "isopropanol")

    assert (result.agrees, result.borne_out) == (True, (True, True))
    assert [part[0] for part in result.answer.parts] == ["acetone", "ethanol"]


def test_a_hint_at_what_was_missed_is_no_name_and_is_told(judge) -> None:
    hinted = compared(judge, said("no_match", hints=[{"substance": "cocaine"}]), "cocaine")
    other = compared(judge, said("no_match", hints=[{"substance": "safrole"}]), "cocaine")

    assert (hinted.missed, hinted.is_hinted) == (("cocaine",), True)
    assert (other.missed, other.is_hinted) == (("cocaine",), False)


def test_a_group_counts_under_the_substance_that_was_shown_first(judge) -> None:
    body = said("group", "ethanol", "acetone")
    body["substance"] = "acetone"

    assert answered(judge, body).parts[0][0] == "acetone"


def test_the_library_is_that_of_the_best_reference_and_of_a_mixture_all(judge) -> None:
    assert answered(judge, said("match", "acetone")).library == "Open spectra"
    assert answered(judge, said("mixture", "acetone", "water")).library == "Open spectra + Own"


def test_a_substance_that_no_catalogue_knows_any_more_is_compared_by_its_id(judge) -> None:
    result = compared(judge, said("match", "agency:resin"), "agency:resin")

    assert (result.agrees, result.missed) == (True, ())


@pytest.mark.parametrize("verdict", [None, 7, {}, "certain"])
def test_a_verdict_of_another_program_is_not_counted(judge, verdict) -> None:
    assert judge.answer({"verdict": verdict}) is None


@pytest.mark.parametrize("broken", [None, "x", [None, 7, "acetone"], {"a": 1}])
def test_what_is_no_list_of_objects_names_nothing(judge, broken) -> None:
    answer = answered(judge, said("mixture", hints=broken, components=broken, serial=broken))

    assert (answer.parts, answer.hints) == ((), ())
