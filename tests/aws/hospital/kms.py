"""Keys: the account's own are made with what they protect; the simulation leaves out how often they are rotated."""

from __future__ import annotations

from tests.aws.hospital import Answers

ANSWERS: Answers = {
    "kms.get_key_rotation_status": lambda *_: {"KeyRotationEnabled": True, "RotationPeriodInDays": 365},
}
