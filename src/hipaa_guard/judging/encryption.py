"""Encrypted at rest: what is stored, and every copy of it, is unreadable without a key."""

from hipaa_guard.authoring import HIGH, MEDIUM, Verdict, failed, judgement, passed


@judgement(
    severity=HIGH,
    hipaa=("164.312(a)(2)(iv)",),
    why="ePHI that is stored unencrypted can be read from a snapshot, a copy or the disk itself without any key.",
)
def encrypted_at_rest(encrypted: bool, *_: object) -> Verdict:
    """Told whether it is encrypted, by whatever key."""
    return passed("is encrypted at rest") if encrypted else failed("is not encrypted at rest")


@judgement(
    severity=MEDIUM,
    hipaa=("164.312(a)(2)(iv)",),
    why="AWS encrypts it in any case, but only a KMS key asks for a permission of its own before ePHI is read.",
)
def encrypted_with_kms(under_kms: bool, *_: object) -> Verdict:
    """Told whether it is encrypted with a KMS key, whoever manages that, and not with a key of the service itself."""
    if under_kms:
        return passed("is encrypted with a KMS key")
    return failed("is not encrypted with a KMS key")
