"""A classic load balancer that delivers access logs."""

from __future__ import annotations

from examples.account import client


def furnish() -> None:
    elb = client("elb")
    listener = {"Protocol": "tcp", "LoadBalancerPort": 443, "InstancePort": 443}
    elb.create_load_balancer(LoadBalancerName="old", Listeners=[listener], AvailabilityZones=["us-east-1a"])
    logs = {"Enabled": True, "S3BucketName": "riverside-trail"}
    elb.modify_load_balancer_attributes(LoadBalancerName="old", LoadBalancerAttributes={"AccessLog": logs})
