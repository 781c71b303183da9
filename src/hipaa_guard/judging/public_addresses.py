"""No public address: the internet has no way to it but through a door meant for everybody."""

from hipaa_guard.authoring import CRITICAL, Verdict, failed, judgement, passed


@judgement(
    severity=CRITICAL,
    hipaa=("164.312(a)(1)", "164.312(e)(1)"),
    why="With a public address only the security group stands between the internet and a database of ePHI.",
)
def no_public_address(private: bool, *_: object, address: str = "public address") -> Verdict:
    """Told whether it has no public address, and no name that resolves to one. `address` names the kind of address."""
    return passed(f"has no {address}") if private else failed(f"has a {address}")
