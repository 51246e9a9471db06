"""Rules files: all mistakes at once with their lines, order, dates, conditions not answerable."""

from __future__ import annotations

from datetime import date

import pytest

from routing.dispatch.claims import claims_at
from routing.dispatch.places import PlaceFacts
from routing.dispatch.rules import RuleSet
from routing.errors import UnusableRules, UserInputError
from routing.model import Hits, Jurisdiction, JurisdictionHit, JurisdictionLevel, LevelHits
from tests.drawing import draw

DAY = date(2026, 9, 1)
UNITS = {"JSJ", "CGJ", "JJDD", "350102-HW"}

FIVE_MISTAKES = """\
version = "2026-09"
categories = ["道路破损", "暴露垃圾"]

[[rule]]
id = "one"
category = ["道路破坏"]
lead = "JSJ"

[[rule]]
id = "two"
category = ["暴露垃圾"]
where = { on = "raod" }
lead = "CGJ"

[[rule]]
id = "three"
lead = "JSJJ"

[[rule]]
id = "four"
lead = "JSJ"
effective_from = "2026-01-01"

[[rule]]
id = "five"
lead = "JSJ"
effectiv_to = 2026-12-31
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(UnusableRules) as caught:
        RuleSet.parse(text, "rules.toml", units=UNITS)
    assert isinstance(caught.value, UserInputError)
    assert str(caught.value).startswith("rules.toml: ")
    return list(caught.value.findings)


def test_five_mistakes_are_all_reported_with_their_lines_at_once():
    found = mistakes(FIVE_MISTAKES)
    assert [finding.split(":")[0] for finding in found] == [
        "line 6", "line 12", "line 17", "line 22", "line 27",
    ]  # fmt: skip
    assert "'道路破坏' is not in categories; did you mean '道路破损'?" in found[0]
    assert "was 'raod'" in found[1] and "pavement" in found[1]
    assert "lead 'JSJJ' is not in the unit list; did you mean 'JSJ'?" in found[2]
    assert "must be a date such as 2026-01-01, was '2026-01-01'" in found[3]
    assert "unknown key 'effectiv_to'; did you mean 'effective_to'?" in found[4]


def test_the_message_lists_all_of_them_under_the_files_name():
    with pytest.raises(UnusableRules) as caught:
        RuleSet.parse(FIVE_MISTAKES, "duty/rules.toml", units=UNITS)
    lines = str(caught.value).splitlines()
    assert lines[0] == "duty/rules.toml: 5 error(s)"
    assert len(lines) == 6


RULE = 'version = "1"\n[[rule]]\nid = "a"\nlead = "JSJ"\n'


@pytest.mark.parametrize(
    "text, line, says",
    [
        ("", 1, "version must be a text"),
        ("version = 3", 1, "was 3"),
        ('version = ""', 1, "was ''"),
        ('version = "1"\ncategories = "道路破损"', 2, "categories must be a list of texts"),
        ('version = "1"\ncategories = [1]', 2, "was [1]"),
        ('version = "1"\nrules = []', 2, "unknown key 'rules'; did you mean 'rule'?"),
        ('version = "1"\nrule = "x"', 2, "write [[rule]] tables"),
        ('version = "1"\n[[rule]]\nlead = "JSJ"', 2, "every rule needs an id, was None"),
        ('version = "1"\n[[ruling]]\nid = ""\nlead = "JSJ"', 3, "every ruling needs an id"),
        ('version = "1"\n[[rule]]\nid = "a"', 2, "lead must name a unit code or"),
        ('version = "1"\n[[rule]]\nid = "a"\nlead = 7', 4, "was 7"),
        (RULE + 'co = "CGJ"', 5, "co must be a list of unit codes, was 'CGJ'"),
        (RULE + 'co = ["CGJ", "XX"]', 5, "co 'XX' is not in the unit list"),
        (RULE + 'category = "道路破损"', 5, "category must be a list of texts, was '道路破损'"),
        (RULE + "category = []", 5, "category must be a list of texts, was []"),
        (RULE + 'where = "road"', 5, "where must be a table of conditions"),
        (RULE + 'where = { withn = "A" }', 5, "unknown place condition 'withn'; did you mean"),
        (RULE + "where = { on = [] }", 5, "on must be a text or a list, was []"),
        (RULE + "where = { on = 5 }", 5, "on must be a text or a list, was 5"),
        (RULE + 'where = { road_class = ["motorway"] }', 5, "road_class knows expressway, city"),
        (RULE + "effective_from = 2026-01-01T00:00:00", 5, "must be a date"),
        (RULE + "effective_from = 2026-02-01\neffective_to = 2026-01-31", 6, "lies before"),
        (RULE + '[[rule]]\nid = "a"\nlead = "CGJ"', 6, "id 'a' is used by line 2 on the same days"),
        ('version = "1"\n[[overlay]]\ncategory = []', 2, "every overlay needs a kind"),
        ('version = "1"\n[[overlay]]\nkind = "river"\ntopics = []', 4, "unknown key 'topics'"),
        ('version = "1"\n[[overlay]]\nkind = "river"\ncategory = "x"', 4, "must be a list"),
        (
            'version = "1"\ncategories = ["甲"]\n[[overlay]]\nkind = "river"\ncategory = ["乙"]',
            5, "category '乙' is not in categories",
        ),
    ],
)  # fmt: skip
def test_each_kind_of_mistake_is_named_with_its_line_and_value(text, line, says):
    found = mistakes(text)
    assert len(found) == 1, found
    assert found[0].startswith(f"line {line}: ")
    assert says in found[0]


def test_what_is_no_toml_says_where():
    found = mistakes('version = "1"\n[[rule]\nid = "a"\n')
    assert len(found) == 1
    assert found[0].startswith("not readable as TOML: ")
    assert "line 2" in found[0]


def test_without_a_unit_list_codes_are_not_checked():
    rules = RuleSet.parse('version = "1"\n[[rule]]\nid = "a"\nlead = "ANYBODY"', "r.toml")
    assert rules.rules[0].lead == "ANYBODY"


def test_one_id_may_serve_two_periods():
    rules = RuleSet.parse(
        'version = "1"\n'
        '[[rule]]\nid = "a"\nlead = "JSJ"\neffective_to = 2025-12-31\n'
        '[[rule]]\nid = "a"\nlead = "CGJ"\neffective_from = 2026-01-01\n',
        "r.toml",
    )
    assert lead_on(rules, date(2025, 12, 31)) == "JSJ"
    assert lead_on(rules, date(2026, 1, 1)) == "CGJ"


def test_a_rule_of_one_day():
    rules = RuleSet.parse(
        RULE + "effective_from = 2026-05-01\neffective_to = 2026-05-01\n", "r.toml"
    )
    assert lead_on(rules, date(2026, 4, 30)) == "U-A"
    assert lead_on(rules, date(2026, 5, 1)) == "JSJ"
    assert lead_on(rules, date(2026, 5, 2)) == "U-A"


# ------------------------------------------------------------------ order and shadows


def test_rulings_go_before_the_matrix_wherever_they_stand_in_the_file():
    rules = RuleSet.parse(
        'version = "1"\n[[rule]]\nid = "m"\nlead = "JSJ"\n[[ruling]]\nid = "r"\nlead = "CGJ"\n',
        "r.toml",
    )
    assert [rule.id for rule in rules.rules] == ["r", "m"]
    assert lead_on(rules, DAY) == "CGJ"


def rule(name: str, body: str = "", table: str = "rule") -> str:
    return f'[[{table}]]\nid = "{name}"\nlead = "JSJ"\n{body}\n'


@pytest.mark.parametrize(
    "first, second, shadowed",
    [
        ("", 'category = ["甲"]', True),
        ('category = ["甲", "乙"]', 'category = ["甲"]', True),
        ('category = ["甲"]', 'category = ["甲", "乙"]', False),
        ('category = ["甲"]', "", False),
        ('where = { on = ["road"] }', "", False),
        ("", 'where = { on = ["road"] }', True),
        ('where = { on = ["road", "river"] }', 'where = { on = ["road"] }', True),
        ('where = { on = ["road"] }', 'where = { on = ["road", "river"] }', False),
        ('where = { on = ["road"] }', 'where = { on = ["road"], road_class = ["city"] }', True),
        ("effective_to = 2025-12-31", "", False),
        ("effective_from = 2026-01-01", "", False),
        ("effective_from = 2026-01-01", "effective_from = 2026-01-01", True),
        ("effective_to = 2025-12-31", "effective_to = 2025-06-30", True),
        ("effective_to = 2025-12-31", "effective_from = 2026-01-01", False),
    ],
)
def test_a_rule_that_another_always_answers_first_is_a_warning_naming_both(first, second, shadowed):
    rules = RuleSet.parse('version = "1"\n' + rule("early", first) + rule("late", second), "r.toml")
    assert len(rules.rules) == 2
    if shadowed:
        assert len(rules.warnings) == 1
        assert rules.warnings[0] == (
            "rule 'late' (line 6) can never apply: 'early' (line 2) always matches before it"
        )
    else:
        assert rules.warnings == ()


def test_a_ruling_shadows_a_rule_above_it_in_the_file():
    rules = RuleSet.parse('version = "1"\n' + rule("m") + rule("r", table="ruling"), "r.toml")
    assert rules.warnings == (
        "rule 'm' (line 2) can never apply: 'r' (line 6) always matches before it",
    )


# ------------------------------------------------------------------ categories and overlays


def test_rules_speak_of_their_categories_and_those_without_of_all():
    rules = RuleSet.parse(
        'version = "1"\n'
        + rule("a", 'category = ["甲"]')
        + rule("all")
        + rule("b", 'category = ["乙"]'),
        "r.toml",
    )
    ids = {c: [r.id for r in rules.for_category(c)] for c in ("甲", "乙", "丙", None)}
    assert ids == {"甲": ["a", "all"], "乙": ["all", "b"], "丙": ["all"], None: ["all"]}


def test_a_zone_takes_all_topics_the_listed_ones_or_none():
    rules = RuleSet.parse(
        'version = "1"\n'
        '[[overlay]]\nkind = "railway"\n'
        '[[overlay]]\nkind = "river"\ncategory = ["河道污染"]\n'
        '[[overlay]]\nkind = "road"\ncategory = []\n',
        "r.toml",
    )
    assert rules.takes("railway", "河道污染") and rules.takes("railway", None)
    assert rules.takes("not declared", "河道污染")
    assert rules.takes("river", "河道污染")
    assert not rules.takes("river", "路灯不亮") and not rules.takes("river", None)
    assert not rules.takes("road", "河道污染") and not rules.takes("road", None)


def test_no_rules_leave_everything_to_the_territory():
    empty = RuleSet.empty()
    assert empty.for_category("甲") == ()
    assert lead_on(empty, DAY) == "U-A"


# ------------------------------------------------------------------ conditions: yes, no, not known


def facts(*here: str, loaded: str, codes: tuple[str, ...] = ()) -> PlaceFacts:
    """Facts of a point with the overlay kinds ``here`` under it and ``loaded`` known at all."""
    square = draw("A")["A"]
    zones = tuple(
        JurisdictionHit(
            jurisdiction=Jurisdiction(
                code=f"Z-{word}", name=word, level=JurisdictionLevel.OVERLAY, geometry=square,
                unit_code="ZU", overlay_kind=word.split("/")[0],
                attributes={"road_class": word.split("/")[1]} if "/" in word else {},
            ),
            share=1.0, covers=True, edge_distance_m=100.0,
        )
        for word in here
    )  # fmt: skip
    grid = Jurisdiction(
        code="A", name="A", level=JurisdictionLevel.GRID, geometry=square, unit_code="U-A"
    )
    hit = JurisdictionHit(jurisdiction=grid, share=1.0, covers=True, edge_distance_m=100.0)
    level = LevelHits(level=JurisdictionLevel.GRID, hits=(hit,))
    return PlaceFacts(
        Hits(levels=(level,), overlays=zones, overlay_kinds=tuple(sorted(loaded.split())))
    )


@pytest.mark.parametrize(
    "here, loaded, where, holds",
    [
        ("road", "road", {"on": ("road",)}, True),
        ("", "road", {"on": ("road",)}, False),
        ("", "", {"on": ("road",)}, None),
        ("", "river", {"on": ("road",)}, None),
        # one of several values
        ("road", "road", {"on": ("road", "pavement")}, True),  # yes whatever the pavement says
        ("", "road pavement", {"on": ("road", "pavement")}, False),
        ("", "road", {"on": ("road", "pavement")}, None),  # not road, perhaps pavement
        # several conditions
        ("road/city", "road", {"on": ("road",), "road_class": ("city",)}, True),
        ("road/lane", "road", {"on": ("road",), "road_class": ("city",)}, False),
        ("road/city", "road", {"road_class": ("city",), "on": ("river",)}, None),
        ("road/lane", "road", {"road_class": ("city",), "on": ("river",)}, False),
        ("road/lane", "road", {"on": ("river",), "road_class": ("city",)}, False),
        ("", "", {"on": ("river",), "within": ("B",)}, False),
        ("", "", {"on": ("river",), "within": ("A",)}, None),
        ("", "", {"within": ("A",)}, True),
        ("", "", {"within": ("B",)}, False),
        ("", "", {"road_class": ("city",)}, None),
        ("railway", "railway", {"overlay": ("railway",)}, True),
        ("", "railway", {"overlay": ("railway",)}, False),
        ("", "", {}, True),
    ],
)
def test_a_condition_holds_fails_or_is_not_known(here, loaded, where, holds):
    answer = facts(*here.split(), loaded=loaded).meets(where)
    assert answer.holds is holds
    assert answer.why
    if holds is True:
        assert answer.probability > 0.98
    if holds is None:
        assert answer.why.startswith("不知该处是否为")


def test_the_trace_names_every_rule_tried_in_order():
    rules = RuleSet.parse(
        'version = "1"\n'
        + rule("old", "effective_to = 2020-12-31")
        + rule("river", 'where = { on = ["river"] }')
        + rule("road", 'where = { on = ["road"] }')
        + rule("never", 'where = { on = ["park"] }'),
        "r.toml",
    )
    hits = hits_of(loaded=("road",))
    claims = claims_at(None, hits, rules, DAY)
    assert [(step.rule_id, step.outcome, step.why) for step in claims.steps] == [
        ("old", "no", "当日不在有效期内（0001-01-01至2020-12-31）"),
        ("river", "unknown", "不知该处是否为河道：没有载入相应图层"),
        ("road", "no", "不在车行道"),
        ("never", "unknown", "不知该处是否为公园绿地：没有载入相应图层"),
    ]
    assert claims.unknown


def hits_of(loaded: tuple[str, ...] = ()) -> Hits:
    grid = Jurisdiction(
        code="A", name="A", level=JurisdictionLevel.GRID, geometry=draw("A")["A"], unit_code="U-A"
    )
    hit = JurisdictionHit(jurisdiction=grid, share=1.0, covers=True, edge_distance_m=100.0)
    return Hits(
        levels=(LevelHits(level=JurisdictionLevel.GRID, hits=(hit,)),), overlay_kinds=loaded
    )


def lead_on(rules: RuleSet, day: date) -> str:
    claims = claims_at(None, hits_of(), rules, day)
    assert claims is not None
    return claims.taken.unit_code
