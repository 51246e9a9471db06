"""EARS C1, C2, C3: short history, no season (Hutwagner et al. 2003, the form CDC uses).

C1 compares with the seven steps just before; C2 leaves two steps free between, so that an outbreak
that has begun does not hide itself; C3 adds up what C2 was above 1 over three steps. The step that
is judged is never in its own baseline.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import stats

from maps.model import Floats
from maps.surveillance.verdict import Verdict
from routing.errors import UserInputError

BASELINE = 7
"""Steps (EARS)."""
C2_LAG = 2
"""Steps left free before the one that is judged (EARS)."""
ALPHA = 0.001
"""One-sided: mean + 3.09 standard deviations; EARS says 3."""
MINIMAL_SIGMA = 0.5
"""Cases. Seven steps without a case have no spread at all, and one case would be an alarm; half a
case lets the bound be 1.5 there, so that two are needed."""
C3_ABOVE = 2.0
"""C3 alarms above this sum of three (EARS)."""


def c1(
    counts: Floats,
    *,
    factors: Floats | None = None,
    baseline: int = BASELINE,
    alpha: float = ALPHA,
    minimal_sigma: float = MINIMAL_SIGMA,
    overdispersion: Floats | float | None = None,
) -> Verdict:
    """C1 of every step: ``counts`` is (…, t), so is every array of the answer.

    ``factors`` (same shape, or (t,)) says how busy a step is by its day (see ``day_factors``): the
    baseline is divided by it, the bound multiplied. The first ``baseline`` steps have no bound.

    ``p`` does not use the normal tail behind the bound, which is far too small with seven values.
    By default it is Student's t of one new value against them, not below the Poisson tail. Given
    ``overdispersion`` κ (a number, or one per series), known from many series of the same kind, it
    is the negative binomial tail with variance (μ + κμ²)(1 + 1/baseline).
    """
    return _judged(counts, factors, baseline, 0, alpha, minimal_sigma, overdispersion)


def c2(
    counts: Floats,
    *,
    factors: Floats | None = None,
    baseline: int = BASELINE,
    alpha: float = ALPHA,
    minimal_sigma: float = MINIMAL_SIGMA,
    overdispersion: Floats | float | None = None,
    lag: int = C2_LAG,
) -> Verdict:
    """C2 of every step; as ``c1`` with ``lag`` steps between baseline and the step judged."""
    return _judged(counts, factors, baseline, lag, alpha, minimal_sigma, overdispersion)


def c3(
    counts: Floats,
    *,
    factors: Floats | None = None,
    baseline: int = BASELINE,
    minimal_sigma: float = MINIMAL_SIGMA,
    lag: int = C2_LAG,
) -> Floats:
    """The C3 statistic of every step, Σ over three steps of max(0, C2 − 1); NaN at the beginning.

    An alarm where it is above ``C3_ABOVE``. (R's ``earsC`` writes the same as a bound that moves
    with the observed count, so that the count itself drops out; this is CDC's sum.)
    """
    mean, spread, scale = _baseline(counts, factors, baseline, lag, minimal_sigma)
    excess = np.maximum(0.0, (counts - mean * scale) / (spread * scale) - 1)
    total = np.full(counts.shape, np.nan)
    if counts.shape[-1] >= 3:
        total[..., 2:] = sliding_window_view(excess, 3, axis=-1).sum(axis=-1)
    return total


def _judged(
    counts: Floats,
    factors: Floats | None,
    baseline: int,
    lag: int,
    alpha: float,
    minimal_sigma: float,
    overdispersion: Floats | float | None,
) -> Verdict:
    if not 0 < alpha < 1:
        raise UserInputError(f"alpha={alpha}；应在 0 到 1 之间，如 0.001")
    counts = np.asarray(counts, dtype=np.float64)
    mean, spread, scale = _baseline(counts, factors, baseline, lag, minimal_sigma)
    expected = mean * scale
    if overdispersion is None:
        with np.errstate(divide="ignore", invalid="ignore"):  # no spread: any more is beyond it
            score = (counts - expected) / (spread * scale * np.sqrt(1 + 1 / baseline))
        chance = np.maximum(
            stats.t.sf(score, baseline - 1), stats.poisson.sf(counts - 1, expected + 1 / baseline)
        )
    else:
        chance = _pooled_tail(counts, expected, scale, baseline, overdispersion)
    return Verdict(
        observed=counts,
        expected=expected,
        bound=expected + stats.norm.isf(alpha) * spread * scale,
        p=np.where(np.isfinite(chance), chance, 1.0),
    )


def _pooled_tail(
    counts: Floats, expected: Floats, scale: Floats, baseline: int, kappa: Floats | float
) -> Floats:
    """P(X ≥ count), negative binomial; half a case is added to the baseline, so that seven steps
    without a case do not make the first one impossible."""
    shrink = np.asarray(kappa, dtype=np.float64)
    mean = expected + 0.5 / baseline * scale
    spread = (mean + (shrink[..., None] if shrink.ndim else shrink) * mean**2) * (1 + 1 / baseline)
    size = mean**2 / (spread - mean)
    tail: Floats = stats.nbinom.sf(counts - 1, size, size / (size + mean))
    return tail


def _baseline(
    counts: Floats, factors: Floats | None, baseline: int, lag: int, minimal_sigma: float
) -> tuple[Floats, Floats, Floats]:
    """Mean and standard deviation (n − 1) before each step, and the factor of the step."""
    if baseline < 2 or lag < 0:
        raise UserInputError(f"baseline={baseline}、lag={lag}；基线至少 2 步，间隔不能为负")
    counts = np.asarray(counts, dtype=np.float64)
    scale = np.ones_like(counts) if factors is None else np.broadcast_to(factors, counts.shape)
    if scale.size and scale.min() <= 0:
        raise UserInputError(f"日型系数须大于 0，最小的是 {scale.min()}")
    mean, spread = np.full(counts.shape, np.nan), np.full(counts.shape, np.nan)
    first = baseline + lag
    steps = counts.shape[-1]
    if steps > first:
        plain = counts / scale
        windows = sliding_window_view(plain, baseline, axis=-1)[..., : steps - first, :]
        mean[..., first:] = windows.mean(axis=-1)
        spread[..., first:] = np.maximum(windows.std(axis=-1, ddof=1), minimal_sigma)
    return mean, spread, scale
