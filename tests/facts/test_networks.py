"""Address ranges: which of them mean everybody."""

from __future__ import annotations

import pytest

from hipaa_guard.facts.networks import covers, means_everybody
from hipaa_guard.facts.values import PartialText, Reference, Undecided, Unknown


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0/0",
        "::/0",
        "0::0/0",
        "0.0.0.0/1",
        "128.0.0.0/1",
        "4.0.0.0/7",
        "198.51.100.7/0",
        "2000::/3",
        "::ffff:0:0/96",
    ],
)
def test_ranges_that_mean_everybody(text: str) -> None:
    assert means_everybody(text)


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.0/8",
        "17.0.0.0/8",
        "198.51.100.7",
        "fc00::/7",
        "fe80::/10",
        "224.0.0.0/4",
        "2608::/13",
        "::ffff:10.0.0.0/104",
    ],
)
def test_ranges_that_do_not(text: str) -> None:
    assert not means_everybody(text)


@pytest.mark.parametrize("text", ["", "everyone", "300.0.0.0/0", "10.0.0.0/33", None, Unknown("no value")])
def test_what_is_no_range_is_not_known(text: object) -> None:
    with pytest.raises(Undecided):
        means_everybody(text)


def test_an_unknown_address_with_a_long_prefix_is_not_everybody() -> None:
    unknown = Unknown("var.office has no value")
    assert not means_everybody(PartialText([unknown, "/32"]))
    assert not means_everybody(Reference("module.net.aws_vpc.main[0]", "cidr_block"))
    for text in (
        PartialText([unknown, "/2"]),
        PartialText([unknown, ".0.0.0/", unknown]),
        Reference("aws_eip.e", "public_ip"),
    ):
        with pytest.raises(Undecided):
            means_everybody(text)


def test_ranges_hold_ranges_of_their_own_family() -> None:
    assert covers("0.0.0.0/0", "10.0.0.0/8")
    assert not covers("10.0.0.0/8", "0.0.0.0/0")
    assert not covers("::/0", "10.0.0.0/8")
