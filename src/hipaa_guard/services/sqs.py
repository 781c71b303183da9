"""Amazon SQS: queues, their policies, and their dead-letter queues."""

from __future__ import annotations

import json
import re
from typing import cast

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.lists import Incomplete, joined, some
from hipaa_guard.facts.policies.binding_conditions import SYMBOL_START
from hipaa_guard.facts.policies.document import HERE, PolicyDocument, own_arn, symbol, symbolic
from hipaa_guard.facts.policies.grammar import resource_policy
from hipaa_guard.facts.policies.texts import SYMBOL_END
from hipaa_guard.facts.readings import Block, Listing, View, ask, first, listed
from hipaa_guard.facts.resource import Fact, Resource, fact
from hipaa_guard.facts.values import Cause, Existing, PartialJson, PartialText, Reference, Undecided, Unknown, Value
from hipaa_guard.lean import regex

_DEAD_LETTERS = regex(r"(?i:dead[-_.]?letter|undelivered)|(?:^|[^A-Za-z])(?i:dlq)|DLQ|Dlq")
_TARGET = regex(r'"deadLetterTargetArn"\s*:\s*"(?:([^"]+)"|$)')


def _declared_arn(view: View) -> Value:
    """The ARN: a text in a state, a reference in source."""
    arn = view.get("arn")
    return arn if isinstance(arn, str) else Reference(view.address, "arn")


def _declared_name(view: View) -> Value:
    """The name, as far as it is known. The aws provider makes up one that is left out; None if AWS does."""
    given = next((each for each in map(view.get, ("name", "queue_name")) if each is not None), None)
    if given is not None or view.type != "aws_sqs_queue":
        return given
    prefix = view.get("name_prefix")
    made_up = Unknown("Terraform makes up the rest of the name", Cause.AFTER_APPLY)
    return PartialText(("terraform-" if prefix is None else prefix, made_up))


def _key(value: Value) -> Value:
    """The key; None for an empty text."""
    return value if isinstance(value, Unknown) else value or None


def _dead_letter_queue(policy: Value) -> Value:
    """The ARN of the dead-letter queue in a redrive policy, a JSON text."""
    if isinstance(policy, PartialJson):
        document = policy.document
        return document if isinstance(document, Unknown) else document.get("deadLetterTargetArn")
    if isinstance(policy, PartialText):
        return _of_partial_text(policy)
    if isinstance(policy, Unknown) or not policy:
        return policy or None
    return (json.loads(policy) if isinstance(policy, str) else policy).get("deadLetterTargetArn")


def _of_partial_text(policy: PartialText) -> Value:
    """The target in a text such as ``{"deadLetterTargetArn": "${aws_sqs_queue.dead.arn}", ...}``."""
    for part, following in zip(policy.parts, (*policy.parts[1:], None), strict=True):
        found = _TARGET.search(part) if isinstance(part, str) else None
        if found is not None:
            return found[1] or following
    return Unknown(policy.reason, policy.cause, references=policy.references)


def _permission(policy: Value) -> Value:
    """The queues that may use this one for dead letters: ``allowAll``, ``byQueue`` or ``denyAll``."""
    document = policy.document if isinstance(policy, PartialJson) else policy
    if isinstance(document, PartialText):
        return next((each for each in ("allowAll", "byQueue", "denyAll") if each in document.parts[0]), document)
    if isinstance(document, Unknown) or not document:
        return document or None
    return (json.loads(document) if isinstance(document, str) else document).get("redrivePermission")


