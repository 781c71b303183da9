"""Encrypted at rest: what is stored, and every copy of it, is unreadable without a key."""

from typing import NamedTuple

from hipaa_guard.authoring import HIGH, MEDIUM, Verdict, failed, judgement, passed

MEDIA = ("164.312(a)(2)(iv)", "164.310(d)(2)(i)", "164.310(d)(2)(ii)")
"""The lines that encryption of media gives evidence for: nothing is left to read where a disk is disposed of or used
again."""


class With(NamedTuple):
    """It is encrypted, and messages name the key: ``a KMS key``."""

    named: str


@judgement(
    severity=HIGH,
    hipaa=MEDIA,
    why="ePHI that is stored unencrypted can be read from a snapshot, a copy or the disk itself without any key.",
)
def encrypted_at_rest(encrypted: bool | With, *_: object, encrypts: str = "") -> Verdict:
    """Told whether it is encrypted, by whatever key, or with which. `encrypts` names the part if not all is."""
    if not encrypted:
        return failed(f"does not encrypt {encrypts}" if encrypts else "is not encrypted at rest")
    if isinstance(encrypted, With):
        return passed(encrypted_with(encrypted.named, encrypts))
    return passed(f"encrypts {encrypts}" if encrypts else "is encrypted at rest")


@judgement(
    severity=MEDIUM,
    hipaa=("164.312(a)(2)(iv)",),
    why="AWS encrypts it in any case, but only a KMS key asks for a permission of its own before ePHI is read.",
)
def encrypted_with_kms(under_kms: bool | With, *_: object, encrypts: str = "", otherwise: str = "") -> Verdict:
    """Told whether it is encrypted with a KMS key, whoever manages that, or with which.

    `encrypts` names the part, if not all of it, `otherwise` the key that encrypts it where no KMS key does.
    """
    if under_kms:
        return passed(encrypted_with(under_kms.named if isinstance(under_kms, With) else "a KMS key", encrypts))
    if otherwise:
        return failed(f"{encrypted_with(otherwise, encrypts)}, not with a KMS key")
    return failed(f"does not encrypt {encrypts} with a KMS key" if encrypts else "is not encrypted with a KMS key")


def encrypted_with(key: str, encrypts: str = "") -> str:
    """A message that names the key of a resource, or of the part of it that `encrypts` names."""
    return f"encrypts {encrypts} with {key}" if encrypts else f"is encrypted with {key}"
