"""A simulated account of a health-care estate, deterministic by its seed, and what is wrong in it.

`seed` talks to whatever boto3 talks to: call it only inside moto.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

ACCOUNT = "123456789012"
REGIONS = ("us-east-1", "eu-west-1")
"""Where the estate is: a near region and a far one."""


@dataclass(frozen=True)
class Seeded:
    """A resource that was made: the control ids that it was made for, and which of these it breaks."""

    maker: str
    arn: str
    controls: frozenset[str]
    broken: frozenset[str]


@dataclass
class Ground:
    """What the resources of a region stand on."""

    region: str
    key: str
    """ARN of a key."""
    vpc: str
    subnets: tuple[str, ...]
    group: str
    image: str
    logs: str
    """The bucket that takes logs."""


@dataclass
class Place:
    """One resource to be made; `breaks` decides what it does wrong, and remembers it."""

    n: int
    ground: Ground
    chance: random.Random
    share: float
    told: dict[str, bool] = field(default_factory=dict)

    @property
    def region(self) -> str:
        return self.ground.region

    @property
    def name(self) -> str:
        """Unique among those of one maker in the account."""
        return f"{self.region}-{self.n:04}"

    def breaks(self, control: str) -> bool:
        """Whether this resource is to fail a control. The maker asks once for each control."""
        assert control not in self.told, control
        self.told[control] = self.chance.random() < self.share
        return self.told[control]


Maker = Callable[[Place], str]
"""Makes a resource, asking its place what is to be wrong, and tells its ARN."""


def seed(*, each: int = 10, buckets: int = 0, share: float = 0.3, number: int = 1) -> list[Seeded]:
    """Fill an account: `each` of every kind in every region (global kinds: once), and so many buckets more.

    The same arguments give the same resources, names and gaps; ids are as random as those of the simulated AWS, which
    `moto.moto_api` seeds.
    """
    from benchmarks.live.ground import prepare
    from benchmarks.live.makers import GLOBAL, REGIONAL
    from benchmarks.live.storage import bucket

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
