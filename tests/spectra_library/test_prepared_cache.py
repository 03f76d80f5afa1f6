"""What is kept of a prepared library gives the answers of a fresh one, bit for bit, or is not used."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectra_library.library import Reference, ReferenceLibrary, Tier, sealed
from spectra_library.prepared import PreparedLibrary
from spectra_library.prepared_cache import (
    KEPT_FILES,
    PREPARATION_VERSION,
    cache_key,
    kept_or_computed,
)
from spectra_library.prepared_form import FORMS, prepared_arrays
from spectra_library.preprocess import Recipe
from spectra_library.search_cache import MAGIC, cache_file, read_checked
from spectra_library.spectrum import Spectrum, Technique

ROOT = Path(__file__).parents[2]
AXIS = np.arange(600.0, 3900.0, 3.0)
RECIPE = Recipe()


def spectrum(seed: int, technique: Technique = Technique.ATR) -> Spectrum:
    peaks = np.random.default_rng(seed).uniform(700.0, 3800.0, 8)
    curve = sum(np.exp(-(((AXIS - peak) / 15.0) ** 2)) for peak in peaks)
    return Spectrum(AXIS, curve, technique, resolution_cm=4.0)


def library_of(*seeds: int, name: str = "made up") -> ReferenceLibrary:
    references = tuple(
        Reference(
            f"{seed}",
            f"substance-{seed}",
            Tier.MEASURED,
            spectrum(seed, Technique.TRANSMISSION if seed % 3 == 0 else Technique.ATR),
            "made up",
            "CC0 1.0",
        )
        for seed in seeds
    )
    return sealed(ReferenceLibrary(name, "1", references, ()))


@pytest.fixture(scope="module")
def libraries() -> tuple[ReferenceLibrary, ...]:
    return library_of(1, 2, 3, 4, 5, 6, name="first"), library_of(7, 8, 9, name="second")


@pytest.fixture(scope="module")
def fresh(libraries) -> dict[str, np.ndarray]:
    return prepared_arrays(libraries, RECIPE)


def answers(prepared: PreparedLibrary) -> list[tuple[object, ...]]:
    """All that is said of some queries, with every bit of every number."""
    return [
        (form, one.reference.id, one.library, one.score.hex(), one.absorbance_correlation.hex())
        for seed in (1, 3, 8, 20)
        for form in FORMS
        for one in prepared.search(spectrum(seed, form), form)
    ]


def bits(arrays) -> dict[str, tuple[object, ...]]:
    return {name: (array.dtype.str, array.shape, array.tobytes()) for name, array in arrays.items()}


def never() -> dict[str, np.ndarray]:
    raise AssertionError("it was computed again")


def test_what_was_kept_gives_the_answers_of_a_fresh_library_bit_for_bit(libraries, tmp_path):
    first = PreparedLibrary.open_or_build(libraries, tmp_path)
    again = PreparedLibrary.open_or_build(libraries, tmp_path)

    assert answers(again) == answers(first) == answers(PreparedLibrary(libraries))


def test_a_kept_array_has_the_bits_that_were_computed(libraries, fresh, tmp_path):
    PreparedLibrary.open_or_build(libraries, tmp_path)

    kept = kept_or_computed(tmp_path, cache_key(libraries, RECIPE), never)

    assert bits(kept) == bits(fresh)
    assert not any(array.flags.writeable for array in kept.values())


@pytest.mark.parametrize(
    "change",
    [
        lambda libraries: (libraries[1], libraries[0]),
        lambda libraries: libraries[:1],
        lambda libraries: (libraries[0], library_of(7, 8, 10, name="second")),
    ],
    ids=["in another order", "one left out", "one reference another"],
)
def test_what_was_kept_of_other_libraries_is_not_taken(libraries, tmp_path, change):
    PreparedLibrary.open_or_build(libraries, tmp_path)
    others = change(libraries)
    # even if it lay under their name
    mine = cache_file(tmp_path, cache_key(libraries, RECIPE))
    mine.rename(cache_file(tmp_path, cache_key(others, RECIPE)))

    assert answers(PreparedLibrary.open_or_build(others, tmp_path)) == answers(PreparedLibrary(others))


def test_another_recipe_has_arrays_of_its_own(libraries, tmp_path):
    coarse = Recipe(step_cm=4.0)
    PreparedLibrary.open_or_build(libraries, tmp_path)

    assert answers(PreparedLibrary.open_or_build(libraries, tmp_path, coarse)) == answers(
        PreparedLibrary(libraries, coarse)
    )
    assert len(list(tmp_path.iterdir())) == 2


def test_a_library_without_the_hash_of_its_content_is_not_kept(libraries, tmp_path):
    unsealed = (replace(libraries[0], sha256=""),)

    assert answers(PreparedLibrary.open_or_build(unsealed, tmp_path)) == answers(PreparedLibrary(unsealed))
    assert list(tmp_path.iterdir()) == []


def cut_short(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 4096)


def cut_in_the_header(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(100)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def made_longer(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\0" * 4096)


def of_another_version(path: Path) -> None:
    path.write_bytes(MAGIC[:-1] + b"0" + path.read_bytes()[len(MAGIC) :])


def of_another_program(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + bytes(path.stat().st_size - 16))


def turned_into_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = (
    *(cut_short, cut_in_the_header, emptied, made_longer, of_another_version, of_another_program),
    turned_into_a_folder,
)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_file_costs_time_and_nothing_else(libraries, tmp_path, damage):
    wanted = answers(PreparedLibrary.open_or_build(libraries, tmp_path))
    key = cache_key(libraries, RECIPE)
    damage(cache_file(tmp_path, key))

    assert answers(PreparedLibrary.open_or_build(libraries, tmp_path)) == wanted
    if damage is not turned_into_a_folder:
        read_checked(tmp_path, key)  # made again


def test_one_bit_changed_in_any_array_is_noticed(libraries, fresh, tmp_path):
    key = cache_key(libraries, RECIPE)
    for name in fresh:
        kept_or_computed(tmp_path, key, lambda: fresh)
        path = cache_file(tmp_path, key)
        content = bytearray(path.read_bytes())
        header, _ = json.JSONDecoder().raw_decode(content[16:].split(b"\0")[0].decode())
        [entry] = [one for one in header["arrays"] if one["name"] == name]
        if fresh[name].nbytes:
            content[len(content) - header["bytes"] + entry["place"] + fresh[name].nbytes // 2] ^= 1
            path.write_bytes(bytes(content))

            with pytest.raises(AssertionError, match="computed again"):
                kept_or_computed(tmp_path, key, never)
    assert bits(kept_or_computed(tmp_path, key, lambda: fresh)) == bits(fresh)


def test_a_folder_that_cannot_be_made_does_not_cost_the_answer(libraries, tmp_path):
    (tmp_path / "file").write_text("in the way")

    prepared = PreparedLibrary.open_or_build(libraries, tmp_path / "file" / "cache")

    assert answers(prepared) == answers(PreparedLibrary(libraries))


def test_a_full_disk_does_not_cost_the_answer_and_leaves_nothing_half_written(
    libraries, tmp_path, monkeypatch
):
    def full(number):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    prepared = PreparedLibrary.open_or_build(libraries, tmp_path)

    assert answers(prepared) == answers(PreparedLibrary(libraries))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_the_folders_made_on_the_way_are_private(libraries, tmp_path):
    PreparedLibrary.open_or_build(libraries, tmp_path / "data" / "cache")

    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data" / "cache").stat().st_mode & 0o777 == 0o700


BUILDER = """
import sys
from pathlib import Path
import numpy as np
from spectra_library.prepared_cache import kept_or_computed

