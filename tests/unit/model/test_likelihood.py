"""Slopes and curvatures against numerical differences; probabilities against their sum."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tiltmeter.model.likelihood import (
    contact_slopes,
    cumulative,
    log_contact,
    log_tones,
    tone_slopes,
)

CUTS = np.array([-2.0, -0.5, 1.5])
VALUES = st.floats(-6, 6)
STEP = 1e-5


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_tones_have_probabilities_that_sum_to_one(value: float) -> None:
    eta = np.array([value])
    assert np.isclose(np.exp(log_tones(eta, CUTS)).sum(), 1.0)
    assert (np.diff(cumulative(eta, CUTS)) > 0).all()


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_slopes_and_curvatures_of_tone(value: float) -> None:
    low, high = (np.array([value + d]) for d in (-STEP, STEP))
    slope, curve = tone_slopes(np.array([value]), CUTS)
    rise = (log_tones(high, CUTS) - log_tones(low, CUTS)) / (2 * STEP)
    np.testing.assert_allclose(slope, rise, atol=1e-6)
    bend = (tone_slopes(high, CUTS)[0] - tone_slopes(low, CUTS)[0]) / (2 * STEP)
    np.testing.assert_allclose(curve, -bend, atol=1e-6)
    assert (curve > 0).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 20), st.floats(-3, 3), st.floats(0.5, 40))
def test_slope_of_contact(count: int, log_mean: float, size: float) -> None:
    counts = np.array([float(count)])
    low, high = (log_contact(counts, np.array([log_mean + d]), size) for d in (-STEP, STEP))
    slope, curve = contact_slopes(counts, np.array([log_mean]), size)
    np.testing.assert_allclose(slope, (high - low) / (2 * STEP), atol=1e-5)
    up, down = (contact_slopes(counts, np.array([log_mean + d]), size)[0] for d in (STEP, -STEP))
    np.testing.assert_allclose(curve, -(up - down) / (2 * STEP), atol=1e-4)
    assert (curve > 0).all()


def test_better_tones_pull_closer() -> None:
    slope, _ = tone_slopes(np.array([0.3]), CUTS)
    assert (np.diff(slope[0]) > 0).all()
    assert slope[0, 0] < 0 < slope[0, -1]
