"""Import files into a library of the user's: resumable, cancelled at any time, switched in one step.

    paths -listed-> members -hashed-> staged before? -no-> limited readers -+-> staging file
                                           |                                |
                                           `-----------yes------------------+-> LibraryGrowth
    LibraryGrowth -> beside the staging file -read back, checked-> takes the place of the old library

Until the last step the old library answers, after it the new one; a kill at any moment leaves one of them.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from spectra_library.catalogue import Catalogue
from spectra_library.errors import ImportStoppedError, LibraryStoreError, ReadingCancelledError
from spectra_library.formats.sandbox import LimitedReader
from spectra_library.importing.growth import ImportOrder, LibraryGrowth, SourceFile
from spectra_library.importing.reading import READERS, Answer, Asked, ReaderMaker, ReadingCrew, is_final
from spectra_library.importing.report import ImportReport
from spectra_library.importing.sources import RefusedMember, Sources, listed
from spectra_library.importing.staging import Staging
from spectra_library.library import ReferenceLibrary
from spectra_library.store import load_library, save_library
from spectra_library.whole_file import sync_folder

_COMMIT_EVERY: Final = 50  # files; a kill costs reading at most these again, half a second
_TRIES: Final = 3  # when somebody changes the library in the meantime


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is: ``done`` of ``total`` files, and how many spectra were refused."""

    done: int
    total: int
    refused: int


ProgressListener = Callable[[ImportProgress], None]


@dataclass(frozen=True, slots=True)
class ImportPlace:
    """Where the library stands or will stand, and the file in which it is prepared; on one disk."""

    target: Path
    staging: Path

    @property
    def finished(self) -> Path:
        """The new library before it takes its place."""
        return self.staging.with_name(f"{self.staging.name}.finished")


def import_library(
    paths: Sequence[Path],
    order: ImportOrder,
    place: ImportPlace,
    catalogue: Catalogue,
    *,
    program: str = "",
    progress: ProgressListener | None = None,
    cancel: threading.Event | None = None,
    readers: int = READERS,
    make_reader: ReaderMaker = LimitedReader,
) -> ImportReport:
    """Import what lies under ``paths`` into the library at ``place``, and say what became of it.

    A library that is there already grows.  An earlier run of the same import, by the same version of the
    ``program``, is gone on with.

    Raises ImportStoppedError when ``cancel`` was set, LibraryStoreError when the library that is there is
    damaged, another import works on it, or something cannot be written, FormatError for too many files.
    In each case the library is what it was.
    """
    key = json.dumps([program, [str(path.absolute()) for path in paths]])
    with Staging(place.staging, key=key, today=order.imported_on) as staging:
        _remove_halves(place)
        order = replace(order, imported_on=staging.begun_on)  # the same library, whenever it is gone on with
        run = _Run(paths, order, place, catalogue, staging)
        for _ in range(_TRIES):
            with ReadingCrew(readers=readers, cancel=cancel, make=make_reader) as crew:
                report = run.once(crew, progress=progress, cancel=cancel)
            if report is not None:
                staging.remove()
                return report
    raise LibraryStoreError(f"the library {place.target} is changed by another program again and again")


