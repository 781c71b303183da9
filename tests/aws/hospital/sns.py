"""A topic that somebody outside listens to."""

from __future__ import annotations

from examples.account import client


def furnish() -> None:
    sns = client("sns")
    results = sns.create_topic(Name="results", Attributes={"KmsMasterKeyId": "alias/phi"})["TopicArn"]
    sns.subscribe(TopicArn=results, Protocol="http", Endpoint="http://lab.example/")  # gap
