"""Makers: people, messages, secrets and logs; and the table of all."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.live import compute, databases, storage
from benchmarks.live.ground import EVERYONE, client, policy, statement, trusted_by
from benchmarks.live.places import ACCOUNT, Maker, Place

EVERYTHING = statement("*")
ITS_OWN = statement("s3:GetObject", "arn:aws:s3:::records/*")
OWNER = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def user(place: Place) -> str:
    iam, name = client("iam", place.region), f"nurse-{place.name}"
    made = iam.create_user(UserName=name)["User"]
    if place.breaks("iam_user_console_mfa_enabled"):
        iam.create_login_profile(UserName=name, Password="correct-Horse-battery-1")
    if not place.breaks("iam_user_in_group"):
        iam.add_user_to_group(GroupName="staff", UserName=name)
    if place.breaks("iam_user_no_direct_policies"):
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy(ITS_OWN))
    return str(made["Arn"])


def role(place: Place) -> str:
    iam, name = client("iam", place.region), f"engine-{place.name}"
    trust = trusted_by("lambda")
    if place.breaks("iam_role_trust_not_public"):
        trust = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": EVERYONE})
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
    own = EVERYTHING if place.breaks("iam_role_inline_policy_no_admin") else ITS_OWN
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(own))
    return str(made["Arn"])


def group(place: Place) -> str:
    iam, name = client("iam", place.region), f"ward-{place.name}"
    made = iam.create_group(GroupName=name)["Group"]
    own = EVERYTHING if place.breaks("iam_group_inline_policy_no_admin") else ITS_OWN
    iam.put_group_policy(GroupName=name, PolicyName="own", PolicyDocument=policy(own))
    return str(made["Arn"])


def managed_policy(place: Place) -> str:
    document = policy(EVERYTHING if place.breaks("iam_managed_policy_no_admin") else ITS_OWN)
    made = client("iam", place.region).create_policy(PolicyName=f"vendor-{place.name}", PolicyDocument=document)
    return str(made["Policy"]["Arn"])


def topic(place: Place) -> str:
    sns = client("sns", place.region)
    told = {} if place.breaks("sns_topic_encrypted_at_rest") else {"KmsMasterKeyId": place.ground.key}
    made = str(sns.create_topic(Name=f"results-{place.name}", Attributes=told)["TopicArn"])
    who = EVERYONE if place.breaks("sns_topic_policy_not_public") else OWNER
    allow = policy(statement("sns:Publish", made, Principal=who))
    sns.set_topic_attributes(TopicArn=made, AttributeName="Policy", AttributeValue=allow)
    return made


def subscription(place: Place) -> str:
    topic_arn = f"arn:aws:sns:{place.region}:{ACCOUNT}:results-{place.name}"
    scheme = "http" if place.breaks("sns_subscription_https") else "https"
    made = client("sns", place.region).subscribe(
        TopicArn=topic_arn, Protocol=scheme, Endpoint=f"{scheme}://lab.example/{place.name}"
    )
    return str(made["SubscriptionArn"])


def queue(place: Place) -> str:
    sqs, name = client("sqs", place.region), f"orders-{place.name}"
    arn = f"arn:aws:sqs:{place.region}:{ACCOUNT}:{name}"
    told = {"SqsManagedSseEnabled": "false"}
    if not place.breaks("sqs_queue_encrypted_at_rest"):
        told = {"KmsMasterKeyId": place.ground.key}
    who = EVERYONE if place.breaks("sqs_queue_policy_not_public") else OWNER
    told["Policy"] = policy(statement("sqs:SendMessage", arn, Principal=who))
    sqs.create_queue(QueueName=name, Attributes=told)
    return arn


def secret(place: Place) -> str:
    secrets = client("secretsmanager", place.region)
    own = {} if place.breaks("secret_encrypted_with_cmk") else {"KmsKeyId": place.ground.key}
    made = str(secrets.create_secret(Name=f"lab-{place.name}", SecretString="example", **own)["ARN"])
    if not place.breaks("secret_rotation_enabled"):
        turner = f"arn:aws:lambda:{place.region}:{ACCOUNT}:function:results-{place.name}"
        secrets.rotate_secret(SecretId=made, RotationLambdaARN=turner, RotationRules={"AutomaticallyAfterDays": 30})
    return made


def log_group(place: Place) -> str:
    logs, name = client("logs", place.region), f"/clinic/{place.name}"
    own = {} if place.breaks("log_group_encrypted_with_kms") else {"kmsKeyId": place.ground.key}
    logs.create_log_group(logGroupName=name, **own)
    days = 30 if place.breaks("log_group_retention_min_one_year") else 2192
    logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    return f"arn:aws:logs:{place.region}:{ACCOUNT}:log-group:{name}"


GLOBAL: Mapping[str, Maker] = {"user": user, "role": role, "group": group, "policy": managed_policy}
"""What belongs to no region."""
REGIONAL: Mapping[str, Maker] = {
    "bucket": storage.bucket,
    "volume": storage.volume,
    "snapshot": storage.snapshot,
    "file system": storage.file_system,
    "access point": storage.access_point,
    "table": storage.table,
    "dax": storage.cache,
    "key": storage.key,
    "database": databases.instance,
    "database snapshot": databases.snapshot,
    "cluster": databases.cluster,
    "cluster instance": databases.cluster_instance,
    "cluster snapshot": databases.cluster_snapshot,
    "database proxy": databases.proxy,
    "instance": compute.instance,
    "launch template": compute.launch_template,
    "security group": compute.security_group,
    "network": compute.network,
    "subnet": compute.subnet,
    "network acl": compute.network_acl,
    "function": compute.function,
    "load balancer": compute.load_balancer,
    "listener": compute.listener,
    "topic": topic,
    "subscription": subscription,
    "queue": queue,
    "secret": secret,
    "log group": log_group,
}
"""What is made in every region, in this order: some stand on what came before."""
