"""Tilt: closeness to one pole minus closeness to another, month by month."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tiltmeter.model.posterior import Posterior, interval
from tiltmeter.schemas import DOMAINS, OVERALL, TILT


def tilt(one: Posterior, other: Posterior) -> pa.Table:
    """Tilt of a state between two poles; contract TILT.

    The poles' posteriors are independent given the common parameters, so variances add. For poles
    that share members (the West and the EU) this usually makes the interval too wide: what both
    share is counted as noise of each.
    """
    rows = []
    for domain in (OVERALL, *DOMAINS):
        (mean_a, sd_a), (mean_b, sd_b) = one.curve(domain, "total"), other.curve(domain, "total")
        stories = one.stories(domain) + other.stories(domain)
        mean, sd = mean_a - mean_b, np.hypot(sd_a, sd_b)
        for n, month in enumerate(one.months):
            rows.append(
                {
                    "state": one.state,
                    "pole_a": one.pole,
                    "pole_b": other.pole,
                    "domain": domain,
                    "month": month,
                    **interval(float(mean[n]), float(sd[n]), one.options.ci_prob),
                    "n_stories": int(stories[n]),
                }
            )
    return TILT.table(rows)
