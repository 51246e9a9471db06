"""派单依据: the one sentence a unit can check word by word."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from routing.model import Hits, JurisdictionHit, JurisdictionLevel, LevelHits, Rule

_LEVEL_WORDS = {
    JurisdictionLevel.DISTRICT: "区县",
    JurisdictionLevel.SUBDISTRICT: "街道（镇）",
    JurisdictionLevel.COMMUNITY: "社区",
    JurisdictionLevel.GRID: "网格",
}


def basis_sentence(
    *,
    hits: Hits,
    category: str | None,
    rule: Rule | None,
    zone: JurisdictionHit | None,
    lead: str,
    co: Sequence[str],
    fallback: str,
    place_name: str,
    extended: bool,
) -> str:
    """Where the place lies, by which boundaries, who leads on what ground, who catches the rest.

    Plain text, never escaped here: names come from files and must be escaped by whoever shows it.
    """
    where = _where(hits, place_name or ("该处" if extended else "该点"), extended)
    topic = category or "该诉求"
    if zone is not None:
        duty = f"位于专属区域“{zone.jurisdiction.name}”内，{topic}由{lead}主办"
    elif rule is not None:
        ground = f"（{rule.basis}）" if rule.basis else ""
        duty = f"{topic}由{lead}主办{ground}"
    else:
        unsure = hits.finest is not None and (hits.finest.tie or hits.finest.overlap)
        duty = f"{topic}按属地{'暂' if unsure else ''}由{lead}主办"
    helpers = [name for name in co if name not in (lead, fallback)]
    parts = [duty]
    if helpers:
        parts.append(f"{'、'.join(helpers)}协办")
    if fallback != lead:
        parts.append(f"{fallback}兜底")
    return f"{where}；{'，'.join(parts)}。"


def boundary_words(versions: Sequence[str]) -> str:
    """Versions as a reader says them: ``《鼓楼区街道界线》2023年1月1日版``."""
    return "、".join(map(_version_words, versions))


@lru_cache(maxsize=64)
def _version_words(version: str) -> str:
    name, _, rest = version.partition("@")
    year, month, day = [*rest.partition("#")[0].split("-"), "", ""][:3]
    dated = f"{year}年{int(month)}月{int(day)}日版" if year and month and day else ""
    return f"《{name}》{dated}"


def _where(hits: Hits, place: str, extended: bool) -> str:
    finest = hits.finest
    if finest is None or finest.best is None:
        return f"{place}不在已载入的管辖区内"
    used = sorted({hit.jurisdiction.version for hit in finest.hits if hit.jurisdiction.version})
    sources = f"，据{boundary_words(used)}" if used else ""
    if finest.tie:
        names = "与".join(_full_name(hits, hit) for hit in finest.hits if hit.covers)
        return f"{place}正好在{names}的界线上{sources}，归属须人工确认"
    if finest.overlap:
        names = "与".join(_full_name(hits, hit) for hit in finest.hits if hit.covers)
        return f"{place}同时在{names}的界线之内（界线重叠）{sources}，归属须人工确认"
    best = finest.best
    if not best.covers and not (extended and best.share > 0):
        name = _full_name(hits, best)
        word = _LEVEL_WORDS[finest.level]
        return f"{place}处{word}界线空白，最近的是{name}，相距{best.edge_distance_m:.0f}米{sources}"
    share = "" if best.share >= 0.995 else f"{best.share * 100:.0f}%"
    rest = _rivals(hits, finest, extended)
    return f"{place}{share}位于{_full_name(hits, best)}{rest}{_missing(hits, finest)}{sources}"


def _full_name(hits: Hits, hit: JurisdictionHit) -> str:
    """Names from the subdistrict down to this jurisdiction, as far as the levels nest."""
    chain = [hit.jurisdiction.name]
    child, parent = hit.jurisdiction.code, hit.jurisdiction.parent_code
    levels = [level for level in hits.levels if level.hits]
    at = next((n for n, level in enumerate(levels) if level.level is hit.jurisdiction.level), 0)
    for level in reversed(levels[:at]):
        if level.level is JurisdictionLevel.DISTRICT:
            break
        above = _above(level, child, parent)
        if above is None:
            break
        if not chain[0].startswith(above.jurisdiction.name):
            chain.insert(0, above.jurisdiction.name)
        child, parent = above.jurisdiction.code, above.jurisdiction.parent_code
    return "".join(chain)


def _above(level: LevelHits, child: str, parent: str | None) -> JurisdictionHit | None:
    """The hit that a jurisdiction lies under: by its parent code; where none is declared by the
    structure of the codes, or the only one there is; ``None`` where that does not tell."""
    if parent is not None:
        return next((hit for hit in level.hits if hit.jurisdiction.code == parent), None)
    for hit in level.hits:
        stem = hit.jurisdiction.code.rstrip("0")
        if len(stem) >= 6 and child.startswith(stem):
            return hit
    return level.hits[0] if len(level.hits) == 1 else None


def _rivals(hits: Hits, finest: LevelHits, extended: bool) -> str:
    others = [hit for hit in finest.hits[1:] if hit.share >= 0.005]
    if not others:
        return ""
    words = [f"{hit.share * 100:.0f}%在{_full_name(hits, hit)}" for hit in others[:2]]
    distance = "" if extended else f"距界线{hits.edge_distance_m:.0f}米，"
    return f"（{distance}另{'、'.join(words)}）"


def _missing(hits: Hits, finest: LevelHits) -> str:
    words = [
        _LEVEL_WORDS[level.level] for level in hits.levels if level.gap and level is not finest
    ]
    return f"（该处{'、'.join(words)}界线空白）" if words else ""
