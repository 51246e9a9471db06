"""Which rows of a batch ask the same question, so that it is answered once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.jurisdiction.bulk import Pairs
from routing.pipeline import Deps

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Column = NDArray[Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class ComplaintBatch:
    """Complaints as columns, one row each; WGS 84 degrees."""

    lon: Floats
    """``nan`` where there is no place."""
    lat: Floats
    radius_m: Floats
    """95 % radius in metres; must be above 0 where there is a place."""
    day: Ints
    """Proleptic ordinal (``date.toordinal``) of the day whose boundaries and rules apply."""
    category: Column
    """Objects: text or ``None``."""
    text: Column | None = None
    """Objects: the words of each row, empty for none; ``None`` where no row's are to be read."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What of each row, besides its polygons, decides its answer; arrays over the whole batch."""

    batch: ComplaintBatch
    category: Ints
    """A number for each distinct category."""
    epoch: Ints
    """A number for each run of days on which rules and units stay the same."""

    @classmethod
    def of(cls, batch: ComplaintBatch, deps: Deps) -> Questions:
        """Number the categories and cut time where a rule or unit comes or goes."""
        given = batch.category.tolist()
        numbers = {name: at for at, name in enumerate(dict.fromkeys(given))}
        category = np.array([numbers[name] for name in given], dtype=np.int64)
        return cls(batch, category, np.searchsorted(_change_days(deps), batch.day, side="right"))

    def distinct(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return the first of each set of rows alike in everything, and each row's set.

        Complaints repeat places: a third of the Chicago file stands at an address seen before.
        """
        b = self.batch
        columns = (self.epoch, self.category, b.radius_m, b.lat, b.lon)
        order = np.lexsort([column[rows] for column in columns])
        changes = np.zeros(len(rows), dtype=bool)
        changes[:1] = True
        for column in columns:
            values = column[rows][order]
            changes[1:] |= values[1:] != values[:-1]
        which = np.empty(len(rows), dtype=np.int64)
        which[order] = np.cumsum(changes) - 1
        return order[changes], which

    def keys(self, rows: Ints) -> Ints:
        """One number per row for category and epoch together."""
        epochs = int(self.epoch.max(initial=0)) + 1
        keys: Ints = self.category[rows] * epochs + self.epoch[rows]
        return keys


def same_answer(keys: Ints, plain: Ints, pairs: Pairs, count: int) -> list[Ints]:
    """Cut ``plain``, rows far from every border, into groups alike in key and polygons.

    ``count`` is the number of polygons. Returns the groups as arrays of row positions.
    """
    if not len(plain):
        return []
    first = np.searchsorted(pairs.row, plain)
    size = np.searchsorted(pairs.row, plain, side="right") - first
    key = keys
    for nth in range(int(size.max())):
        at = np.minimum(first + nth, len(pairs.number) - 1)
        polygon = np.where(size > nth, pairs.number[at] + 1, 0)
        key = np.unique(key, return_inverse=True)[1] * (count + 1) + polygon
    order = np.argsort(key, kind="stable")
    cuts = np.flatnonzero(np.diff(key[order])) + 1
    return [plain[group] for group in np.split(order, cuts)]


def _change_days(deps: Deps) -> Ints:
    """Days on which a rule or a unit comes into or goes out of force."""
    days = {rule.effective_from.toordinal() for rule in deps.rules.rules}
    days |= {r.effective_to.toordinal() + 1 for r in deps.rules.rules if r.effective_to}
    days |= {day.toordinal() for day in deps.units.change_days()}
    return np.array(sorted(days), dtype=np.int64)
