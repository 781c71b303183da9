"""Makers: buckets, disks, file systems, tables and keys."""

from __future__ import annotations

from benchmarks.live.ground import EVERYONE, ROLE, client, located, policy, statement
from benchmarks.live.places import ACCOUNT, Place

NO_PLAIN = {"Bool": {"aws:SecureTransport": "false"}}


def bucket(place: Place) -> str:
    s3, name = client("s3", place.region), f"records-{place.name}"
    arn = f"arn:aws:s3:::{name}"
    lock = not place.breaks("s3_bucket_object_lock_enabled")
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=lock, **located(place.region))
    if lock:
        kept = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}
        s3.put_object_lock_configuration(
            Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": kept}
        )
    if place.breaks("s3_bucket_versioning_enabled"):
        if lock:  # such a bucket has versions from the start
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    else:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    cipher = {"SSEAlgorithm": "AES256"}
    if not place.breaks("s3_bucket_encrypted_with_kms"):
        cipher = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": place.ground.key}
    rule = {"ApplyServerSideEncryptionByDefault": cipher}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    blocks = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    blocks["BlockPublicPolicy"] = not place.breaks("s3_bucket_public_access_blocked")
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=blocks)
    if not place.breaks("s3_bucket_acls_disabled"):
        s3.put_bucket_ownership_controls(
            Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        )
    if not place.breaks("s3_bucket_tls_required"):
        deny = {"Effect": "Deny", "Principal": EVERYONE, "Action": "s3:*", "Condition": NO_PLAIN}
        s3.put_bucket_policy(Bucket=name, Policy=policy({**deny, "Resource": [arn, f"{arn}/*"]}))
    if not place.breaks("s3_bucket_access_logging_enabled"):
        target = {"TargetBucket": place.ground.logs, "TargetPrefix": f"{name}/"}
        s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": target})
    return arn


def volume(place: Place) -> str:
    encrypted = not place.breaks("ebs_volume_encrypted")
    made = client("ec2", place.region).create_volume(AvailabilityZone=f"{place.region}a", Size=20, Encrypted=encrypted)
    return f"arn:aws:ec2:{place.region}:{ACCOUNT}:volume/{made['VolumeId']}"


def snapshot(place: Place) -> str:
    ec2 = client("ec2", place.region)
    encrypted = not place.breaks("ebs_snapshot_encrypted")
    disk = ec2.create_volume(AvailabilityZone=f"{place.region}a", Size=8, Encrypted=encrypted)["VolumeId"]
    made = ec2.create_snapshot(VolumeId=disk, Description="nightly")["SnapshotId"]
    ec2.delete_volume(VolumeId=disk)
    if place.breaks("ebs_snapshot_no_cross_account"):
        ec2.modify_snapshot_attribute(
            SnapshotId=made, Attribute="createVolumePermission", OperationType="add", UserIds=["444455556666"]
        )
    return f"arn:aws:ec2:{place.region}::snapshot/{made}"


def file_system(place: Place) -> str:
    efs = client("efs", place.region)
    made = efs.create_file_system(
        CreationToken=f"scans-{place.name}",
        Encrypted=not place.breaks("efs_encrypted_at_rest"),
        Backup=not place.breaks("efs_automatic_backup_enabled"),
    )
    if not place.breaks("efs_tls_required"):
        deny = {"Effect": "Deny", "Principal": EVERYONE, "Action": "*", "Resource": "*", "Condition": NO_PLAIN}
        efs.put_file_system_policy(FileSystemId=made["FileSystemId"], Policy=policy(deny))
    return str(made["FileSystemArn"])


def access_point(place: Place) -> str:
    efs = client("efs", place.region)
    system = efs.describe_file_systems(CreationToken=f"scans-{place.name}")["FileSystems"][0]["FileSystemId"]
    user = {} if place.breaks("efs_access_point_user_identity") else {"PosixUser": {"Uid": 1000, "Gid": 1000}}
    path = "/" if place.breaks("efs_access_point_root_directory") else "/scans"
    made = efs.create_access_point(ClientToken=place.name, FileSystemId=system, RootDirectory={"Path": path}, **user)
    return str(made["AccessPointArn"])


def table(place: Place) -> str:
    dynamodb, name = client("dynamodb", place.region), f"visits-{place.name}"
    cipher = {"Enabled": False}
    if not place.breaks("dynamodb_table_encrypted_with_kms"):
        cipher = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": place.ground.key}  # type: ignore[dict-item]
    made = dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "patient", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "patient", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=not place.breaks("dynamodb_deletion_protection"),
        SSESpecification=cipher,
    )
    kept = {"PointInTimeRecoveryEnabled": not place.breaks("dynamodb_table_pitr_enabled")}
    dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=kept)
    return str(made["TableDescription"]["TableArn"])


def cache(place: Place) -> str:
    made = client("dax", place.region).create_cluster(
        ClusterName=f"dax-{place.name}",
        NodeType="dax.r5.large",
        ReplicationFactor=1,
        IamRoleArn=ROLE,
        SSESpecification={"Enabled": not place.breaks("dax_cluster_encrypted_at_rest")},
        ClusterEndpointEncryptionType="NONE" if place.breaks("dax_cluster_tls") else "TLS",
    )
    return str(made["Cluster"]["ClusterArn"])


def key(place: Place) -> str:
    kms = client("kms", place.region)
    who = EVERYONE if place.breaks("kms_key_policy_no_wildcard_principal") else {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    made = kms.create_key(KeyUsage="ENCRYPT_DECRYPT", Policy=policy(statement("kms:*", Principal=who)))["KeyMetadata"]
    return str(made["Arn"])