class Queue(Resource):
    """An SQS queue. A live account lists only its URL, which ends with its account and name."""

    noun = "SQS queue"
    terraform = Block(
        "aws_sqs_queue",
        "awscc_sqs_queue",
        joined_by="queue_url",
        joins={"awscc_sqs_queue_inline_policy": "queue"},
        name="name",
        awscc_name="queue_name",
        also=("queue_url",),
    )
    aws = Listing(
        "sqs.list_queues",
        "Queues[]",
        arn="arn:{partition}:sqs:{region}:{QueueOwner}:{QueueName}",
        name="QueueName",
        keys=("QueueUrl",),
        MaxResults=1000,
    )
    aws_types = ("AWS::SQS::Queue", "sqs:queue")
    security_hub_type = "AwsSqsQueue"

    given_name: str | None = fact(terraform=_declared_name, awscc=_declared_name, unset=None, aws=listed("QueueName"))
    """None where AWS makes one up. In part known, it tells apart what `names` does not have."""

    arn: str = fact(
        terraform=_declared_arn,
        awscc=_declared_arn,
        unset=None,
        aws=ask("sqs.get_queue_attributes", "Attributes.QueueArn", QueueUrl="{QueueUrl}", AttributeNames=["All"]),
    )

    sqs_managed_encryption: bool = fact(
        terraform="sqs_managed_sse_enabled",
        awscc="sqs_managed_sse_enabled",
        unset=True,  # the providers then send nothing, and since October 2022 SQS encrypts new queues by default
        aws=ask(
            "sqs.get_queue_attributes", "Attributes.SqsManagedSseEnabled", QueueUrl="{QueueUrl}", AttributeNames=["All"]
        ),
    )
    """Whether messages are encrypted with keys that SQS owns (SSE-SQS). A KMS key replaces it."""

    key: str | None = fact(
        terraform="kms_master_key_id",
        awscc="kms_master_key_id",
        unset=None,
        parse=_key,
        aws=ask("sqs.get_queue_attributes", "Attributes.KmsMasterKeyId", QueueUrl="{QueueUrl}", AttributeNames=["All"]),
    )

    policy: PolicyDocument | None = fact(
        terraform=first("aws_sqs_queue_policy.policy", "awscc_sqs_queue_inline_policy.policy_document", "policy"),
        awscc="awscc_sqs_queue_inline_policy.policy_document",
        unset=None,
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        aws=ask("sqs.get_queue_attributes", "Attributes.Policy", QueueUrl="{QueueUrl}", AttributeNames=["All"]),
    )

    dead_letter_queue: str | None = fact(
        terraform=first("aws_sqs_queue_redrive_policy.redrive_policy", "redrive_policy"),
        awscc="redrive_policy",
        unset=None,
        parse=_dead_letter_queue,
        aws=ask("sqs.get_queue_attributes", "Attributes.RedrivePolicy", QueueUrl="{QueueUrl}", AttributeNames=["All"]),
    )
    """The ARN of the dead-letter queue."""

    dead_letters_from: str | None = fact(
        terraform=first("aws_sqs_queue_redrive_allow_policy.redrive_allow_policy", "redrive_allow_policy"),
        awscc="redrive_allow_policy",
        unset=None,  # any queue of the account may then use it for dead letters, which says nothing of this queue
        parse=_permission,
        aws=ask(
            "sqs.get_queue_attributes", "Attributes.RedriveAllowPolicy", QueueUrl="{QueueUrl}", AttributeNames=["All"]
        ),
        allowed=one_of("allowAll", "byQueue", "denyAll"),
    )
    """``byQueue`` if the queue is meant as a dead-letter queue. ``allowAll`` is what SQS does without a setting."""

    def names(self, arn: str) -> tuple[str, ...]:
        """The texts for the queue in policies, with its ARN `arn`, of which source has the name at most."""
        own = str(symbolic(arn))
        if self.origin.source == "aws":
            return (own,)
        names = [
            self.origin.known_name,
            *(symbol(self.origin.address, argument) for argument in ("name", "queue_name")),
        ]
        return (own, *(own_arn("sqs", self.origin.region, self.origin.own_account, name) for name in names if name))

    def is_named_for_dead_letters(self) -> bool:
        """Whether the name says that the queue takes dead letters: ``records-dlq``, ``RecordsDeadLetterQueue``.

        A name that is only given, made up or looked up later says nothing, as no name would.

        Raises:
            Undecided: the name could not be read.

        """
        given = self.peek(cast("Fact", Queue.given_name))
        if isinstance(given, Unknown) and not isinstance(given, PartialText) and given.cause not in _LATER:
            raise Undecided(given)
        parts = given.parts if isinstance(given, PartialText) else ()
        return any(_DEAD_LETTERS.search(each) for each in (self.origin.name, *parts) if isinstance(each, str))

    def is_among(self, named: set[str], unknown: Unknown | None, arn: str) -> bool:
        """Whether this queue (`arn`) is among `named`, texts of `target_text`; ``unknown`` is a target besides.

        Raises:
            Undecided: it is certainly none of the targets that are known, and one is not known, in part or as a whole.

        """
        if some(lambda target: self.is_target(target, arn), sorted(named)):
            return True
        if unknown is not None:
            raise Undecided(unknown)
        return False

    def is_target(self, target: str, arn: str) -> bool:
        """Whether a target, a text of `target_text`, is this queue: all parts of its ARN must agree.

        Raises:
            Undecided: nothing that is known of either tells them apart, and a part is not known.

        """
        origin = self.origin
        if origin.source == "aws":
            return target == arn
        if target.startswith(SYMBOL_START) and target.endswith(SYMBOL_END):
            return target in {symbol(origin.address, attribute) for attribute in _OWN}
        segments = target.split(":")
        if len(segments) != 6:
            if GAP in target:
                raise Undecided(Unknown("it is not known which queue takes the failures of another resource"))
            return False
        place = origin.place
        region = None if place is None or not isinstance(place.region, str) else place.region
        answers = (
            self._has_name(segments[5]),
            _of_place(segments[3], region),
            _of_place(segments[4], origin.own_account or (None if place is None else place.account)),
        )
        if False in answers:
            return False
        if None in answers:
            raise Undecided(Unknown(f"it is not known whether its ARN is {_shown(target)}"))
        return True

    def _has_name(self, segment: str) -> bool | None:
        """Whether the name in an ARN is that of the queue; None where that is not known."""
        origin = self.origin
        if segment in (symbol(origin.address, "name"), symbol(origin.address, "queue_name")):
            return True
        name = target_text(self.peek(cast("Fact", Queue.given_name)))
        if name is None:
            return False  # nobody can write down a name that AWS has yet to make up
        return _same(segment.replace(HERE, GAP), GAP if isinstance(name, Unknown) else name)


