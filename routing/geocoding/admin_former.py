"""Names of districts and cities that were renamed or merged, and what they are today.

People keep an old name for decades. Only changes that were published by the State Council or a
province and that have one successor are here; where a district was divided, the part that took
its seat or nearly all of its people.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class FormerName:
    """旧名: a name no longer in the code list."""

    name: str
    code: str
    """Code of the successor in the list of today."""
    until: int
    """Year in which the name ended."""


@cache
def former_names() -> tuple[FormerName, ...]:
    """All of them, ascending by the successor's code, then by name."""
    rows = (line.split() for line in _FORMER.strip().splitlines())
    found = [FormerName(name, code, int(until)) for name, code, until in rows]
    return tuple(sorted(found, key=lambda one: (one.code, one.name)))


_FORMER = """
崇文区 110101 2010
宣武区 110102 2010
塘沽区 120116 2009
汉沽区 120116 2009
大港区 120116 2009
宣化县 130705 2016
东陵区 210112 2014
卢湾区 310101 2011
南市区 310101 2000
闸北区 310106 2015
南汇区 310115 2009
川沙县 310115 1992
白下区 320104 2013
下关区 320106 2013
江宁县 320115 2000
崇安区 320213 2015
南长区 320213 2015
北塘区 320213 2015
武进市 320412 2002
金坛市 320413 2015
金阊区 320508 2012
平江区 320508 2012
沧浪区 320508 2012
吴江市 320509 2012
江干区 330102 2021
下城区 330105 2021
萧山市 330109 2001
余杭市 330110 2001
富阳市 330111 2014
临安市 330112 2017
江东区 330212 2016
绍兴县 330603 2013
奉化市 330213 2016
长乐市 350112 2017
梅列区 350404 2021
龙海市 350604 2021
建阳市 350703 2014
章丘市 370114 2016
四方区 370203 2012
胶南市 370211 2012
即墨市 370215 2017
襄樊市 4206 2010
东山区 440104 2005
芳村区 440103 2005
萝岗区 440112 2014
番禺市 440113 2000
花都市 440114 2000
从化市 440117 2014
增城市 440118 2014
南海市 440605 2002
顺德市 440606 2002
温江县 510115 2002
双流县 510116 2015
郫县 510117 2016
达县 511703 2013
思茅市 5308 2007
"""
