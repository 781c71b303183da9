"""A classic load balancer that delivers access logs."""

from __future__ import annotations

from hipaa_guard.testing import Aws, Told, resource

PHI = "aws_s3_bucket.phi.id"


def classic(target: str, *, enabled: bool = True) -> Told:
    """A classic load balancer that delivers access logs to the bucket ``phi``, or to one elsewhere."""
    switch = "" if enabled else "enabled = false"
    declared = f'availability_zones = ["us-east-1a"]\naccess_logs {{\n bucket = {target}\n {switch}\n}}'
    name = "phi-records" if target == PHI else "elsewhere"

    def seed(aws: Aws) -> None:
        listener = {"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 80}
        aws.elb.create_load_balancer(LoadBalancerName="old", Listeners=[listener], AvailabilityZones=["us-east-1a"])
        logs = {"Enabled": enabled, "S3BucketName": name}
        aws.elb.modify_load_balancer_attributes(LoadBalancerName="old", LoadBalancerAttributes={"AccessLog": logs})

    listener = 'listener {\n instance_port = 80\n instance_protocol = "tcp"\n lb_port = 80\n lb_protocol = "tcp"\n}'
    return Told(resource("aws_elb", f"{declared}\n{listener}", "old"), seed)