_LATER = (Cause.VARIABLE, Cause.WORKSPACE, Cause.AFTER_APPLY, Cause.DATA_SOURCE)
_OWN = ("arn", "id", "url", "queue_url")
"""The attributes by which one of the providers names a queue."""
_URL = regex(r"https://(?:sqs\.([^/.]+)|([^/.]+)\.queue)\.amazonaws\.com(?:\.cn)?/([^/]+)/([^/]+)")
GAP = "\ue004"
"""Stands for an unknown part of a target."""
_SYMBOL = re.compile(f"{SYMBOL_START}[^{SYMBOL_END}]*{SYMBOL_END}")


def target_text(target: Value) -> Value:
    """The queue that a setting names: a symbol for a declared one, else its ARN, with placeholders for unknown parts.

    A URL becomes the ARN. What is looked up of the account or region that Terraform runs in is `HERE`.
    """
    if isinstance(target, PartialText):
        text = "".join(part if isinstance(part, str) else _placeholder(part) for part in target.parts)
    elif isinstance(target, str | Reference):
        text = str(symbolic(target))
    else:
        return target
    found = _URL.fullmatch(text)
    return text if found is None else f"arn:aws:sqs:{found[1] or found[2]}:{found[3]}:{found[4]}"


def _placeholder(part: Unknown) -> str:
    if isinstance(part, Existing):
        return HERE if part.own or part.attribute in ("name", "region") else GAP
    return str(symbolic(part)) if isinstance(part, Reference) else GAP


def _of_place(segment: str, own: str | None) -> bool | None:
    """Whether the region or account in an ARN is that of the queue; None where that is not known."""
    if segment == HERE:
        return True
    return None if own is None else _same(segment, own)


def _same(one: str, other: str) -> bool | None:
    """Whether a part of an ARN is the same as one of the queue; None where a part of them is not known."""
    if one == other and GAP not in one:
        return True
    if _SYMBOL.fullmatch(one):  # an attribute of another resource
        return None if GAP in other else False
    patterns = [_SYMBOL.sub(GAP, each).split(GAP) for each in (one, other)]
    if all(len(each) > 1 for each in patterns):
        (head, *_, tail), (first, *_, last) = patterns
        heads = head.startswith(first) or first.startswith(head)
        return None if heads and (tail.endswith(last) or last.endswith(tail)) else False
    text, pattern = (one, patterns[1]) if len(patterns[0]) == 1 else (other, patterns[0])
    return None if len(pattern) > 1 and re.fullmatch(".*".join(map(re.escape, pattern)), text) else False


def _shown(target: str) -> str:
    """A target for people, with stars for what is not known."""
    return re.sub(f"[{GAP}{HERE}]|{_SYMBOL.pattern}", "*", target)


