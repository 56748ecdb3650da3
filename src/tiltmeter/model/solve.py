"""Posterior mode and curvature of a group of series that share a border.

The border is a short vector z that enters the closeness of all series of the group: the pole's own
movement in the fit, the steps in the search for changes. Newton's method on series and border
together; the border is reached through its Schur complement, so that the posterior is exact for
the Gaussian at the mode (Rue, Martino & Chopin 2009, section 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tiltmeter.model.likelihood import contact_slopes, log_contact, log_tones, tone_slopes
from tiltmeter.model.options import ModelOptions
from tiltmeter.model.prior import DEVIATION, LEVEL, RATE, TRANSIENT, Hyper, latent, times
from tiltmeter.model.statespace import Array, Factor, factor

_CHUNK: Final = 8_000_000  # numbers in the largest array at once
_LONGEST_STEP: Final = 2.0  # a longer Newton step is cut: far from the mode the quadratic lies
_HALVINGS: Final = 8


@dataclass(slots=True)
class Group:
    """Series with a common border.

    Attributes:
        counts: Stories by tone, (S, T, D, 4).
        offset: Added to closeness and known, (S, T, D).
        exposure: Log of expected contact, (S, T).
        border: How much of each border element enters the closeness of a cell, (S or 1, T, D, M).
        diagonal, links, mean: The prior of the series.
        border_precision: The prior of the border, (M, M), mean zero.
        hyper, options: Parameters.
    """

    counts: Array
    offset: Array
    exposure: Array
    border: Array
    diagonal: Array
    links: Array
    mean: Array
    border_precision: Array
    hyper: Hyper
    options: ModelOptions


@dataclass(frozen=True, slots=True)
class Slopes:
    """Slopes and curvatures of the log likelihood by closeness and by log contact, (S, T, D)."""

    tone: Array
    tone_curve: Array
    contact: Array
    contact_curve: Array


@dataclass(slots=True)
class Mode:
    """Posterior mode of a group: series x (S, T, K), border z (M,), and the factored curvature.

    ``carried`` is precision^-1 @ the curvature between series and border, (S, T, K, M);
    ``border_cov`` the border's posterior covariance.
    """

    x: Array
    z: Array
    slopes: Slopes
    factor: Factor
    carried: Array
    border_cov: Array
    converged: bool


def closeness(group: Group, x: Array, z: Array) -> Array:
    """Latent closeness of every cell, (S, T, D)."""
    return np.asarray(latent(x) + group.offset + group.border @ z)


def log_mean(group: Group, x: Array, eta: Array) -> Array:
    """Log of the expected number of cooperative stories, (S, T, D)."""
    return np.asarray(group.hyper.loading * eta + x[..., RATE] + group.exposure[..., None])


def slopes_at(group: Group, x: Array, z: Array) -> Slopes:
    """First and second derivatives of the log likelihood at a point."""
    hyper, eta = group.hyper, closeness(group, x, z)
    contact = group.counts[..., 2] + group.counts[..., 3]
    zero = np.zeros_like(contact)
    tone = tone_curve = slope = curve = zero
    if group.options.tone:
        each, bends = tone_slopes(eta, hyper.cuts)
        tone = (group.counts * each).sum(-1) / hyper.dispersion
        tone_curve = (group.counts * bends).sum(-1) / hyper.dispersion
    if group.options.contact:
        slope, curve = contact_slopes(contact, log_mean(group, x, eta), hyper.size)
    return Slopes(tone, tone_curve, slope, curve)


def objective(group: Group, x: Array, z: Array) -> float:
    """Log posterior up to a constant."""
    hyper, eta = group.hyper, closeness(group, x, z)
    away = x - group.mean
    out = -0.5 * float((away * times(group.diagonal, group.links, away)).sum())
    out -= 0.5 * float(z @ group.border_precision @ z)
    if group.options.tone:
        out += float((group.counts * log_tones(eta, hyper.cuts)).sum()) / hyper.dispersion
    if group.options.contact:
        contact = group.counts[..., 2] + group.counts[..., 3]
        out += float(log_contact(contact, log_mean(group, x, eta), hyper.size).sum())
    return out


def _assemble(group: Group, slopes: Slopes) -> tuple[Array, Array, Array]:
    """Blocks of the series' precision, its coupling with closeness, and curvature of closeness.

    Returns:
        (S, T, K, K); (S, T, K, D), the curvature between components and the closeness of domain d;
        (S, T, D).
    """
    load = group.hyper.loading
    w, c = slopes.tone_curve, slopes.contact_curve
    both = w + load * load * c
    n_series, n_months, n_domains = w.shape
    n_components = group.diagonal.shape[2]
    cross = np.zeros((n_series, n_months, n_components, n_domains))
    cross[:, :, LEVEL] = cross[:, :, TRANSIENT] = both
    at = np.arange(n_domains)
    cross[:, :, DEVIATION.start + at, at] = both
    cross[:, :, RATE.start + at, at] = load * c
    blocks = np.zeros((n_series, n_months, n_components, n_components))
    blocks[:, :, :, LEVEL] = blocks[:, :, :, TRANSIENT] = cross.sum(-1)
    blocks[:, :, :, DEVIATION] = cross
    blocks[:, :, :, RATE] = blocks[:, :, RATE, :].swapaxes(2, 3)
    blocks[:, :, RATE.start + at, RATE.start + at] = c
    at_all = np.arange(n_components)
    blocks[:, :, at_all, at_all] += group.diagonal
    return blocks, cross, both


def _gradient(group: Group, slopes: Slopes, x: Array) -> tuple[Array, Array]:
    """Slope of the log posterior by the series, (S, T, K), and of its data part by closeness."""
    eta_slope = slopes.tone + group.hyper.loading * slopes.contact
    out = -times(group.diagonal, group.links, x - group.mean)
    out[:, :, LEVEL] += eta_slope.sum(-1)
    out[:, :, TRANSIENT] += eta_slope.sum(-1)
    out[:, :, DEVIATION] += eta_slope
    out[:, :, RATE] += slopes.contact
    return out, eta_slope


def _chunks(n_series: int, numbers_each: int) -> list[slice]:
    size = max(1, _CHUNK // max(numbers_each, 1))
    return [slice(n, min(n + size, n_series)) for n in range(0, n_series, size)]


def curvature(group: Group, slopes: Slopes) -> tuple[Factor, Array, Array, Array]:
    """Factored precision of the series and what the border takes from it.

    Returns:
        Factor; carried (S, T, K, M); coupling (S, T, K, M); information of the data on the border
        with the series integrated out, (M, M).
    """
    blocks, cross, both = _assemble(group, slopes)
    factored = factor(blocks, group.links)
    n = group.border.shape[-1]
    border = np.broadcast_to(group.border, (*both.shape, n))
    coupling = cross @ border
    carried = np.empty_like(coupling)
    information = np.zeros((n, n))
    for part in _chunks(len(coupling), coupling[0].size):
        piece = Factor(factored.pivots[part], factored.links[part], factored.log_determinant[part])
        carried[part] = piece.solve(coupling[part])
        three = ((0, 1, 2), (0, 1, 2))
        bent = border[part] * both[part, ..., None]
        information += np.tensordot(border[part], bent, axes=three)
        information -= np.tensordot(coupling[part], carried[part], axes=three)
    return factored, carried, coupling, information


def mode(group: Group, x: Array, z: Array, *, rounds: int = 30, tolerance: float = 1e-7) -> Mode:
    """Newton's method from (x, z) to the posterior mode.

    Args:
        group: Series and border.
        x: Start, (S, T, K).
        z: Start, (M,).
        rounds: Most Newton steps.
        tolerance: Longest last step that counts as arrived.
    """
    value, converged = objective(group, x, z), False
    for _ in range(rounds):
        slopes = slopes_at(group, x, z)
        parts = curvature(group, slopes)
        step_x, step_z = _step(group, slopes, x, z, parts)
        longest = max(float(np.abs(step_x).max()), float(np.abs(step_z).max(initial=0.0)))
        scale = min(1.0, _LONGEST_STEP / max(longest, 1e-300))
        for _ in range(_HALVINGS):
            after = objective(group, x + scale * step_x, z + scale * step_z)
            if after >= value - 1e-9 * abs(value):
                break
            scale *= 0.5
        else:
            break  # no step along this direction is better: stay, and say so
        x, z, value = x + scale * step_x, z + scale * step_z, after
        if longest < tolerance:
            converged = True
            break
    slopes = slopes_at(group, x, z)
    factored, carried, _, information = curvature(group, slopes)
    cov = np.asarray(np.linalg.inv(information + group.border_precision), dtype=np.float64)
    return Mode(x, z, slopes, factored, carried, cov, converged)


def _step(
    group: Group,
    slopes: Slopes,
    x: Array,
    z: Array,
    parts: tuple[Factor, Array, Array, Array],
) -> tuple[Array, Array]:
    factored, carried, coupling, information = parts
    slope_x, eta_slope = _gradient(group, slopes, x)
    alone = factored.solve(slope_x[..., None])[..., 0]
    border = np.broadcast_to(group.border, (*eta_slope.shape, len(z)))
    slope_z = np.tensordot(eta_slope, border, axes=3) - group.border_precision @ z
    slope_z -= np.tensordot(alone, coupling, axes=3)
    step_z = np.asarray(np.linalg.solve(information + group.border_precision, slope_z))
    return alone - carried @ step_z, step_z.astype(np.float64)
