"""How likely a unit named from words is right: fitted on labelled sentences, stored as data.

A unit is right when the words were read rightly and the place so read lies in the unit's area:
``P = reading(evidence) · geometry(p_geometry)``, each a logistic function, and then a monotone map
that takes out what the two together miss. How it is fitted: ``app/evaluation/fit.py``.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from routing.errors import UserInputError

FORMAT = 1
"""Of the JSON; a file of another number is refused."""

_LEAST, _MOST = 1e-4, 1 - 1e-4
"""Probabilities are kept inside these before their logarithm is taken."""


class UnusableCalibration(UserInputError):
    """A stored calibration that is not one, or of another format."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """概率校准: weights, map and thresholds; immutable and cheap to ask."""

    version: str
    """Name and day of the fit."""
    reading: Mapping[str, float]
    """Weight of each term of ``logit P(read rightly)``. A term is a name of ``evidence``, a
    ``precision=<class>``, or ``1``. What the evidence lacks counts as 0, and what the fit did not
    see changes nothing."""
    geometry: Mapping[str, float]
    """``slope`` of ``logit p_geometry`` and what a class adds to it, ``slope*precision=<class>``
    (their sum at least 0), and intercepts ``1`` and ``precision=<class>``. A class whose radius
    is wide for it has a steeper slope."""
    knots: tuple[tuple[float, float], ...] = ()
    """The map, as ascending (product, probability); empty leaves the product as it is."""
    thresholds: Mapping[str, float] = field(default_factory=dict)
    """Precision class → probability from which an answer is sure enough to be routed."""
    threshold_otherwise: float = 0.99
    """For classes that the fit did not see often enough."""
    error_rate: float = 0.0075
    """Share wrong among the routed that the thresholds were chosen for."""
    fitted_on: Mapping[str, str] = field(default_factory=dict)
    """What it was fitted on: corpora, seeds, number of sentences, day."""
    reliability: tuple[tuple[float, float, int], ...] = ()
    """(mean said, share right, cases) by equal-mass bins, on sentences held out of the fit."""
    _simple: Mapping[str, float] = field(init=False, repr=False, compare=False)
    _base: Mapping[str, float] = field(init=False, repr=False, compare=False)
    _xs: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        steady = self.geometry.get("slope", 1.0)
        added = {k[16:]: v for k, v in self.geometry.items() if k.startswith("slope*precision=")}
        if min([steady, *(steady + more for more in added.values())]) < 0:
            raise ValueError(f"a slope of p_geometry is below 0: {steady!r} and {added!r}")
        for before, after in zip(self.knots, self.knots[1:], strict=False):
            if after[0] <= before[0] or after[1] < before[1]:
                raise ValueError(f"knots have to ascend, were {before} and {after}")
        bad = [y for _, y in self.knots if not 0 <= y <= 1]
        bad += [t for t in (*self.thresholds.values(), self.threshold_otherwise) if not 0 <= t <= 1]
        if bad:
            raise ValueError(f"a probability lies in 0–1, was {bad[0]!r}")
        simple, base = {}, {}
        for term, weight in self.reading.items():
            if term.startswith("precision="):
                base[term.removeprefix("precision=")] = weight
            elif term != "1":
                simple[term] = weight
        object.__setattr__(self, "_simple", simple)
        object.__setattr__(self, "_base", base)
        object.__setattr__(self, "_xs", tuple(x for x, _ in self.knots))

    def probability(
        self, evidence: Mapping[str, float], p_geometry: float, precision: str
    ) -> float:
        """Probability, 0–1, that the unit is right; never falls when ``p_geometry`` rises.

        ``precision`` is the value of a LocationPrecision. A ``p_geometry`` that is not a number
        counts as 0.
        """
        return self._mapped(self.product(evidence, p_geometry, precision))

    def product(self, evidence: Mapping[str, float], p_geometry: float, precision: str) -> float:
        """The same before the map: reading times geometry."""
        z = self.reading.get("1", 0.0) + self._base.get(precision, 0.0)
        weight_of = self._simple.get
        for name, value in evidence.items():  # a dozen, of more than sixty that have a weight
            if value:
                z += weight_of(name, 0.0) * value
        if not _LEAST < p_geometry < _MOST:  # nan too
            p_geometry = _MOST if p_geometry >= _MOST else _LEAST
        geometry = self.geometry
        g = geometry.get("1", 0.0) + geometry.get("precision=" + precision, 0.0)
        slope = geometry.get("slope", 1.0) + geometry.get("slope*precision=" + precision, 0.0)
        g += slope * math.log(p_geometry / (1.0 - p_geometry))
        return _logistic(z) * _logistic(g)

    def threshold(self, precision: str) -> float:
        """Probability from which an answer of this class may be routed."""
        return self.thresholds.get(precision, self.threshold_otherwise)

    def _mapped(self, x: float) -> float:
        knots = self.knots
        if not knots:
            return x
        at = bisect_right(self._xs, x)
        if at == 0:
            return knots[0][1] * (x / knots[0][0]) if knots[0][0] > 0 else knots[0][1]
        if at == len(knots):
            return knots[-1][1]
        (x0, y0), (x1, y1) = knots[at - 1], knots[at]
        return y0 + (y1 - y0) * (x - x0) / (x1 - x0)

    def to_json(self) -> str:
        """The whole calibration, readable and in a fixed order."""
        shown = {
            "format": FORMAT,
            "version": self.version,
            "fitted_on": dict(self.fitted_on),
            "error_rate": self.error_rate,
            "reading": dict(self.reading),
            "geometry": dict(self.geometry),
            "knots": [list(knot) for knot in self.knots],
            "thresholds": dict(self.thresholds),
            "threshold_otherwise": self.threshold_otherwise,
            "reliability": [list(line) for line in self.reliability],
        }
        return json.dumps(shown, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """Read what ``to_json`` wrote; UnusableCalibration where it is something else."""
        try:
            given = json.loads(text)
            if given.get("format") != FORMAT:
                raise UnusableCalibration(
                    f"calibration of format {given.get('format')!r}, not {FORMAT}; "
                    "fit it again with shudi evaluate --fit"
                )
            return cls(
                version=str(given["version"]),
                fitted_on={str(k): str(v) for k, v in given.get("fitted_on", {}).items()},
                error_rate=float(given["error_rate"]),
                reading={str(k): float(v) for k, v in given["reading"].items()},
                geometry={str(k): float(v) for k, v in given["geometry"].items()},
                knots=tuple((float(x), float(y)) for x, y in given["knots"]),
                thresholds={str(k): float(v) for k, v in given["thresholds"].items()},
                threshold_otherwise=float(given["threshold_otherwise"]),
                reliability=tuple((float(a), float(b), int(n)) for a, b, n in given["reliability"]),
            )
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise UnusableCalibration(
                f"not a stored calibration ({error}); fit one with shudi evaluate --fit"
            ) from error


def _logistic(z: float) -> float:
    if z >= 0:
        return 1.0 / (1.0 + math.exp(-min(z, 700.0)))
    rising = math.exp(max(z, -700.0))
    return rising / (1.0 + rising)


@cache
def shipped_calibration() -> Calibration | None:
    """The calibration that comes with the program; ``None`` where the package has none."""
    stored = resources.files(__package__).joinpath("calibration.json")
    return Calibration.from_json(stored.read_text(encoding="utf-8")) if stored.is_file() else None
