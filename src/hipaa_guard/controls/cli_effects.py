"""Effects of AWS CLI commands beside what they are for, so that a fix that shows a command has its consequences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hipaa_guard.controls.consequences import Consequence
from hipaa_guard.lean import regex

OVERWRITING: dict[str, str] = {
    "cloudtrail put-event-selectors": "",
    "dynamodb delete-resource-policy": "",
    "dynamodb put-resource-policy": "",
    "ec2 create-launch-template-version": r"BlockDeviceMappings|NetworkInterfaces",
    "ec2 modify-instance-attribute": r"userData",
    "ecr set-repository-policy": "",
    "efs put-file-system-policy": "",
    "elbv2 modify-listener": r"--default-actions",
    "elbv2 modify-rule": r"--actions",
    "iam create-policy-version": r"--set-as-default",
    "iam delete-group-policy": "",
    "iam delete-role-policy": "",
    "iam delete-user-policy": "",
    "iam put-group-policy": "",
    "iam put-role-policy": "",
    "iam put-user-policy": "",
    "iam update-account-password-policy": "",
    "iam update-assume-role-policy": "",
    "kms put-key-policy": "",
    "lambda update-function-configuration": r"--environment",
    "logs delete-account-policy": "",
    "logs put-destination-policy": "",
    "logs put-resource-policy": "",
    "s3api put-bucket-acl": "",
    "s3api put-bucket-encryption": "",
    "s3api put-bucket-lifecycle-configuration": "",
    "s3api put-bucket-logging": "",
    "s3api put-bucket-notification-configuration": "",
    "s3api put-bucket-policy": "",
    "s3api put-bucket-replication": "",
    "s3api put-object-lock-configuration": "",
    "secretsmanager delete-resource-policy": "",
    "secretsmanager put-resource-policy": "",
    "sns set-topic-attributes": r"--attribute-name Policy\b",
    "sqs set-queue-attributes": r"\bPolicy\b|file://",
}
"""Commands that set or delete a whole document or list, by AWS's API reference, each with the arguments by which
it does (a pattern; empty where it always does).
"""

_EFFECTS: dict[Consequence, dict[str, str]] = {
    "overwrites": OVERWRITING,
    # Object Lock stays on; AWS shows the secret of a key once; a deleted revision of a task definition is gone.
    "irreversible": {
        "s3api put-object-lock-configuration": "",
        "iam delete-access-key": "",
        "ecs delete-task-definitions": "",
    },
    # What was left for the maintenance window comes into force too, with its restarts.
    "interrupts": {"rds modify-db-instance": r"--apply-immediately"},
}
_WITH_EFFECTS = tuple({command for table in _EFFECTS.values() for command in table})
_CONTINUED = regex(r"\\\n\s*")
_BEGINS = regex(r"^(?=aws )", re.MULTILINE)
_COMMAND = regex(r"aws ([a-z0-9-]+ [a-z0-9-]+)(.*)", re.DOTALL)


def commands(cli: str) -> Iterator[tuple[str, str]]:
    """The commands of a text, each as service and operation (``s3api put-bucket-acl``), and its arguments."""
    for part in _BEGINS.split(_CONTINUED.sub("", cli)):
        if found := _COMMAND.match(part):
            yield found[1], found[2].strip()


def effects(cli: str) -> set[Consequence]:
    """The consequences of the commands of a text."""
    if not any(command in cli for command in _WITH_EFFECTS):  # so most fixes need no parsing when a scan loads them
        return set()
    return {
        consequence
        for command, arguments in commands(cli)
        for consequence, table in _EFFECTS.items()
        if command in table and re.search(table[command], arguments)
    }
