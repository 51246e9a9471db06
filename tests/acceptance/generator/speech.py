"""What stands around the words of a place: openers, complaint, other places, telephone numbers."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.acceptance.generator import words as said
from tests.acceptance.generator.profile import Profile
from tests.acceptance.generator.territory import Territory
from tests.acceptance.generator.wear import traditional


class Speech:
    """Says sentences about places. ``another`` gives the words for some other place."""

    def __init__(
        self, territory: Territory, profile: Profile, another: Callable[[Random], str]
    ) -> None:
        self._territory, self._profile, self._another = territory, profile, another

    def said(self, place: str, scene: str, rng: Random, noise: list[str]) -> str:
        """The whole sentence about a place."""
        profile = self._profile
        what = rng.choice(said.ENDINGS[scene])
        if rng.random() < profile.sms:
            noise.append("sms")
            sms = rng.choice(said.SMS)
            return self._script(
                sms.format(who=rng.choice(said.PEOPLE), place=place, what=what), rng, noise
            )
        before = (
            rng.choice(said.OPENERS) if self._chance(profile.opener, rng, "opener", noise) else ""
        )
        after = ""
        if self._chance(profile.time, rng, "time", noise):
            before += rng.choice(said.TIMES) + rng.choice(("，", "", "在"))
        if self._chance(profile.bus, rng, "bus", noise):
            before += rng.choice(said.BUSES).format(n=rng.randint(1, 399))
        if self._chance(profile.caller_home, rng, "caller_home", noise):
            home = self._another(rng)
            if rng.random() < 0.6:
                before += rng.choice(said.CALLER).format(home=home)
            else:
                after += rng.choice(said.CALLER_AFTER).format(home=home)
        if self._chance(profile.office, rng, "office", noise):
            after += "，" + rng.choice(said.OFFICES).format(office=self._office(rng))
        if self._chance(profile.passing, rng, "passing", noise):
            after += "，" + rng.choice(said.PASSING).format(b=self._another(rng))
        if self._chance(profile.plate, rng, "plate", noise):
            after += "，" + rng.choice(said.PLATES).format(n=rng.randint(10000, 99999))
        joint = rng.choice(said.JOINTS)
        if self._chance(profile.spoken, rng, "spoken", noise):
            before += rng.choice(said.SPOKEN_BEFORE)
            joint = rng.choice(said.SPOKEN_AFTER) + "，"
            after += "，" + rng.choice(said.SPOKEN_CLOSERS)
        after += "。"
        if self._chance(profile.closer, rng, "closer", noise):
            after += rng.choice(said.CLOSERS)
        if self._chance(profile.phone, rng, "phone", noise):
            number = rng.randint(10_000_000, 99_999_999)
            after += rng.choice(said.PHONES).format(n=number, m=number % 10**6)
        text = before + place + joint + what + after
        for double in ("。。", "，，", "，。", "。，"):
            text = text.replace(double, double[1] if double[1] == "。" else double[0])
        return self._script(text, rng, noise)

    def _office(self, rng: Random) -> str:
        levels = self._territory.levels
        areas = [a for level in levels if level.value in ("subdistrict", "community")
                 for a in levels[level]]  # fmt: skip
        if not areas:
            return "街道办"
        name = rng.choice(areas).name
        return name + (
            "居委会" if name.endswith("社区") else rng.choice(("办事处", "城管中队", ""))
        )

    def _script(self, text: str, rng: Random, noise: list[str]) -> str:
        if self._chance(self._profile.traditional, rng, "traditional", noise):
            return traditional(text)
        return text

    @staticmethod
    def _chance(probability: float, rng: Random, kind: str, noise: list[str]) -> bool:
        if rng.random() >= probability:
            return False
        noise.append(kind)
        return True
