"""From a draft and some noise to one labelled sentence."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from routing.model import JurisdictionLevel
from tests.acceptance.generator import words as said
from tests.acceptance.generator.admin import Prefix, right_prefix, settles, wrong_prefix
from tests.acceptance.generator.draft import Draft
from tests.acceptance.generator.negatives import elsewhere, unknown_place
from tests.acceptance.generator.numerals import with_chinese_numbers, with_wide_digits
from tests.acceptance.generator.profile import Profile
from tests.acceptance.generator.row import Row
from tests.acceptance.generator.speech import Speech
from tests.acceptance.generator.structures import (
    COARSE_STRUCTURES,
    LINE_STRUCTURES,
    STRUCTURES,
)
from tests.acceptance.generator.wear import Wear
from tests.acceptance.generator.world import World

_EXTREME = frozenset({"typo", "homophone", "two_places", "wrong_district", "other_name_rival"})
"""Noise after which nobody expects to be sure."""
_TRIES = 400


class Sentences:
    """Writes labelled sentences over one world, the same for the same seed."""

    def __init__(
        self,
        world: World,
        *,
        profile: Profile | None = None,
        city: str = "",
        city_code: str = "",
        structures: dict[str, float] | None = None,
    ) -> None:
        self._world, self._profile = world, profile or Profile()
        self._city, self._code = city, city_code
        self._weights = structures or {name: weight for name, (_, weight) in STRUCTURES.items()}
        self._wear = Wear(world.by_word)
        self._speech = Speech(world.territory, self._profile, lambda rng: self._draft(rng)[0].words)

    def rows(self, seed: int, count: int) -> Iterator[Row]:
        """``count`` rows; row n depends on (seed, n) alone. Fewer structures are drawn where the
        gazetteer has not what they need; ValueError where it can build none."""
        for n in range(count):
            rng = Random(f"{seed}/{n}")
            name = f"g{seed}-{n + 1:06d}"
            if rng.random() < self._profile.negative:
                yield self._negative(rng, name, seed)
            else:
                yield self._placed(rng, name, seed)

    def _draft(self, rng: Random) -> tuple[Draft, Prefix, bool, tuple[tuple[float, float], ...]]:
        """(draft, prefix, whether the prefix is wrong, rivals left) inside the loaded areas."""
        names, weights = list(self._weights), list(self._weights.values())
        world, profile = self._world, self._profile
        for _ in range(_TRIES):
            builder = STRUCTURES[rng.choices(names, weights)[0]][0]
            draft = None
            for _ in range(6):  # bad luck must not make the rarer structures rarer still
                draft = builder(world, rng)
                if draft is not None:
                    break
            if draft is None or not world.territory.owners(draft.point):
                continue
            prefix = None
            if draft.specific and rng.random() < profile.wrong_district:
                namesakes = [
                    world.point_of(at) for name in draft.names for at in world.by_word[name]
                ]
                prefix = wrong_prefix(
                    world, draft.point, rng, city=self._city,
                    alternatives=(*draft.alternatives, *namesakes),
                )  # fmt: skip
            if prefix is not None:
                rivals, wrong = draft.alternatives, True
            else:
                prefix = right_prefix(
                    self._names_above(draft),
                    rng,
                    city=self._city,
                    district=rng.random() >= profile.missing_district,
                    unsaid=draft.names[0] if draft.area is not None else "",
                )
                rivals, wrong = settles(world, prefix, draft.alternatives), False
            if rivals and rng.random() >= profile.keep_ambiguous:
                continue
            return draft, prefix, wrong, rivals
        raise ValueError("this gazetteer has nothing any structure can be built of")

    def _names_above(self, draft: Draft) -> dict[JurisdictionLevel, str]:
        """The areas a citizen would name: of a stretch those of its longest part."""
        territory = self._world.territory
        if draft.line is not None:
            lead, _ = territory.along(draft.line)
            if lead:  # what all of equally long parts have in common
                first, *rest = (territory.names_of(code) for code in lead)
                return {
                    level: name
                    for level, name in first.items()
                    if all(other.get(level) == name for other in rest)
                }
        return territory.names(draft.point)

    def _placed(self, rng: Random, name: str, seed: int) -> Row:
        draft, prefix, wrong, rivals = self._draft(rng)
        profile = self._profile
        noise: list[str] = []
        words = self._worn(draft, rng, noise, slips=not wrong)
        if not prefix.district:
            noise.append("missing_district")
        if wrong:
            noise.append("wrong_district")
        also: tuple[str, ...] = ()
        unit = true = self._world.territory.owners(draft.point)
        if draft.line is not None and draft.structure in LINE_STRUCTURES:
            unit, also = self._world.territory.along(draft.line)
            unit, also = (unit, also) if unit else (true, ())
        elif draft.area is not None:
            also = tuple(c for c in self._world.territory.within(draft.area) if c not in unit)
        place = prefix.words + words
        if rng.random() < profile.two_places and draft.specific:
            second, *_ = self._draft(rng)
            form = rng.choice(said.TWO_PLACES)
            place = form.format(a=place, b=second.words)
            also = tuple(sorted({*also, *self._world.territory.owners(second.point)} - {*unit}))
            noise.append("two_places")
        text = self._speech.said(place, draft.scene, rng, noise)
        rival_units = {c for p in rivals for c in self._world.territory.owners(p)} - {*unit}
        expect = "place"
        if "two_places" in noise or rival_units or "other_name_rival" in noise:
            expect = "ambiguous"
        elif wrong:
            expect = "conflict"
        lon, lat = self._world.plane.lonlat(draft.point)
        ordinary = (
            expect == "place"
            and draft.ordinary
            and draft.structure not in COARSE_STRUCTURES
            and not _EXTREME & set(noise)
        )
        return Row(
            id=name,
            text=text,
            expect=expect,
            unit=";".join(unit),
            also_right=";".join(also),
            true_unit=";".join(true),
            lon=f"{lon:.7f}",
            lat=f"{lat:.7f}",
            structure=draft.structure,
            noise=";".join(noise),
            place_ids=";".join(draft.place_ids),
            stated_district=prefix.district,
            ordinary=ordinary,
            seed=str(seed),
        )

    def _negative(self, rng: Random, name: str, seed: int) -> Row:
        kind = rng.choice(("elsewhere", "elsewhere", "unknown_place", "no_place", "boilerplate"))
        expect = "unlocated"
        noise: list[str] = []
        if kind == "elsewhere":
            expect = "outside"
            place = elsewhere(self._world, rng, city_code=self._code)
            text = self._speech.said(place, rng.choice(("road", "spot")), rng, noise)
        elif kind == "unknown_place":
            place = unknown_place(self._world, rng)
            if rng.random() < 0.4:
                some, *_ = self._draft(rng)
                names = self._names_above(some)
                right = right_prefix(names, rng, city=self._city, district=True)
                place = right.words + place
            text = self._speech.said(place, "spot", rng, noise)
        elif kind == "no_place":
            text = rng.choice(said.OPENERS) + rng.choice(said.NO_PLACE) + rng.choice(said.CLOSERS)
        else:
            text = rng.choice(said.BOILERPLATE_ONLY)
        return Row(
            id=name, text=text, expect=expect, unit="", structure=kind, noise=";".join(noise),
            ordinary=False, seed=str(seed),
        )  # fmt: skip

    def _worn(self, draft: Draft, rng: Random, noise: list[str], *, slips: bool) -> str:
        """The place's words with its names, numbers and characters changed; ``slips``: a character
        may be wrong. Not where the district is: of both at once nothing can be expected."""
        words, profile = draft.words, self._profile
        chance = rng.random()
        names = [name for name in draft.names if name in words]
        name = rng.choice(names) if names else ""
        aliases = [a for a in draft.aliases.get(name, ()) if a not in words]
        if name and chance < profile.alias and aliases:
            alias = rng.choice(aliases)
            words = words.replace(name, alias, 1)
            noise.append("alias")
            if self._means_more(alias, name):
                noise.append("other_name_rival")
        elif name and slips and chance >= 1 - profile.typo - profile.homophone:
            kind = "typo" if chance >= 1 - profile.typo else "homophone"
            worn = getattr(self._wear, kind)(name, rng)
            if worn is not None:
                words = words.replace(name, worn, 1)
                noise.append(kind)
        if rng.random() < profile.chinese_numbers:
            words = self._noted(words, with_chinese_numbers(words), "chinese_numbers", noise)
        if rng.random() < profile.wide_digits:
            words = self._noted(words, with_wide_digits(words), "wide_digits", noise)
        return words

    def _means_more(self, alias: str, name: str) -> bool:
        """Whether an alias is also a name of something that is called otherwise."""
        places = self._world.places
        return any(places[at].name != name for at in self._world.by_word.get(alias, ()))

    @staticmethod
    def _noted(before: str, after: str, kind: str, noise: list[str]) -> str:
        if after != before:
            noise.append(kind)
        return after
