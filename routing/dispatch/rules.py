"""Rules as ordered data: rulings on contested types, then the category matrix; first match wins."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from routing.dispatch.rule_file import parse_rules
from routing.errors import UnusableRules
from routing.model import Rule, RuleLayer


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleSet:
    """派单规则集: ordered, versioned, all errors found at load."""

    version: str
    rules: tuple[Rule, ...]
    """Rulings before the matrix, each in the order of the file."""
    categories: tuple[str, ...] = ()
    """The closed list; empty where the file declares none."""
    overlay_topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Overlay kind → categories it takes; a kind that is absent takes all, ``()`` takes none
    (the zone only answers place conditions)."""
    warnings: tuple[str, ...] = ()
    """Rules that can never be reached, by id and line."""
    _by_category: Mapping[str | None, tuple[Rule, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def empty(cls) -> RuleSet:
        """No rules: everything goes by territory."""
        return cls(version="", rules=())

    @classmethod
    def parse(cls, text: str, name: str, *, units: Collection[str] | None = None) -> RuleSet:
        """Read a TOML rules file; ``name`` appears in messages.

        ``units`` are the known unit codes, checked when given. Raises UnusableRules with every
        mistake in the file, each with its line; a broken rule is never left out silently.
        """
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as wrong:
            raise UnusableRules(name, [f"not readable as TOML: {wrong}"]) from wrong
        parsed = parse_rules(document, text, units)
        if parsed.errors:
            raise UnusableRules(name, parsed.errors)
        order = [r for r in parsed.rules if r.layer is RuleLayer.RULING]
        order += [r for r in parsed.rules if r.layer is RuleLayer.MATRIX]
        named = {category for rule in order for category in rule.categories}
        by_category: dict[str | None, tuple[Rule, ...]] = {
            category: tuple(r for r in order if not r.categories or category in r.categories)
            for category in named
        }
        by_category[None] = tuple(r for r in order if not r.categories)
        return cls(
            version=parsed.version,
            rules=tuple(order),
            categories=parsed.categories,
            overlay_topics=parsed.overlay_topics,
            warnings=tuple(_shadowed(order)),
            _by_category=by_category,
        )

    def for_category(self, category: str | None) -> tuple[Rule, ...]:
        """The rules that could ever concern this category, in order."""
        found = self._by_category.get(category)
        return found if found is not None else self._by_category.get(None, ())

    def takes(self, overlay_kind: str, category: str | None) -> bool:
        """Whether zones of this kind are responsible for this category at all."""
        topics = self.overlay_topics.get(overlay_kind)
        return topics is None or (category is not None and category in topics)


def in_force(rule: Rule, day: date) -> bool:
    """Whether the rule applies on that day, first and last day included."""
    return rule.effective_from <= day and (rule.effective_to is None or day <= rule.effective_to)


def dates_of(rule: Rule) -> str:
    """The clause for the trace where a rule is not in force."""
    until = f"至{rule.effective_to.isoformat()}" if rule.effective_to else "起"
    return f"当日不在有效期内（{rule.effective_from.isoformat()}{until}）"


def _shadowed(order: list[Rule]) -> list[str]:
    """Name every rule that an earlier one always answers first."""
    found = []
    for at, later in enumerate(order):
        for earlier in order[:at]:
            if _covers(earlier, later):
                found.append(
                    f"rule {later.id!r} (line {later.line}) can never apply: "
                    f"{earlier.id!r} (line {earlier.line}) always matches before it"
                )
                break
    return found


def _covers(earlier: Rule, later: Rule) -> bool:
    if earlier.categories and not (
        later.categories and set(later.categories) <= set(earlier.categories)
    ):
        return False
    for condition, values in earlier.where.items():
        if condition not in later.where or not set(later.where[condition]) <= set(values):
            return False
    ends_later = earlier.effective_to is None or (
        later.effective_to is not None and later.effective_to <= earlier.effective_to
    )
    return earlier.effective_from <= later.effective_from and ends_later
