"""Cut an address into its elements, from coarse to fine, by shipped names and endings alone.

For texts whose places the gazetteer does not have: another city's addresses, names that are
missing. What a complaint is placed by is the gazetteer (``lexicon``), never this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from routing.geocoding.element_names import Name, name_at
from routing.geocoding.element_patterns import (
    A_NAME_OF_ITS_OWN,
    BUILDING_DIGITS,
    COMMUNITY,
    COMPOUND,
    DIGITS,
    DISTRICT,
    HAN,
    HOUSE,
    JOINT,
    LAST_ADDED,
    LONG_STEM,
    LONGEST_RANGE,
    NAMED,
    NUMBER,
    ONE_BUILDING,
    ROAD,
    ROAD_END,
    SEPARATORS,
    SITE_END,
    TEAM,
    TOWN,
    ZONE,
)
from routing.geocoding.normalize import normalise

Element = tuple[int, int, str]
"""Start and end in the text as given, and one of ``LABELS``."""

LABELS = (
    "prov", "city", "district", "devzone", "town", "community", "road", "roadno", "subroad",
    "subroadno", "poi", "houseno", "cellno", "floorno", "roomno",
)  # fmt: skip


def elements(text: str) -> list[Element]:
    """Elements of an address in the order in which they stand, not overlapping.

    Empty for a text without any. What is left between them (names of persons, words of way) has no
    element. Labels are those of ``LABELS``; ``roadno`` is a number along a road, also of a lane
    (弄), ``houseno`` that of a building, ``cellno`` of its entrance.

    >>> elements("温州市鹿城区里新路332号3幢")
    [(0, 3, 'city'), (3, 6, 'district'), (6, 9, 'road'), (9, 13, 'roadno'), (13, 15, 'houseno')]
    """
    normal = normalise(text)
    found = _Cut(normal.text).run()
    return [(*normal.original(start, end), label) for start, end, label in found]


def _is_range(parts: list[str]) -> bool:
    """Whether 48-49 is one number of a road or houses from to, not a house and what is in it
    (952-13)."""
    if len(parts) != 2 or not all(map(str.isdigit, parts)):
        return False
    first, second = map(int, parts)
    return first < second < first + LONGEST_RANGE or second <= LAST_ADDED


class _Cut:
    """One pass over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: list[Element] = []
        self.known = ""
        """Code of the finest administrative name so far."""
        self.read: dict[str, tuple[int, Name]] = {}
        """Administrative label → where it stands in ``found``, and its name."""
        self.last = ""
        """Label of the element right before, skipped separators aside."""
        self.labels: set[str] = set()

    def run(self) -> list[Element]:
        self._head()
        while self.at < len(self.text):
            if self._skip() or self._number() or self._named():
                continue
            self.at += 1
        return sorted(one for one in self.found if one[2])

    def _skip(self) -> bool:
        separators = SEPARATORS.match(self.text, self.at)
        if separators:
            self.at = separators.end()
        return separators is not None

    def _add(self, end: int, label: str) -> bool:
        self.found.append((self.at, end, label))
        self.at, self.last = end, label
        self.labels.add(label)
        return True

    # -------------------------------------------------------------- administrative names

    def _head(self) -> None:
        while self.at < len(self.text):
            if self._skip():
                continue
            named = name_at(self.text, self.at, self.known)
            if named is not None:
                self._administrative(*named)
            elif not self._unlisted():
                return

    def _administrative(self, end: int, name: Name) -> None:
        if name.full and self.read and (name.label == "prov" or self._after_a_town(name)):
            self._begin_again()
        before = self.read.get(name.label)
        if before is not None:
            start, stop, _ = self.found[before[0]]
            same = self.text[start:stop] == self.text[self.at : end]
            if name.label == "town":
                if self.text.startswith(self.text[start:stop], self.at):
                    self.found[before[0]] = (start, stop, "")  # 四季青|四季青街道
            else:
                same_code = before[1].code == name.code
                same = same or (same_code and (before[1].full or not name.full))
            if same:
                self.at = end  # written twice: the first counts
                return
            if name.label != "town":
                self.found[before[0]] = (start, stop, "")  # the later one is in full, or corrects
        self.read[name.label] = (len(self.found), name)
        if not self.known.startswith(name.code):
            self.known = name.code
        self._add(end, name.label)

    def _after_a_town(self, name: Name) -> bool:
        return "town" in self.read and name.label == "city"

    def _begin_again(self) -> None:
        """A form puts the area that was chosen in front of the address that was typed."""
        for place, _ in self.read.values():
            self.found[place] = (*self.found[place][:2], "")
        self.read.clear()
        self.known = ""

    def _unlisted(self) -> bool:
        """A district, zone or town that no list has, by its ending."""
        if "town" not in self.read:
            town = TOWN.match(self.text, self.at)
            if town and not re.search(ROAD_END, town.group()[:-2]):
                for start in range(self.at + 1, town.end() - 2):
                    named = name_at(self.text, start, self.known)
                    if named and named[1].full and named[0] == town.end():
                        self.at = start  # 请寄|柳市镇
                        break
                return self._note(town.end(), "town")
        if "devzone" not in self.read:
            zone = ZONE.match(self.text, self.at)
            if zone:
                return self._note(zone.end(), "devzone")
        if "district" not in self.read and "town" not in self.read and self.found:
            district = DISTRICT.match(self.text, self.at)
            if district and not re.search(SITE_END, district.group()):
                return self._note(district.end(), "district")
        return False

    def _note(self, end: int, label: str) -> bool:
        self.read[label] = (len(self.found), Name(self.known, label, True))
        return self._add(end, label)

    # -------------------------------------------------------------- roads and what has a name

    def _named(self) -> bool:
        text, at = self.text, self.at
        team = TEAM.match(text, at)
        if team:
            return self._add(team.end(), "road")
        if self.last == "road" and (joint := JOINT.match(text, at)):
            self.at = at = joint.end()
        named = name_at(text, at, self.known) if self.last != "road" else None
        if named is not None and named[1].full and named[1].listed and len(named[1].code) > 4:
            self._administrative(*named)
            return True
        road = self._road()
        limit = road[0] if road else len(text)
        community = COMMUNITY.match(text, at, limit) if self.last not in ("poi", "road") else None
        if community and not re.search(r"(?:新村|小区|花园)$", community.group()):
            return self._add(community.end(), "community")
        if road is None:
            return self._poi(len(text))
        if road[0] > at:
            return self._poi(road[0])
        crossing = self.last == "road" and at > 0
        return self._add(road[1], "subroad" if crossing else "road")

    def _road(self) -> tuple[int, int] | None:
        """The next road before any number: where its name really begins, and its end."""
        found = ROAD.match(self.text, self.at)
        if found is None:
            return None
        start, end = found.span()
        inner = list(re.finditer(SITE_END, self.text[start : end - 1]))
        for site in reversed(inner):
            begin = start + site.end()
            if A_NAME_OF_ITS_OWN.match(self.text, begin, end):
                return begin, end
        written = re.match(rf"({HAN}{{2,}}?)([东西南北中]?[{DIGITS}]?{ROAD_END})$", found.group())
        if written and len(written[1]) >= LONG_STEM:
            return start + len(written[1]) - 2, end
        return start, end

    def _poi(self, limit: int) -> bool:
        """Everything up to the next number, separator or road is one name."""
        found = NAMED.match(self.text, self.at, limit)
        if found is None or len(found.group()) < 2 or not re.search(HAN, found.group()):
            return False
        return self._add(found.end(), "poi")

    # -------------------------------------------------------------- numbers

    def _number(self) -> bool:
        found = NUMBER.match(self.text, self.at)
        if found is None or TEAM.match(self.text, self.at):
            return False
        kind = found.lastgroup
        if kind == "chainend":
            kind = "chain"
        if kind in ("houseno", "cellno", "floorno"):
            return self._add(found.end(), kind)
        if self.last == "subroad" and kind in ("no", "bare"):
            return self._add(found.end(), "subroadno")
        if kind == "lane":
            off_a_road = self.last == "road" and HOUSE.match(self.text, found.end())
            return self._add(found.end(), "subroad" if off_a_road else "roadno")
        if kind == "room":
            return self._add(found.end(), "roomno")
        if kind == "chain":
            return self._chain(found)
        if kind == "no":
            return self._add(found.end(), self._of_a_number())
        return self._add(found.end(), self._of_a_bare_number())

    def _of_a_number(self) -> str:
        """What 12号 is, by what stands before it."""
        if self.last in ("houseno", "cellno", "floorno"):
            return "roomno"
        if self.last == "roadno":
            return "houseno"
        if self.last == "poi" and ("roadno" in self.labels or COMPOUND.search(self._before())):
            return "houseno"  # a building of the compound; in a village it is a number of the place
        if self.last == "poi" and ONE_BUILDING.search(self._before()):
            return "roomno"
        return "roadno"

    def _before(self) -> str:
        return self.text[max(0, self.at - 4) : self.at]

    def _of_a_bare_number(self) -> str:
        if self.last == "roadno" and self.text[self.at - 1] == "-":
            return "houseno"
        if self.last == "road":
            return "roadno"
        return "roomno"

    def _chain(self, found: re.Match[str]) -> bool:
        """8-10-1109: building, entrance, room; behind a road with 号 one number of the road."""
        parts = found["chain"].split("-")
        along = self.last in ("road", "community")
        if along and _is_range(parts):
            return self._add(found.end(), "roadno")
        if self.last == "floorno":
            return self._add(found.end(), "roomno")
        labels = ["houseno", "cellno", "roomno"]
        if along:
            fine = "houseno" if len(parts) > 2 or len(parts[1]) <= BUILDING_DIGITS else "roomno"
            labels = ["roadno", fine, "roomno"]
        elif self.last == "houseno":
            labels = ["cellno", "roomno"]
        elif self.last == "cellno":
            labels = ["floorno", "roomno"]
        elif len(parts) == 2:
            labels = ["houseno", "roomno"]
        for label, part in self._labelled(labels, parts):
            end = self.at + len(part)
            last = end == found.end("chain")
            self._add(found.end() if last else end, label)
            self.at += not last  # the hyphen
        return True

    @staticmethod
    def _labelled(labels: list[str], parts: list[str]) -> Iterator[tuple[str, str]]:
        for at, part in enumerate(parts):
            yield labels[min(at, len(labels) - 1)], part
