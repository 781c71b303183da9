"""Makers: instances, functions, networks and load balancers."""

from __future__ import annotations

from typing import Any

from benchmarks.live.ground import ROLE, client
from benchmarks.live.places import ACCOUNT, Place

CODE = b"PK\x05\x06" + bytes(18)
WORLD = "0.0.0.0/0"


def instance(place: Place) -> str:
    ec2 = client("ec2", place.region)
    tokens = "optional" if place.breaks("ec2_instance_imdsv2_required") else "required"
    role: dict[str, Any] = {"IamInstanceProfile": {"Name": "records-app"}}
    made = ec2.run_instances(
        ImageId=place.ground.image,
        MinCount=1,
        MaxCount=1,
        InstanceType="t3.small",
        SubnetId=place.ground.subnets[0],
        SecurityGroupIds=[place.ground.group],
        MetadataOptions={"HttpTokens": tokens},
        Monitoring={"Enabled": not place.breaks("ec2_instance_detailed_monitoring")},
        **({} if place.breaks("ec2_instance_profile_attached") else role),
    )["Instances"][0]["InstanceId"]
    kept = not place.breaks("ec2_instance_termination_protected")
    ec2.modify_instance_attribute(InstanceId=made, DisableApiTermination={"Value": kept})
    return f"arn:aws:ec2:{place.region}:{ACCOUNT}:instance/{made}"


def launch_template(place: Place) -> str:
    data: dict[str, Any] = {
        "InstanceType": "t3.small",
        "MetadataOptions": {
            "HttpTokens": "optional" if place.breaks("launch_template_imdsv2_required") else "required"
        },
        "NetworkInterfaces": [
            {"DeviceIndex": 0, "AssociatePublicIpAddress": place.breaks("launch_template_no_public_ip")}
        ],
    }
    made = client("ec2", place.region).create_launch_template(
        LaunchTemplateName=f"portal-{place.name}", LaunchTemplateData=data
    )["LaunchTemplate"]["LaunchTemplateId"]
    return f"arn:aws:ec2:{place.region}:{ACCOUNT}:launch-template/{made}"


def security_group(place: Place) -> str:
    ec2 = client("ec2", place.region)
    made = ec2.create_security_group(GroupName=f"ward-{place.name}", Description="ward", VpcId=place.ground.vpc)
    ports = {
        "sg_no_public_ingress_ssh": 22,
        "sg_no_public_ingress_rdp": 3389,
        "sg_no_public_ingress_databases": 5432,
    }
    for control, port in ports.items():
        network = WORLD if place.breaks(control) else "10.0.0.0/8"
        ec2.authorize_security_group_ingress(
            GroupId=made["GroupId"],
            IpPermissions=[{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": network}]}],
        )
    return f"arn:aws:ec2:{place.region}:{ACCOUNT}:security-group/{made['GroupId']}"


def network(place: Place) -> str:
    ec2 = client("ec2", place.region)
    made = ec2.create_vpc(CidrBlock=f"10.{100 + place.n % 100}.0.0/16")["Vpc"]["VpcId"]
    if not place.breaks("vpc_flow_logs_enabled"):
        ec2.create_flow_logs(
            ResourceIds=[made],
            ResourceType="VPC",
            TrafficType="ALL",
            LogDestinationType="s3",
            LogDestination=f"arn:aws:s3:::{place.ground.logs}",
        )
    return f"arn:aws:ec2:{place.region}:{ACCOUNT}:vpc/{made}"


def subnet(place: Place) -> str:
    ec2 = client("ec2", place.region)
    made = ec2.create_subnet(
        VpcId=place.ground.vpc, CidrBlock=f"10.0.{100 + place.n}.0/24", AvailabilityZone=f"{place.region}a"
    )["Subnet"]
    public = place.breaks("subnet_no_auto_public_ip")
    ec2.modify_subnet_attribute(SubnetId=made["SubnetId"], MapPublicIpOnLaunch={"Value": public})
    return str(made["SubnetArn"])


def network_acl(place: Place) -> str:
    ec2 = client("ec2", place.region)
    made = ec2.create_network_acl(VpcId=place.ground.vpc)["NetworkAcl"]["NetworkAclId"]
    ports = {"nacl_no_public_ingress_ssh": 22, "nacl_no_public_ingress_rdp": 3389}
    for number, (control, port) in enumerate(ports.items(), start=100):
        ec2.create_network_acl_entry(
            NetworkAclId=made,
            RuleNumber=number,
            Protocol="6",
            RuleAction="allow",
            Egress=False,
            CidrBlock=WORLD if place.breaks(control) else "10.0.0.0/8",
            PortRange={"From": port, "To": port},
        )
    return f"arn:aws:ec2:{place.region}:{ACCOUNT}:network-acl/{made}"


def function(place: Place) -> str:
    functions, name = client("lambda", place.region), f"results-{place.name}"
    inside = {"SubnetIds": list(place.ground.subnets), "SecurityGroupIds": [place.ground.group]}
    made = functions.create_function(
        FunctionName=name,
        Runtime="python3.8" if place.breaks("lambda_supported_runtime") else "python3.13",
        Role=ROLE,
        Handler="app.handler",
        Code={"ZipFile": CODE},
        KMSKeyArn=place.ground.key,
        Environment={"Variables": {"LEVEL": "info"}},
        VpcConfig={} if place.breaks("lambda_function_in_vpc") else inside,
    )
    if place.breaks("lambda_function_not_public"):
        functions.add_permission(FunctionName=name, StatementId="all", Action="lambda:InvokeFunction", Principal="*")
    return str(made["FunctionArn"])


def load_balancer(place: Place) -> str:
    elb = client("elbv2", place.region)
    made = elb.create_load_balancer(
        Name=f"portal-{place.name}", Subnets=list(place.ground.subnets), SecurityGroups=[place.ground.group]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    told = {
        "deletion_protection.enabled": not place.breaks("elbv2_deletion_protection"),
        "routing.http.drop_invalid_header_fields.enabled": not place.breaks("alb_drops_invalid_headers"),
        "access_logs.s3.enabled": not place.breaks("elbv2_access_logging_enabled"),
    }
    attributes = [{"Key": name, "Value": str(value).lower()} for name, value in told.items()]
    attributes.append({"Key": "access_logs.s3.bucket", "Value": place.ground.logs})
    elb.modify_load_balancer_attributes(LoadBalancerArn=made, Attributes=attributes)
    return str(made)


def listener(place: Place) -> str:
    elb = client("elbv2", place.region)
    balancer = elb.describe_load_balancers(Names=[f"portal-{place.name}"])["LoadBalancers"][0]["LoadBalancerArn"]
    onward: dict[str, Any] = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}}
    if place.breaks("alb_http_redirects_to_https"):
        onward = {"Type": "forward", "TargetGroupArn": _target(place)}
    made = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[onward])
    return str(made["Listeners"][0]["ListenerArn"])


def _target(place: Place) -> str:
    made = client("elbv2", place.region).create_target_group(
        Name=f"portal-{place.name}", Protocol="HTTPS", Port=8443, VpcId=place.ground.vpc
    )
    return str(made["TargetGroups"][0]["TargetGroupArn"])
