"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

import json

from hipaa_guard.testing import resource
from tests.policies.rds.states import babelfish, blocks
from tests.policies.twins import FAIL, KEYS, PASS, UNKNOWN, VARIABLE, Twin

DATABASE = 'engine = "postgres"\nengine_version = "16.4"\n'
AUDITED = 'engine = "mysql"\nengine_version = "8.0"\npublicly_accessible = false\n'
ORACLE = 'engine = "oracle-ee"\nengine_version = "19"\npublicly_accessible = false\n'
GENERAL = AUDITED + '{}_cloudwatch_logs_exports = ["general"]\n{}_parameter_group.g.id'
IN_FILES = {"general_log": "1", "log_output": "FILE"}
OPTIONS = "option_group_name = {0}_option_group.g.id"

TWINS = [
    Twin(
        "an instance that says nothing",
        resource("aws_db_instance", DATABASE),
        resource("awscc_rds_db_instance", DATABASE),
        FAIL,
        # CloudFormation keeps backups for a day, and leaves it to the subnets whether the instance is public.
        {"rds_instance_not_public": UNKNOWN},
    ),
    Twin(
        "an instance with everything on",
        KEYS
        + resource(
            "aws_db_instance",
            DATABASE
            + """identifier                          = "phi"
            storage_encrypted                   = true
            kms_key_id                          = aws_kms_key.own.arn
            publicly_accessible                 = false
            backup_retention_period             = 14
            multi_az                            = true
            deletion_protection                 = true
            iam_database_authentication_enabled = true
            manage_master_user_password         = true
            monitoring_interval                 = 60
            enabled_cloudwatch_logs_exports     = ["postgresql", "upgrade"]""",
        ),
        KEYS
        + resource(
            "awscc_rds_db_instance",
            DATABASE
            + """db_instance_identifier            = "phi"
            storage_encrypted                  = true
            kms_key_id                         = awscc_kms_key.own.arn
            publicly_accessible                = false
            backup_retention_period            = 14
            multi_az                           = true
            deletion_protection                = true
            enable_iam_database_authentication = true
            manage_master_user_password        = true
            monitoring_interval                = 60
            enable_cloudwatch_logs_exports     = ["postgresql", "upgrade"]""",
        ),
        PASS,
    ),
    Twin(
        "an instance with everything off",
        resource(
            "aws_db_instance",
            DATABASE
            + """publicly_accessible = true
            backup_retention_period    = 0
            auto_minor_version_upgrade = false""",
        ),
        resource(
            "awscc_rds_db_instance",
            DATABASE
            + """publicly_accessible = true
            backup_retention_period    = 0
            auto_minor_version_upgrade = false""",
        ),
        FAIL,
    ),
    Twin(
        "an instance of which nothing is known",
        VARIABLE
        + resource(
            "aws_db_instance",
            DATABASE
            + "storage_encrypted = var.open\npublicly_accessible = var.open\nbackup_retention_period = var.open",
        ),
        VARIABLE
        + resource(
            "awscc_rds_db_instance",
            DATABASE
            + "storage_encrypted = var.open\npublicly_accessible = var.open\nbackup_retention_period = var.open",
        ),
        UNKNOWN,
    ),
    Twin(
        "an instance restored from a snapshot",
        resource("aws_db_instance", DATABASE + 'snapshot_identifier = "before"\npublicly_accessible = false'),
        resource("awscc_rds_db_instance", DATABASE + 'db_snapshot_identifier = "before"\npublicly_accessible = false'),
        UNKNOWN,
    ),
    Twin(
        "a replica of an instance that is encrypted",
        resource("aws_db_instance", DATABASE + "storage_encrypted = true\npublicly_accessible = false", "source")
        + resource("aws_db_instance", "replicate_source_db = aws_db_instance.source.arn\npublicly_accessible = false"),
        resource("awscc_rds_db_instance", DATABASE + "storage_encrypted = true\npublicly_accessible = false", "source")
        + resource(
            "awscc_rds_db_instance",
            "source_db_instance_identifier = awscc_rds_db_instance.source.id\npublicly_accessible = false",
        ),
        PASS,
    ),
    Twin(
        "a cluster that says nothing",
        resource("aws_rds_cluster", 'engine = "mysql"\nengine_version = "8.0"'),
        resource("awscc_rds_db_cluster", 'engine = "mysql"\nengine_version = "8.0"'),
        FAIL,
    ),
    Twin(
        "a cluster with everything on, and two members",
        KEYS
        + resource(
            "aws_rds_cluster",
            """cluster_identifier = "phi"
            engine                              = "aurora-postgresql"
            engine_version                      = "16.4"
            storage_encrypted                   = true
            kms_key_id                          = aws_kms_key.own.arn
            backup_retention_period             = 14
            deletion_protection                 = true
            iam_database_authentication_enabled = true
            manage_master_user_password         = true
            enabled_cloudwatch_logs_exports     = ["postgresql"]""",
        )
        + "".join(
            resource("aws_rds_cluster_instance", "cluster_identifier = aws_rds_cluster.phi.id", label)
            for label in ("one", "two")
        ),
        KEYS
        + resource(
            "awscc_rds_db_cluster",
            """db_cluster_identifier = "phi"
            engine                             = "aurora-postgresql"
            engine_version                     = "16.4"
            storage_encrypted                  = true
            kms_key_id                         = awscc_kms_key.own.arn
            backup_retention_period            = 14
            deletion_protection                = true
            enable_iam_database_authentication = true
            manage_master_user_password        = true
            enable_cloudwatch_logs_exports     = ["postgresql"]""",
        )
        + "".join(
            resource("awscc_rds_db_instance", "db_cluster_identifier = awscc_rds_db_cluster.phi.id", label)
            for label in ("one", "two")
        ),
        PASS,
    ),
    Twin(
        "a member of a cluster that is public",
        resource("aws_rds_cluster_instance", 'cluster_identifier = "records"\npublicly_accessible = true'),
        resource("awscc_rds_db_instance", 'db_cluster_identifier = "records"\npublicly_accessible = true'),
        FAIL,
    ),
    Twin(
        "a cluster of which nothing is known",
        VARIABLE
        + resource("aws_rds_cluster", 'engine = "mysql"\nstorage_encrypted = var.open\ndeletion_protection = var.open'),
        VARIABLE
        + resource(
            "awscc_rds_db_cluster", 'engine = "mysql"\nstorage_encrypted = var.open\ndeletion_protection = var.open'
        ),
        UNKNOWN,
    ),
    Twin(
        "a cluster whose parameters require TLS",
        resource(
            "aws_rds_cluster",
            'engine = "mysql"\ndb_cluster_parameter_group_name = aws_rds_cluster_parameter_group.g.name',
        )
        + resource(
            "aws_rds_cluster_parameter_group",
            'family = "mysql8.0"\nparameter {\n name = "require_secure_transport"\n value = "ON"\n}',
            "g",
        ),
        resource(
            "awscc_rds_db_cluster",
            'engine = "mysql"\ndb_cluster_parameter_group_name = awscc_rds_db_cluster_parameter_group.g.id',
        )
        + resource(
            "awscc_rds_db_cluster_parameter_group",
            'family = "mysql8.0"\nparameters = jsonencode({ require_secure_transport = "ON" })',
            "g",
        ),
        PASS,
    ),
    Twin(
        "an instance whose parameters leave out TLS",
        resource("aws_db_instance", DATABASE + "parameter_group_name = aws_db_parameter_group.g.name")
        + resource(
            "aws_db_parameter_group",
            'family = "postgres16"\nparameter {\n name = "rds.force_ssl"\n value = "0"\n}',
            "g",
        ),
        resource("awscc_rds_db_instance", DATABASE + "db_parameter_group_name = awscc_rds_db_parameter_group.g.id")
        + resource(
            "awscc_rds_db_parameter_group",
            'family = "postgres16"\nparameters = jsonencode({ "rds.force_ssl" = 0 })',
            "g",
        ),
        FAIL,
        {"rds_instance_not_public": UNKNOWN},
    ),
    Twin(
        "an instance whose option group adds the audit plugin",
        resource(
            "aws_db_instance", AUDITED + 'enabled_cloudwatch_logs_exports = ["audit"]\n' + OPTIONS.format("aws_db")
        )
        + resource(
            "aws_db_option_group",
            'engine_name = "mysql"\nmajor_engine_version = "8.0"\noption {\n option_name = "MARIADB_AUDIT_PLUGIN"\n}',
            "g",
        ),
        resource(
            "awscc_rds_db_instance",
            AUDITED + 'enable_cloudwatch_logs_exports = ["audit"]\n' + OPTIONS.format("awscc_rds"),
        )
        + resource(
            "awscc_rds_option_group",
            'engine_name = "mysql"\nmajor_engine_version = "8.0"\noption_group_description = "ours"\n'
            'option_configurations = [{ option_name = "MARIADB_AUDIT_PLUGIN" }]',
            "g",
        ),
        PASS,
    ),
    Twin(
        "an instance that writes its general log into files",
        resource("aws_db_instance", GENERAL.format("enabled", "parameter_group_name = aws_db"))
        + resource("aws_db_parameter_group", 'family = "mysql8.0"\n' + blocks(IN_FILES), "g"),
        resource("awscc_rds_db_instance", GENERAL.format("enable", "db_parameter_group_name = awscc_rds_db"))
        + resource(
            "awscc_rds_db_parameter_group", f'family = "mysql8.0"\nparameters = jsonencode({json.dumps(IN_FILES)})', "g"
        ),
        PASS,
    ),
    Twin(
        "an instance of Oracle that requires native network encryption",
        resource("aws_db_instance", ORACLE + OPTIONS.format("aws_db"))
        + resource(
            "aws_db_option_group",
            'engine_name = "oracle-ee"\nmajor_engine_version = "19"\noption {\n option_name = "NATIVE_NETWORK_ENCRYPTION"\n'
            'option_settings {\n name = "SQLNET.ENCRYPTION_SERVER"\n value = "REQUIRED"\n}\n}',
            "g",
        ),
        resource("awscc_rds_db_instance", ORACLE + OPTIONS.format("awscc_rds"))
        + resource(
            "awscc_rds_option_group",
            'engine_name = "oracle-ee"\nmajor_engine_version = "19"\noption_group_description = "ours"\n'
            'option_configurations = [{ option_name = "NATIVE_NETWORK_ENCRYPTION"\n'
            'option_settings = [{ name = "SQLNET.ENCRYPTION_SERVER", value = "REQUIRED" }] }]',
            "g",
        ),
        PASS,
    ),
    Twin(
        "an instance whose parameters log connections",
        resource(
            "aws_db_instance",
            DATABASE
            + 'publicly_accessible = false\nenabled_cloudwatch_logs_exports = ["postgresql"]\n'
            + "parameter_group_name = aws_db_parameter_group.g.name",
        )
        + resource(
            "aws_db_parameter_group",
            'family = "postgres16"\nparameter {\n name = "log_connections"\n value = "1"\n}',
            "g",
        ),
        resource(
            "awscc_rds_db_instance",
            DATABASE
            + 'publicly_accessible = false\nenable_cloudwatch_logs_exports = ["postgresql"]\n'
            + "db_parameter_group_name = awscc_rds_db_parameter_group.g.id",
        )
        + resource(
            "awscc_rds_db_parameter_group",
            'family = "postgres16"\nparameters = jsonencode({ log_connections = 1 })',
            "g",
        ),
        PASS,
    ),
    Twin("a cluster whose both ports require TLS", *babelfish("1"), PASS),
    Twin("a cluster of whose ports that of Babelfish does not", *babelfish("0"), UNKNOWN),
    Twin(
        "a proxy that requires TLS",
        resource("aws_db_proxy", 'name = "phi"\nrequire_tls = true'),
        resource("awscc_rds_db_proxy", 'db_proxy_name = "phi"\nrequire_tls = true'),
        PASS,
    ),
]