# Type -> the paths of the queue that takes what could not be delivered or handled; a redrive policy is JSON.
_FAILURES = {
    "aws_cloudwatch_event_bus": ("dead_letter_config.arn",),
    "aws_cloudwatch_event_target": ("dead_letter_config.arn",),
    "aws_customerprofiles_domain": ("dead_letter_queue_url",),
    "aws_glue_crawler": ("s3_target", "catalog_target"),
    "aws_iot_topic_rule": ("error_action.sqs.queue_url",),
    "aws_lambda_event_source_mapping": ("destination_config.on_failure.destination_arn",),
    "aws_lambda_function": ("dead_letter_config.target_arn",),
    "aws_lambda_function_event_invoke_config": ("destination_config.on_failure.destination",),
    "aws_pipes_pipe": (
        "source_parameters.dynamodb_stream_parameters.dead_letter_config.arn",
        "source_parameters.kinesis_stream_parameters.dead_letter_config.arn",
    ),
    "aws_scheduler_schedule": ("target.dead_letter_config.arn",),
    "aws_sns_topic_subscription": ("redrive_policy",),
    "awscc_customerprofiles_domain": ("dead_letter_queue_url",),
    "awscc_events_event_bus": ("dead_letter_config.arn",),
    "awscc_events_rule": ("targets",),
    "awscc_glue_crawler": ("targets.s3_targets", "targets.catalog_targets"),
    "awscc_iot_topic_rule": ("topic_rule_payload.error_action.sqs.queue_url",),
    "awscc_lambda_event_invoke_config": ("destination_config.on_failure.destination",),
    "awscc_lambda_event_source_mapping": ("destination_config.on_failure.destination",),
    "awscc_lambda_function": ("dead_letter_config.target_arn",),
    "awscc_pipes_pipe": (
        "source_parameters.dynamo_db_stream_parameters.dead_letter_config.arn",
        "source_parameters.kinesis_stream_parameters.dead_letter_config.arn",
    ),
    "awscc_scheduler_schedule": ("target.dead_letter_config.arn",),
    "awscc_sns_subscription": ("redrive_policy",),
}


# The paths above that lead to lists, and the path in each element.
_IN_EACH = {
    "targets": ("dead_letter_config", "arn"),
    "s3_target": ("dlq_event_queue_arn",),
    "catalog_target": ("dlq_event_queue_arn",),
    "targets.s3_targets": ("dlq_event_queue_arn",),
    "targets.catalog_targets": ("dlq_event_queue_arn",),
}


def _failures_go_to(view: View) -> Value:
    found: list[Value] = []
    for path in _FAILURES[view.type]:
        value = view.get(path)
        if path in _IN_EACH:
            found = joined(found, _of_elements(value, _IN_EACH[path]))
        else:
            found = joined(found, [_dead_letter_queue(value) if path == "redrive_policy" else value])
    return joined([each for each in list.__iter__(found) if each is not None], _unseen(found))


def _of_elements(elements: Value, path: tuple[str, ...]) -> list[Value]:
    """The queues of a list of targets, in each under a path."""
    if elements is None or isinstance(elements, Unknown):
        return [elements]
    blocks = [elements] if isinstance(elements, dict) else elements
    arns: list[Value] = []
    for block in list.__iter__(blocks):
        value = block
        for key in path:
            value = value.get(key) if isinstance(value, dict) else value
        arns.append(value)
    return joined(arns, _unseen(blocks))


def _unseen(items: list[Value]) -> list[Value]:
    return Incomplete([], items.unknown) if isinstance(items, Incomplete) else []


class FailureSource(Resource):
    """A function, subscription, rule, pipe or crawler, which may send a queue what it could not handle or deliver."""

    terraform = Block(*_FAILURES)
    tells_of_others = True
    terraform_only = (
        "a live account is asked for functions only (`FailingFunction`): SNS, EventBridge and Scheduler tell it in an "
        "answer for each subscription, rule or schedule"
    )

    failures_go_to: list[str] = fact(
        terraform=_failures_go_to, awscc=_failures_go_to, unset=[], terraform_only=terraform_only
    )
    """ARNs or URLs of queues, and ARNs of topics, buckets and buses that take failures too."""


class FailingFunction(Resource):
    """A Lambda function, which may send on the events that it could not handle."""

    live_only = "source has it as a `FailureSource`"
    aws = Listing("lambda.list_functions", "Functions[]", arn="{FunctionArn}", name="FunctionName")

    dead_letters_go_to: str | None = fact(live_only=live_only, aws=listed("DeadLetterConfig.TargetArn"))
    """The ARN of a queue or topic: the dead-letter queue of the function."""

    failures_go_to: list[str] = fact(
        live_only=live_only,
        aws=ask(
            "lambda.list_function_event_invoke_configs",
            "FunctionEventInvokeConfigs[].DestinationConfig.OnFailure.Destination",
            FunctionName="{FunctionName}",
        ),
    )
    """ARNs of on-failure destinations, also of its aliases and versions. One call a function."""
