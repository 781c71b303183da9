"""A simulated account of a health-care estate, deterministic by its seed, and what is wrong in it.

`seed` talks to whatever boto3 talks to: call it only inside moto.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.live.ground import prepare
from benchmarks.live.makers import GLOBAL, REGIONAL
from benchmarks.live.places import Ground, Maker, Place
from benchmarks.live.storage import bucket

REGIONS = ("us-east-1", "eu-west-1")
"""Where the estate is: a near region and a far one."""


@dataclass(frozen=True)
class Seeded:
    """A resource that was made: the control ids that it was made for, and which of these it breaks."""

    maker: str
    arn: str
    controls: frozenset[str]
    broken: frozenset[str]


def seed(*, each: int = 10, buckets: int = 0, share: float = 0.3, number: int = 1) -> list[Seeded]:
    """Fill an account: `each` of every kind in every region (global kinds: once), and so many buckets more.

    The same arguments give the same resources, names and gaps; ids are as random as those of the simulated AWS, which
    `moto.moto_api` seeds.
    """
    chance = random.Random(number)
    grounds = [prepare(region) for region in REGIONS]
    made = [_make(GLOBAL, grounds[0], n, chance, share) for n in range(each)]
    made += [_make(REGIONAL, ground, n, chance, share) for ground in grounds for n in range(each)]
    crowd = {"bucket": bucket}
    made += [_make(crowd, grounds[n % len(grounds)], n, chance, share) for n in range(each, each + buckets)]
    return [one for several in made for one in several]


def _make(makers: Mapping[str, Maker], ground: Ground, n: int, chance: random.Random, share: float) -> list[Seeded]:
    return list(_made(makers, ground, n, chance, share))


def _made(makers: Mapping[str, Maker], ground: Ground, n: int, chance: random.Random, share: float) -> Iterator[Seeded]:
    for name, make in makers.items():
        place = Place(n, ground, chance, share)
        arn = make(place)
        broken = frozenset(control for control, wrong in place.told.items() if wrong)
        yield Seeded(name, arn, frozenset(place.told), broken)
