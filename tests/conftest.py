"""What tests of more than one room share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from spectra_library.catalogue import Catalogue, load_catalogue
from spectra_library.library import ReferenceLibrary
from spectra_library.prepared import PreparedLibrary
from spectra_library.starter import DATA_FOLDER, starter_libraries

# No test may leave a key in the key store of whoever runs it; processes that tests start inherit this.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real spectrum files, which is not part of this project and not everywhere at hand."""
    folder = os.environ.get("CHEMGATE_SAMPLES")
    if not folder:
        pytest.skip("CHEMGATE_SAMPLES does not name a folder of real spectrum files")
    path = Path(folder)
    if not path.is_dir():
        pytest.fail(f"CHEMGATE_SAMPLES names {folder}, which is not a folder")
    return path


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The substances that come with the program."""
    return load_catalogue()


@pytest.fixture(scope="session")
def starter() -> tuple[ReferenceLibrary, ...]:
    """The libraries that come with the program, loaded once: this and the next are the slow part."""
    return starter_libraries()


@pytest.fixture(scope="session")
def prepared_starter(starter: tuple[ReferenceLibrary, ...]) -> PreparedLibrary:
    """The same libraries, ready for questions."""
    return PreparedLibrary(starter)


@pytest.fixture(scope="session")
def demonstration() -> Path:
    """The folder of measurements by other laboratories than those behind the references."""
    return DATA_FOLDER / "demonstration"
