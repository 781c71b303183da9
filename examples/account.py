"""A simulated AWS account of a small clinic, made with boto3 calls, with deliberate gaps.

``seed()`` talks to whatever boto3 talks to: call it only inside moto (``examples.demo`` does) or against a moto server.
"""

from __future__ import annotations

import json
from typing import Any

import boto3

REGION = "us-east-1"
SECOND_REGION = "us-west-2"


def client(service: str, region: str = REGION) -> Any:
    return boto3.client(service, region_name=region)  # type: ignore[call-overload]


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def seed() -> None:
    """Fill the account."""
    key = keys()
    buckets(key)
    people()
    network()
    databases(key)
    compute(key)
    messages(key)
    audit(key)


def keys() -> str:
    kms = client("kms")
    phi: str = kms.create_key(Description="Patient records", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["Arn"]
    kms.enable_key_rotation(KeyId=phi, RotationPeriodInDays=365)
    kms.create_alias(AliasName="alias/phi", TargetKeyId=phi)
    kms.create_key(Description="Old interface engine", KeyUsage="ENCRYPT_DECRYPT")  # gap: not rotated
    return phi


def buckets(key: str) -> None:
    s3 = client("s3")
    for name in ("riverside-charts", "riverside-imaging", "riverside-exports", "riverside-trail"):
        s3.create_bucket(Bucket=name)
    for name in ("riverside-charts", "riverside-imaging"):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}]
            },
        )
        s3.put_public_access_block(
            Bucket=name,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )
        arn = f"arn:aws:s3:::{name}"
        s3.put_bucket_policy(
            Bucket=name,
            Policy=policy(
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [arn, f"{arn}/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ),
        )
    # gap: monthly exports for the billing office, open to everyone
    s3.delete_public_access_block(Bucket="riverside-exports")
    s3.put_bucket_acl(Bucket="riverside-exports", ACL="public-read")


def people() -> None:
    iam = client("iam")
    iam.update_account_password_policy(MinimumPasswordLength=8)  # gap: short
    for name in ("dr.okafor", "nurse.station"):
        iam.create_user(UserName=name)
        iam.create_login_profile(UserName=name, Password="correct-Horse-battery-1")  # gap: no second factor
    iam.create_access_key(UserName="nurse.station")
    iam.put_user_policy(
        UserName="dr.okafor",
        PolicyName="documents",
        PolicyDocument=policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}),
    )
    vendor = iam.create_policy(
        PolicyName="vendor-support",
        PolicyDocument=policy({"Effect": "Allow", "Action": "*", "Resource": "*"}),  # gap
    )
    iam.create_role(
        RoleName="vendor-support",
        AssumeRolePolicyDocument=policy(
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::210987654321:root"}}
        ),
    )
    iam.attach_role_policy(RoleName="vendor-support", PolicyArn=vendor["Policy"]["Arn"])


def network() -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.30.0.0/16")["Vpc"]["VpcId"]  # gap: no flow logs
    admin = ec2.create_security_group(GroupName="admin", Description="Administrators", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(  # gap
        GroupId=admin,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
            {"IpProtocol": "tcp", "FromPort": 3389, "ToPort": 3389, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
        ],
    )
    web = ec2.create_security_group(GroupName="portal", Description="Patient portal", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=web,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.30.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate("ab")
    ]
    elb = client("elbv2")
    portal = elb.create_load_balancer(Name="portal", Subnets=subnets, SecurityGroups=[web])["LoadBalancers"][0]
    target = elb.create_target_group(Name="portal", Protocol="HTTPS", Port=8443, VpcId=vpc)["TargetGroups"][0]
    elb.create_listener(  # gap: plain HTTP to the portal
        LoadBalancerArn=portal["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target["TargetGroupArn"]}],
    )


def databases(key: str) -> None:
    rds = client("rds")
    common = {"Engine": "postgres", "DBInstanceClass": "db.t4g.medium", "AllocatedStorage": 50}
    common |= {"MasterUsername": "clinic", "MasterUserPassword": "not-a-real-password"}
    rds.create_db_instance(
        DBInstanceIdentifier="records",
        StorageEncrypted=True,
        KmsKeyId=key,
        BackupRetentionPeriod=35,
        DeletionProtection=True,
        MultiAZ=True,
        PubliclyAccessible=False,
        **common,
    )
    rds.create_db_instance(  # gap: a copy for reports
        DBInstanceIdentifier="reports", PubliclyAccessible=True, BackupRetentionPeriod=0, **common
    )
    dynamodb = client("dynamodb", SECOND_REGION)
    dynamodb.create_table(
        TableName="appointments",
        AttributeDefinitions=[{"AttributeName": "patient_id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "patient_id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    secrets = client("secretsmanager")
    secrets.create_secret(Name="lab-interface", SecretString="example", KmsKeyId=key)
    efs = client("efs")
    efs.create_file_system(CreationToken="scans", Encrypted=True, KmsKeyId=key)
    efs.create_file_system(CreationToken="letters", Encrypted=False)  # gap


def compute(key: str) -> None:
    ec2 = client("ec2", SECOND_REGION)
    ec2.create_volume(AvailabilityZone=f"{SECOND_REGION}a", Size=100, Encrypted=True)
    open_disk = ec2.create_volume(AvailabilityZone=f"{SECOND_REGION}a", Size=20)["VolumeId"]  # gap
    ec2.create_snapshot(VolumeId=open_disk, Description="before the upgrade")
    images = ec2.register_image(Name="interface-engine", RootDeviceName="/dev/xvda")
    ec2.run_instances(ImageId=images["ImageId"], MinCount=1, MaxCount=1, InstanceType="t3.medium")
    role = client("iam").create_role(
        RoleName="reminders",
        AssumeRolePolicyDocument=policy(
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        ),
    )["Role"]["Arn"]
    functions = client("lambda")
    for name, runtime in (("reminders", "python3.13"), ("summaries", "python3.8")):  # gap: python3.8 has ended
        functions.create_function(
            FunctionName=name,
            Runtime=runtime,
            Role=role,
            Handler="app.handler",
            Code={"ZipFile": b"PK\x05\x06" + bytes(18)},
            KMSKeyArn=key,
            Environment={"Variables": {"TABLE": "appointments"}},
        )


def messages(key: str) -> None:
    sqs = client("sqs")
    sqs.create_queue(QueueName="reminders", Attributes={"KmsMasterKeyId": key})
    sqs.create_queue(QueueName="faxes", Attributes={"SqsManagedSseEnabled": "false"})  # gap
    sns = client("sns")
    sns.create_topic(Name="lab-results")  # gap: not encrypted


def audit(key: str) -> None:
    s3 = client("s3")
    s3.put_bucket_policy(
        Bucket="riverside-trail",
        Policy=policy(
            {
                "Effect": "Allow",
                "Principal": {"Service": "cloudtrail.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": "arn:aws:s3:::riverside-trail/*",
            }
        ),
    )
    trail = client("cloudtrail")
    trail.create_trail(Name="clinic", S3BucketName="riverside-trail", IsMultiRegionTrail=False)  # gap: one region
    trail.start_logging(Name="clinic")
    logs = client("logs")
    logs.create_log_group(logGroupName="/clinic/portal", kmsKeyId=key)
    logs.put_retention_policy(logGroupName="/clinic/portal", retentionInDays=2192)
    logs.create_log_group(logGroupName="/clinic/interface-engine")
    logs.put_retention_policy(logGroupName="/clinic/interface-engine", retentionInDays=30)  # gap
