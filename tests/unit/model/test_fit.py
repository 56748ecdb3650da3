"""The fit and what is computed from it, on small simulated worlds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from tiltmeter.errors import ConfigError, NotEnoughData
from tiltmeter.model.cells import cells, months_between
from tiltmeter.model.closeness import Fit, fit
from tiltmeter.model.influence import Evidence
from tiltmeter.model.options import ModelOptions
from tiltmeter.model.posterior import PARTS, Posterior
from tiltmeter.model.prior import prior_mean, times
from tiltmeter.model.search import SURE, Step, change_points
from tiltmeter.model.shifts import Question, functionals, moved, shift_row
from tiltmeter.model.simulate import Change, Truth, World, world
from tiltmeter.model.solve import mode, objective
from tiltmeter.model.study import measure_study
from tiltmeter.schemas import COVERAGE, DOMAINS, OVERALL, PANEL

TRUTH = Truth(states=4, months=30, rate=0.3, changes=(Change("S00", "RUS", 15, 2.0),), seed=5)
BEFORE, AFTER = (date(2012, 1, 1), date(2013, 3, 1)), (date(2013, 4, 1), date(2014, 6, 1))


@pytest.fixture(scope="module")
def told() -> World:
    return world(TRUTH)


@pytest.fixture(scope="module")
def found(told: World) -> Fit:
    return fit(
        told.panel,
        told.coverage,
        months=(told.months[0], told.months[-1]),
        state="S00",
        poles=("RUS", "USA"),
    )


def side(found: Fit, state: str = "S00", pole: str = "RUS") -> Posterior:
    one = found.posterior(state, pole)
    assert one is not None
    return one


# --- cells ---------------------------------------------------------------------------------------


def test_a_world_is_laid_out_without_losing_a_story(told: World) -> None:
    data = cells(
        told.panel, told.coverage, (told.months[0], told.months[-1]), keep=[("S00", "RUS")], pool=99
    )
    assert data.counts.sum() == told.stories.num_rows
    assert data.months == told.months
    assert list(data.series) == sorted(data.series, key=lambda s: (s[1], s[0]))
    np.testing.assert_allclose(data.exposure.mean(axis=1), 0.0, atol=1e-12)


def test_the_pool_keeps_the_richest_and_the_state_of_the_study(told: World) -> None:
    months = told.months[0], told.months[-1]
    small = cells(told.panel, told.coverage, months, keep=[("S03", "RUS"), ("S03", "CHN")], pool=1)
    assert {("S03", "RUS"), ("S03", "CHN")} <= set(small.series)
    assert len(small.series) <= 3
    assert small.counts[small.series.index(("S03", "CHN"))].sum() == 0


def test_no_story_of_the_state_is_too_little() -> None:
    with pytest.raises(NotEnoughData, match="no story joins XYZ-RUS"):
        fit(PANEL.empty(), COVERAGE.empty(), months=BEFORE, state="XYZ", poles=["RUS"])


def test_months_between_has_no_gaps() -> None:
    span = months_between(date(2013, 11, 1), date(2014, 2, 1))
    assert [m.isoformat()[:7] for m in span] == ["2013-11", "2013-12", "2014-01", "2014-02"]


def test_coverage_no_more_variable_than_chance_is_no_exposure() -> None:
    rows = [
        {"state": "AAA", "pole": "RUS", "domain": "political", "month": m, "story_ids": ["s"]}
        | dict.fromkeys(("n_mconf", "n_vconf", "n_mcoop"), 0)
        | {"n_vcoop": 1}
        for m in months_between(date(2012, 1, 1), date(2012, 6, 1))
    ]
    flat = [
        {"kind": k, "code": c, "month": r["month"], "n_stories": 5}
        for r in rows
        for k, c in (("state", "AAA"), ("pole", "RUS"), ("all", "*"))
    ]
    months = date(2012, 1, 1), date(2012, 6, 1)
    data = cells(PANEL.table(rows), COVERAGE.table(flat), months, keep=[("AAA", "RUS")], pool=9)
    assert not data.exposure.any()


# --- the mode ------------------------------------------------------------------------------------


def test_the_mode_is_one(found: Fit) -> None:
    """No small step in any direction raises the log posterior."""
    rng = np.random.default_rng(1)
    for pole, at in found.modes.items():
        group = found.groups[pole]
        best = objective(group, at.x, at.z)
        for _ in range(20):
            x = at.x + 0.01 * rng.normal(size=at.x.shape)
            assert objective(group, x, at.z) < best
            assert objective(group, at.x, at.z + 0.01 * rng.normal(size=at.z.shape)) < best
        assert at.converged
        far = mode(group, at.x + 0.5, at.z - 0.5)
        np.testing.assert_allclose(far.x, at.x, atol=1e-5)


def test_variances_are_those_of_the_dense_posterior(found: Fit) -> None:
    """Series and border as one dense Gaussian, for the one series of a pole with one state."""
    one = side(found)
    alone = replace(
        one.group,
        counts=one.group.counts[[one.at]],
        offset=one.group.offset[[one.at]],
        exposure=one.group.exposure[[one.at]],
        diagonal=one.group.diagonal[[one.at]],
        links=one.group.links[[one.at]],
    )
    at = mode(alone, one.mode.x[[one.at]], one.mode.z)
    single = Posterior("S00", "RUS", one.months, alone, at, 0, one.options)
    shape = at.x.shape
    n, m = at.x.size, len(at.z)

    def value(v: np.ndarray) -> float:
        return objective(alone, v[:n].reshape(shape), v[n:])

    centre = np.concatenate([at.x.ravel(), at.z])
    wanted = [
        single.functional(np.eye(len(one.months))[t], d, p)
        for t, d, p in ((3, OVERALL, "total"), (20, "energy", "total"), (9, OVERALL, "pole"))
    ]
    _, sds = single.moments(wanted)
    series, border = single.covariances(wanted)
    for w, sd, s, b in zip(wanted, sds, series, border, strict=True):
        # along v = H^-1 c the curvature of the log posterior is c' H^-1 c = sd^2
        v = np.concatenate([s.ravel(), b]) / sd
        h = 1e-3
        bend = (value(centre + h * v) - 2 * value(centre) + value(centre - h * v)) / h**2
        assert -bend == pytest.approx(1.0, rel=0.03)  # expected against observed curvature
        assert float((w.series * s).sum() + w.border @ b) == pytest.approx(sd**2)
    assert m == one.group.border.shape[-1]


def test_the_parts_sum_to_the_whole(found: Fit) -> None:
    one = side(found)
    for domain in (OVERALL, *DOMAINS):
        total, *parts = (one.curve(domain, part)[0] for part in PARTS)
        np.testing.assert_allclose(total, sum(parts), atol=1e-9)


def test_order_of_rows_changes_nothing(told: World, found: Fit) -> None:
    rng = np.random.default_rng(0)
    panel = told.panel.take(pa.array(rng.permutation(told.panel.num_rows)))
    coverage = told.coverage.take(pa.array(rng.permutation(told.coverage.num_rows)))
    again = fit(
        panel, coverage, months=(told.months[0], told.months[-1]), state="S00", poles=("RUS", "USA")
    )
    assert (again.modes["RUS"].x == found.modes["RUS"].x).all()


def test_options_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ConfigError):
        ModelOptions(ci_prob=1.0)
    with pytest.raises(ConfigError):
        ModelOptions(tone=False, contact=False)


@pytest.mark.parametrize("source", ["tone", "contact"])
def test_each_source_of_information_can_stand_alone(told: World, source: str) -> None:
    options = ModelOptions(tone=source == "tone", contact=source == "contact", rounds=5)
    months = told.months[0], told.months[-1]
    alone = fit(
        told.panel, told.coverage, months=months, state="S00", poles=("RUS", "USA"), options=options
    )
    size, sd = moved(Question((side(alone),), OVERALL), BEFORE, AFTER)
    assert size > 0
    assert sd > 0


# --- shifts, tilts, steps ------------------------------------------------------------------------


def test_the_known_shift_is_seen_and_dated(found: Fit) -> None:
    question = Question((side(found),), OVERALL)
    row = shift_row(question, BEFORE, AFTER)
    assert row["p_up"] > 0.9
    assert row["lo"] < row["size"] < row["hi"]
    steps = list(change_points(question, SURE))
    assert [abs(s.at - 15) <= 3 for s in steps] == [True]
    assert steps[0].lo <= steps[0].at <= steps[0].hi


def test_swapping_poles_turns_the_sign(found: Fit) -> None:
    one, other = side(found), side(found, pole="USA")
    there = shift_row(Question((one, other), OVERALL), BEFORE, AFTER)
    back = shift_row(Question((other, one), OVERALL), BEFORE, AFTER)
    assert back["size"] == -there["size"]
    assert back["p_up"] == pytest.approx(there["p_down"], abs=1e-12)
    assert back["share_level"] == pytest.approx(there["share_level"])
    forth: list[Step] = list(change_points(Question((one, other), OVERALL)))
    assert [s.at for s in change_points(Question((other, one), OVERALL))] == [s.at for s in forth]


def test_a_quiet_series_has_no_steps() -> None:
    calm = Truth(states=3, months=36, rate=0.4, level=1e-6, deviation=1e-6, transient=0.02, seed=3)
    made = world(calm)
    found = fit(
        made.panel,
        made.coverage,
        months=(made.months[0], made.months[-1]),
        state="S00",
        poles=("RUS", "USA"),
    )
    for state in ("S00", "S01", "S02"):
        question = Question((side(found, state),), OVERALL)
        assert list(change_points(question, SURE)) == []
        (likeliest,) = change_points(question)
        assert likeliest.probability < SURE


# --- evidence ------------------------------------------------------------------------------------


def rows_for(told: World, question: Question) -> list[dict[str, object]]:
    size, _ = moved(question, BEFORE, AFTER)
    proof = Evidence(told.panel, told.stories, question.sides)
    return proof.rows("shift", size, question, BEFORE, AFTER)


def test_contributions_sum_to_the_shift_and_every_story_is_there(told: World, found: Fit) -> None:
    question = Question((side(found), side(found, pole="USA")), OVERALL)
    rows = rows_for(told, question)
    size, _ = moved(question, BEFORE, AFTER)
    assert sum(float(str(r["contribution"])) for r in rows) == pytest.approx(size)
    ids = [r["story_id"] for r in rows if r["kind"] == "story"]
    mine = told.panel.to_pylist()
    want = {i for r in mine if r["state"] == "S00" for i in r["story_ids"]}
    assert set(ids) == want
    assert len(ids) == len(want)
    assert [r["rank"] for r in rows] == list(range(1, len(rows) + 1))


def test_what_no_story_explains_is_what_the_prior_says(told: World) -> None:
    """For a world of one series the rest must be the prior's own pull, computed by itself."""
    made = world(replace(TRUTH, states=1, poles=("RUS",), changes=()))
    found = fit(
        made.panel,
        made.coverage,
        months=(made.months[0], made.months[-1]),
        state="S00",
        poles=("RUS",),
    )
    one = side(found)
    question = Question((one,), OVERALL)
    (wanted,) = functionals(question, BEFORE, AFTER)
    series, border = (a[0] for a in one.covariances([wanted]))
    x, z = one.mode.x, one.mode.z
    average = np.broadcast_to(x.mean(axis=1, keepdims=True), x.shape)
    level_of_pole = float((one.group.border[0, :, 0, :] @ z).mean())
    away = prior_mean(found.hyper) - average
    pulled = float((series * times(one.group.diagonal, one.group.links, away)[0]).sum())
    flat = np.full(len(z), level_of_pole)  # knots that give the pole's average in every month
    pulled += float(border @ (one.group.border_precision @ (0.0 - flat)))
    rest = next(r for r in rows_for(made, question) if r["kind"] == "prior")
    assert rest["contribution"] == pytest.approx(pulled, abs=1e-8)
    assert told.panel.num_rows


