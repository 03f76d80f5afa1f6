"""What tests of more than one room share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


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
