from __future__ import annotations

import pytest

from inspection.language import ENGLISH
from inspection.record.labels import choice_label, field_label, section_label
from inspection.record.sections import Section
from inspection.record.values import choices_of, field_names, value_of


@pytest.mark.parametrize("section", Section)
def test_every_part_field_and_choice_of_the_record_has_a_name(section):
    assert section_label(ENGLISH, section)
    for name in field_names(section):
        assert field_label(ENGLISH, name)
        for word in choices_of(section, name):
            assert choice_label(ENGLISH, value_of(section, name, [word]))
