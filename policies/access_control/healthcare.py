"""Health care services: whoever reads ePHI gets no more than what is theirs to read."""

from hipaa_guard.authoring import HIGH, Fix, Verdict, control, failed, not_applicable, passed
from hipaa_guard.controls.reasons import replaces
from hipaa_guard.services import healthlake


@control(
    title="HealthLake data stores for SMART on FHIR limit each token to the records of its user",
    severity=HIGH,
    hipaa=("164.308(a)(4)(ii)(C)", "164.312(a)(1)"),
    why="Scopes name types of FHIR resources, not patients. Without fine-grained authorization a token with "
    "user/Observation.read opens the observations of every patient.",
    fix=Fix(
        terraform="""
            resource "awscc_healthlake_fhir_datastore" "phi" {
              datastore_type_version = "R4"
              identity_provider_configuration = {
                authorization_strategy             = "SMART_ON_FHIR"
                fine_grained_authorization_enabled = true
                idp_lambda_arn                     = aws_lambda_function.token.arn
                metadata                           = jsonencode(var.smart_metadata)
              }
            }
            resource "aws_lambda_permission" "token" {
              function_name  = aws_lambda_function.token.function_name
              action         = "lambda:InvokeFunction"
              principal      = "healthlake.amazonaws.com"
              source_account = data.aws_caller_identity.current.account_id
            }
            data "aws_caller_identity" "current" {}
        """,
        cli="""
            aws lambda add-permission --function-name FUNCTION --statement-id healthlake --action lambda:InvokeFunction \\
              --principal healthlake.amazonaws.com --source-account ACCOUNT
            aws healthlake update-fhir-datastore --datastore-id DATASTORE_ID \\
              --identity-provider-configuration AuthorizationStrategy=SMART_ON_FHIR,\\
            FineGrainedAuthorizationEnabled=true,IdpLambdaArn=FUNCTION_ARN,Metadata=METADATA
        """,
        note="HealthLake makes the change in place, CloudFormation and the awscc provider by a new data store: change it by "
        "the CLI first, then write the same in source, so that the plan has nothing to replace. The authorization server "
        "must then return the fhirUser claim, and HealthLake must be let in by the policy of the function that reads it.",
        not_by_machine=replaces("data store"),
        consequences=("cuts_access",),
    ),
)
def healthlake_fine_grained_authorization(store: healthlake.DataStore) -> Verdict:
    if store.authorization == "AWS_AUTH":
        return not_applicable("is read through IAM, not through SMART on FHIR")
    if store.fine_grained_authorization:
        return passed(f"authorizes by {store.authorization}, each token for the records of its user")
    return failed(f"authorizes by {store.authorization} and by scopes alone: fine-grained authorization is off")
