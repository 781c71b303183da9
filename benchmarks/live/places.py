"""What a resource of the simulated estate is made on, and what it is to do wrong."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

ACCOUNT = "123456789012"


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
