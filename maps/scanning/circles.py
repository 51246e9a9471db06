"""All circles around places, nearest first, so that one running sum counts every one of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from maps.model import Bools, Floats, Ints
from routing.errors import UserInputError

MOST_WINDOWS = 20_000_000
"""Places × neighbours × periods. 160 MB for each array of that many numbers."""

_SAME = 1e-9
"""Relative difference up to which two distances are one: places on the same circle come in
together, or the answer would hang on the order of the rows."""


@dataclass(frozen=True, kw_only=True)
class Circles:
    """For each place the places around it, and which of the growing circles are windows."""

    order: Ints
    """(n, k) places, nearest first, each row beginning with a place at distance 0."""
    distance_m: Floats
    """(n, k) metres; infinite where the row has no further place within the radius."""
    ends: Bools
    """(n, k) whether the circle that ends here is a window."""

    @cached_property
    def flat(self) -> NDArray[np.intp]:
        """(w,) the windows as places in the flattened (n, k)."""
        return np.flatnonzero(self.ends)

    def members(self, window: int) -> Ints:
        """The places of a window (its place in the flattened array), in ascending order."""
        row, column = divmod(window, self.order.shape[1])
        return np.sort(self.order[row, : column + 1])

    def summed(self, per_place: NDArray[Any]) -> NDArray[Any]:
        """(…, w) sums over each window of (…, n) values, of the same type."""
        gathered = per_place[..., self.order].cumsum(axis=-1, dtype=per_place.dtype)
        flattened = gathered.reshape(*per_place.shape[:-1], -1)
        chosen: NDArray[Any] = flattened[..., self.flat]
        return chosen


def circles(
    xy_m: Floats, weight: Floats, *, max_share: float, max_radius_m: float | None, periods: int = 1
) -> Circles:
    """Return all circles around places that hold at most ``max_share`` of the weight.

    ``xy_m`` is (n, 2) metres. Raises UserInputError for a share outside (0, 1], for a place that is
    not finite, and where there would be more than ``MOST_WINDOWS`` windows.
    """
    if not 0 < max_share <= 1:
        raise UserInputError(f"max_share={max_share} 不在 0 到 1 之间；请给出总量的占比，如 0.1")
    if xy_m.ndim != 2 or xy_m.shape[1] != 2 or not np.isfinite(xy_m).all():
        raise UserInputError("扫描只用有位置的地点；请先去掉没有坐标的行")
    n = len(xy_m)
    total = float(weight.sum())
    tree = cKDTree(xy_m)
    reach = np.inf if max_radius_m is None else float(max_radius_m)
    most = (
        n
        if not np.isfinite(reach)
        else int(tree.query_ball_point(xy_m, reach, return_length=True).max())
    )
    if n * most * periods > 4 * MOST_WINDOWS:
        raise UserInputError(
            f"{n} 个地点、每处至多 {most} 个邻点、{periods} 个时段，窗口太多；"
            "请缩小 max_radius_m，或先按社区汇总"
        )
    distance, order = tree.query(
        xy_m, k=[*range(1, most + 1)], distance_upper_bound=reach * (1 + _SAME)
    )
    inside = np.isfinite(distance)
    order = np.where(inside, order, 0).astype(np.int32)
    held = np.where(inside, weight[order], 0.0).cumsum(axis=1)
    following = np.full_like(distance, np.inf)
    following[:, :-1] = distance[:, 1:]
    last = following > distance * (1 + _SAME) + _SAME
    ends = inside & last & (held <= max_share * total * (1 + _SAME))
    # What lies beyond the largest window of all is never counted.
    used = int(ends.any(axis=0).nonzero()[0].max()) + 1 if ends.any() else 0
    if n * used * periods > MOST_WINDOWS:
        raise UserInputError(
            f"{n} 个地点、{used} 个邻点、{periods} 个时段，窗口超过 {MOST_WINDOWS} 个；"
            "请缩小 max_radius_m 或 max_share，或先按社区汇总"
        )
    return Circles(
        order=order[:, :used],
        distance_m=np.asarray(distance[:, :used], dtype=np.float64),
        ends=ends[:, :used],
    )
