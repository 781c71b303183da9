"""Policies of AWS's own that grant everything, all of a service, or decryption or any grant with every key.

Source: AWS managed policy reference, as it was on the day `DATED`. AWS changes and adds policies; a test holds the
table against the copy of the reference that moto brings along. Policies of service-linked roles are left out: nobody
else can attach them.
"""

from __future__ import annotations

from hipaa_guard.facts.policies.document import PolicyDocument
from hipaa_guard.facts.values import Undecided, Unknown
from hipaa_guard.lean import regex

DATED = "2026-09-30"
"""The day of the reference (ISO 8601)."""

_ARN = regex(r"arn:[^:]+:iam::aws:policy/(.+)")
_ALL_BUT = "all but "


def name_of(arn: str | Unknown) -> str | None:
    """The name of a policy of AWS by its ARN, with its path (``service-role/AWSGlueServiceRole``); None for others.

    Raises:
        Undecided: the ARN is not known.

    """
    if isinstance(arn, Unknown):
        raise Undecided(arn)
    found = _ARN.fullmatch(arn)
    return found[1] if found else None


def grants_of(name: str) -> PolicyDocument | None:
    """The wide grants of a policy of AWS, as a policy document; None where it has none."""
    granted = GRANTS.get(name)
    if granted is None:
        return None
    element = "NotAction" if granted.startswith(_ALL_BUT) else "Action"
    statement = {"Effect": "Allow", element: granted.removeprefix(_ALL_BUT).split(), "Resource": "*"}
    document = PolicyDocument.parse({"Statement": [statement]})
    assert isinstance(document, PolicyDocument), "nothing in it is unknown"
    return document


