"""The customs record through the command line: from ``inspection new`` to a signed-off inspection."""

from __future__ import annotations

import pytest

from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind

PINS = {"Administrator 1": "482944", "Officer 1": "482911", "Supervisor 1": "482922"}


@pytest.fixture
def inspection(chemgate) -> str:
    return chemgate("inspection", "new", "--container", "MWCU 605978 4", "--json").object["inspection"]


@pytest.fixture
def shown(chemgate, inspection):
    """Look at the record as it is now."""
    return lambda: chemgate("inspection", "show", inspection, "--json").object["record"]


def test_the_record_is_filled_in_when_an_inspection_is_opened(chemgate):
    opened = chemgate(
        *("inspection", "new", "--post", "Post 1", "--mode", "road", "--regime", "transit"),
        *("--seal-found", "A1", "--seal-found", "B2", "--consignor", "Consignor A", "--json"),
    ).object["inspection"]

    record = chemgate("inspection", "show", opened, "--json").object["record"]
    assert record["circumstances"] == {"post": "Post 1", "regime": "transit"}
    assert record["transport"] == {"mode": "road", "seals_found": ["A1", "B2"]}
    assert record["persons"] == {"consignor": "Consignor A"}
    assert record["local_time"][-6] in "+-"  # the hour on the wall, with its offset


def test_the_rest_can_follow_and_each_part_is_an_entry(chemgate, inspection, shown):
    answer = chemgate(
        *("inspection", "record", inspection.lower(), "--bill", "CMR 1", "--quantity", "2,4 t", "--json")
    )

    assert answer.code == 0
    assert [one["section"] for one in answer.objects] == ["transport", "papers"]
    assert shown()["papers"] == {"quantity": "2,4 t", "kilograms": 2400.0}


def test_a_quantity_that_may_mean_two_things_is_written_as_typed_and_asked_back(chemgate, inspection, shown):
    answer = chemgate("inspection", "record", inspection, "--quantity", "1,200 kg")

    assert answer.code == 0
    assert "may mean 1.2 or 1200" in answer.err
    assert shown()["papers"] == {"quantity": "1,200 kg"}


def test_what_was_given_is_amended_with_a_reason_and_not_given_again(chemgate, inspection, shown):
    first = chemgate("inspection", "record", inspection, "--seal-found", "A1", "--json").object["entry"]

    again = chemgate("inspection", "record", inspection, "--seal-found", "A2")
    assert (again.code, again.out) == (2, "")
    assert f"found 'A1' in entry {first}, which can be amended" in again.err

    amended = chemgate(
        *("inspection", "amend", first, "--set", "seals_found=A2", "--set", "seals-found=A3"),
        *("--reason", "misread"),
    )
    assert amended.code == 0
    assert "'A1' -> 'A2; A3': misread" in amended.out
    assert shown()["transport"]["seals_found"] == ["A2", "A3"]


def test_nothing_is_written_when_one_field_is_wrong(chemgate, inspection):
    before = chemgate("log", "head", "--json").object
    answer = chemgate("inspection", "record", inspection, "--post", "Post 1", "--mode", "horse")

    assert (answer.code, answer.out) == (2, "")
    assert "expected mode to be one of sea, rail, road" in answer.err
    assert chemgate("log", "head", "--json").object == before

    unopened = chemgate("inspection", "new", "--mode", "horse")
    assert (unopened.code, unopened.out) == (2, "")
    assert chemgate("log", "head", "--json").object == before


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("record",), "found none"),
        (("record", "--position", "drum 4"), "number of the sample"),
        (("decide", "--outcome", "burn"), "expected outcome to be one of release, detain, seize, sample"),
        (("custody", "--when", "noon"), "expected when as a time like"),
        (("laboratory", "--sent", "24.11.2026"), "expected sent as a day like"),
    ],
)
def test_what_cannot_be_written_down_is_told_in_one_sentence(argv, said, chemgate, inspection):
    verb, *options = argv
    answer = chemgate("inspection", verb, inspection, *options)

    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1


@pytest.mark.parametrize("language", ["en", "ru", "az"])
def test_the_record_is_told_in_the_language_of_the_reader(language, chemgate, inspection):
    answer = chemgate("--language", language, "inspection", "record", inspection, "--mode", "road")

    assert answer.code == 0
    assert answer.out.count(":") >= 2


