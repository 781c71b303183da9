"""The oldest version of TLS of each security policy: Elastic Load Balancing guides, "Security policies"."""

from __future__ import annotations

import pytest

from hipaa_guard.facts.values import Unknown
from hipaa_guard.services.elbv2 import minimum_tls

OLDEST = {
    "1.3": ("TLS13-1-3-2021-06", "TLS13-1-3-PQ-2025-09", "TLS13-1-3-FIPS-2023-04", "TLS13-1-3-FIPS-PQ-2025-09"),
    "1.2": (
        *("TLS13-1-2-2021-06", "TLS13-1-2-PQ-2025-09", "TLS13-1-2-FIPS-2023-04", "TLS13-1-2-FIPS-PQ-2025-09"),
        *("TLS13-1-2-Res-2021-06", "TLS13-1-2-Res-PQ-2025-09", "TLS13-1-2-Res-FIPS-2023-04"),
        *("TLS13-1-2-Ext1-2021-06", "TLS13-1-2-Ext1-PQ-2025-09", "TLS13-1-2-Ext2-2021-06", "TLS13-1-2-Ext2-PQ-2025-09"),
        *("TLS13-1-2-Ext0-FIPS-2023-04", "TLS13-1-2-Ext1-FIPS-2023-04", "TLS13-1-2-Ext2-FIPS-2023-04"),
        *("TLS-1-2-2017-01", "TLS-1-2-Ext-2018-06", "FS-1-2-2019-08", "FS-1-2-Res-2019-08", "FS-1-2-Res-2020-10"),
    ),
    "1.1": ("TLS13-1-1-2021-06", "TLS13-1-1-FIPS-2023-04", "TLS-1-1-2017-01", "FS-1-1-2019-08"),
    "1.0": (
        *("TLS13-1-0-2021-06", "TLS13-1-0-PQ-2025-09", "TLS13-1-0-FIPS-2023-04", "TLS13-1-0-FIPS-PQ-2025-09"),
        *("2016-08", "2015-05", "FS-2018-06", "TLS-1-0-2015-04"),
    ),
}


@pytest.mark.parametrize(("version", "name"), [(version, name) for version, names in OLDEST.items() for name in names])
def test_a_policy_accepts_no_older_version(version: str, name: str) -> None:
    assert minimum_tls(f"ELBSecurityPolicy-{name}") == version


@pytest.mark.parametrize("name", ["ELBSecurityPolicy-2031-01", "ELBSecurityPolicy-TLS14-1-9-2031-01", "own"])
def test_a_policy_that_nobody_knows_is_not_known(name: str) -> None:
    assert isinstance(minimum_tls(name), Unknown)