GRANTS = {
    "AIDevOpsAgentActionsPolicy": (
        "all but account:* cognito-identity:* iam:* identitystore:* organizations:* ram:* rolesanywhere:* sso:* sts:*"
    ),
    "AIOpsConsoleAdminPolicy": "aiops:*",
    "AWSAccountManagementFullAccess": "account:*",
    "AWSAgentlessDiscoveryService": "discovery:*",
    "AWSAppFabricFullAccess": "appfabric:*",
    "AWSAppMeshFullAccess": "appmesh:*",
    "AWSAppRunnerFullAccess": "apprunner:*",
    "AWSAppSyncAdministrator": "appsync:*",
    "AWSApplicationDiscoveryServiceFullAccess": "discovery:* mgh:*",
    "AWSApplicationMigrationFullAccess": "mgn:*",
    "AWSAuditManagerAdministratorAccess": "auditmanager:*",
    "AWSBackupFullAccess": "backup-storage:* backup:*",
    "AWSBatchFullAccess": "batch:*",
    "AWSBillingConductorFullAccess": "billingconductor:*",
    "AWSBudgetsActionsWithAWSResourceControlAccess": "budgets:*",
    "AWSBugBustFullAccess": "bugbust:*",
    "AWSCertificateManagerFullAccess": "acm:*",
    "AWSCertificateManagerPrivateCAFullAccess": "acm-pca:*",
    "AWSCleanRoomsFullAccess": "cleanrooms:*",
    "AWSCleanRoomsMLFullAccess": "cleanrooms-ml:*",
    "AWSCloud9Administrator": "cloud9:*",
    "AWSCloudFormationFullAccess": "cloudformation:*",
    "AWSCloudHSMFullAccess": "cloudhsm:*",
    "AWSCloudMapFullAccess": "servicediscovery:*",
    "AWSCloudShellFullAccess": "cloudshell:*",
    "AWSCloudTrail_FullAccess": "cloudtrail:*",
    "AWSCodeArtifactAdminAccess": "codeartifact:*",
    "AWSCodeBuildAdminAccess": "codebuild:*",
    "AWSCodeCommitFullAccess": "codecommit:*",
    "AWSCodeDeployFullAccess": "codedeploy:*",
    "AWSCodePipeline_FullAccess": "codepipeline:*",
    "AWSCodeStarFullAccess": "codestar:*",
    "AWSDataExchangeFullAccess": "dataexchange:*",
    "AWSDataPipeline_FullAccess": "datapipeline:*",
    "AWSDataPipeline_PowerUser": "datapipeline:*",
    "AWSDataSyncFullAccess": "datasync:*",
    "AWSDeepLensLambdaFunctionAccessPolicy": "deeplens:*",
    "AWSDeepRacerAccountAdminAccess": "deepracer:*",
    "AWSDeepRacerCloudFormationAccessPolicy": "cloudformation:*",
    "AWSDeepRacerRoboMakerAccessPolicy": "robomaker:*",
    "AWSDeviceFarmFullAccess": "devicefarm:*",
    "AWSDirectConnectFullAccess": "directconnect:*",
    "AWSDirectoryServiceFullAccess": "ds:*",
    "AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy": "elasticbeanstalk:*",
    "AWSElasticDisasterRecoveryConsoleFullAccess": "drs:*",
    "AWSElasticDisasterRecoveryConsoleFullAccess_v2": "drs:*",
    "AWSElementalMediaConnectFullAccess": "mediaconnect:*",
    "AWSElementalMediaConvertFullAccess": "mediaconvert:*",
    "AWSElementalMediaLiveFullAccess": "medialive:*",
    "AWSElementalMediaPackageFullAccess": "mediapackage:*",
    "AWSElementalMediaPackageV2FullAccess": "mediapackagev2:*",
    "AWSElementalMediaStoreFullAccess": "mediastore:*",
    "AWSElementalMediaTailorFullAccess": "mediatailor:*",
    "AWSEntityResolutionConsoleFullAccess": "entityresolution:*",
    "AWSFMAdminFullAccess": "fms:* waf-regional:* waf:*",
    "AWSGlueConsoleFullAccess": "glue:*",
    "AWSGlueConsoleSageMakerNotebookFullAccess": "glue:*",
    "AWSGrafanaAccountAdministrator": "grafana:*",
    "AWSGreengrassFullAccess": "greengrass:*",
    "AWSHealthFullAccess": "health:*",
    "AWSHealthImagingFullAccess": "medical-imaging:*",
    "AWSIQFullAccess": "iq-permission:* iq:*",
    "AWSImageBuilderFullAccess": "imagebuilder:*",
    "AWSImportExportFullAccess": "importexport:*",
    "AWSIoTAnalyticsFullAccess": "iotanalytics:*",
    "AWSIoTDeviceTesterForGreengrassFullAccess": "greengrass:*",
    "AWSIoTEventsFullAccess": "iotevents:*",
    "AWSIoTFullAccess": "iot:* iotjobsdata:*",
    "AWSIoTManagedIntegrationsFullAccess": "iotmanagedintegrations:*",
    "AWSIoTSiteWiseConsoleFullAccess": "iotsitewise:*",
    "AWSIoTSiteWiseFullAccess": "iotsitewise:*",
    "AWSIoTWirelessFullAccess": "iotwireless:*",
    "AWSLakeFormationDataAdmin": "lakeformation:*",
    "AWSLambdaExecute": "logs:*",
    "AWSLambda_FullAccess": "lambda:*",
    "AWSMarketplaceFullAccess": "aws-marketplace:*",
    "AWSMcpServiceActionsFullAccess": "*",
    "AWSMigrationHubFullAccess": "discovery:* mgh:*",
    "AWSMigrationHubOrchestratorConsoleFullAccess": "migrationhub-orchestrator:*",
    "AWSMigrationHubRefactorSpaces-EnvironmentsWithoutBridgesFullAccess": "refactor-spaces:*",
    "AWSMigrationHubRefactorSpacesFullAccess": "refactor-spaces:*",
    "AWSMigrationHubStrategyConsoleFullAccess": "migrationhub-strategy:*",
    "AWSNetworkManagerFullAccess": "networkmanager:*",
    "AWSOrganizationsFullAccess": "organizations:*",
    "AWSPanoramaFullAccess": "panorama:*",
    "AWSPartnerCentralFullAccess": "partnercentral:*",
    "AWSPartnerCentralSandboxFullAccess": "partnercentral:*",
    "AWSPriceListServiceFullAccess": "pricing:*",
    "AWSPrivateCAFullAccess": "acm-pca:*",
    "AWSProtonFullAccess": "proton:*",
    "AWSResourceAccessManagerFullAccess": "ram:*",
    "AWSResourceExplorerFullAccess": "resource-explorer-2:*",
    "AWSResourceExplorerOrganizationsAccess": "resource-explorer-2:*",
    "AWSRoboMaker_FullAccess": "robomaker:*",
    "AWSSSODirectoryAdministrator": "identitystore-auth:* identitystore:* sso-directory:*",
    "AWSSSOMasterAccountAdministrator": "identitystore-auth:* identitystore:* sso-directory:* sso:*",
    "AWSSSOMemberAccountAdministrator": "identitystore-auth:* identitystore:* sso-directory:* sso:*",
    "AWSSavingsPlansFullAccess": "savingsplans:*",
    "AWSSecurityHubFullAccess": "securityhub:*",
    "AWSSecurityIncidentResponseFullAccess": "security-ir:*",
    "AWSStepFunctionsConsoleFullAccess": "states:*",
    "AWSStepFunctionsFullAccess": "states:*",
    "AWSStorageGatewayFullAccess": "storagegateway:*",
    "AWSSupportAccess": "support-console:* support:*",
    "AWSSystemsManagerForSAPFullAccess": "ssm-sap:*",
    "AWSTransferConsoleFullAccess": "transfer:*",
    "AWSTransferFullAccess": "transfer:*",
    "AWSTransformCustomFullAccess": "transform-custom:*",
    "AWSWAFConsoleFullAccess": "waf-regional:* waf:* wafv2:*",
    "AWSWAFFullAccess": "waf-regional:* waf:* wafv2:*",
    "AWSWickrFullAccess": "wickr:*",
    "AWSXrayFullAccess": "xray:*",
    "AdministratorAccess": "*",
    "AdministratorAccess-AWSElasticBeanstalk": "elasticbeanstalk:*",
    "AdministratorAccess-Amplify": (
        "amplify:* amplifybackend:* amplifyuibuilder:* geo:* mobiletargeting:* s3:deletebucket s3:deleteobject "
        "s3:getobject s3:listbucket s3:putbucketpolicy s3:putobject"
    ),
    "AgentRegistryFullAccess": "agent-registry:*",
    "AlexaForBusinessFullAccess": "a4b:*",
    "AmazonAPIGatewayAdministrator": "apigateway:*",
    "AmazonAppFlowFullAccess": "appflow:*",
    "AmazonAppStreamFullAccess": "appstream:*",
    "AmazonAthenaFullAccess": "athena:*",
    "AmazonBedrockFullAccess": "bedrock-mantle:* bedrock:*",
    "AmazonBedrockMantleFullAccess": "bedrock-mantle:*",
    "AmazonBioDiscoveryFullAccess": "researchstudio:*",
    "AmazonBioDiscoveryInAppFullAccess": "researchstudio:*",
    "AmazonBraketFullAccess": "braket:*",
    "AmazonChimeFullAccess": "chime:*",
    "AmazonCloudDirectoryFullAccess": "clouddirectory:*",
    "AmazonCloudWatchRUMFullAccess": "rum:*",
    "AmazonCodeCatalystFullAccess": "codecatalyst:*",
    "AmazonCodeGuruProfilerFullAccess": "codeguru-profiler:* codeguru:*",
    "AmazonCodeGuruReviewerFullAccess": "codeguru-reviewer:* codeguru:*",
    "AmazonCodeGuruSecurityFullAccess": "codeguru-security:*",
    "AmazonCognitoPowerUser": "cognito-identity:* cognito-idp:* cognito-sync:*",
    "AmazonCognitoUnAuthedIdentitiesSessionPolicy": (
        "comprehend:* firehose:* kms:decrypt mobiletargeting:* personalize:* polly:* rekognition:* transcribe:* "
        "translate:*"
    ),
    "AmazonConnectVoiceIDFullAccess": "voiceid:*",
    "AmazonConnect_FullAccess": "connect:*",
    "AmazonDataZoneEnvironmentRolePermissionsBoundary": "datazone:* kms:decrypt sqlworkbench:*",
    "AmazonDataZoneFullAccess": "datazone:*",
    "AmazonDataZoneRedshiftGlueProvisioningPolicy": "kms:decrypt",
    "AmazonDataZoneSageMakerEnvironmentRolePermissionsBoundary": (
        "datazone:* groundtruthlabeling:* kms:decrypt sagemaker-geospatial:* sagemaker:* sqlworkbench:*"
    ),
    "AmazonDetectiveFullAccess": "detective:*",
    "AmazonDevOpsGuruConsoleFullAccess": "devops-guru:*",
    "AmazonDevOpsGuruFullAccess": "devops-guru:*",
    "AmazonDynamoDBFullAccess": "dax:* dynamodb:*",
    "AmazonDynamoDBFullAccess_v2": "dax:* dynamodb:*",
    "AmazonDynamoDBFullAccesswithDataPipeline": "datapipeline:* dynamodb:* elasticmapreduce:* lambda:*",
    "AmazonEC2ContainerRegistryFullAccess": "ecr:*",
    "AmazonEC2FullAccess": "autoscaling:* cloudwatch:* ec2:* elasticloadbalancing:*",
    "AmazonECS_FullAccess": "ecs:*",
    "AmazonESFullAccess": "es:*",
    "AmazonElastiCacheFullAccess": "elasticache:*",
    "AmazonElasticContainerRegistryPublicFullAccess": "ecr-public:*",
    "AmazonElasticMapReduceFullAccess": "cloudwatch:* elasticmapreduce:* s3:* sdb:*",
    "AmazonElasticTranscoder_FullAccess": "elastictranscoder:*",
    "AmazonEventBridgeFullAccess": "events:* pipes:* scheduler:* schemas:*",
    "AmazonEventBridgePipesFullAccess": "pipes:*",
    "AmazonEventBridgeSchedulerFullAccess": "scheduler:*",
    "AmazonEventBridgeSchemasFullAccess": "schemas:*",
    "AmazonForecastFullAccess": "forecast:*",
    "AmazonFraudDetectorFullAccessPolicy": "frauddetector:*",
    "AmazonFreeRTOSFullAccess": "freertos:*",
    "AmazonGlacierFullAccess": "glacier:*",
    "AmazonGuardDutyFullAccess_v2": "guardduty:*",
    "AmazonHealthLakeFullAccess": "healthlake:*",
    "AmazonHoneycodeFullAccess": "honeycode:*",
    "AmazonInspector2FullAccess": "inspector2:*",
    "AmazonInspector2FullAccess_v2": "inspector2:*",
    "AmazonInspectorFullAccess": "inspector:*",
    "AmazonKendraFullAccess": "kendra:*",
    "AmazonKeyspacesFullAccess": "cassandra:*",
    "AmazonKinesisAnalyticsFullAccess": "kinesisanalytics:*",
    "AmazonKinesisFirehoseFullAccess": "firehose:*",
    "AmazonKinesisFullAccess": "kinesis:*",
    "AmazonKinesisVideoStreamsFullAccess": "kinesisvideo:*",
    "AmazonLaunchWizardFullAccessV2": "applicationinsights:* launchwizard:*",
    "AmazonLexFullAccess": "lex:*",
    "AmazonLookoutEquipmentFullAccess": "lookoutequipment:*",
    "AmazonLookoutMetricsFullAccess": "lookoutmetrics:*",
    "AmazonLookoutVisionConsoleFullAccess": "lookoutvision:*",
    "AmazonLookoutVisionFullAccess": "lookoutvision:*",
    "AmazonMCSFullAccess": "cassandra:*",
    "AmazonMQApiFullAccess": "mq:*",
    "AmazonMQFullAccess": "mq:*",
    "AmazonMSKFullAccess": "kafka:* kms:creategrant",
    "AmazonMachineLearningFullAccess": "machinelearning:*",
    "AmazonMacieFullAccess": "macie2:*",
    "AmazonManagedBlockchainConsoleFullAccess": "managedblockchain:*",
    "AmazonManagedBlockchainFullAccess": "managedblockchain:*",
    "AmazonMechanicalTurkFullAccess": "mechanicalturk:*",
    "AmazonMemoryDBFullAccess": "memorydb:*",
    "AmazonMobileAnalyticsFullAccess": "mobileanalytics:*",
    "AmazonMonitronFullAccess": "monitron:*",
    "AmazonOmicsFullAccess": "omics:*",
    "AmazonOneEnterpriseFullAccess": "one:*",
    "AmazonOpenSearchServiceFullAccess": "es:*",
    "AmazonPollyFullAccess": "polly:*",
    "AmazonPrometheusFullAccess": "aps:*",
    "AmazonQLDBConsoleFullAccess": "dbqms:*",
    "AmazonRDSFullAccess": "rds:*",
    "AmazonRedshiftFullAccess": "redshift-serverless:* redshift:*",
    "AmazonRedshiftQueryEditorV2FullAccess": "sqlworkbench:*",
    "AmazonRekognitionFullAccess": "rekognition:*",
    "AmazonRoute53AutoNamingFullAccess": "servicediscovery:*",
    "AmazonRoute53DomainsFullAccess": "route53domains:*",
    "AmazonRoute53FullAccess": "route53:* route53domains:*",
    "AmazonRoute53RecoveryClusterFullAccess": "route53-recovery-cluster:*",
    "AmazonRoute53RecoveryControlConfigFullAccess": "route53-recovery-control-config:*",
    "AmazonRoute53RecoveryReadinessFullAccess": "route53-recovery-readiness:*",
    "AmazonRoute53ResolverFullAccess": "route53resolver:*",
    "AmazonS3ExpressFullAccess": "s3express:*",
    "AmazonS3FilesFullAccess": "s3files:*",
    "AmazonS3FullAccess": "s3-object-lambda:* s3:*",
    "AmazonS3OutpostsFullAccess": "s3-outposts:*",
    "AmazonS3TablesFullAccess": "s3tables:*",
    "AmazonSESFullAccess": "ses:*",
    "AmazonSNSFullAccess": "sns:*",
    "AmazonSQSFullAccess": "sqs:*",
    "AmazonSSMFullAccess": "ec2messages:* logs:* ssm:*",
    "AmazonSageMakerFullAccess": "groundtruthlabeling:* sagemaker-geospatial:* sagemaker:*",
    "AmazonSecurityLakeAdministrator": "securitylake:*",
    "AmazonSecurityLakePermissionsBoundary": "kms:decrypt",
    "AmazonTextractFullAccess": "textract:*",
    "AmazonTimestreamConsoleFullAccess": "timestream:*",
    "AmazonTimestreamFullAccess": "timestream:*",
    "AmazonTranscribeFullAccess": "transcribe:*",
    "AmazonVerifiedPermissionsFullAccess": "verifiedpermissions:*",
    "AmazonWorkDocsFullAccess": "workdocs:*",
    "AmazonWorkMailFullAccess": "ses:* workmail:*",
    "AmazonWorkMailMessageFlowFullAccess": "workmailmessageflow:*",
    "AmazonWorkSpacesThinClientFullAccess": "thinclient:*",
    "AmazonZocaloFullAccess": "ds:* zocalo:*",
    "AnthropicFullAccess": "aws-external-anthropic:*",
    "AutoScalingConsoleFullAccess": "autoscaling:*",
    "AutoScalingFullAccess": "autoscaling:*",
    "BedrockAgentCoreFullAccess": "bedrock-agentcore:*",
    "CloudFrontFullAccess": "cloudfront-keyvaluestore:* cloudfront:*",
    "CloudSearchFullAccess": "cloudsearch:*",
    "CloudWatchApplicationInsightsFullAccess": "applicationinsights:*",
    "CloudWatchApplicationSignalsFullAccess": "application-signals:*",
    "CloudWatchEventsFullAccess": "events:* pipes:* scheduler:* schemas:*",
    "CloudWatchFullAccess": "cloudwatch:* logs:* sns:*",
    "CloudWatchFullAccessV2": "application-signals:* cloudwatch:* logs:* rum:* synthetics:* xray:*",
    "CloudWatchLogsFullAccess": "logs:*",
    "CloudWatchSyntheticsFullAccess": "synthetics:*",
    "ComprehendFullAccess": "comprehend:*",
    "ComprehendMedicalFullAccess": "comprehendmedical:*",
    "ElasticLoadBalancingFullAccess": "arc-zonal-shift:* elasticloadbalancing:*",
    "ElementalActivationsFullAccess": "elemental-activations:*",
    "ElementalAppliancesSoftwareFullAccess": "elemental-appliances-software:*",
    "ElementalSupportCenterFullAccess": "elemental-support-cases:* elemental-support-content:*",
    "GlobalAcceleratorFullAccess": "globalaccelerator:*",
    "IAMAccessAnalyzerFullAccess": "access-analyzer:*",
    "IAMFullAccess": "iam:*",
    "IVSFullAccess": "ivs:* ivschat:*",
    "MultiPartyApprovalFullAccess": "mpa:*",
    "NeptuneFullAccess": "neptune-db:*",
    "OAMFullAccess": "oam:*",
    "PowerUserAccess": "all but account:* iam:* organizations:*",
    "ResourceGroupsandTagEditorFullAccess": "resource-groups:*",
    "SageMakerStudioAdminIAMConsolePolicy": "datazone:*",
    "SageMakerStudioAdminIAMDefaultExecutionPolicy": (
        "athena:* bedrock:* cloudformation:* codeconnections:* codestar-connections:* comprehend:* datazone:* "
        "glue:* kms:decrypt redshift-data:* rekognition:* sagemaker-data-science-assistant:* sagemaker-mlflow:* "
        "sagemaker-unified-studio-mcp:* sagemaker:* scheduler:* secretsmanager:createsecret "
        "secretsmanager:deletesecret secretsmanager:getsecretvalue secretsmanager:putresourcepolicy "
        "secretsmanager:putsecretvalue sqlworkbench:* textract:*"
    ),
    "SageMakerStudioAdminIAMPermissiveExecutionPolicy": (
        "airflow-serverless:* airflow:* application-autoscaling:* athena:* bedrock:* cloudformation:* "
        "cloudwatch:* codeconnections:* codestar-connections:* codewhisperer:* comprehend:* datazone:* "
        "elasticmapreduce:* emr-containers:* emr-serverless:* events:* glue:* kms:decrypt logs:* q:* quicksight:* "
        "rds:* redshift-data:* redshift-serverless:* redshift:* rekognition:* s3:* s3tables:* "
        "sagemaker-data-science-assistant:* sagemaker-mlflow:* sagemaker-unified-studio-mcp:* sagemaker:* "
        "scheduler:* secretsmanager:createsecret secretsmanager:deletesecret secretsmanager:getsecretvalue "
        "secretsmanager:putresourcepolicy secretsmanager:putsecretvalue sqlworkbench:* textract:*"
    ),
    "SageMakerStudioFullAccess": "datazone:*",
    "SageMakerStudioUserIAMDefaultExecutionPolicy": (
        "bedrock:* glue:* kms:decrypt redshift-data:* sagemaker-data-science-assistant:* sagemaker-mlflow:* "
        "sqlworkbench:*"
    ),
    "SageMakerStudioUserIAMPermissiveExecutionPolicy": (
        "airflow-serverless:* airflow:* application-autoscaling:* athena:* bedrock:* cloudwatch:* codewhisperer:* "
        "comprehend:* elasticmapreduce:* emr-containers:* emr-serverless:* events:* glue:* kms:decrypt logs:* q:* "
        "quicksight:* rds:* redshift-data:* redshift-serverless:* redshift:* rekognition:* s3:* s3tables:* "
        "sagemaker-data-science-assistant:* sagemaker-mlflow:* sagemaker-unified-studio-mcp:* sagemaker:* "
        "scheduler:* sqlworkbench:* textract:*"
    ),
    "SecretsManagerReadWrite": "secretsmanager:*",
    "ServerMigrationConnector": "awsconnector:*",
    "ServerMigrationServiceConsoleFullAccess": "sms:*",
    "ServiceQuotasFullAccess": "servicequotas:*",
    "SimpleWorkflowFullAccess": "swf:*",
    "TranslateFullAccess": "translate:*",
    "VPCLatticeFullAccess": "vpc-lattice:*",
    "WellArchitectedConsoleFullAccess": "wellarchitected:*",
    "job-function/DataScientist": (
        "autoscaling:* cloudwatch:* dynamodb:* elasticfilesystem:* elasticmapreduce:* es:* firehose:* kinesis:* "
        "machinelearning:* rds:* redshift:* sagemaker:* sdb:*"
    ),
    "job-function/DatabaseAdministrator": "dynamodb:* elasticache:* rds:* redshift:*",
    "job-function/NetworkAdministrator": (
        "directconnect:* elasticloadbalancing:* networkmanager:* route53:* route53domains:*"
    ),
    "job-function/SupportUser": "support:*",
    "job-function/SystemAdministrator": (
        "autoscaling:* cloudwatch:* codedeploy:* codepipeline:* config:* ds:* elasticloadbalancing:* events:* "
        "kms:decrypt logs:* route53:* route53domains:* s3:* ses:* sns:* sqs:* trustedadvisor:*"
    ),
    "service-role/AWSCodeStarServiceRole": (
        "autoscaling:* codebuild:* codecommit:* codedeploy:* codepipeline:* codestar:* ec2:* elasticbeanstalk:* "
        "elasticloadbalancing:* logs:* sns:*"
    ),
    "service-role/AWSDeepLensServiceRolePolicy": "deeplens:*",
    "service-role/AWSDeepRacerServiceRolePolicy": "deepracer:* robomaker:* sagemaker:*",
    "service-role/AWSElasticBeanstalkService": "elasticbeanstalk:*",
    "service-role/AWSGlueServiceRole": "glue:*",
    "service-role/AWSGreengrassResourceAccessRolePolicy": "greengrass:*",
    "service-role/AWSPanoramaGreengrassGroupRolePolicy": "panorama:*",
    "service-role/AWSShieldDRTAccessPolicy": "shield:* waf-regional:* waf:* wafv2:*",
    "service-role/AWSSupplyChainFederationAdminAccess": "scn:*",
    "service-role/AmazonEC2RoleforDataPipelineRole": "cloudwatch:* datapipeline:* dynamodb:* s3:* sdb:* sns:* sqs:*",
    "service-role/AmazonElasticMapReduceforEC2Role": "cloudwatch:* dynamodb:* s3:* sdb:* sns:* sqs:*",
    "service-role/AmazonPersonalizeFullAccess": "personalize:*",
    "service-role/AmazonSSMAutomationRole": "ssm:*",
    "service-role/AmazonSageMakerGeospatialFullAccess": "sagemaker-geospatial:*",
    "service-role/AwsGlueSessionUserRestrictedNotebookServiceRole": "glue:*",
    "service-role/AwsGlueSessionUserRestrictedServiceRole": "glue:*",
}
"""The name of a policy with its path -> what it allows on all resources: patterns of actions, or all but some.

Single actions stand there where they are together as much as all of their service.
"""
