"""Containers: tasks get credentials from where they are kept, never from their definition."""

from hipaa_guard.authoring import HIGH, Fix, Inventory, Verdict, control, failed, one_holds, passed, some
from hipaa_guard.controls.reasons import MOVES_A_SECRET
from hipaa_guard.services import ecs


@control(
    title="ECS task definitions hold no credentials",
    severity=HIGH,
    hipaa=("164.308(a)(5)(ii)(D)", "164.312(a)(1)"),
    why="Everyone who may describe the task definition can read its variables, commands and options, and with them "
    "the keys to ePHI.",
    fix=Fix(
        terraform="""
            resource "aws_ecs_task_definition" "phi" {
              family             = "records"
              execution_role_arn = aws_iam_role.execution.arn
              container_definitions = jsonencode([{
                name   = "records"
                image  = "111122223333.dkr.ecr.us-east-1.amazonaws.com/records:1"
                memory = 512
                secrets = [{
                  name      = "DB_PASSWORD"
                  valueFrom = "arn:aws:secretsmanager:us-east-1:111122223333:secret:records-a1b2c3"
                }]
              }])
            }
            resource "aws_iam_role" "execution" {
              name = "records-execution"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { Service = "ecs-tasks.amazonaws.com" }
                  Action    = "sts:AssumeRole"
                }]
              })
            }
            resource "aws_iam_role_policy_attachment" "execution" {
              role       = aws_iam_role.execution.name
              policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
            }
            resource "aws_iam_role_policy" "execution" {
              role = aws_iam_role.execution.id
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect   = "Allow"
                  Action   = "secretsmanager:GetSecretValue"
                  Resource = "arn:aws:secretsmanager:us-east-1:111122223333:secret:records-a1b2c3"
                }]
              })
            }
        """,
        cli="""
            aws ecs register-task-definition --family FAMILY --execution-role-arn ROLE_ARN \\
              --container-definitions file://with-secrets.json
            aws ecs update-service --cluster CLUSTER --service SERVICE --task-definition FAMILY
            aws ecs deregister-task-definition --task-definition FAMILY:OLD_REVISION
            aws ecs delete-task-definitions --task-definitions FAMILY:OLD_REVISION
        """,
        note="Revoke the credentials that were found. Point every service, schedule and pipeline to the new revision: a "
        "service goes on with the one that it was given. Each older revision keeps the credentials until it is "
        "deregistered and deleted, "
        "so list them with `aws ecs list-task-definitions --family-prefix FAMILY`. In the CLI, repeat all other settings "
        "of the task definition: a revision takes none from the one before it. A task reads the secret when it starts. "
        "Where a key of yours encrypts the secret, the execution role also needs `kms:Decrypt` on it. For the options of a "
        "log driver write `secretOptions`.",
        not_by_machine=MOVES_A_SECRET,
        consequences=("replaces", "interrupts"),
    ),
    peers={"prowler": "ecs_task_definitions_no_environment_secrets", "trivy": "AVD-AWS-0036"},
)
def ecs_task_definition_no_secrets(definition: ecs.TaskDefinition, inventory: Inventory) -> Verdict:
    found: list[str] = []

    def is_found(name: str) -> bool:
        found.append(name)
        return True

    def in_service(revision: ecs.RevisionInService) -> bool:
        place = f", in revision {ecs.number_of(revision)}, which a service runs"
        return some(lambda name: is_found(f"{name}{place}"), revision.credentials)

    # Whoever names the family alone starts its newest revision; a service goes on with the one that it was given.
    revisions = inventory.of(ecs.RevisionInService, ecs.family_of, definition.origin.arn)
    if one_holds(lambda: some(is_found, definition.credentials), lambda: some(in_service, revisions)):
        return failed(f"has {found[-1]}")
    looked_at = "its newest revision and of those that services run" if inventory.complete else "its newest revision"
    return passed(f"has no credentials of a known form in the containers and volumes of {looked_at}")