def compute():
    print("computing", flush=True)
    sys.stdin.readline()  # until the other computes too
    return {"rows": np.arange(1_000_000.0).reshape(1000, 1000)}

arrays = kept_or_computed(Path(sys.argv[1]), "the same key", compute)
print(arrays["rows"].sum())
"""


def test_two_programs_that_prepare_at_once_do_not_disturb_each_other(tmp_path):
    builders = [
        subprocess.Popen(
            [sys.executable, "-c", BUILDER, str(tmp_path / "cache")],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    try:
        for builder in builders:
            assert builder.stdout.readline() == "computing\n"
        for builder in builders:
            builder.stdin.write("go on\n")
            builder.stdin.flush()
        said = [builder.communicate(timeout=60)[0] for builder in builders]
    finally:
        for builder in builders:
            builder.kill()
            builder.communicate()

    assert said == ["499999500000.0\n"] * 2
    assert [builder.returncode for builder in builders] == [0, 0]
    kept = kept_or_computed(tmp_path / "cache", "the same key", never)
    assert kept["rows"].sum() == 499999500000.0
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_only_the_last_few_sets_of_libraries_are_kept(tmp_path):
    arrays = {"rows": np.arange(5.0)}
    for number in range(KEPT_FILES + 3):
        kept_or_computed(tmp_path, f"set {number}", lambda: arrays)
        written = cache_file(tmp_path, f"set {number}")
        os.utime(written, (1000.0 + number, 1000.0 + number))
    half = cache_file(tmp_path, "any").with_name(".half.search.12345")
    half.write_bytes(b"a program ended here")
    os.utime(half, (1000.0, 1000.0))
    young = half.with_name(".young.search.12346")
    young.write_bytes(b"a program is at work here")

    kept_or_computed(tmp_path, "the last", lambda: arrays)

    numbers = range(4, KEPT_FILES + 3)
    wanted = {cache_file(tmp_path, key) for key in ("the last", *(f"set {number}" for number in numbers))}
    assert set(tmp_path.iterdir()) == wanted | {young}


def summary(array: np.ndarray) -> tuple[tuple[int, ...], float, float]:
    """The shape, a sum in which each number has a weight of its own, and the length."""
    flat = array.ravel().astype(np.float64)
    return array.shape, float(flat @ np.cos(np.arange(flat.size))), float(np.linalg.norm(flat))


# The summaries of the made-up libraries' arrays, and the version that gave them.
KNOWN_VERSION = 2
KNOWN = {
    "atr/inside": ((15, 1676), 1.24504028, 153.117602),
    "atr/is_watery": ((15,), 0, 0),
    "atr/absorbance": ((15, 1676), 0.344088984, 32.3872513),
    "atr/absorbance_index/rows": ((15, 1676), 0.0347529975, 3.87298335),
    "atr/derivative": ((15, 1676), 0.00728585997, 1.88238361),
    "atr/derivative_index/rows": ((15, 1676), 0.0196084616, 3.87298335),
    "transmission/inside": ((3, 1676), 1.72533826, 68.4762733),
    "transmission/is_watery": ((3,), 0, 0),
    "transmission/absorbance": ((3, 1676), -0.000685273588, 15.4882294),
    "transmission/absorbance_index/rows": ((3, 1676), -0.0121643764, 1.73205081),
    "transmission/derivative": ((3, 1676), 0.000352381747, 0.887425896),
    "transmission/derivative_index/rows": ((3, 1676), 0.000745595525, 1.73205081),
}


def test_whoever_changes_what_is_prepared_raises_the_version(fresh):
    found = {name: summary(array) for name, array in fresh.items()}
    advice = f"raise PREPARATION_VERSION, then put here: {found}"

    assert PREPARATION_VERSION == KNOWN_VERSION, advice
    assert {name: one[0] for name, one in found.items()} == {name: one[0] for name, one in KNOWN.items()}
    for name, (_, weighted, length) in found.items():
        assert length == pytest.approx(KNOWN[name][2], rel=1e-5), f"{name}: {advice}"
        # other processors round otherwise, but not this much
        assert weighted == pytest.approx(KNOWN[name][1], abs=1e-5 * length + 1e-9), f"{name}: {advice}"
