"""What the window knows: the catalogue with the national list, before and without a library."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gui.palette import Tone
from gui.situation import Situation
from inspection.folders import DataFolder
from inspection.language import ENGLISH
from inspection.log_kind import LogKind
from spectra_library.national_store import store_national_list
from spectra_library.substance import LegalStatus

LIST = b"title;List A\nas_of;2026-01-15\nsource;Decision 7\nid;schedule\ncaffeine;List I\n"


@pytest.fixture
def data(tmp_path):
    folder = DataFolder(tmp_path)
    at = datetime(2026, 11, 24, tzinfo=UTC)
    store_national_list(folder.national_list, LIST, file="list.csv", by="Officer 1", at=at)
    return folder


def test_the_log_is_read_with_the_national_list(data):
    situation = Situation(ENGLISH, LogKind.TRAINING, is_demonstration=False, data=data)

    assert situation.substances().get("caffeine").status is LegalStatus.CONTROLLED


def test_a_damaged_national_list_is_told_once_and_the_program_goes_on(data):
    data.national_list.write_bytes(data.national_list.read_bytes() + b"more")
    situation = Situation(ENGLISH, LogKind.TRAINING, is_demonstration=False, data=data)
    told = []
    situation.said.connect(lambda sentence, tone: told.append((sentence, tone)))

    catalogue = situation.substances()
    situation.substances()

    assert catalogue.get("caffeine").status is LegalStatus.OTHER
    assert catalogue.get("acetone").status is LegalStatus.CONTROLLED
    [(sentence, tone)] = told
    assert "the national list is not in force" in sentence
    assert tone is Tone.ALARM
