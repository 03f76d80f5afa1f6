from __future__ import annotations

from pathlib import Path

from inspection.folders import DataFolder, default_data_folder
from inspection.log import InspectionLog
from inspection.log_kind import LogKind


def test_naming_places_makes_nothing(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "new")
    places = [data.evidence_log, data.log(LogKind.TRAINING), data.libraries, data.cache, data.exports]
    assert len(set(places)) == 5
    assert all(place.parent == data.path for place in places)
    assert not data.path.exists()


def test_the_first_write_makes_the_folder(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "much" / "deeper")
    InspectionLog.open(data.log(LogKind.TRAINING), kind=LogKind.TRAINING).close()
    assert data.log(LogKind.TRAINING).exists()
    assert not data.evidence_log.exists()


def test_the_default_folder_carries_the_name_of_the_program() -> None:
    assert default_data_folder().name == "chemgate"


def test_each_kind_of_log_has_its_own_file(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    assert data.log(LogKind.EVIDENCE) == data.evidence_log == tmp_path / "evidence.sqlite"
    assert data.log(LogKind.TRAINING) == tmp_path / "training.sqlite"