def test_a_story_taken_away_moves_the_number_the_way_its_contribution_says(
    told: World, found: Fit
) -> None:
    one = side(found)
    question = Question((one,), OVERALL)
    size, _ = moved(question, BEFORE, AFTER)
    heavy = [r for r in rows_for(told, question) if r["kind"] == "story"][:40]
    for row in heavy:
        _, _, month, domain, tone, _ = str(row["story_id"]).split(":")
        counts = one.group.counts.copy()
        counts[one.at, int(month), int(domain), int(tone)] -= 1
        without = replace(one.group, counts=counts)
        moved_to = mode(without, one.mode.x, one.mode.z)
        again = Question((replace(one, group=without, mode=moved_to),), OVERALL)
        change = moved(again, BEFORE, AFTER)[0] - size
        assert np.sign(change) == -np.sign(float(str(row["contribution"])))


def test_a_study_keeps_all_contracts_and_leaves_out_poles_without_stories(
    told: World, found: Fit
) -> None:
    tables = measure_study(
        found, "S00", ["RUS", "USA", "CHN"], ["RUS", "USA", "CHN"], (BEFORE, AFTER), told.panel,
        told.stories,
    )  # fmt: skip
    assert set(tables["closeness"]["pole"].to_pylist()) == {"RUS", "USA"}
    assert set(tables["tilt"]["pole_b"].to_pylist()) == {"USA"}
    by_shift: dict[str, float] = {}
    for row in tables["evidence"].to_pylist():
        by_shift[row["shift_id"]] = by_shift.get(row["shift_id"], 0.0) + row["contribution"]
    for row in tables["shifts"].to_pylist():
        assert by_shift[row["shift_id"]] == pytest.approx(row["size"], abs=1e-9)
    assert tables["failures"].num_rows == 0
