"""The months of a study, and the windows a brief compares."""

from __future__ import annotations

from datetime import date

import pytest

import builders
from tiltmeter.config import study
from tiltmeter.errors import NotEnoughData
from tiltmeter.stages import coding_stages, knowledge_digest, months_of, recent_windows

STORIES = builders.stories(
    builders.story("a", date=date(2012, 3, 5)),
    builders.story("b", date=date(2014, 6, 9)),
    # reported in 2013, about a day long past
    builders.story("c", date=date(1915, 4, 24), published=date(2013, 4, 24)),
)


def test_open_months_are_those_of_the_reports_not_of_what_they_recall() -> None:
    assert months_of(study("AZE", ["RUS"]), STORIES) == (date(2012, 3, 1), date(2014, 6, 1))


def test_months_asked_for_are_kept_as_far_as_there_are_reports() -> None:
    asked = study("AZE", ["RUS"], first="2012-06", last="2013-12")
    assert months_of(asked, STORIES) == (date(2012, 6, 1), date(2013, 12, 1))
    asked = study("AZE", ["RUS"], first="1992-01", last="2019-12")
    assert months_of(asked, STORIES) == (date(2012, 3, 1), date(2014, 6, 1))


def test_the_facts_are_part_of_what_events_rest_on() -> None:
    assert knowledge_digest() == knowledge_digest()
    assert coding_stages()[0].settings["knowledge"] == knowledge_digest()


@pytest.mark.parametrize("asked", [{"last": "2011-12"}, {"first": "2015-01"}])
def test_months_before_or_after_all_reports_are_refused(asked: dict[str, str]) -> None:
    with pytest.raises(NotEnoughData, match="from 2012-03 to 2014-06") as caught:
        months_of(study("AZE", ["RUS"], **asked), STORIES)
    assert caught.value.hint is not None


def test_one_month_has_no_windows() -> None:
    assert recent_windows((date(2014, 3, 1), date(2014, 3, 1))) is None
