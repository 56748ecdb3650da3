"""What may be chosen about the measure; everything here is printed in the brief's settings."""

from __future__ import annotations

from dataclasses import dataclass

from tiltmeter.errors import ConfigError


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Options of one fit.

    Attributes:
        ci_prob: Probability of the intervals lo..hi, between 0.5 and 1.
        delta: The change that counts as one, on the latent scale (logits of tone). A quarter turns
            odds of 1:1 for the better half of tones into 1.28:1.
        tone: Whether the ordered tone of stories is observed.
        contact: Whether the number of cooperative stories is observed.
        nu: Degrees of freedom of the level's innovations; few make rare jumps cheap.
        rho: Monthly autocorrelation of the transient; 0.5 halves a passing mood each month.
        rounds: Most rounds of estimation of the hyperparameters.
        tolerance: Largest relative change of a variance at which estimation stops.
        pool: How many series, the richest first, share in estimating what all have in common.
        change_rate: Expected changes of one series in a year before the data are seen.
        step_sd: Standard deviation of the size of a searched change, latent units.
    """

    ci_prob: float = 0.9
    delta: float = 0.25
    tone: bool = True
    contact: bool = True
    nu: float = 4.0
    rho: float = 0.5
    rounds: int = 40
    tolerance: float = 0.01
    pool: int = 240
    change_rate: float = 0.1
    step_sd: float = 1.0

    def __post_init__(self) -> None:
        if not 0.5 < self.ci_prob < 1:
            raise ConfigError(f"ci_prob: {self.ci_prob} is not between 0.5 and 1", key="ci_prob")
        if not (self.tone or self.contact):
            raise ConfigError("the measure needs tone, contact or both", key="tone")
