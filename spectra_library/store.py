"""A reference library in one SQLite file, and back, bit for bit.

    library     one row: what this file is, name, version, notice, hash of the content
    axis        wavenumbers that several references share
    reference   texts, axis, absorbances      band_list   texts, positions, strengths
    provenance  of the imported ones: file, block, by whom, when
    outside     substances that the catalogue does not know

Arrays are zlib-compressed little-endian blobs.  Where the numbers are multiples of a step (0.01 cm-1,
1/65535), as in the starter libraries, the differences of the integers are stored, which compress far better;
everything else is stored as float64.  A file is written whole beside its place and then moved there; it is
read with ``immutable=1``, so that read-only media work.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, fields
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import sqlite_utils
from numpy.typing import NDArray

from spectra_library.errors import LibraryStoreError, SpectrumError
from spectra_library.library import (
    BandList,
    OutsideSubstance,
    Provenance,
    Reference,
    ReferenceLibrary,
    Tier,
    content_sha256,
)
from spectra_library.quantise import ABSORBANCE_STEPS, WAVENUMBER_STEPS_PER_CM
from spectra_library.spectrum import FloatArray, Spectrum, Technique, frozen

if TYPE_CHECKING:
    import sqlite3
else:
    from sqlite_utils.utils import sqlite3  # pysqlite3: the module whose exceptions sqlite-utils raises

FILE_FORMAT = "chemgate reference library 1"

# What reading a file that nobody checked can end in, the checks of this module included.
_BROKEN = (sqlite3.Error, zlib.error, ValueError, KeyError, TypeError, OverflowError, RecursionError)

MAX_POINTS = 200_000_000  # of all curves: 1.6 GB; a library is held in memory as a whole
_MAX_NUMBERS = 1_000_000  # of one curve; assembling.py reads no more from any file

_TEXT, _BYTES, _COUNT = (str,), (bytes,), (int,)
_HEAD: dict[str, tuple[type, ...]] = dict.fromkeys(("format", "name", "version", "notice", "sha256"), _TEXT)
_ENTRY = dict.fromkeys(("id", "substance", "form", "source", "licence"), _TEXT)
# What each table has to hold: anybody can make a file, and SQLite keeps any type in any column.
_COLUMNS: dict[str, dict[str, tuple[type, ...]]] = {
    "library": _HEAD,
    "axis": {"number": _COUNT, "wavenumber": _BYTES},
    "reference": {
        **_ENTRY,
        **dict.fromkeys(("tier", "technique", "gaps"), _TEXT),
        **{"resolution_cm": (float, int, type(None)), "axis": _COUNT, "absorbance": _BYTES},
    },
    "band_list": {**_ENTRY, "wavenumber": _BYTES, "strength": _BYTES},
    "provenance": {
        "id": _TEXT,
        **{one.name: _COUNT if one.name == "block" else _TEXT for one in fields(Provenance)},
    },
    "outside": {one.name: _TEXT for one in fields(OutsideSubstance)},
}

_STEPS = {"hundredths": ("<i4", WAVENUMBER_STEPS_PER_CM), "u16": ("<u2", ABSORBANCE_STEPS)}


def save_library(library: ReferenceLibrary, path: Path) -> None:
    """Write ``library`` to ``path``, replacing what was there only when all of it is written.

    The same library gives the same bytes under the same version of SQLite.  Raises LibraryStoreError.
    """
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.unlink(missing_ok=True)
        with closing(sqlite3.connect(str(half))) as connection:
            # Plugins are for the sqlite-utils command; to look for them takes 20 ms at the first database.
            _write(sqlite_utils.Database(connection, execute_plugins=False), library)
            connection.execute("VACUUM")
        half.replace(path)
    except (OSError, sqlite3.Error) as error:
        half.unlink(missing_ok=True)
        raise LibraryStoreError(f"expected to write the library {path}, found: {error}") from error


def load_library(path: Path) -> ReferenceLibrary:
    """Read the library in ``path`` and check it against its hash.

    Raises LibraryStoreError when the file is missing, is no library, or has changed since it was written.
    """
    if not path.is_file():
        raise LibraryStoreError(f"expected a library file, found nothing at {path}")
    try:
        with _opened(path) as db:
            library = _read(db, path)
    except (*_BROKEN, SpectrumError) as error:
        raise LibraryStoreError(f"expected a reference library in {path}, found: {error}") from error
    found = content_sha256(library)
    if found != library.sha256:
        raise LibraryStoreError(
            f"the library {path} has changed since it was written: "
            f"expected content {library.sha256[:16]}..., found {found[:16]}...; it is not used"
        )
    return library


def library_name(path: Path) -> str:
    """Read what the library in ``path`` is called, and nothing else of it.

    Raises LibraryStoreError when it is missing or no library.
    """
    if not path.is_file():
        raise LibraryStoreError(f"expected a library file, found nothing at {path}")
    try:
        with _opened(path) as db:
            return str(_head(db, path)["name"])
    except _BROKEN as error:
        raise LibraryStoreError(f"expected a reference library in {path}, found: {error}") from error


@contextmanager
def _opened(path: Path) -> Iterator[sqlite_utils.Database]:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    with closing(connection):
        connection.execute("PRAGMA trusted_schema = OFF")
        db = sqlite_utils.Database(connection, execute_plugins=False)
        # Plain tables only: a view can be a computation without end, a virtual table is a program.
        strange = [
            row["name"]
            for row in db.query("select type, name, rootpage from sqlite_master limit 20")
            if row["type"] != "table" or not row["rootpage"] or row["name"] not in _COLUMNS
        ]
        if strange:
            raise ValueError(f"something that is no table of a library, {str(strange[0])[:40]!r}")
        yield db


def _write(db: sqlite_utils.Database, library: ReferenceLibrary) -> None:
    axes = _AxisNumbers()
    references = [
        {
            "id": reference.id,
            "substance": reference.substance,
            "tier": reference.tier.value,
            "technique": reference.spectrum.technique.value,
            "form": reference.form,
            "source": reference.source,
            "licence": reference.licence,
            "resolution_cm": reference.spectrum.resolution_cm,
            "gaps": json.dumps(reference.spectrum.gaps),
            "axis": axes.of(reference.spectrum.wavenumber),
            "absorbance": _packed(reference.spectrum.absorbance, "u16"),
        }
        for reference in library.references
    ]
    band_lists = [
        {
            "id": bands.id,
            "substance": bands.substance,
            "form": bands.form,
            "source": bands.source,
            "licence": bands.licence,
            "wavenumber": _packed(bands.wavenumber, "hundredths"),
            "strength": _packed(bands.strength, "u16"),
        }
        for bands in library.band_lists
    ]
    head = {
        "format": FILE_FORMAT,
        "name": library.name,
        "version": library.version,
        "notice": library.notice,
        "sha256": content_sha256(library),
    }
    columns: dict[str, dict[str, Any]] = {
        "library": dict.fromkeys(head, str),
        "axis": {"number": int, "wavenumber": bytes},
        "reference": {
            **dict.fromkeys(("id", "substance", "tier", "technique", "form", "source", "licence"), str),
            **{"resolution_cm": float, "gaps": str, "axis": int, "absorbance": bytes},
        },
        "band_list": {
            **dict.fromkeys(("id", "substance", "form", "source", "licence"), str),
            **{"wavenumber": bytes, "strength": bytes},
        },
    }
    rows: dict[str, Iterable[dict[str, Any]]] = {
        "library": [head],
        "axis": [{"number": number, "wavenumber": blob} for blob, number in axes.packed.items()],
        "reference": references,
        "band_list": band_lists,
    }
    # Only where there is something to keep: a library that comes with the program has neither.
    entries: tuple[Reference | BandList, ...] = (*library.references, *library.band_lists)
    origins = [{"id": one.id, **asdict(one.provenance)} for one in entries if one.provenance is not None]
    if origins:
        columns["provenance"] = {"id": str, **_types(Provenance)}
        rows["provenance"] = origins
    if library.outside:
        columns["outside"] = {**_types(OutsideSubstance), "synonyms": str}
        rows["outside"] = [
            {**asdict(one), "synonyms": json.dumps(one.synonyms, ensure_ascii=False)}
            for one in library.outside
        ]
    with db.atomic():
        for table, types in columns.items():
            db.table(table).create(types)
            db.table(table).insert_all(rows[table])


class _AxisNumbers:
    """Number the axes, each packed once: thousands of references share a few, as arrays too."""

    def __init__(self) -> None:
        self.packed: dict[bytes, int] = {}
        self._known: dict[int, int] = {}  # by identity: the library that is written keeps them alive

    def of(self, wavenumber: FloatArray) -> int:
        if id(wavenumber) not in self._known:
            blob = _packed(wavenumber, "hundredths")
            self._known[id(wavenumber)] = self.packed.setdefault(blob, len(self.packed))
        return self._known[id(wavenumber)]


def _read(db: sqlite_utils.Database, path: Path) -> ReferenceLibrary:
    head = _head(db, path)
    axes = {row["number"]: _unpacked(row["wavenumber"]) for row in _rows(db, "axis")}
    tables = set(db.table_names())
    origins: dict[str, Provenance] = {}
    if "provenance" in tables:
        origins = {row.pop("id"): Provenance(**row) for row in _rows(db, "provenance")}
    outside: tuple[OutsideSubstance, ...] = ()
    if "outside" in tables:
        outside = tuple(_outside(row) for row in _rows(db, "outside"))
    references: list[Reference] = []
    points = 0
    for row in _rows(db, "reference"):
        references.append(_reference(row, axes, origins.get(row["id"])))
        points += references[-1].spectrum.absorbance.size
        if points > MAX_POINTS:
            raise ValueError(f"more than {MAX_POINTS} points")
    return ReferenceLibrary(
        name=head["name"],
        version=head["version"],
        references=tuple(references),
        band_lists=tuple(_band_list(row, origins.get(row["id"])) for row in _rows(db, "band_list")),
        notice=head["notice"],
        sha256=head["sha256"],
        outside=outside,
    )


def _rows(db: sqlite_utils.Database, table: str) -> Iterator[dict[str, Any]]:
    """Give the rows of ``table`` in their order, once each value has the type it must have.

    Raises ValueError for another.
    """
    expected = _COLUMNS[table]
    for row in db.query(f"select * from [{table}] order by rowid"):
        if row.keys() != expected.keys():
            raise ValueError(f"other columns in the table {table}: {', '.join(map(str, row))[:80]}")
        for name, value in row.items():
            if not isinstance(value, expected[name]):
                raise ValueError(f"a {type(value).__name__} as {name} in the table {table}")
        yield row


def _head(db: sqlite_utils.Database, path: Path) -> dict[str, Any]:
    if "library" not in db.table_names():
        raise ValueError("no table called library")
    heads = list(islice(_rows(db, "library"), 2))
    if len(heads) != 1 or heads[0]["format"] != FILE_FORMAT:
        raise LibraryStoreError(
            f"expected {FILE_FORMAT!r} in {path}, found {[one['format'][:80] for one in heads]}"
        )
    return heads[0]


def _outside(row: dict[str, Any]) -> OutsideSubstance:
    synonyms = json.loads(row["synonyms"])
    if not isinstance(synonyms, list) or not all(isinstance(one, str) for one in synonyms):
        raise ValueError(f"synonyms that are no list of texts, of {row['id'][:40]!r}")
    return OutsideSubstance(**{**row, "synonyms": tuple(synonyms)})


def _types(kind: type[Provenance | OutsideSubstance]) -> dict[str, Any]:
    """Give the columns of a table that holds values of ``kind``; every field is a text, a count apart."""
    return {one.name: int if one.name == "block" else str for one in fields(kind)}


def _reference(row: dict[str, Any], axes: dict[int, FloatArray], provenance: Provenance | None) -> Reference:
    spectrum = Spectrum(
        wavenumber=axes[row["axis"]],
        absorbance=_unpacked(row["absorbance"]),
        technique=Technique(row["technique"]),
        resolution_cm=row["resolution_cm"],
        gaps=_gaps(row["gaps"]),
    )
    return Reference(
        id=row["id"],
        substance=row["substance"],
        tier=Tier(row["tier"]),
        spectrum=spectrum,
        source=row["source"],
        licence=row["licence"],
        form=row["form"],
        provenance=provenance,
    )


@lru_cache
def _gaps(text: str) -> tuple[tuple[float, float], ...]:
    """Read a list of gaps; those of most references are the same."""
    return tuple((float(low), float(high)) for low, high in json.loads(text))


def _band_list(row: dict[str, Any], provenance: Provenance | None) -> BandList:
    return BandList(
        id=row["id"],
        substance=row["substance"],
        wavenumber=_unpacked(row["wavenumber"]),
        strength=_unpacked(row["strength"]),
        source=row["source"],
        licence=row["licence"],
        form=row["form"],
        provenance=provenance,
    )


def _packed(values: FloatArray, steps: str) -> bytes:
    """Pack ``values`` as a name, a zero byte and compressed numbers: differences of integers if exact."""
    dtype, per_unit = _STEPS[steps]
    limits = np.iinfo(dtype)
    scaled = np.rint(np.clip(values, limits.min, limits.max) * per_unit)  # clipped, so that nothing overflows
    counts = np.clip(scaled, limits.min, limits.max).astype(dtype)
    if _same_bits(counts / per_unit, values):
        # the differences wrap around, and so does the sum that undoes them
        differences = np.diff(counts, prepend=np.zeros(1, dtype)).astype(dtype)
        return steps.encode() + b"\0" + zlib.compress(differences.tobytes(), 9)
    return b"float64\0" + zlib.compress(values.astype("<f8").tobytes(), 9)


def _unpacked(blob: bytes) -> FloatArray:
    """Undo ``_packed``; read-only, so nobody needs a copy.  Raises ValueError for what it never wrote."""
    name, _, compressed = blob.partition(b"\0")
    raw = _inflated(compressed)
    if name == b"float64":
        return frozen(np.frombuffer(raw, "<f8").astype(np.float64))
    if name.decode("ascii", "replace") not in _STEPS:
        raise ValueError(f"numbers stored in an unknown way, {name[:20]!r}")
    dtype, per_unit = _STEPS[name.decode()]
    counts: NDArray[Any] = np.cumsum(np.frombuffer(raw, dtype), dtype=dtype)
    return frozen(np.asarray(counts / per_unit, dtype=np.float64))


def _inflated(compressed: bytes) -> bytes:
    """Decompress the numbers of one curve.  Raises ValueError when they are too many, zlib.error."""
    inflating = zlib.decompressobj()
    raw = inflating.decompress(compressed, 8 * _MAX_NUMBERS)
    if not inflating.eof:
        raise ValueError(f"a curve that is cut off, or of more than {_MAX_NUMBERS} numbers")
    return raw


def _same_bits(first: FloatArray, second: FloatArray) -> bool:
    return first.astype("<f8").tobytes() == second.astype("<f8").tobytes()
