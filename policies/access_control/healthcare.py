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
        """,
        cli="""
            aws healthlake create-fhir-datastore --datastore-name NEW --datastore-type-version R4 \\
              --identity-provider-configuration AuthorizationStrategy=SMART_ON_FHIR,\\
            FineGrainedAuthorizationEnabled=true,IdpLambdaArn=FUNCTION_ARN,Metadata=METADATA
        """,
        note="The authorization server must then return the fhirUser claim.",
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
