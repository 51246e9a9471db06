"""The nouns. Frozen and keyword-only; nothing here computes more than its own validity.

Geometry is shapely in WGS 84 longitude/latitude degrees. Dates are calendar days in the
deployment's time zone (Asia/Shanghai unless configured); times are always aware.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from shapely.geometry.base import BaseGeometry


class JurisdictionLevel(StrEnum):
    """管辖层级, coarse to fine. ``OVERLAY`` (专属区域) stands outside the tree and above it."""

    DISTRICT = "district"  # 区县
    SUBDISTRICT = "subdistrict"  # 街道（镇）
    COMMUNITY = "community"  # 社区（村）
    GRID = "grid"  # 网格
    OVERLAY = "overlay"  # 专属区域: 铁路, 高速, 河道, 开发区 …


TERRITORIAL_LEVELS: tuple[JurisdictionLevel, ...] = (
    JurisdictionLevel.DISTRICT,
    JurisdictionLevel.SUBDISTRICT,
    JurisdictionLevel.COMMUNITY,
    JurisdictionLevel.GRID,
)
"""The tree of territories, coarse to fine."""


class LocationPrecision(StrEnum):
    """定位精度: what the place was matched to; it sets the default radius."""

    PIN = "pin"  # 给定坐标: a coordinate came with the complaint
    DOOR = "door"  # 门牌, known itself
    DOOR_BETWEEN = "door_between"  # 门牌, between two known numbers of its side
    DOOR_BEYOND = "door_beyond"  # 门牌, outside the known numbers
    DOOR_RANGE = "door_range"  # 门牌区段: 12-38号
    BUILDING = "building"  # 楼栋
    POLE = "pole"  # 灯杆、井盖等有编号的部件
    POI = "poi"  # 兴趣点
    STOP = "stop"  # 公交站
    GATE = "gate"  # 门、出入口
    JUNCTION = "junction"  # 路口
    CHAINAGE = "chainage"  # 公里桩
    SEGMENT = "segment"  # 路段
    OFFSET = "offset"  # 某处往某方向若干米
    OPPOSITE = "opposite"  # 对面
    VICINITY = "vicinity"  # 旁边、门口、附近
    COMPOUND = "compound"  # 小区、大院
    VILLAGE = "village"  # 自然村
    WATER = "water"  # 河湖
    ROAD = "road"  # 整条道路
    GRID = "grid"  # 网格
    COMMUNITY = "community"  # 社区
    SUBDISTRICT = "subdistrict"  # 街道
    DISTRICT = "district"  # 区县


class DecisionStatus(StrEnum):
    """What the machine says of its own answer."""

    ROUTED = "routed"  # sure enough
    REVIEW = "review"  # a person must look; the best unit is still named
    UNLOCATED = "unlocated"  # no place found; the fallback queue owns it
    OUTSIDE = "outside"  # a place, but outside every loaded jurisdiction
    INVALID = "invalid"  # the row cannot be used; the reason says why


class ReasonCode(StrEnum):
    """Why a decision is what it is; more are added as ``rule:<id>`` and ``overlay:<kind>``."""

    TIE = "tie"  # exactly on a shared border
    NEAR_EDGE = "near_edge"  # a border of some level lies within the place's radius
    GAP = "gap"  # a loaded level has no polygon here
    OVERLAP = "overlap"  # two polygons of one level both claim the place
    COARSE_PLACE = "coarse_place"
    DISTRICT_CONFLICT = "district_conflict"
    TEXT_POINT_CONFLICT = "text_point_conflict"
    AMBIGUOUS_PLACE = "ambiguous_place"
    HOMOPHONE = "homophone"  # the name was found by its sound
    FUZZY = "fuzzy"  # the name was found with one character changed
    CALLER_ADDRESS = "caller_address"  # only the caller's own address is known
    BOUNDARY_ROAD = "boundary_road"  # on a road that is itself the border
    CROSSES_UNITS = "crosses_units"
    OVERLAY = "overlay"  # an overlay zone decided or assists
    FALLBACK = "fallback"  # no finer owner was sure; a coarser one or people own it
    DEFAULT_POINT = "default_point"
    SUSPECT_CRS = "suspect_crs"  # outside as declared, inside if read in another CRS
    PLACE_UNKNOWN = "place_condition_unknown"  # a rule asks something nobody knows of this place
    NOT_IN_FORCE = "no_boundaries_in_force"  # nothing was in force on the day
    DUPLICATE_ID = "duplicate_id"


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """定位结果: where a complaint most likely is, and how far off that may be."""

    geometry: BaseGeometry
    """Point, line or polygon, WGS 84 degrees; never the centroid of a road or a district."""
    radius_m: float
    """The true place lies within this many metres of the geometry in 95 of 100 cases."""
    precision: LocationPrecision
    """What the place was matched to."""
    place_ids: tuple[str, ...] = ()
    """Gazetteer ids used; empty for a given coordinate."""
    matched_text: str = ""
    """The words used, as they stand in the complaint."""
    reading: str = ""
    """The reading as a short canonical string."""
    ground: BaseGeometry | None = None
    """The area on which it lies with 95 %, WGS 84 degrees, where that is not the whole disc or
    strip of ``radius_m``: a house without what lies across its road. ``None`` where it is."""

    def __post_init__(self) -> None:
        if not 0 < self.radius_m < math.inf:  # written so that nan fails too
            raise ValueError(f"radius_m must be above 0 and finite, was {self.radius_m!r}")
        if self.geometry.is_empty:
            raise ValueError("a location needs a geometry, was empty")


class PlaceKind(StrEnum):
    """地名类别: what a gazetteer entry is; the contract's closed list."""

    ROAD = "road"  # 道路、街、巷、弄, 公路; a line
    ADDRESS = "address"  # 门牌; a point, with ``road`` and ``number``
    COMPOUND = "compound"  # 小区、大院、市场; a polygon where known
    BUILDING = "building"  # 楼栋
    POI = "poi"  # 兴趣点
    STOP = "stop"  # 公交站; one entry per direction, or one for both
    GATE = "gate"  # 大门、地铁出入口
    POLE = "pole"  # 灯杆等有编号的部件
    JUNCTION = "junction"  # 有名字的路口、立交
    VILLAGE = "village"  # 自然村、村民小组
    ADMIN = "admin"  # 行政区: 区县、街道、社区
    WATER = "water"  # 河、湖、渠


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Place:
    """地名: one entry of the gazetteer."""

    id: str
    """Unique in its gazetteer; stands in every decision that used it."""
    name: str
    """The standard name as its authority writes it."""
    kind: PlaceKind
    geometry: BaseGeometry
    """Point, line or polygon (or several of them), WGS 84 degrees, not empty."""
    aliases: tuple[str, ...] = ()
    """Other names in use: short, old, spoken."""
    road: str = ""
    """Name of the road an address counts along; of the compound a building or gate belongs to."""
    number: str = ""
    """House, building, gate or pole number as written: ``59``, ``88-3``, ``B-044``."""
    admin_code: str = ""
    """Finest known administrative code, up to 12 digits; empty where unknown."""
    source: str = ""
    valid_from: date | None = None
    """First day of the name; ``None`` where unknown."""
    valid_to: date | None = None
    """Last day, inclusive; ``None`` while in use. An old name is still understood, and marked."""


