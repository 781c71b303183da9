"""Dead-letter queues whose names are not known or known in part, told to Terraform."""

from __future__ import annotations

from hipaa_guard.testing import ACCOUNT, FAIL, NOT_APPLICABLE, REGION, UNKNOWN, Case, cases, resource
from tests.policies.sqs.test_controls import ARN, DEAD, OPEN
from tests.policies.sqs.test_dead_letters import ELSEWHERE, HERE, OTHER, named


def of_name(lines: str, target: str, more: str = "") -> str:
    """A queue whose name is not known, and a function that sends its failures to a target."""
    function = resource("aws_lambda_function", named(target)["aws_lambda_function"], "sender")
    return resource("aws_sqs_queue", lines) + function + OPEN + HERE + "\n" + more


NAMED = resource("aws_sqs_queue", 'name = "phi-messages"', "named")

# Names that are not known or known in part, and whether the queue of `ARN` may have them.
NAMES = {
    "name = var.open": UNKNOWN,
    'name = "phi-${var.open}"': UNKNOWN,
    'name = "${var.open}-messages"': UNKNOWN,
    'name = "${var.open}-${var.open}ges"': UNKNOWN,
    'name_prefix = "phi-"': UNKNOWN,
    "name_prefix = var.open": UNKNOWN,
    'name = "${var.open}-other"': FAIL,
    'name = "other-${var.open}"': FAIL,
    'name_prefix = "other-"': FAIL,
    "": FAIL,
}

test_names_in_part = cases(
    *(
        Case(DEAD, f"may take failures by its ARN: {lines or 'no name'}", verdict, terraform=of_name(lines, f'"{ARN}"'))
        for lines, verdict in NAMES.items()
    ),
    Case(
        DEAD,
        "of no known name, and the ARN is that of another queue",
        FAIL,
        terraform=of_name("name = var.open", f'"{ARN}"', NAMED),
    ),
    Case(
        DEAD,
        "of no known name, and the ARN is of another region",
        FAIL,
        terraform=of_name("name = var.open", f'"{ELSEWHERE["of another region"]}"'),
    ),
    Case(
        DEAD,
        "of no known name, and the ARN ends with the name of another queue",
        FAIL,
        terraform=of_name("name = var.open", f'"arn:aws:sqs:{REGION}:{ACCOUNT}:${{aws_sqs_queue.other.name}}"', OTHER),
    ),
    Case(
        DEAD,
        "of a name that is known in part, and so is the ARN",
        UNKNOWN,
        terraform=of_name('name = "phi-${var.open}"', f'"arn:aws:sqs:{REGION}:{ACCOUNT}:${{var.open}}-messages"'),
    ),
    Case(
        DEAD,
        "of a name that is known in part, and the ARN is of another",
        FAIL,
        terraform=of_name('name = "phi-${var.open}"', f'"arn:aws:sqs:{REGION}:{ACCOUNT}:labs-${{var.open}}"'),
    ),
    Case(
        DEAD,
        "by its name, which another resource makes, takes failures",
        NOT_APPLICABLE,
        terraform=of_name(
            "name = random_pet.q.id",
            f'"arn:aws:sqs:{REGION}:{ACCOUNT}:${{random_pet.q.id}}"',
            resource("random_pet", "", "q"),
        ),
    ),
    Case(
        DEAD,
        "a queue that is looked up takes failures",
        UNKNOWN,
        terraform=of_name(
            'name = "phi-messages"',
            f'"arn:aws:sqs:{REGION}:{ACCOUNT}:${{data.aws_sqs_queue.q.name}}"',
            'data "aws_sqs_queue" "q" {\nname = var.open\n}',
        ),
    ),
    *(
        Case(DEAD, f"is named as one in part: {lines}", UNKNOWN, terraform=resource("aws_sqs_queue", lines) + OPEN)
        for lines in ('name = "${var.open}-dlq"', 'name_prefix = "records-dlq-"')
    ),
    *(
        Case(
            DEAD,
            f"of the awscc provider, may take failures by its ARN: {lines or 'no name'}",
            verdict,
            terraform=of_name("", f'"{ARN}"')
            .replace("aws_sqs_queue", "awscc_sqs_queue")
            .replace("{\n", f"{{\n{lines}\n", 1)
            + 'provider "awscc" {\nregion = "us-east-1"\n}',
        )
        for lines, verdict in {"queue_name = var.open": UNKNOWN, 'queue_name = "labs-${var.open}"': FAIL}.items()
    ),
)
