"""An account that has a resource of every kind whose listing the simulated AWS knows, on top of the demo's clinic."""

from __future__ import annotations

from examples.account import REGION, SECOND_REGION, client, policy, seed

CARE = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Resource": "*"}


def furnish() -> None:
    """Fill the simulated account. Deliberate gaps are here as there."""
    seed()
    _disks()
    _network()
    _databases()
    _files_and_tables()
    _people()
    _functions()
    _messages()
    _audit()


def _disks() -> None:
    ec2 = client("ec2")
    ec2.enable_ebs_encryption_by_default()
    disk = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=8, Encrypted=True)["VolumeId"]
    ec2.create_snapshot(VolumeId=disk, Description="nightly")
    leaked = ec2.create_snapshot(VolumeId=disk, Description="for the vendor")["SnapshotId"]  # gap
    ec2.modify_snapshot_attribute(
        SnapshotId=leaked, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"]
    )
    ec2.create_launch_template(
        LaunchTemplateName="portal",
        LaunchTemplateData={"InstanceType": "t3.small", "MetadataOptions": {"HttpTokens": "required"}},
    )
    image = ec2.register_image(Name="portal", RootDeviceName="/dev/xvda")["ImageId"]
    ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.small", MetadataOptions={"HttpTokens": "required"}
    )


def _network() -> None:
    ec2 = client("ec2")
    offices = ec2.create_managed_prefix_list(
        PrefixListName="offices",
        AddressFamily="IPv4",
        MaxEntries=2,
        Entries=[{"Cidr": "10.0.0.0/8", "Description": "offices"}],
    )["PrefixList"]["PrefixListId"]
    vpc = ec2.create_vpc(CidrBlock="10.50.0.0/16")["Vpc"]["VpcId"]
    ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::riverside-trail",
    )
    group = ec2.create_security_group(GroupName="interfaces", Description="Interfaces", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "PrefixListIds": [{"PrefixListId": offices}]}
        ],
    )


def _databases() -> None:
    rds = client("rds")
    rds.create_db_parameter_group(
        DBParameterGroupName="records", DBParameterGroupFamily="postgres16", Description="records"
    )
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="charts", DBParameterGroupFamily="aurora-postgresql16", Description="charts"
    )
    rds.create_db_cluster(
        DBClusterIdentifier="charts",
        Engine="aurora-postgresql",
        MasterUsername="clinic",
        MasterUserPassword="not-a-real-password",
        StorageEncrypted=True,
        DBClusterParameterGroupName="charts",
    )
    rds.create_db_instance(
        DBInstanceIdentifier="charts-1",
        DBClusterIdentifier="charts",
        Engine="aurora-postgresql",
        DBInstanceClass="db.r6g.large",
        PubliclyAccessible=False,
    )
    rds.create_db_snapshot(DBInstanceIdentifier="records", DBSnapshotIdentifier="records-2026")
    rds.create_db_cluster_snapshot(DBClusterIdentifier="charts", DBClusterSnapshotIdentifier="charts-2026")
    rds.modify_db_snapshot_attribute(  # gap
        DBSnapshotIdentifier="records-2026", AttributeName="restore", ValuesToAdd=["all"]
    )
    subnets = [
        each["SubnetId"]
        for each in client("ec2").describe_subnets()["Subnets"]
        if each["CidrBlock"].startswith("10.30.")
    ]
    rds.create_db_proxy(
        DBProxyName="records",
        EngineFamily="POSTGRESQL",
        Auth=[{"AuthScheme": "SECRETS", "SecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:lab"}],
        RoleArn="arn:aws:iam::123456789012:role/reminders",
        VpcSubnetIds=subnets,
        RequireTLS=True,
    )


def _files_and_tables() -> None:
    client("dax").create_cluster(
        ClusterName="appointments",
        NodeType="dax.r5.large",
        ReplicationFactor=1,
        IamRoleArn="arn:aws:iam::123456789012:role/reminders",
        SSESpecification={"Enabled": True},
    )
    dynamodb = client("dynamodb")
    dynamodb.create_table(
        TableName="sessions",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True, "SSEType": "KMS"},
        DeletionProtectionEnabled=True,
    )
    dynamodb.update_continuous_backups(
        TableName="sessions", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    efs = client("efs")
    scans = efs.create_file_system(CreationToken="x-rays", Encrypted=True, Backup=True)["FileSystemId"]
    efs.create_access_point(ClientToken="x-rays", FileSystemId=scans, RootDirectory={"Path": "/x-rays"})
    deny = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    efs.put_file_system_policy(FileSystemId=scans, Policy=policy(deny))


def _people() -> None:
    iam = client("iam")
    iam.create_group(GroupName="nurses")
    iam.add_user_to_group(GroupName="nurses", UserName="nurse.station")
    iam.put_group_policy(
        GroupName="nurses",
        PolicyName="read",
        PolicyDocument=policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}),
    )
    iam.put_role_policy(
        RoleName="reminders",
        PolicyName="send",
        PolicyDocument=policy({"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}),
    )
    iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40]
    )
    iam.create_virtual_mfa_device(VirtualMFADeviceName="dr.okafor")
    client("s3control").put_public_access_block(
        AccountId="123456789012",
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )


def _functions() -> None:
    functions = client("lambda")
    functions.create_function_url_config(FunctionName="reminders", AuthType="NONE")  # gap
    functions.add_permission(
        FunctionName="summaries", StatementId="all", Action="lambda:InvokeFunction", Principal="*"
    )  # gap


def _messages() -> None:
    sns = client("sns")
    results = sns.create_topic(Name="results", Attributes={"KmsMasterKeyId": "alias/phi"})["TopicArn"]
    sns.subscribe(TopicArn=results, Protocol="http", Endpoint="http://lab.example/")  # gap
    client("secretsmanager").put_resource_policy(
        SecretId="lab-interface", ResourcePolicy=policy({**CARE, "Action": "secretsmanager:GetSecretValue"})
    )


def _audit() -> None:
    writes = {"Effect": "Allow", "Principal": {"Service": "es.amazonaws.com"}, "Action": "logs:Put*", "Resource": "*"}
    client("logs").put_resource_policy(policyName="search", policyDocument=policy(writes))
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
