"""What became of every spectrum of an import: linked, unlinked, duplicate or refused, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from spectra_library.library import Tier


class Outcome(StrEnum):
    """What became of one spectrum or band list."""

    LINKED = "linked"  # kept, as a reference of a substance of the catalogue
    UNLINKED = "unlinked"  # kept, as a reference of a substance that the catalogue does not know
    DUPLICATE = "duplicate"  # not kept: the library has the same numbers, or the same file
    REFUSED = "refused"  # not kept: it is no reference for solids and liquids


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One spectrum or band list of one file, or a file that was refused as a whole.

    ``place`` is the path, within its archive.  ``reference`` is its id in the library, for a duplicate the id
    of what is there already.  ``linked_by`` cas, inchikey or name.  ``tier`` is empty where nothing was kept.
    ``kind`` and ``reason`` say why it was refused (a stable word and a sentence), or not linked, or is a
    duplicate; ``contradictions`` say where the file's number and names mean different substances, or none;
    ``warnings`` are those of the reader.
    """

    place: str
    block: int
    file_sha256: str
    format: str
    title: str
    cas: str
    outcome: Outcome
    substance: str = ""
    reference: str = ""
    linked_by: str = ""
    tier: str = ""
    kind: str = ""
    reason: str = ""
    contradictions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Whether the library has a reference by it."""
        return self.outcome in (Outcome.LINKED, Outcome.UNLINKED)


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """The same, counted; ``refused`` by kind stands in ``refused_by``, the most frequent first."""

    files: int
    linked: int
    unlinked: int
    duplicate: int
    refused: int
    band_lists: int
    refused_by: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """One import into the library ``name``.

    ``sha256`` of the library afterwards, and how many references and band lists it has; empty and 0 where
    nothing was kept and there was none before.  ``resumed`` files were read by an earlier run of the same
    import; ``discarded`` says why an earlier run could not be gone on with, empty when there was none.
    ``licence_missing`` kept ones have no licence, neither in the order nor in their files.
    """

    name: str
    lines: tuple[ImportLine, ...]
    files: int
    sha256: str
    references: int
    band_lists: int
    resumed: int = 0
    discarded: str = ""
    licence_missing: int = 0

    def counts(self) -> ImportCounts:
        """Count the lines."""
        return counted(self.lines, files=self.files)


def counted(lines: Iterable[ImportLine], *, files: int) -> ImportCounts:
    """Count ``lines`` of ``files`` files."""
    outcomes: Counter[Outcome] = Counter()
    kinds: Counter[str] = Counter()
    bands = 0
    for one in lines:
        outcomes[one.outcome] += 1
        bands += one.is_kept and one.tier == Tier.BANDS.value
        if one.outcome is Outcome.REFUSED:
            kinds[one.kind] += 1
    return ImportCounts(
        files=files,
        linked=outcomes[Outcome.LINKED],
        unlinked=outcomes[Outcome.UNLINKED],
        duplicate=outcomes[Outcome.DUPLICATE],
        refused=outcomes[Outcome.REFUSED],
        band_lists=bands,
        refused_by=tuple(sorted(kinds.items(), key=lambda one: (-one[1], one[0]))),
    )