class SpanRole(StrEnum):
    """What a slice of a complaint is for."""

    SITE = "site"  # 事发地
    CALLER = "caller"  # 来电人自己的住址
    ROUTE = "route"  # 途经、公交线路
    OTHER = "other"  # 另外提到的地点, 单位所在地
    BOILERPLATE = "boilerplate"  # 套话


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """原文片段: a slice of the complaint as it was sent, ``text[start:end]``."""

    start: int
    end: int
    role: SpanRole


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceCandidate:
    """One place that the words may mean."""

    location: Location
    penalty: float
    """Sum of the named penalties of its reading; the lower the better, 0 for an exact one."""
    name: str
    """The place in Chinese as a sentence says it: ``西洪路59号对面``."""
    words: str
    """The reading for people, with what it was matched to: ``西洪路59号对面（门牌，已登记）``."""
    penalties: Mapping[str, float] = field(default_factory=dict)
    """Name of each penalty → its size."""


class PlaceOutcome(StrEnum):
    """How the reading of a text ended."""

    LOCATED = "located"
    AMBIGUOUS = "ambiguous"  # 多地同名: several places fit equally well
    NOT_FOUND = "not_found"  # 未能定位
    OUTSIDE = "outside"  # the words name another city


@dataclass(frozen=True, kw_only=True, slots=True)
class TextPlace:
    """What the words of a complaint say of its place; a result in every outcome, never an error."""

    outcome: PlaceOutcome
    candidates: tuple[PlaceCandidate, ...] = ()
    """Best first; several where the text is ambiguous; empty where nothing was found."""
    spans: tuple[Span, ...] = ()
    """Slices of the original text and what they are, ascending, not overlapping."""
    reasons: tuple[str, ...] = ()
    """Codes of ``ReasonCode``: ``district_conflict``, ``ambiguous_place``, ``homophone`` …"""
    notes: tuple[str, ...] = ()
    """Chinese sentences for a dispatcher: 原文写台江区，该路口在鼓楼区."""
    missing: tuple[str, ...] = ()
    """Names the text asks for that the gazetteer does not have."""
    evidence: Mapping[str, float] = field(default_factory=dict)
    """What the calibrated probability is computed from."""

    @property
    def location(self) -> Location | None:
        """The best candidate's location; ``None`` where there is none."""
        return self.candidates[0].location if self.candidates else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """诉求: what a citizen said. Never changed after it was received."""

    id: str
    """As the channel gave it; unique within one file or channel."""
    text: str = ""
    """The citizen's words, hostile until escaped."""
    category: str | None = None
    """诉求类别; ``None`` where nobody has classified it."""
    received_at: datetime | None = None
    """Aware; ``None`` where the file does not say."""
    location: Location | None = None
    """The place, already in WGS 84; ``None`` where neither pin nor words gave one."""
    channel: str = ""
    """Where it came from: 12345, app, grid staff …"""

    def __post_init__(self) -> None:
        if self.received_at is not None and self.received_at.tzinfo is None:
            raise ValueError(f"received_at must be aware, was {self.received_at!r}")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Jurisdiction:
    """管辖区: one area with one responsible unit, in force for some days."""

    code: str
    """As its authority gives it; unique per level on any one day."""
    name: str
    level: JurisdictionLevel
    geometry: BaseGeometry
    """Polygon or MultiPolygon, WGS 84 degrees, valid; borders belong to both neighbours."""
    unit_code: str
    """Who is responsible here; the jurisdiction's own code where no unit was declared."""
    parent_code: str | None = None
    """Code one level up; ``None`` where containment decides."""
    overlay_kind: str | None = None
    """For overlays only: railway, road, river, …"""
    precedence: int = 0
    """For overlays only: the higher goes first."""
    effective_from: date = date.min
    """First day in force."""
    effective_to: date | None = None
    """Last day in force, inclusive; ``None`` while it still is."""
    version: str = ""
    """The boundary version it belongs to, as printed in ``boundary_version``."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Overlays only: facts rules may ask for, e.g. ``{"road_class": "city"}``."""

    def __post_init__(self) -> None:
        if not self.code:
            raise ValueError(f"a jurisdiction needs a code, {self.name!r} has none")
        if (self.level is JurisdictionLevel.OVERLAY) != (self.overlay_kind is not None):
            raise ValueError(f"{self.code}: overlay_kind goes with level overlay and no other")
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError(
                f"{self.code}: effective_to {self.effective_to} lies before "
                f"effective_from {self.effective_from}"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class JurisdictionHit:
    """命中管辖区: one jurisdiction touched by a place's uncertainty."""

    jurisdiction: Jurisdiction
    share: float
    """Part of the place's uncertainty lying in it, 0–1."""
    covers: bool
    """Whether it covers the best point, border included."""
    edge_distance_m: float
    """From the best point to this jurisdiction's border; ``inf`` where farther than was looked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelHits:
    """All jurisdictions of one level at a place, the machine's pick first."""

    level: JurisdictionLevel
    hits: tuple[JurisdictionHit, ...]
    """Best first: declared by a border rule, covering, largest share, lowest code.
    Empty where the level has none here."""
    tie: bool = False
    """The best point lies exactly on a border that two of them share."""
    overlap: bool = False
    """Two of them both have the best point in their interior."""
    gap: bool = False
    """The level is loaded but none of its polygons covers the best point."""

    @property
    def best(self) -> JurisdictionHit | None:
        """The machine's pick, deterministic among exact ties; ``None`` where the level is empty."""
        return self.hits[0] if self.hits else None


@dataclass(frozen=True, kw_only=True)
class Hits:
    """Everything the boundaries say of one place on one day."""

    levels: tuple[LevelHits, ...]
    """Coarse to fine, only the levels that are loaded on that day."""
    overlays: tuple[JurisdictionHit, ...] = ()
    """Overlay zones touched, highest precedence first."""
    edge_distance_m: float = math.inf
    """From the best point to the nearest border of the finest loaded level."""
    near_edge: bool = False
    """A border of any territorial level lies within the place's radius."""
    boundary_road: tuple[str, ...] = ()
    """Codes of both sides where the place is on a border road and nobody knows whose it is."""
    versions: tuple[str, ...] = ()
    """Boundary versions in force that day, sorted."""
    overlay_kinds: tuple[str, ...] = ()
    """Kinds of overlay loaded that day, hit or not: what can be known of a place."""

    @cached_property
    def finest(self) -> LevelHits | None:
        """The finest level that really touches the place; where none does, the finest that has a
        polygon within reach; ``None`` where nothing is near."""
        touched = [level for level in self.levels if level.hits]
        for level in reversed(touched):
            if level.hits[0].covers or level.hits[0].share > 0:
                return level
        return touched[-1] if touched else None

    def at(self, level: JurisdictionLevel) -> JurisdictionHit | None:
        """The pick at one level, ``None`` where that level has none here.

        In a gap the nearest is only named where it lies under the coarser pick that covers.
        """
        above: JurisdictionHit | None = None
        for hits in self.levels:
            best = hits.best
            if hits.level is level:
                guess = best is not None and not best.covers and best.share == 0
                parent = best.jurisdiction.parent_code if best else None
                strange = above is not None and parent not in (None, above.jurisdiction.code)
                return None if guess and strange else best
            above = best if best is not None and best.covers else above
        return None


class UnitKind(StrEnum):
    """What a unit is; the tree may mix them freely."""

    CITY = "city"  # 市
    DISTRICT = "district"  # 区县
    DEPARTMENT = "department"  # 职能部门
    SUBDISTRICT = "subdistrict"  # 街道（镇）
    COMMUNITY = "community"  # 社区（村）
    GRID = "grid"  # 网格
    COMPANY = "company"  # 国企、产权单位
    ZONE = "zone"  # 高新区、农场管理区等非标准区域
    QUEUE = "queue"  # 人工研判队列


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """承办单位: who acts."""

    code: str
    name: str
    kind: UnitKind
    parent_code: str | None = None
    """``None`` for the root."""
    effective_from: date = date.min
    effective_to: date | None = None
    """Last day, inclusive; ``None`` while it still exists."""
    phone: str = ""
    """Duty telephone of the unit, not of a person."""


class RuleLayer(StrEnum):
    """Where a rule stands: rulings on contested types go before the category matrix."""

    RULING = "ruling"  # 裁定
    MATRIX = "matrix"  # 职责清单


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """派单规则: one line of the ordered list; the first that matches decides."""

    id: str
    layer: RuleLayer
    categories: tuple[str, ...]
    """Matches any of these; empty matches every category."""
    where: Mapping[str, tuple[str, ...]]
    """Place conditions from the closed vocabulary; all must hold; empty holds everywhere."""
    lead: str
    """A unit code, or a level word (``grid``, ``community``, ``subdistrict``, ``district``)
    meaning the territory's own unit there, or ``overlay`` meaning the zone's unit."""
    co: tuple[str, ...] = ()
    """Co-handlers, written like ``lead``."""
    basis: str = ""
    """Legal basis or ruling, with its date."""
    effective_from: date = date.min
    effective_to: date | None = None
    """Last day, inclusive; ``None`` while in force."""
    line: int = 0
    """Line in the rules file, for messages."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TraceStep:
    """What one rule said of one complaint."""

    rule_id: str
    outcome: str
    """``matched`` · ``no`` · ``unknown`` (the place condition has no answer) · ``not_tried``."""
    why: str
    """One Chinese clause: the condition that decided."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recommendation:
    """派单建议: the machine's answer, complete enough to be checked by hand and replayed."""

    status: DecisionStatus
    unit_code: str
    unit_name: str
    co_units: tuple[str, ...] = ()
    fallback_unit: str = ""
    """兜底: the subdistrict of the place, else the finest coarser owner, else the queue."""
    runner_up_unit: str = ""
    """The rival; empty where there is none."""
    runner_up_share: float = 0.0
    confidence: float = 0.0
    """Probability that ``unit_code`` is right, 0–1."""
    share: float = 0.0
    """Part of the place's uncertainty in the winning finest jurisdiction, 0–1."""
    reasons: tuple[str, ...] = ()
    basis: str = ""
    """One Chinese sentence a unit can check."""
    rules_version: str = ""
    trace: tuple[TraceStep, ...] = ()
