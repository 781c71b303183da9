"""Objects of ``.tf.json`` that are maps and not nested blocks: JSON writes both alike, only the schemas differ.

The lists come from the schema of the AWS provider. A name before a dot is the resource type or the outer block.
"""

from __future__ import annotations

_MAPS = frozenset(
    """additional_encryption_context advanced_options airflow_configuration_options allocation_resource_tags
    ami_tags arguments athena_properties attribute_mapping attributes client_metadata command_line_arguments
    connection_properties connector_configuration context default_arguments default_run_properties
    entity_overrides environment_variables event_configurations final_backup_tags global_settings
    hyperparameters identity_provider_details ip_restriction_rule_map keepers labels non_overridable_arguments
    parameter_overrides parameters principal_tags provider_details public_ports request_models
    request_parameters request_templates resource_type_management_preference resource_type_opt_in_preference
    response_models response_parameters response_templates restore_metadata_overrides roles signing_parameters
    staging_area_tags stage_variables supported_login_providers tags tags_all test_bot_alias_tags
    token_signing_public_keys triggers triggers_replace validation_data variables video_codec_options
    volume_tags vpc_endpoint_id_restriction_rule_map vpc_id_restriction_rule_map""".split()  # noqa: SIM905
)
"""Arguments that are maps, in all resources or in most."""

_MAPS_HERE = frozenset(
    """aws_athena_database.properties aws_cloudwatch_metric_alarm.dimensions
    aws_ecr_repository_creation_template.resource_tags aws_fms_policy.resource_tags
    aws_imagebuilder_infrastructure_configuration.resource_tags aws_s3_bucket_object.metadata
    aws_s3_object.metadata aws_s3_object_copy.metadata aws_ssm_document.permissions terraform_data.input
    terraform_remote_state.config terraform_remote_state.defaults""".split()  # noqa: SIM905
)
"""Maps whose names mean nested blocks elsewhere."""

_BLOCKS_HERE = frozenset(
    """and.tags aws_apigatewayv2_integration.response_parameters aws_auditmanager_assessment.roles
    aws_controltower_baseline.parameters aws_controltower_control.parameters aws_dax_parameter_group.parameters
    aws_devopsguru_resource_collection.tags aws_globalaccelerator_accelerator.attributes
    aws_globalaccelerator_custom_routing_accelerator.attributes aws_glue_ml_transform.parameters
    aws_opensearch_outbound_connection.connection_properties aws_quicksight_analysis.parameters
    aws_quicksight_dashboard.parameters aws_quicksight_data_source.parameters
    aws_redshiftdata_statement.parameters aws_transfer_web_app.identity_provider_details
    configuration.parameters data_filter_expression.tags event_source.parameters functions.parameters not.tags
    or.tags policy_details.parameters processors.parameters push.tags rule.tags tag_column_operation.tags
    tag_step_details.tags threshold_expression.tags""".split()  # noqa: SIM905
)
"""Nested blocks whose names mean maps elsewhere."""


def is_map(parent: str, name: str) -> bool:
    """Whether an object given to ``name`` inside of ``parent`` is a map; if not, it is a nested block."""
    here = f"{parent}.{name}"
    return (name in _MAPS and here not in _BLOCKS_HERE) or here in _MAPS_HERE