class _Run:
    """One import; ``once`` may be called again, and finds in the staging file what was read before."""

    def __init__(
        self,
        paths: Sequence[Path],
        order: ImportOrder,
        place: ImportPlace,
        catalogue: Catalogue,
        staging: Staging,
    ) -> None:
        self._paths, self._order, self._place = paths, order, place
        self._catalogue, self._staging = catalogue, staging
        self._resumed = 0

    def once(
        self, crew: ReadingCrew, *, progress: ProgressListener | None, cancel: threading.Event | None
    ) -> ImportReport | None:
        """Read, grow and switch; None when the library was changed by somebody else in the meantime."""
        stamp = _stamp(self._place.target)
        before = None if stamp is None else load_library(self._place.target)
        growth = LibraryGrowth(before, self._order, self._catalogue)
        sources = listed(self._paths)
        self._resumed = 0
        done = 0
        try:
            for done in self._grown(growth, sources, crew, cancel):
                if progress is not None:
                    progress(ImportProgress(done, sources.count, growth.refused))
            if cancel is not None and cancel.is_set():
                raise ReadingCancelledError("the library was not switched")
        except ReadingCancelledError:
            raise ImportStoppedError(
                f"the import was stopped after {done} of {sources.count} files",
                done=done,
                total=sources.count,
            ) from None
        finally:
            self._staging.commit()
        library = before
        if growth.has_grown:
            library = growth.library()
            if not self._switched(library, stamp):
                return None
        return self._report(growth, sources, library)

    def _grown(
        self, growth: LibraryGrowth, sources: Sources, crew: ReadingCrew, cancel: threading.Event | None
    ) -> Iterator[int]:
        """Add every file in order, and give the count of those that were added."""
        answers = crew.answers(self._asked(sources, cancel))
        for done, ((file, is_new), answer) in enumerate(answers, start=1):
            if is_new and is_final(answer):
                self._staging.keep(file.sha256, file.name, answer)
            if file.sha256 and growth.is_known(file.sha256):
                growth.add_again(file)
            elif isinstance(answer, tuple):
                growth.add(file, answer)
            else:
                growth.refuse(file, answer)
            if done % _COMMIT_EVERY == 0:
                self._staging.commit()
            yield done

    def _asked(
        self, sources: Sources, cancel: threading.Event | None
    ) -> Iterator[Asked[tuple[SourceFile, bool]]]:
        seen: set[str] = set()
        for member in sources.members():
            if cancel is not None and cancel.is_set():
                raise ReadingCancelledError("the files were not read to their end")
            if isinstance(member, RefusedMember):
                file = SourceFile(member.place, member.name, "")
                yield Asked((file, False), answer=member.error)
                continue
            sha256 = hashlib.sha256(member.content).hexdigest()
            file = SourceFile(member.place, member.name, sha256)
            known: Answer | None = () if sha256 in seen else self._staging.answer(sha256, member.name)
            self._resumed += known is not None and sha256 not in seen
            seen.add(sha256)
            yield Asked(
                (file, known is None),
                member.name,
                b"" if known is not None else member.content,
                member.is_chosen,
                known,
            )

    def _switched(self, library: ReferenceLibrary, stamp: tuple[int, ...] | None) -> bool:
        """Put ``library`` in its place; tell whether nobody changed what stood there."""
        place = self._place
        save_library(library, place.finished)
        written = load_library(place.finished)  # what the disk really has
        if written.sha256 != library.sha256:
            raise LibraryStoreError(f"expected to read back what was written to {place.finished}")
        if _stamp(place.target) != stamp:
            return False
        try:
            place.finished.replace(place.target)
        except OSError as error:
            raise LibraryStoreError(
                f"expected to put the library to {place.target}, found: {error.strerror or error}"
            ) from error
        sync_folder(place.target.parent)
        return True

    def _report(
        self, growth: LibraryGrowth, sources: Sources, library: ReferenceLibrary | None
    ) -> ImportReport:
        return ImportReport(
            name=self._order.name if library is None else library.name,
            lines=tuple(growth.lines),
            files=sources.count,
            sha256="" if library is None else library.sha256,
            references=0 if library is None else len(library.references),
            band_lists=0 if library is None else len(library.band_lists),
            resumed=self._resumed,
            discarded=self._staging.discarded,
            licence_missing=growth.licence_missing,
        )


def _remove_halves(place: ImportPlace) -> None:
    """Delete what killed imports into this library left: whoever has the staging file is alone here."""
    with suppress(OSError):
        for half in (
            place.finished,
            *place.staging.parent.glob(f".{_literal(place.finished.name)}.*"),
        ):
            half.unlink(missing_ok=True)


def _literal(name: str) -> str:
    """Give ``name`` as a pattern that means itself."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Give what changes when a file is replaced; None when there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LibraryStoreError(f"{path} could not be looked at: {error.strerror or error}") from error
    return (found.st_ino, found.st_size, found.st_mtime_ns)
