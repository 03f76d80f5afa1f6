"""Files into a library: what is kept, linked, refused; growing, stopping, going on; always the same hash."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectra_library.catalogue import Catalogue
from spectra_library.errors import ImportStoppedError, LibraryStoreError
from spectra_library.formats.csv_writer import csv_bytes
from spectra_library.formats.jcamp_writer import jcamp_bytes
from spectra_library.formats.reading import read_bytes
from spectra_library.formats.sandbox import ReadingLimits
from spectra_library.importing.growth import ImportOrder
from spectra_library.importing.report import ImportReport, Outcome
from spectra_library.importing.run import ImportPlace, ImportProgress, import_library
from spectra_library.importing.staging import Staging
from spectra_library.library import NOT_STATED, Tier
from spectra_library.spectrum import Technique
from spectra_library.store import load_library
from tests.spectra_library.made.agency_files import agency_file, drawn_spectrum

ORDER = ImportOrder("Agency A", "2026-11-24", licence="for this service", imported_by="Officer 1")


class ReaderHere:
    """Reads in this process, which a test of something else need not wait for; counts what it reads."""

    read_names: Counter[str]

    def __init__(self, limits: ReadingLimits) -> None:
        self.limits = limits

    def read(self, content, name, *, cancel=None):
        self.read_names[name] += 1
        return read_bytes(content, name)

    def close(self) -> None:
        pass


@pytest.fixture
def reader() -> type[ReaderHere]:
    return type("CountingReader", (ReaderHere,), {"read_names": Counter()})


@pytest.fixture
def place(tmp_path: Path) -> ImportPlace:
    return ImportPlace(
        tmp_path / "libraries" / "agency-a.sqlite", tmp_path / "libraries" / ".staging" / "agency-a.sqlite"
    )


@pytest.fixture
def bring(catalogue: Catalogue, place: ImportPlace, reader):
    """Import paths into the library of the test."""

    def call(*paths: Path, order: ImportOrder = ORDER, **how) -> ImportReport:
        how = {"make_reader": reader, "place": place, **how}
        return import_library(paths, order, catalogue=catalogue, **how)

    return call


@pytest.fixture
def agency(tmp_path: Path) -> Path:
    """A folder of twelve substances, two of them in no catalogue."""
    names = [
        *("acetone", "toluene", "ethanol", "methanol", "isopropanol", "benzene", "caffeine", "lidocaine"),
        *("procaine", "paracetamol", "XYZ-7", "XYZ-8"),
    ]
    folder = tmp_path / "agency"
    folder.mkdir()
    for number, name in enumerate(names):
        (folder / f"{number:02d}.jdx").write_bytes(agency_file(number, name, owner="Agency A"))
    return folder


def only(report: ImportReport):
    [line] = report.lines
    return line


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_what_a_file_says_is_kept_with_its_spectrum(bring, place, tmp_path):
    content = agency_file(
        1,
        "Lot 17",
        cas="67-64-1",
        phase="liquid",
        names=("acetone",),
        form="anhydrous",
        instrument="Model F",
        origin="Laboratory 3",
        owner="Agency A",
        date="2024/05/06",
    )

    report = bring(write(tmp_path / "in" / "x.jdx", content), order=replace(ORDER, licence=""))

    [kept] = load_library(place.target).references
    line = only(report)
    assert (line.outcome, line.substance, line.reference) == (Outcome.LINKED, "acetone", kept.id)
    assert (kept.substance, kept.tier, kept.form) == ("acetone", Tier.MEASURED, "anhydrous")
    assert (kept.source, kept.licence) == ("Laboratory 3", "Agency A")
    assert (kept.spectrum.technique, kept.spectrum.resolution_cm) == (Technique.ATR, 4.0)
    # the writer keeps every digit: what was drawn is what must be there
    assert np.array_equal(kept.spectrum.absorbance, drawn_spectrum(1).absorbance)
    origin = kept.provenance
    assert (origin.file_sha256, origin.file_name, origin.block) == (line.file_sha256, "x.jdx", 0)
    assert (origin.title, origin.cas, origin.phase) == ("Lot 17", "67-64-1", "liquid")
    assert (origin.instrument, origin.measured_on, origin.linked_by) == ("Model F", "2024/05/06", "cas")
    assert (origin.imported_by, origin.imported_on) == ("Officer 1", "2026-11-24")


def test_what_the_order_says_stands_above_what_the_file_says(bring, place, tmp_path):
    content = agency_file(1, "acetone", origin="Laboratory 3", owner="Agency B")

    bring(write(tmp_path / "x.jdx", content), order=replace(ORDER, source="Collection 5"))

    [kept] = load_library(place.target).references
    assert (kept.source, kept.licence) == ("Collection 5", "for this service")


def test_how_a_spectrum_was_measured_is_what_its_file_says_else_what_the_order_says(bring, place, tmp_path):
    spectra = {name: drawn_spectrum(number) for number, name in enumerate(("acetone", "toluene"))}
    (tmp_path / "silent.csv").write_bytes(csv_bytes([("acetone", spectra["acetone"])]))
    said = replace(spectra["toluene"], technique=Technique.TRANSMISSION)
    (tmp_path / "said.jdx").write_bytes(jcamp_bytes(said, title="toluene"))

    bring(tmp_path / "said.jdx", tmp_path / "silent.csv", order=replace(ORDER, technique=Technique.ATR))

    found = {one.substance: one.spectrum.technique for one in load_library(place.target).references}
    assert found == {"toluene": Technique.TRANSMISSION, "acetone": Technique.ATR}


def test_a_licence_that_nobody_states_is_marked_and_counted(bring, place, tmp_path):
    report = bring(write(tmp_path / "x.jdx", agency_file(1, "acetone")), order=replace(ORDER, licence=""))

    assert load_library(place.target).references[0].licence == NOT_STATED
    assert report.licence_missing == 1


def test_a_substance_that_the_catalogue_does_not_know_is_kept_and_said_to_be_so(bring, place, tmp_path):
    for number in range(2):
        write(tmp_path / "in" / f"{number}.jdx", agency_file(number, "XYZ-7", formula="C9 H13 N"))

    report = bring(tmp_path / "in")

    library = load_library(place.target)
    assert [line.outcome for line in report.lines] == [Outcome.UNLINKED] * 2
    assert report.lines[0].reason == "the catalogue knows none of: 'XYZ-7'"
    [outside] = library.outside
    assert (outside.id, outside.name, outside.formula) == ("outside:agency-a/xyz-7", "XYZ-7", "C9 H13 N")
    assert {one.substance for one in library.references} == {outside.id}


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (agency_file(1, "acetone", phase="gas"), "gas_phase", "a gas or vapour"),
        (agency_file(1, "acetone").replace(b"INFRARED", b"RAMAN"), "not_infrared", "a Raman spectrum"),
        (
            agency_file(1, "acetone", spectrum=drawn_spectrum(1, low=1500.0)),
            "too_narrow",
            "found 30 % of it: 1500 to 3996 cm-1",
        ),
        (
            agency_file(1, "acetone", spectrum=drawn_spectrum(1, noise=0.3)),
            "too_noisy",
            "at least 10 times the noise",
        ),
        (agency_file(1, "acetone (calculated)"), "computed", "import it as derived"),
        (agency_file(1, "acetone").replace(b"ABSORBANCE", b"REFLECTANCE"), "no_absorbance", "REFLECTANCE"),
        (agency_file(1, "acetone")[:-3000], "damaged_file", "expected"),
        (b"\x00\x01\x02" * 100, "unsupported_format", "binary data"),
    ],
    ids=lambda value: value if isinstance(value, str) and "_" in value else "",
)
def test_what_is_no_reference_is_refused_with_the_reason(bring, place, tmp_path, content, kind, words):
    line = only(bring(write(tmp_path / "x.jdx", content)))

    assert (line.outcome, line.kind) == (Outcome.REFUSED, kind)
    assert words in line.reason
    assert not place.target.exists()  # nothing was kept, so there is no library


def test_a_flat_line_is_refused(bring, tmp_path):
    flat = replace(drawn_spectrum(1), absorbance=np.full(838, 0.2))

    assert only(bring(write(tmp_path / "x.jdx", agency_file(1, "x", spectrum=flat)))).kind == "no_bands"


def test_computed_spectra_can_be_imported_as_derived(bring, place, tmp_path):
    path = write(tmp_path / "x.jdx", agency_file(1, "acetone (calculated)", names=("acetone",)))

    bring(path, order=replace(ORDER, tier=Tier.DERIVED))

    assert load_library(place.target).references[0].tier is Tier.DERIVED


def test_the_same_file_and_the_same_numbers_are_kept_once(bring, place, tmp_path):
    first = agency_file(1, "acetone")
    write(tmp_path / "in" / "1.jdx", first)
    write(tmp_path / "in" / "2.jdx", first)
    write(tmp_path / "in" / "3.jdx", agency_file(1, "toluene"))  # the curve of the first under another name

    report = bring(tmp_path / "in")

    kept, again, other = report.lines
    assert [line.kind for line in report.lines] == ["", "same_file", "same_numbers"]
    assert again.reason == f"the same file as {tmp_path / 'in' / '1.jdx'}"
    assert other.reason == f"the same numbers as {kept.reference}, but of toluene"
    assert len(load_library(place.target).references) == 1


def test_a_table_of_many_spectra_gives_one_reference_each(bring, place, tmp_path):
    content = csv_bytes([("acetone", drawn_spectrum(1)), ("toluene", drawn_spectrum(2))])

    report = bring(write(tmp_path / "table.csv", content))

    assert [(line.block, line.substance) for line in report.lines] == [(0, "acetone"), (1, "toluene")]


def test_a_peak_table_becomes_a_list_of_bands(bring, place, tmp_path):
    content = b"""##TITLE=acetone
