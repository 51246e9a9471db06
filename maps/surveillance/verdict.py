"""What a detector says of many series at once."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from maps.model import Bools, Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Per series, or per series and step: all arrays have the same shape."""

    observed: Floats
    """Cases in the step that is judged."""
    expected: Floats
    """Cases expected; NaN where there is not enough past to say."""
    bound: Floats
    """More than this many is an alarm; NaN where there is not enough past."""
    p: Floats
    """Probability of so many or more if nothing has changed; 1 where there is not enough past."""

    @property
    def alarm(self) -> Bools:
        """More than the bound."""
        with np.errstate(invalid="ignore"):
            above: Bools = self.observed > self.bound
        return above

    def put(self, rows: Bools, other: Verdict) -> None:
        """Take over another's word for some of the series, in place."""
        for one in fields(self):
            getattr(self, one.name)[rows] = getattr(other, one.name)
