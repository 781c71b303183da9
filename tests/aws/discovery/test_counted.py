"""What exists as AWS Config, Resource Explorer and tags count it."""

from __future__ import annotations

from typing import Any

import pytest

from hipaa_guard.assessment.discovered import unjudged_types
from hipaa_guard.aws.collecting.discovery import CONFIG, EXPLORER, TAGS
from hipaa_guard.facts.locations import GLOBAL
from tests.aws.discovery.told import HOME, OPERATIONS, OTHER, discovered, index, record, resource, tag
from tests.aws.shapes.samples import ACCOUNT
from tests.aws.wire import Asked, Wire


def test_config_counts_what_it_records_in_each_region(wire: Wire) -> None:
    record(wire, HOME, Redshift__Cluster=2, Glue__Job=1)
    record(wire, OTHER, Redshift__Cluster=1)
    found = discovered().discovered
    assert found.counts == {
        OTHER: {"AWS::Redshift::Cluster": 1},
        HOME: {"AWS::Glue::Job": 1, "AWS::Redshift::Cluster": 2},
    }
    assert found.by == {HOME: (CONFIG,), OTHER: (CONFIG,)}
    assert found.unknown == {}
    assert wire.times("resourcegroupstaggingapi.get_resources") == 0
    assert unjudged_types(found.counts) == {"AWS::Glue::Job": 1, "AWS::Redshift::Cluster": 3}


def test_all_pages_of_config_count(wire: Wire) -> None:
    record(wire, HOME)

    def page(asked: Asked) -> dict[str, Any]:
        if asked.params.get("nextToken") == "more":
            return {"resourceCounts": [{"resourceType": "AWS::MSK::Cluster", "count": 1}]}
        return {"resourceCounts": [{"resourceType": "AWS::Glue::Job", "count": 1}], "nextToken": "more"}

    wire.give("config.get_discovered_resource_counts", page, region=HOME)
    assert discovered(regions=HOME).discovered.counts == {HOME: {"AWS::Glue::Job": 1, "AWS::MSK::Cluster": 1}}


def test_what_belongs_to_the_account_is_counted_once(wire: Wire) -> None:
    for region in (HOME, OTHER):
        record(wire, region, IAM__Policy=4, IAM__ServerCertificate=1, RDS__GlobalCluster=1)
    counts = discovered().discovered.counts
    assert counts == {GLOBAL: {"AWS::IAM::Policy": 4, "AWS::IAM::ServerCertificate": 1, "AWS::RDS::GlobalCluster": 1}}
    assert unjudged_types(counts) == {"AWS::IAM::ServerCertificate": 1, "AWS::RDS::GlobalCluster": 1}


def test_what_config_writes_of_resources_is_no_resource(wire: Wire) -> None:
    record(wire, HOME, Config__ResourceCompliance=90, SSM__ManagedInstanceInventory=3, Glue__Job=1)
    assert discovered(regions=HOME).discovered.counts == {HOME: {"AWS::Glue::Job": 1}}


def test_a_recorder_that_is_off_says_nothing(wire: Wire) -> None:
    record(wire, HOME)
    found = discovered(regions=HOME).discovered
    assert found.by == {HOME: (TAGS,)}
    assert found.unknown == {HOME: "AWS Config records nothing there; Resource Explorer has no index there"}
    assert wire.times("config.describe_configuration_recorders") == 0


def test_a_recorder_of_some_types_does_not_see_all(wire: Wire) -> None:
    record(wire, HOME, all_types=False, S3__Bucket=1)
    tag(wire, HOME, f"arn:aws:redshift:{HOME}:{ACCOUNT}:cluster:one")
    found = discovered(regions=HOME).discovered
    assert "AWS Config records only some types there" in found.unknown[HOME]
    assert found.by == {HOME: (CONFIG, TAGS)}
    assert found.counts == {HOME: {"AWS::S3::Bucket": 1, "redshift:cluster": 1}}


