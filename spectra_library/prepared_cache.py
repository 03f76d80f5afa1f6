"""What a PreparedLibrary computes, kept in one file between two starts of the program: arrays, checked.

    key: cache version | numpy | recipe | each library's content hash and size  ->  arrays by name

Which arrays there are is for the preparation to say.  The cache only makes a start quick: a missing, damaged
or foreign file is made again, and a folder that cannot be written costs the same time at the next start.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spectra_library.errors import LibraryStoreError
from spectra_library.library import ReferenceLibrary
from spectra_library.preprocess import Recipe
from spectra_library.search_cache import cache_file, read_checked, write_arrays

Arrays = Mapping[str, NDArray[Any]]

# To be raised with every change of the numbers that the preparation gives, of the arrays' names, and of what
# they hold; a test compares the numbers with those of this version.
PREPARATION_VERSION = 2
KEPT_FILES = 4  # of as many different sets of libraries; the starter libraries take 23 MB
HALF_WRITTEN_S = 3600.0  # a file that was not finished in an hour never will be


def cache_key(libraries: tuple[ReferenceLibrary, ...], recipe: Recipe) -> str:
    """Name all that the arrays depend on.

    ``libraries`` carry the hash of their content, as ``load_library`` and ``sealed`` give them.  numpy is
    named because another version may round otherwise.
    """
    contents = " ".join(f"{library.sha256}:{len(library.references)}" for library in libraries)
    return f"prepared {PREPARATION_VERSION} numpy {np.__version__} recipe {recipe.sha256} of {contents}"


def kept_or_computed(folder: Path, key: str, compute: Callable[[], Arrays]) -> Arrays:
    """Open what ``folder`` holds for ``key``, or compute it and keep it there for the next time."""
    try:
        return read_checked(folder, key)
    except LibraryStoreError:
        arrays = compute()
    with suppress(LibraryStoreError, OSError):
        # Above it may be a person's data folder, not made yet: nobody else is to read in there.
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        write_arrays(folder, key, arrays)
        _drop_old(folder, cache_file(folder, key))
    return arrays


def _drop_old(folder: Path, newest: Path) -> None:
    """Keep the files of the last few sets of libraries; another version of them will never be asked for."""
    files = [path for path in folder.glob(f"*{newest.suffix}") if path != newest]
    files.sort(key=_written_at, reverse=True)
    now = time.time()
    halves = [one for one in folder.glob(f".*{newest.suffix}.*") if now - _written_at(one) > HALF_WRITTEN_S]
    for path in (*files[KEPT_FILES - 1 :], *halves):
        with suppress(OSError):  # it may be gone by now, and Windows keeps what another program has open
            path.unlink()


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another program dropped it
        return 0.0