##JCAMP-DX=4.24
##DATA TYPE=INFRARED PEAK TABLE
##ORIGIN=Laboratory 3
##OWNER=Agency A
##XUNITS=1/CM
##YUNITS=ABSORBANCE
##XFACTOR=1
##YFACTOR=1
##NPOINTS=3
##PEAK TABLE=(XY..XY)
1222.0,0.5
1363.0,0.4
1715.0,1.0
##END=
"""

    line = only(bring(write(tmp_path / "x.jdx", content)))

    [bands] = load_library(place.target).band_lists
    assert (line.outcome, line.tier, line.substance) == (Outcome.LINKED, "bands", "acetone")
    assert bands.wavenumber.tolist() == [1222.0, 1363.0, 1715.0]
    assert bands.provenance is not None


def test_an_import_adds_to_the_library_that_is_there(bring, place, agency):
    late = [agency / f"{number:02d}.jdx" for number in range(6, 12)]
    early = [agency / f"{number:02d}.jdx" for number in range(6)]
    bring(*early)
    first = load_library(place.target)

    report = bring(*early, *late)

    grown = load_library(place.target)
    assert report.counts().duplicate == 6
    assert [one.id for one in grown.references][:6] == [one.id for one in first.references]
    assert len(grown.references) == report.references == 12
    assert report.sha256 == grown.sha256


def test_importing_the_same_again_changes_nothing(bring, place, agency):
    bring(agency)
    before = place.target.read_bytes()

    report = bring(agency, order=replace(ORDER, imported_on="2027-01-01"))

    assert report.counts().duplicate == 12
    assert place.target.read_bytes() == before


@pytest.mark.parametrize("readers", [1, 2, 5])
def test_the_hash_does_not_depend_on_how_many_read(bring, agency, place, tmp_path, readers):
    expected = bring(agency).sha256

    elsewhere = ImportPlace(tmp_path / "other" / "a.sqlite", tmp_path / "other" / "staging.sqlite")
    assert bring(agency, place=elsewhere, readers=readers).sha256 == expected


def test_the_limited_readers_give_the_same(catalogue, bring, agency, tmp_path):
    expected = bring(agency).sha256

    elsewhere = ImportPlace(tmp_path / "other" / "a.sqlite", tmp_path / "other" / "staging.sqlite")
    assert import_library([agency], ORDER, elsewhere, catalogue).sha256 == expected


def test_the_hash_does_not_depend_on_where_the_files_lie_or_whether_they_are_packed(bring, agency, tmp_path):
    expected = bring(agency).sha256
    archive = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", agency))

    elsewhere = ImportPlace(tmp_path / "other" / "a.sqlite", tmp_path / "other" / "staging.sqlite")
    assert bring(archive, place=elsewhere).sha256 == expected


def stopping(after: int):
    """A cancel event, and a listener that sets it when so many files are done."""
    cancel = threading.Event()

    def listen(progress: ImportProgress) -> None:
        if progress.done == after:
            cancel.set()

    return {"cancel": cancel, "progress": listen}


def test_a_stopped_import_changes_nothing_and_is_gone_on_with(bring, place, agency, reader, tmp_path):
    elsewhere = ImportPlace(tmp_path / "other" / "a.sqlite", tmp_path / "other" / "staging.sqlite")
    expected = bring(agency, place=elsewhere).sha256
    reader.read_names.clear()
    with pytest.raises(ImportStoppedError) as stopped:
        bring(agency, **stopping(after=3), readers=1)
    assert stopped.value.done >= 3
    assert stopped.value.total == 12
    assert not place.target.exists()
    read_before = Counter(reader.read_names)
    reader.read_names.clear()

    report = bring(agency, order=replace(ORDER, imported_on="2026-11-25"))  # the day after

    assert report.resumed == stopped.value.done
    assert sum(reader.read_names.values()) == 12 - stopped.value.done
    assert report.sha256 == expected
    assert read_before.total() < 12 + 1
    assert list(place.staging.parent.iterdir()) == []


def test_a_file_that_changed_in_between_is_read_again(bring, agency):
    with pytest.raises(ImportStoppedError):
        bring(agency, **stopping(after=3))
    write(agency / "00.jdx", agency_file(99, "benzene"))

    report = bring(agency)

    assert report.lines[0].substance == "benzene"


def test_an_import_of_other_files_does_not_go_on_with_this_one(bring, agency, tmp_path):
    with pytest.raises(ImportStoppedError):
        bring(agency, **stopping(after=3))

    report = bring(agency / "11.jdx")

    assert report.resumed == 0
    assert report.discarded == "it was begun with other files, or by another version of the program"


def test_another_version_of_the_program_reads_everything_again(bring, agency):
    with pytest.raises(ImportStoppedError):
        bring(agency, program="1", **stopping(after=3))

    assert bring(agency, program="2").resumed == 0


def test_a_damaged_staging_file_is_put_away(bring, place, agency):
    write(place.staging, b"no database at all, but long enough to look like one" * 100)

    report = bring(agency)

    assert report.discarded == "what was there is damaged"
    assert report.references == 12


def test_a_row_of_the_staging_file_that_changed_is_not_believed(bring, place, agency, reader):
    with pytest.raises(ImportStoppedError):
        bring(agency, **stopping(after=12))  # all are read, none is in the library
    content = place.staging.read_bytes()
    at = content.index(drawn_spectrum(3).absorbance[100:102].tobytes())
    write(place.staging, content[:at] + b"\0" + content[at + 1 :])
    reader.read_names.clear()

    report = bring(agency)

    assert reader.read_names == {"03.jdx": 1}
    assert report.resumed == 11


def test_two_imports_into_one_library_exclude_each_other(bring, place, agency):
    with (
        Staging(place.staging, key="another", today="2026-11-24"),
        pytest.raises(LibraryStoreError, match="another import into this library is running"),
    ):
        bring(agency)


def test_a_library_that_somebody_changes_in_the_meantime_is_not_overwritten(bring, place, agency, tmp_path):
    other = ImportPlace(place.target, tmp_path / "other.staging")
    extra = write(tmp_path / "extra.jdx", agency_file(77, "ethyl acetate"))
    changed: list[ImportReport] = []

    def listen(progress: ImportProgress) -> None:
        if progress.done == 12 and not changed:
            changed.append(bring(extra, place=other))

    report = bring(agency, progress=listen)

    assert report.references == 13


def test_a_damaged_library_is_not_replaced(bring, place, agency):
    write(place.target, b"no library")

    with pytest.raises(LibraryStoreError):
        bring(agency)

    assert place.target.read_bytes() == b"no library"


def test_a_library_has_an_end(bring, agency, place, monkeypatch):
    monkeypatch.setattr("spectra_library.importing.growth.MAX_ENTRIES", 5)

    with pytest.raises(LibraryStoreError, match="import them under several names"):
        bring(agency)

    assert not place.target.exists()


def test_progress_counts_files_and_refusals(bring, agency):
    write(agency / "05.jdx", agency_file(1, "benzene", phase="gas"))
    seen: list[ImportProgress] = []

    bring(agency, progress=seen.append)

    assert [one.done for one in seen] == list(range(1, 13))
    assert (seen[-1].total, seen[-1].refused) == (12, 1)