def test_the_record_is_found_by_what_it_says(chemgate, inspection, data_dir):
    chemgate("inspection", "record", inspection, "--consignor", "Consignor A", "--seal-new", "Z 77")

    with InspectionLog.open_read_only(data_dir / "evidence.sqlite", kind=LogKind.EVIDENCE) as log:
        assert [entry.body["section"] for entry in log.entries(text="consignor a")] == ["persons"]
        assert [entry.body["section"] for entry in log.entries(text="z 77")] == ["transport"]
        assert log.verify().ok


def test_set_is_for_entries_of_the_record_alone(chemgate, inspection):
    opened = chemgate("inspection", "amend", 2, "--set", "bill=CMR 1", "--reason", "misread")
    assert (opened.code, opened.out) == (2, "")
    assert "found entry 2, inspection opened" in opened.err

    chemgate("inspection", "record", inspection, "--bill", "CMR 1")
    nonsense = chemgate("inspection", "amend", 3, "--set", "bill", "--reason", "misread")
    assert "expected --set FIELD=TEXT, found 'bill'" in nonsense.err
    other = chemgate("inspection", "amend", 3, "--set", "origin=Country 1", "--reason", "misread")
    assert "expected an entry that gives origin, found entry 3" in other.err


def test_an_amendment_is_of_the_record_or_of_the_entry_itself_and_not_of_both(chemgate, inspection, data_dir):
    chemgate("inspection", "record", inspection, "--bill", "CMR 1")

    both = chemgate(
        *("inspection", "amend", 3, "--set", "bill=CMR 2", "--container", "MWCU 605978 4", "--hs", "2905.12"),
        *("--reason", "misread"),
    )

    assert (both.code, both.out) == (2, "")
    assert "expected either --set or --container, --hs, found both" in both.err
    with InspectionLog.open_read_only(data_dir / "evidence.sqlite", kind=LogKind.EVIDENCE) as log:
        assert list(log.entries(kind=EntryKind.AMENDMENT)) == []


def test_from_new_to_signed_off_with_three_samples_by_commands_alone(
    chemgate, demonstration, few, monkeypatch
):
    def call(name, *argv):
        monkeypatch.setenv("CHEMGATE_PIN", PINS[name])
        answer = chemgate("--user", name, *argv)
        assert answer.code == 0, answer.err
        return answer

    monkeypatch.setenv("CHEMGATE_PIN", PINS["Administrator 1"])
    assert chemgate("user", "add", "Administrator 1").code == 0
    for name in ("Officer 1", "Supervisor 1"):
        monkeypatch.setenv("CHEMGATE_NEW_PIN", PINS[name])
        call("Administrator 1", "user", "add", name, "--role", name.split()[0].lower())

    number = call(
        "Officer 1",
        *("inspection", "new", "--container", "MWCU 605978 4", "--declared", "isopropyl alcohol"),
        *("--hs", "2905.12", "--post", "Post 1", "--mode", "road", "--origin", "Country 1", "--json"),
    ).object["inspection"]
    for sample, name in enumerate(("isopropanol", "ethanol", "isopropanol"), start=1):
        call(
            "Officer 1",
            *("inspection", "record", number, "--sample", sample, "--position", f"drum {sample}"),
            *("--state", "liquid", "--bag-seal", f"B {sample}"),
        )
        call(
            "Officer 1",
            *("identify", demonstration / f"{name}.csv", "--library", few),
            *("--inspection", number, "--sample", sample),
        )
    call("Officer 1", "inspection", "second-test", number, "--sample", 2, "--kind", "flame", "--lot", "L 1")
    call("Officer 1", "inspection", "decide", number, "--outcome", "sample", "--reason", "drum 2 differs")
    call(
        "Officer 1",
        *("inspection", "custody", number, "--sample", 2, "--released-by", "Officer 1"),
        *("--received-by", "Laboratory 1", "--when", "2026-11-24T10:00+04:00", "--seal", "B 2"),
    )
    call("Officer 1", "inspection", "laboratory", number, "--sample", 2, "--reference", "L-1")
    call("Officer 1", "inspection", "close", number)
    call("Supervisor 1", "inspection", "signoff", number)

    shown = call("Officer 1", "inspection", "show", number, "--json").object
    assert shown["signed_off_by"] == "Supervisor 1"
    assert [one["sample"] for one in shown["record"]["samples"]] == [1, 2, 3]
    assert [len(one["findings"]) for one in shown["record"]["samples"]] == [1, 1, 1]
    assert shown["record"]["decisions"][-1]["outcome"] == "sample"
    assert shown["record"]["custody"][-1]["received_by"] == "Laboratory 1"
    assert call("Officer 1", "log", "verify", "--json").object["ok"]
