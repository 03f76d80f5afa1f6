"""A library that grows by the spectra of files: checked, linked, compared with what it has, never twice.

    parts of a file -checks-> fit -link-> catalogue id, or a substance of the library's own -> reference
                        |                                        same numbers, same file -> duplicate
                        `-> refused

What comes out depends on the order of the files and on nothing else, so an import that was interrupted gives
the same library as one that was not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from spectra_library.catalogue import Catalogue
from spectra_library.errors import FormatError, LibraryStoreError
from spectra_library.formats.file_spectrum import FileBandList, FilePart, FileSpectrum, RefusedBlock
from spectra_library.importing.checks import Unfit, reference_spectrum, unfit_bands
from spectra_library.importing.linking import Link, Said, link
from spectra_library.importing.outside import OutsideSubstances
from spectra_library.importing.report import ImportLine, Outcome
from spectra_library.library import (
    NOT_STATED,
    BandList,
    Provenance,
    Reference,
    ReferenceLibrary,
    Tier,
    sealed,
)
from spectra_library.shelf import slug
from spectra_library.spectrum import FloatArray, Spectrum, Technique, read_only

MAX_ENTRIES: Final = 100_000  # spectra and band lists: what the search was measured with
MAX_POINTS: Final = 200_000_000  # 1.6 GB; a library is held in memory as a whole


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What an import is to make: a library called ``name``, or more of it.

    ``tier`` is MEASURED or DERIVED; lists of bands are BANDS in any case.  ``technique`` is that of spectra
    whose file does not say how they were measured.  ``licence`` and ``source`` stand for every spectrum;
    where they are empty each file's own words do.  ``imported_by`` and ``imported_on`` (YYYY-MM-DD) are kept
    with every reference.

    Raises ValueError for another tier.
    """

    name: str
    imported_on: str
    tier: Tier = Tier.MEASURED
    technique: Technique = Technique.UNKNOWN
    licence: str = ""
    source: str = ""
    imported_by: str = ""

    def __post_init__(self) -> None:
        if self.tier not in (Tier.MEASURED, Tier.DERIVED):
            raise ValueError(f"expected measured or derived spectra, found {self.tier!r}")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read: ``place`` to show, ``name`` to keep, and its hash."""

    place: str
    name: str
    sha256: str


class LibraryGrowth:
    """A library in the making; ``lines`` say what became of everything that was added."""

    def __init__(self, before: ReferenceLibrary | None, order: ImportOrder, catalogue: Catalogue) -> None:
        """Begin with ``before``, or with nothing."""
        self.lines: list[ImportLine] = []
        self.refused = 0
        self.licence_missing = 0
        self._order, self._catalogue = order, catalogue
        self._before = before or ReferenceLibrary(order.name, order.imported_on, (), ())
        self._slug = slug(order.name)
        self._references: list[Reference] = list(self._before.references)
        self._band_lists: list[BandList] = list(self._before.band_lists)
        self._outside = OutsideSubstances(self._slug, self._before.outside)
        entries: tuple[Reference | BandList, ...] = (*self._references, *self._band_lists)
        self._files = {
            (one.provenance.file_sha256, one.provenance.block): one.id for one in entries if one.provenance
        }
        self._numbers = {_numbers(one): one.id for one in entries}
        self._substances = {one.id: one.substance for one in entries}
        self._axes: dict[bytes, FloatArray] = {}
        self._points = sum(one.spectrum.absorbance.size for one in self._references)
        self._whole_files: dict[str, str] = {}

    def is_known(self, sha256: str) -> bool:
        """Tell whether a file with this content was added already in this import."""
        return sha256 in self._whole_files

    def add_again(self, file: SourceFile) -> None:
        """Take down a file whose content ``is_known``."""
        line = ImportLine(file.place, 0, file.sha256, "", "", "", Outcome.DUPLICATE, kind="same_file")
        self.lines.append(replace(line, reason=f"the same file as {self._whole_files[file.sha256]}"))

    def refuse(self, file: SourceFile, error: FormatError) -> None:
        """Take down a file that was refused as a whole."""
        if file.sha256:
            self._whole_files.setdefault(file.sha256, file.place)
        self._take_down_refused(file, 0, "", Unfit(error.kind, str(error)))

    def add(self, file: SourceFile, parts: Sequence[FilePart]) -> None:
        """Add what is fit of a file.  Raises LibraryStoreError when the library would become too large."""
        self._whole_files.setdefault(file.sha256, file.place)
        stem = PurePosixPath(file.name).stem if len(parts) == 1 else ""
        for part in parts:
            if isinstance(part, RefusedBlock):
                self._take_down_refused(file, part.block, part.title, Unfit(part.error.kind, str(part.error)))
            elif isinstance(part, FileBandList):
                self._add_bands(file, part, stem)
            else:
                self._add_spectrum(file, part, stem)

    @property
    def has_grown(self) -> bool:
        """Whether there is anything that was not there before."""
        return len(self._references) + len(self._band_lists) > len(self._before.references) + len(
            self._before.band_lists
        )

    def library(self) -> ReferenceLibrary:
        """Give the library as it is now, with the hash of its content."""
        return sealed(
            replace(
                self._before,
                version=self._order.imported_on,
                references=tuple(self._references),
                band_lists=tuple(self._band_lists),
                outside=self._outside.all(),
            )
        )

    def _add_spectrum(self, file: SourceFile, part: FileSpectrum, stem: str) -> None:
        if part.technique is Technique.UNKNOWN:
            part = replace(part, technique=self._order.technique)
        spectrum = reference_spectrum(part, self._order.tier)
        if isinstance(spectrum, Unfit):
            self._take_down_refused(file, part.block, part.title, spectrum, part)
            return
        spectrum = self._with_shared_axis(spectrum)
        found = link(self._catalogue, _said(part, stem))
        if self._take_down_duplicate(file, part, _hash(spectrum.wavenumber, spectrum.absorbance), found):
            return
        self._points += spectrum.absorbance.size
        substance = found.substance or self._outside.substance_of(part)
        reference = Reference(
            id=self._id(substance, file, part.block),
            substance=substance,
            tier=self._order.tier,
            spectrum=spectrum,
            source=self._source(file, part),
            licence=self._licence(part),
            form=part.notes.form,
            provenance=self._provenance(file, part, found),
        )
        self._references.append(reference)
        self._take_down_kept(file, part, reference, found)

    def _add_bands(self, file: SourceFile, part: FileBandList, stem: str) -> None:
        unfit = unfit_bands(part, self._order.tier)
        if unfit is not None:
            self._take_down_refused(file, part.block, part.title, unfit, part)
            return
        found = link(self._catalogue, _said(part, stem))
        # Two substances may share a few bands: only lists of one substance are compared.
        of = found.substance or self._outside.known(part)
        if self._take_down_duplicate(file, part, _hash(part.wavenumber, part.strength, of), found):
            return
        substance = found.substance or self._outside.substance_of(part)
        bands = BandList(
            id=self._id(substance, file, part.block),
            substance=substance,
            wavenumber=part.wavenumber,
            strength=part.strength,
            source=self._source(file, part),
            licence=self._licence(part),
            form=part.notes.form,
            provenance=self._provenance(file, part, found),
        )
        self._band_lists.append(bands)
        self._take_down_kept(file, part, bands, found)

    def _with_shared_axis(self, spectrum: Spectrum) -> Spectrum:
        key = hashlib.sha256(spectrum.wavenumber.tobytes()).digest()
        axis = self._axes.setdefault(key, spectrum.wavenumber)
        return replace(spectrum, wavenumber=axis, absorbance=read_only(spectrum.absorbance))

    def _id(self, substance: str, file: SourceFile, block: int) -> str:
        for digits in (16, 64):
            one = f"{substance}#{self._slug}-{file.sha256[:digits]}.{block}"
            if one not in self._substances:
                break
        return one

    def _source(self, file: SourceFile, part: FileSpectrum | FileBandList) -> str:
        return self._order.source or part.notes.origin or part.notes.owner or file.name

    def _licence(self, part: FileSpectrum | FileBandList) -> str:
        return self._order.licence or part.notes.owner or NOT_STATED

    def _provenance(self, file: SourceFile, part: FileSpectrum | FileBandList, found: Link) -> Provenance:
        return Provenance(
            file_sha256=file.sha256,
            file_name=file.name,
            block=part.block,
            title=part.title,
            cas=part.cas,
            phase=part.phase,
            instrument=part.notes.instrument,
            measured_on=part.notes.date,
            linked_by=found.by,
            imported_by=self._order.imported_by,
            imported_on=self._order.imported_on,
        )

    def _take_down_kept(
        self,
        file: SourceFile,
        part: FileSpectrum | FileBandList,
        kept: Reference | BandList,
        found: Link,
    ) -> None:
        if len(self._references) + len(self._band_lists) > MAX_ENTRIES or self._points > MAX_POINTS:
            raise LibraryStoreError(
                f"expected at most {MAX_ENTRIES} references and {MAX_POINTS} points in one library, found "
                f"more at {file.place}: import them under several names"
            )
        self._substances[kept.id] = kept.substance
        self._numbers[_numbers(kept)] = kept.id
        self._files[file.sha256, part.block] = kept.id
        self.licence_missing += kept.licence == NOT_STATED
        self.lines.append(
            replace(
                _line(file, part, Outcome.LINKED if found.substance else Outcome.UNLINKED),
                substance=kept.substance,
                reference=kept.id,
                linked_by=found.by,
                tier=kept.tier.value if isinstance(kept, Reference) else Tier.BANDS.value,
                kind="" if found.substance else "not_linked",
                reason=found.reason,
                contradictions=found.warnings,
                warnings=part.warnings,
            )
        )

    def _take_down_duplicate(
        self, file: SourceFile, part: FileSpectrum | FileBandList, numbers: bytes, found: Link
    ) -> bool:
        """Take down what the library has already, and tell whether it was so."""
        there = self._files.get((file.sha256, part.block))
        kind, what = "same_file", "the same file"
        if there is None:
            there = self._numbers.get(numbers)
            kind, what = "same_numbers", "the same numbers"
        if there is None:
            return False
        other = found.substance not in ("", self._substances[there])
        self.lines.append(
            replace(
                _line(file, part, Outcome.DUPLICATE),
                substance=found.substance,
                reference=there,
                kind=kind,
                reason=f"{what} as {there}" + (f", but of {found.substance}" if other else ""),
                contradictions=found.warnings,
                warnings=part.warnings,
            )
        )
        return True

    def _take_down_refused(
        self,
        file: SourceFile,
        block: int,
        title: str,
        unfit: Unfit,
        part: FileSpectrum | FileBandList | None = None,
    ) -> None:
        self.refused += 1
        line = ImportLine(file.place, block, file.sha256, "", title, "", Outcome.REFUSED)
        if part is not None:
            line = _line(file, part, Outcome.REFUSED)
        self.lines.append(replace(line, kind=unfit.kind, reason=unfit.reason))


def _line(file: SourceFile, part: FileSpectrum | FileBandList, outcome: Outcome) -> ImportLine:
    return ImportLine(file.place, part.block, file.sha256, part.format, part.title, part.cas, outcome)


def _said(part: FileSpectrum | FileBandList, stem: str) -> Said:
    notes = part.notes
    return Said(part.cas, notes.inchikey, part.title, notes.names, notes.form, stem)


def _numbers(entry: Reference | BandList) -> bytes:
    if isinstance(entry, Reference):
        return _hash(entry.spectrum.wavenumber, entry.spectrum.absorbance)
    return _hash(entry.wavenumber, entry.strength, entry.substance)


def _hash(wavenumber: FloatArray, values: FloatArray, substance: str = "") -> bytes:
    """Hash the numbers of a curve, or of the bands of one substance."""
    digest = hashlib.sha256(f"{wavenumber.size} {substance}\n".encode())
    digest.update(wavenumber.tobytes())
    digest.update(values.tobytes())
    return digest.digest()
