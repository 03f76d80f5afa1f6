"""A stored identification asked again: the same gives the same, another basis says what changed."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from inspection.curves import StoredSpectrum
from inspection.errors import RecordError
from inspection.findings import Source
from inspection.folders import DataFolder
from inspection.knowledge import Knowledge
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind, NewEntry
from inspection.rematch import BASIS, KEPT_SESSIONS, Rematcher, changes, recipe_again
from inspection.session import InspectionSession, Place
from spectra_library.calibration_file import load_calibration, write_calibration
from spectra_library.formats.reading import read_file
from spectra_library.library import sealed
from spectra_library.prepared import PreparedLibrary
from spectra_library.preprocess import Recipe
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.store import load_library, save_library

FROM_A_FILE = Source("ethanol.csv", 0, "ab" * 32, "csv")
NAMES = ("ethanol", "isopropanol", "acrylic-glass")


@pytest.fixture(scope="module")
def small(few):
    return load_library(few)


@pytest.fixture(scope="module")
def ethanol(demonstration):
    return read_file(demonstration / "ethanol.csv")[0].spectrum()


@pytest.fixture
def data(tmp_path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture
def record(log, ethanol, catalogue):
    """Write down what a library says of ethanol."""

    def do(*libraries, recipe=None, calibration=None, **how):
        session = InspectionSession(
            PreparedLibrary(libraries, recipe), catalogue, calibration=calibration, log=log
        )
        finding = session.name(ethanol, source=FROM_A_FILE, title="", **how)
        return session.record(finding, Place())

    return do


@pytest.fixture
def rematcher(data, catalogue):
    """Ask again with these libraries switched on."""

    def make(*libraries, calibration=None, catalogue=catalogue, is_chosen=False):
        return Rematcher(Knowledge(libraries, catalogue, calibration), data, is_chosen=is_chosen)

    return make


@pytest.fixture
def logged(chemgate, demonstration):
    """The data folder of an inspection with findings of the demonstration spectra."""

    def do(*argv, names=NAMES, training=()):
        opened = chemgate(*training, "inspection", "new", "--json").object["inspection"]
        files = [demonstration / f"{name}.csv" for name in names]
        assert chemgate(*training, "identify", *files, *argv, "--inspection", opened).code == 0
        return opened

    return do


# The same gives the same


def test_the_recorded_library_and_recipe_give_the_same(log, record, rematcher, small):
    entry = record(small, declared="methanol")

    found = rematcher(small).rematch(log, entry)

    assert (found.changes, found.is_same, found.is_failed, found.is_at_hand) == ((), True, False, True)
    assert all(found.has_same(what) for what in ("library", "recipe", "calibration", "catalogue"))


def with_gap(spectrum):
    left = (spectrum.wavenumber <= 1000.0) | (spectrum.wavenumber >= 1100.0)
    wavenumber, absorbance = spectrum.wavenumber[left], spectrum.absorbance[left]
    return Spectrum(wavenumber, absorbance, spectrum.technique, gaps=((1000.0, 1100.0),))


def test_every_kind_of_answer_comes_out_the_same(
    log, rematcher, starter, prepared_starter, catalogue, ethanol
):
    """References with noise, mixtures, with a gap, of unknown technique, only noise, nothing at all."""
    calibration = load_calibration()
    session = InspectionSession(prepared_starter, catalogue, calibration=calibration, log=log)
    chance = np.random.default_rng(1)
    known = [one.spectrum for library in starter for one in library.references]
    picked = [known[i] for i in chance.choice(len(known), 24, replace=False)]
    asked = [ethanol]
    for first, second in pairwise(picked):
        noise = chance.normal(0, 0.002 * np.ptp(first.absorbance), first.absorbance.size)
        other = np.interp(first.wavenumber, second.wavenumber, second.absorbance)
        asked += [
            replace(first, absorbance=first.absorbance + noise),
            replace(first, absorbance=first.absorbance + other, technique=Technique.UNKNOWN),
            with_gap(first),
            replace(first, absorbance=50 * noise),
        ]
    asked.append(replace(ethanol, absorbance=np.zeros(ethanol.wavenumber.size)))
    entries = [
        session.record(session.name(one, source=FROM_A_FILE, title="", declared="acetone"), Place())
        for one in asked
    ]
    again = rematcher(*starter, calibration=calibration)

    found = [again.rematch(log, entry) for entry in entries]

    assert [one.changes for one in found if not one.is_same] == []
    assert all(one.has_same(what) for one in found for what in BASIS)
    verdicts = {one.then["verdict"] for one in found}
    assert verdicts >= {"match", "group", "mixture", "inconclusive", "rejected"}
    assert any(one.then["candidates"] and one.then["candidates"][0]["confidence"] for one in found)


def test_a_recipe_of_another_day_is_used_again(log, record, rematcher, small):
    entry = record(small, recipe=Recipe(resolution_cm=16.0, wavenumber_max=3800.0))

    found = rematcher(small).rematch(log, entry)

    assert (found.is_same, found.has_same("recipe")) == (True, True)


@pytest.mark.parametrize("top", [1, 3])
def test_as_many_candidates_are_asked_for_as_then(top, log, record, rematcher, small):
    entry = record(small, top=top)

    found = rematcher(small).rematch(log, entry)

    assert (found.is_same, len(found.now["candidates"])) == (True, top)


def test_a_library_that_is_not_asked_any_more_is_found_by_its_content(
    log, record, rematcher, data, small, starter
):
    data.libraries.mkdir(parents=True)
    save_library(small, data.libraries / "renamed-file.sqlite")
    entry = record(small)

    found = rematcher(*starter).rematch(log, entry)

    assert (found.is_same, found.is_at_hand, found.now["library"]["name"]) == (True, True, "A few")


def test_several_libraries_are_found_again_in_their_order(log, record, rematcher, small, starter):
    entry = record(starter[1], starter[0])

    found = rematcher(*starter).rematch(log, entry)

    assert (found.is_same, found.has_same("library")) == (True, True)


def test_a_library_file_that_is_damaged_is_not_at_hand(log, record, rematcher, data, small, starter):
    data.libraries.mkdir(parents=True)
    (data.libraries / "a.sqlite").write_bytes(b"no library")
    save_library(small, data.libraries / "b.sqlite")
    entry = record(small)

    assert rematcher(*starter).rematch(log, entry).is_same


def test_a_scan_is_asked_again_from_its_stored_curve(chemgate, wired, few):
    url = wired()
    opened = chemgate("inspection", "new", "--json").object["inspection"]
    chemgate("background", "--port", url)
    scanned = ("scan", "--port", url, "--identify", "--declared", "isopropanol", "--inspection", opened)
    assert chemgate(*scanned).code == 0

    answer = chemgate("log", "rematch", "--json")

    assert (answer.code, answer.object["same"]) == (0, True)


# Another basis


def test_another_library_is_asked_where_the_recorded_one_is_not_at_hand(
    log, record, rematcher, small, starter
):
    entry = record(small)

    found = rematcher(starter[0]).rematch(log, entry)

    assert (found.has_same("library"), found.is_at_hand, found.is_same) == (False, False, False)
    assert found.now["library"]["name"] == "Open starter library"
    assert not found.is_failed


def test_a_library_that_was_chosen_is_asked_although_the_recorded_one_is_at_hand(
    log, record, rematcher, small, starter
):
    entry = record(starter[0])

    found = rematcher(small, is_chosen=True).rematch(log, entry)

    assert (found.now["library"]["name"], found.is_at_hand, found.has_same("library")) == (
        "A few",
        True,
        False,
    )


def test_what_changed_is_named_with_then_and_now(log, record, rematcher, small):
    entry = record(small)
    less = replace(small, references=tuple(one for one in small.references if one.substance != "ethanol"))

    found = rematcher(sealed(less), is_chosen=True).rematch(log, entry)

    what = {change.what: (change.then, change.now) for change in found.changes}
    assert what["candidates[0].substance"][0] == "ethanol"
    assert what["verdict"][0] == "match"


def test_another_calibration_is_told_and_is_no_failure(log, record, rematcher, small):
    entry = record(small, calibration=load_calibration())

    found = rematcher(small).rematch(log, entry)

    assert found.has_same("calibration") is False
    assert not found.is_failed


def test_another_catalogue_is_told_and_is_no_failure(log, record, rematcher, small, catalogue):
    entry = record(small)
    renamed = tuple(
        replace(one, name="Spirit") if one.id == "ethanol" else one for one in catalogue.substances
    )
    other = catalogue._with(renamed, catalogue.lists)

    found = rematcher(small, catalogue=other).rematch(log, entry)

    assert [change.now for change in found.changes if change.what == "candidates[0].name"] == ["Spirit"]
    assert (found.has_same("catalogue"), found.is_failed) == (False, False)


# The failing control: what a changed program would do


def test_another_result_of_the_same_is_a_failure(log, record, rematcher, small, curve):
    """The curve of one finding under the words of another: as if the program had changed its mind."""
    words = record(small)
    other = NewEntry(EntryKind.IDENTIFICATION, words.body, curve=curve(7, points=900))
    entry = log.append(other)

    found = rematcher(small).rematch(log, entry)

    assert (found.is_same, found.is_failed) == (False, True)


# What is compared


def test_numbers_are_compared_as_they_are_written():
    then = {"candidates": [{"score": 0.987654, "confidence": 0.123456789}]}
    same = {"candidates": [{"score": 0.98765401, "confidence": 0.1234568}]}
    other = {"candidates": [{"score": 0.987655, "confidence": 0.123456789}]}

    assert list(changes(then, same)) == []
    assert [(one.what, one.then, one.now) for one in changes(then, other)] == [
        ("candidates[0].score", 0.987654, 0.987655)
    ]


@pytest.mark.parametrize(
    "then",
    [
        {"elapsed_ms": 1.0},
        {"advice": "a"},
        {"title": "a"},
        {"declared": {"reason": "a"}},
        {"hints": [{"sentence": "a"}]},
        {"quality": [{"cause": "a", "action": "a"}]},
        {"candidates": [{"confidence_note": "a"}]},
    ],
)
def test_time_origin_and_sentences_are_not_compared(then):
    now = json.loads(json.dumps(then).replace('"a"', '"b"').replace("1.0", "2.0"))

    assert list(changes(then, now)) == []


def test_what_a_later_program_says_besides_is_no_change():
    then = {"verdict": "match", "candidates": [{"score": 1.0}]}
    now = {"verdict": "match", "candidates": [{"score": 1.0, "more": 2}], "new": []}

    assert list(changes(then, now)) == []


@pytest.mark.parametrize(
    ("then", "now", "what"),
    [
        ({"verdict": "match"}, {"verdict": "group"}, "verdict"),
        ({"group": ["a"]}, {"group": ["a", "b"]}, "group[1]"),
        ({"group": ["a", "b"]}, {"group": ["a"]}, "group[1]"),
        ({"declared": None}, {"declared": {"verdict": "agrees"}}, "declared"),
        ({"declared": {"verdict": "agrees"}}, {"declared": {"verdict": "differs"}}, "declared.verdict"),
        ({"hints": []}, {}, "hints"),
        ({"is_incomplete": False}, {"is_incomplete": True}, "is_incomplete"),
    ],
)
def test_every_difference_is_named_by_its_place(then, now, what):
    assert [one.what for one in changes(then, now)] == [what]


# The recipe out of a log


def recorded(recipe: Recipe, **other: object) -> dict[str, object]:
    return json.loads(json.dumps({"sha256": recipe.sha256, **asdict(recipe), **other}))


@pytest.mark.parametrize("recipe", [Recipe(), Recipe(step_cm=4.0, excluded=(), coarser_cm=(24.0,))])
def test_a_recipe_is_built_again_from_its_record(recipe):
    assert recipe_again(recorded(recipe)) == recipe


@pytest.mark.parametrize(
    "held",
    [
        None,
        "recipe",
        {},
        {**recorded(Recipe()), "smoothing": 3},
        {name: value for name, value in recorded(Recipe()).items() if name != "refined"},
        recorded(Recipe(), step_cm=4.0),  # not what its hash names
        recorded(Recipe(step_cm=1e-9)),
        recorded(Recipe(wavenumber_max=1e12)),
        recorded(Recipe(wavenumber_min=-1.0)),
        recorded(Recipe(resolution_cm=1e9)),
        recorded(Recipe(refined=10**9)),
        recorded(Recipe(baseline_order=10**6)),
        recorded(replace(Recipe(), excluded=((1.0, 2.0, 3.0),))),
        recorded(replace(Recipe(), excluded=(1.0,))),
        recorded(replace(Recipe(), step_cm="2")),
        recorded(replace(Recipe(), refined=True)),
        recorded(replace(Recipe(), peak_indices=tuple(range(1000)))),
    ],
)
def test_what_is_no_recipe_of_this_program_is_not_computed_with(held):
    assert recipe_again(held) is None


# Entries that cannot be asked again


def test_what_is_no_identification_is_refused(log, rematcher, small):
    with pytest.raises(RecordError, match="found entry 1, genesis"):
        rematcher(small).rematch(log, log.entry(1))


def test_an_identification_without_a_curve_is_refused(log, finding, rematcher, small):
    entry = log.append(NewEntry(EntryKind.IDENTIFICATION, finding()))

    with pytest.raises(RecordError, match="with its curve"):
        rematcher(small).rematch(log, entry)


def test_an_entry_that_names_no_library_is_asked_of_the_present_one(log, finding, ethanol, rematcher, small):
    new = NewEntry(EntryKind.IDENTIFICATION, finding(), curve=StoredSpectrum(ethanol))

    found = rematcher(small).rematch(log, log.append(new))

    assert (found.is_at_hand, found.has_same("library"), found.is_failed) == (False, False, False)


# One preparation for a thousand entries


def test_a_library_is_prepared_once_for_all_its_entries(log, record, rematcher, small, monkeypatch):
    entries = [record(small) for _ in range(5)]
    prepared = []
    opened = PreparedLibrary.open_or_build.__func__
    monkeypatch.setattr(
        PreparedLibrary,
        "open_or_build",
        classmethod(lambda cls, *how: prepared.append(how) or opened(cls, *how)),
    )
    again = rematcher(small)

    assert all(again.rematch(log, entry).is_same for entry in entries)
    assert len(prepared) == 1


def test_few_prepared_libraries_are_kept_in_memory(log, record, rematcher, small):
    recipes = [Recipe(step_cm=4.0 + n) for n in range(KEPT_SESSIONS + 2)]
    entries = [record(small, recipe=recipe) for recipe in recipes]
    again = rematcher(small)

    assert all(again.rematch(log, entry).is_same for entry in entries)
    assert len(again._sessions) == KEPT_SESSIONS


# The command line


def test_all_identifications_are_asked_again(chemgate, logged):
    logged("--declared", "methanol")

    answer = chemgate("log", "rematch", "--json")

    assert answer.code == 0
    assert [one["entry"] for one in answer.objects] == [3, 4, 5]
    for one in answer.objects:
        assert one.keys() >= {"entry", "same_library", "same_recipe", "same", "changes", "library"}
        assert (one["same"], one["same_library"], one["same_recipe"], one["changes"]) == (
            True,
            True,
            True,
            [],
        )


def test_one_entry_is_asked_again(chemgate, logged):
    logged()

    answer = chemgate("log", "rematch", 4, "--json")

    assert (answer.code, answer.object["entry"]) == (0, 4)


def test_a_narrowed_choice_of_libraries_is_found_again(chemgate, logged):
    logged("--library", "forensic", "--library", "open")

    [first, *_] = chemgate("log", "rematch", "--json").objects

    assert (first["same"], first["same_library"]) == (True, True)
    assert first["library"]["name"] == "Forensic bands (fitted) + Open starter library"


def test_a_library_by_its_file_is_given_again_with_the_call(chemgate, logged, few):
    logged("--library", few)

    without = chemgate("log", "rematch", "--json")
    given = chemgate("log", "rematch", "--library", few, "--json")

    assert (without.code, {one["at_hand"] for one in without.objects}) == (0, {False})
    assert (given.code, {one["same"] for one in given.objects}) == (0, {True})


def test_with_another_library_it_says_what_changed_and_that_is_no_failure(chemgate, logged, few):
    logged(names=["ethanol"])

    answer = chemgate("log", "rematch", "--library", few)
    found = chemgate("log", "rematch", "--library", few, "--json")

    assert (answer.code, found.code) == (0, 0)
    assert "asked of A few" in answer.out
    assert found.object["same"] is False
    assert all(one.keys() == {"what", "then", "now"} for one in found.object["changes"])


def test_a_library_that_is_gone_is_told(chemgate, logged, few):
    logged("--library", few, names=["ethanol"])

    assert "(the recorded library is not at hand)" in chemgate("log", "rematch").out


def test_a_library_that_was_switched_off_since_is_asked_again(chemgate, logged):
    logged(names=["ethanol"])
    chemgate("library", "off", "forensic")

    found = chemgate("log", "rematch", "--json").object

    assert (found["same"], found["same_library"], found["at_hand"]) == (True, True, True)


def test_another_result_of_the_same_fails_the_check(chemgate, logged, data_dir, curve):
    logged(names=["ethanol"])
    with InspectionLog.open(data_dir / "evidence.sqlite", kind=LogKind.EVIDENCE) as log:
        log.append(NewEntry(EntryKind.IDENTIFICATION, log.entry(3).body, curve=curve(7, points=900)))

    answer = chemgate("log", "rematch")

    assert answer.code == 1
    assert [("the same result" in line, "ANOTHER RESULT" in line) for line in answer.out.splitlines()] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize("argv", [["99"], ["1"], ["0"], ["x"], ["3", "--library", "nothing"]])
def test_a_wrong_call_is_code_2_in_one_sentence(argv, chemgate, logged):
    logged(names=["ethanol"])

    answer = chemgate("log", "rematch", *argv)

    assert answer.code == 2
    assert answer.out + answer.err


def test_an_entry_that_cannot_be_asked_costs_only_itself(chemgate, logged, data_dir, tampering):
    logged(names=["ethanol", "acrylic-glass"])
    with tampering(data_dir / "evidence.sqlite") as connection:
        sha256 = (
            chemgate("log", "list", "--json")
            and connection.execute("SELECT spectrum FROM entries WHERE sequence = 3").fetchone()
        )
        connection.execute(
            "UPDATE spectra SET absorbance = zeroblob(length(absorbance)) WHERE sha256 = ?", sha256
        )

    answer = chemgate("log", "rematch", "--json")

    first, second = answer.objects
    assert answer.code == 2
    assert (first["entry"], first["error"]["kind"]) == (3, "log_damaged")
    assert (second["entry"], second["same"]) == (4, True)


def test_without_a_log_it_says_so(chemgate):
    answer = chemgate("log", "rematch")

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("No log yet")


def test_the_training_log_is_asked_by_itself(chemgate, logged):
    logged(names=["acrylic-glass"], training=("--training",))

    answer = chemgate("--training", "log", "rematch", "--json")

    assert (answer.code, answer.object["same"]) == (0, True)
    assert chemgate("log", "rematch").code == 2


def test_it_works_from_a_medium_that_is_only_read(chemgate, logged, data_dir, make_read_only, request):
    logged(names=["ethanol"])
    make_read_only(data_dir)
    request.getfixturevalue("unprivileged")

    answer = chemgate("log", "rematch", "--json")

    assert (answer.code, answer.object["same"]) == (0, True)


@pytest.mark.parametrize("language", ["en", "ru", "az"])
def test_the_answer_is_the_same_in_every_language(language, chemgate, logged):
    logged("--declared", "methanol", names=["ethanol"])

    text = chemgate("--language", language, "log", "rematch")
    found = chemgate("--language", language, "log", "rematch", "--json").object

    assert (text.code, len(text.out.splitlines()), found["same"]) == (0, 1, True)


def test_a_calibration_of_the_users_own_is_told(chemgate, logged, data_dir):
    logged(names=["ethanol"])
    shipped = load_calibration()
    write_calibration(
        replace(shipped, date=date(2026, 11, 24).isoformat(), ceiling=0.5), DataFolder(data_dir).calibration
    )

    answer = chemgate("log", "rematch", "--json")

    assert (answer.code, answer.object["same_calibration"]) == (0, False)


def test_an_amended_entry_is_compared_with_what_was_written(chemgate, logged):
    logged(names=["ethanol"])
    chemgate("inspection", "amend", 3, "--reason", "laboratory", "--verdict", "no_match")

    assert chemgate("log", "rematch", 3, "--json").object["same"] is True


def test_a_stored_curve_is_the_searched_one_bit_for_bit(log, record, small, ethanol):
    stored = log.spectrum(record(small).sequence)

    assert np.array_equal(stored.spectrum.absorbance, ethanol.absorbance)
    assert stored.spectrum.gaps == ethanol.gaps
