"""Known truths are found again: a few small worlds here, many in ``bench/recovery.py``.

Bounds are wide enough for chance in so few worlds and narrow enough that a measure which shrinks,
drifts or is too sure of itself falls through them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import ndtri

from tiltmeter.model.closeness import Fit, fit
from tiltmeter.model.posterior import Posterior
from tiltmeter.model.search import SURE, change_points
from tiltmeter.model.shifts import Question, contrast, moved
from tiltmeter.model.simulate import Change, Truth, World, world
from tiltmeter.schemas import OVERALL

JUMPS = (Change("S00", "RUS", 20, 2.0), Change("S01", "RUS", 16, -2.0))
TRUTHS = [Truth(states=6, months=36, rate=0.4, changes=JUMPS, seed=seed) for seed in (11, 12, 13)]


@dataclass
class Case:
    """A world and its fit."""

    made: World
    found: Fit

    def side(self, state: str, pole: str = "RUS") -> Posterior:
        one = self.found.posterior(state, pole)
        assert one is not None
        return one

    def pairs(self) -> list[tuple[str, str]]:
        return list(self.made.closeness)

    def gap(self) -> float:
        """Where the scale stands on the whole, which no data tell."""
        return float(
            np.mean(
                [
                    self.made.closeness[p][:, 0].mean()
                    - self.side(*p).curve(OVERALL, "total")[0].mean()
                    for p in self.pairs()
                ]
            )
        )


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    out = []
    for truth in TRUTHS:
        made = world(truth)
        months = made.months[0], made.months[-1]
        found = fit(made.panel, made.coverage, months=months, state="S00", poles=truth.poles)
        out.append(Case(made, found))
    return out


def test_the_same_seed_makes_the_same_world() -> None:
    assert world(TRUTHS[0]).panel.equals(world(TRUTHS[0]).panel)
    assert not world(TRUTHS[0]).panel.equals(world(TRUTHS[1]).panel)


def test_intervals_of_closeness_cover(cases: list[Case]) -> None:
    wide = float(ndtri(0.95))
    hits = []
    for case in cases:
        gap = case.gap()
        for pair in case.pairs():
            mean, sd = case.side(*pair).curve(OVERALL, "total")
            hits.append(np.abs(case.made.closeness[pair][:, 0] - gap - mean) < wide * sd)
    assert 0.80 < np.mean(hits) < 0.98


def test_intervals_of_shifts_cover_and_are_not_empty_talk(cases: list[Case]) -> None:
    wide = float(ndtri(0.95))
    hits, widths = [], []
    for case in cases:
        months = case.made.months
        windows = (months[0], months[17]), (months[18], months[35])
        weights = contrast(months, *windows)
        for pair in case.pairs():
            size, sd = moved(Question((case.side(*pair),), OVERALL), *windows)
            hits.append(abs(float(weights @ case.made.closeness[pair][:, 0]) - size) < wide * sd)
            widths.append(sd)
    assert np.mean(hits) > 0.78
    assert np.median(widths) < 0.6


@pytest.mark.parametrize("jump", JUMPS, ids=lambda j: j.state)
def test_a_jump_is_found_at_its_time_with_its_sign(cases: list[Case], jump: Change) -> None:
    right = 0
    for case in cases:
        question = Question((case.side(jump.state),), OVERALL)
        steps = [s for s in change_points(question, SURE) if abs(s.at - jump.at) <= 4]
        months = case.made.months
        if steps:
            at = steps[0].at
            size, _ = moved(question, (months[0], months[at - 1]), (months[at], months[-1]))
            right += np.sign(size) == np.sign(jump.size)
    assert right >= 2


def test_states_that_stay_raise_few_alarms(cases: list[Case]) -> None:
    alarms = sum(
        len(list(change_points(Question((case.side(f"S{n:02d}"),), OVERALL), SURE)))
        for case in cases
        for n in range(2, 6)
    )
    assert alarms <= 3  # in 36 years of series


def test_the_loading_of_contact_is_recovered(cases: list[Case]) -> None:
    assert 0.35 < np.mean([case.found.hyper.loading for case in cases]) < 0.85


def test_what_the_pole_does_to_all_is_not_taken_for_the_state(cases: list[Case]) -> None:
    """All states fall out with the pole by as much: the pole's part must carry most of it."""
    together = tuple(Change(f"S{n:02d}", "RUS", 18, -1.5) for n in range(8))
    made = world(Truth(states=8, months=36, rate=0.4, changes=together, seed=21))
    months = made.months
    found = fit(
        made.panel, made.coverage, months=(months[0], months[-1]), state="S00", poles=["RUS"]
    )
    case = Case(made, found)
    windows = (months[0], months[17]), (months[18], months[35])
    pole, total = [], []
    for n in range(8):
        question = Question((case.side(f"S{n:02d}"),), OVERALL)
        pole.append(moved(question, *windows, "pole")[0])
        total.append(moved(question, *windows)[0])
    assert np.mean(total) < -0.8
    assert np.mean(pole) < 0.5 * np.mean(total)
    assert cases
