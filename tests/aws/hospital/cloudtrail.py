"""A trail of all regions, made in the second one."""

from __future__ import annotations

from examples.account import SECOND_REGION, client


def furnish() -> None:
    trail = client("cloudtrail", SECOND_REGION)
    trail.create_trail(
        Name="whole", S3BucketName="riverside-trail", IsMultiRegionTrail=True, EnableLogFileValidation=True
    )
    trail.start_logging(Name="whole")
    trail.put_event_selectors(
        TrailName="whole",
        EventSelectors=[
            {
                "ReadWriteType": "All",
                "IncludeManagementEvents": True,
                "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
            }
        ],
    )
