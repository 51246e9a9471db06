"""Checking a gazetteer against itself and the boundaries before any text is read with it."""

from __future__ import annotations

from collections.abc import Sequence

from geodata.findings import Finding, ordered
from geodata.gazetteer_checks.aliases import alias_findings
from geodata.gazetteer_checks.areas import area_findings
from geodata.gazetteer_checks.crowd import Crowd
from geodata.gazetteer_checks.duplicates import duplicate_findings
from geodata.gazetteer_checks.ground import Ground
from geodata.gazetteer_checks.numbers import number_findings
from geodata.gazetteer_checks.outliers import outlier_findings
from geodata.gazetteer_checks.roads import road_findings
from routing.model import Jurisdiction
from routing.ports import Gazetteer


def check(gazetteer: Gazetteer, areas: Sequence[Jurisdiction] = ()) -> list[Finding]:
    """Everything found, worst first; empty where nothing is.

    What was found while a file was read is included. ``areas``: the jurisdictions to hold
    ``admin_code`` against; without any, codes are not checked. At most ``crowd.LISTED`` findings
    of a kind and severity, the rest told in one.
    """
    places = gazetteer.places()
    ground = Ground(places)
    crowd = Crowd(gazetteer.version)
    road_findings(ground, crowd)
    number_findings(ground, crowd)
    duplicate_findings(ground, crowd)
    alias_findings(ground, crowd)
    area_findings(ground, areas, crowd)
    outlier_findings(ground, areas, crowd)
    read: Sequence[Finding] = getattr(gazetteer, "findings", ())
    return ordered([*read, *crowd.findings()])