def test_an_aggregator_answers_for_all_regions_with_an_index(wire: Wire) -> None:
    index(
        wire,
        resource(f"arn:aws:redshift:{HOME}:{ACCOUNT}:cluster:one", HOME, "AWS::Redshift::Cluster"),
        resource(f"arn:aws:redshift:{OTHER}:{ACCOUNT}:cluster:two", OTHER, "AWS::Redshift::Cluster"),
        resource(f"arn:aws:elasticache:{OTHER}:{ACCOUNT}:cluster:three", OTHER),
        resource(f"arn:aws:cloudfront::{ACCOUNT}:distribution/D", GLOBAL, "AWS::CloudFront::Distribution"),
        resource(f"arn:aws:glue:{HOME}:444455556666:job/theirs", HOME, "AWS::Glue::Job", owner="444455556666"),
        resource(f"arn:aws:glue:ap-south-1:{ACCOUNT}:job/elsewhere", "ap-south-1", "AWS::Glue::Job"),
        us_east_1="AGGREGATOR",
        eu_west_1="LOCAL",
    )
    found = discovered().discovered
    assert found.counts == {
        OTHER: {"AWS::Redshift::Cluster": 1, "elasticache:cluster": 1},
        GLOBAL: {"AWS::CloudFront::Distribution": 1},
        HOME: {"AWS::Redshift::Cluster": 1},
    }
    assert found.by == {HOME: (EXPLORER,), OTHER: (EXPLORER,)}
    assert found.unknown == {}
    assert wire.regions("resource-explorer-2.list_resources") == [HOME]


def test_without_an_aggregator_in_scope_each_index_is_asked_and_no_region_without_one(wire: Wire) -> None:
    index(wire, asked=OTHER, eu_west_1="LOCAL", ap_south_1="AGGREGATOR")
    found = discovered().discovered
    assert found.by == {HOME: (TAGS,), OTHER: (EXPLORER,)}
    assert list(found.unknown) == [HOME]
    assert wire.regions("resource-explorer-2.list_resources") == [OTHER]
    assert wire.regions("resourcegroupstaggingapi.get_resources") == [HOME]


def test_a_view_with_a_filter_does_not_show_all(wire: Wire) -> None:
    index(wire, us_east_1="LOCAL", view="service:ec2")
    found = discovered(regions=HOME).discovered
    assert "the view of Resource Explorer has a filter" in found.unknown[HOME]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_answer_without_a_word_tells_nothing(wire: Wire, operation: str) -> None:
    """The smallest answers that are well-formed: none of them says that there is nothing."""
    index(wire, us_east_1="LOCAL")
    wire.give("config.get_discovered_resource_counts", {"resourceCounts": [{}]})
    wire.give("resource-explorer-2.get_view", {})
    wire.give(operation, {})
    found = discovered(regions=HOME).discovered
    assert found.counts == {}
    assert list(found.unknown) == [HOME]


def test_of_two_who_count_the_same_the_larger_number_holds(wire: Wire) -> None:
    record(wire, HOME, Redshift__Cluster=3)
    clusters = (f"arn:aws:redshift:{HOME}:{ACCOUNT}:cluster:{n}" for n in range(2))
    index(wire, *(resource(arn, HOME, "AWS::Redshift::Cluster") for arn in clusters), us_east_1="LOCAL")
    found = discovered(regions=HOME).discovered
    assert found.counts == {HOME: {"AWS::Redshift::Cluster": 3}}
    assert found.by == {HOME: (CONFIG, EXPLORER)}


def test_tags_name_what_is_tagged_and_the_rest_is_not_known(wire: Wire) -> None:
    tag(wire, HOME, f"arn:aws:redshift:{HOME}:{ACCOUNT}:cluster:one", "arn:aws:s3:::bucket", "arn:aws:iam::1:user/u")
    found = discovered(regions=HOME).discovered
    assert found.counts == {HOME: {"redshift:cluster": 1, "s3:bucket": 1}}  # the user is of another account
    assert list(found.unknown) == [HOME]
    assert unjudged_types(found.counts) == {"AWS::redshift::cluster": 1}


def test_a_type_has_one_name_whoever_tells_of_it() -> None:
    counts = {
        HOME: {"AWS::Redshift::Cluster": 2, "redshift:cluster": 3, "kafka:cluster": 1},
        OTHER: {"redshift:cluster": 1},
    }
    assert unjudged_types(counts) == {"AWS::Redshift::Cluster": 4, "AWS::kafka::cluster": 1}
