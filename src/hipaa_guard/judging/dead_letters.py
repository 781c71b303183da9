"""Dead-letter queues: queues that take the failures of others, and are asked for none of their own."""

from hipaa_guard.authoring import Inventory, some
from hipaa_guard.facts.inventory import Told
from hipaa_guard.facts.lists import mapped
from hipaa_guard.facts.values import Undecided, Unknown, Value
from hipaa_guard.services import sns, sqs

_SERVICES_WITH_DEAD_LETTERS = {"events.amazonaws.com", "sns.amazonaws.com"}
"""Services that need the policy of a queue to send it what they could not deliver; others use a role."""


def takes_dead_letters(queue: sqs.Queue, inventory: Inventory) -> bool:
    """Whether a queue takes what queues or other services could not handle or deliver.

    Raises:
        Undecided: nothing that was seen says so, and something may that was not.

    """
    if queue.dead_letters_from == "byQueue":
        return True
    of_queues = inventory.told_by(sqs.Queue, _dead_letter_target)
    of_others = inventory.told_by(sqs.FailureSource, _failures_go_to)
    of_functions = inventory.told_by(sqs.FailingFunction, _dead_letters_go_to)
    of_events = inventory.told_by(sqs.FailingFunction, _failed_events_go_to)
    if some(lambda told: _is_among(queue, told, inventory), (of_queues, of_others, of_functions, of_events)):
        return True
    if not _is_subscribed(queue, inventory):
        _require_no_sign(queue)
    return False


def _is_among(queue: sqs.Queue, told: Told, inventory: Inventory) -> bool:
    """As `Queue.is_among`, where a target that certainly is another queue is not this one.

    Raises:
        Undecided: only a target that is not known may be the queue, or that of a resource which may not exist.

    """
    arn = queue.arn
    others = [each for each in inventory.seen(sqs.Queue) if each is not queue and each.origin.uncertain is None]
    try:
        if queue.is_among(told.texts, told.unknown, arn):
            return True
    except Undecided:
        named = {each for each in told.texts if not _is_of_one(each, others)}
        if queue.is_among(named, told.unknown, arn):
            return True
    for target, why in told.possible:
        try:
            is_this = queue.is_target(target, arn)
        except Undecided:
            is_this = not _is_of_one(target, others)
        if is_this:
            raise Undecided(why)
    return False


def _is_of_one(target: str, queues: list[sqs.Queue]) -> bool:
    """Whether a target certainly is one of some queues."""
    try:
        return some(lambda queue: queue.is_target(target, queue.arn), queues)
    except Undecided:
        return False


def _dead_letter_target(queue: sqs.Queue) -> Value:
    try:
        return sqs.target_text(queue.dead_letter_queue or "")
    except Undecided as error:
        return sqs.target_text(error.unknown)


def _failures_go_to(source: sqs.FailureSource) -> list[Value]:
    return mapped(sqs.target_text, source.failures_go_to)


def _dead_letters_go_to(function: sqs.FailingFunction) -> str:
    return function.dead_letters_go_to or ""


def _failed_events_go_to(function: sqs.FailingFunction) -> list[str]:
    return function.failures_go_to


def _is_subscribed(queue: sqs.Queue, inventory: Inventory) -> bool:
    """Whether a live account has a subscription that delivers to the queue: then it is no dead-letter queue."""
    if not inventory.complete:
        return False
    return queue.arn in inventory.told_by(sns.Subscription, _endpoint).texts


def _endpoint(subscription: sns.Subscription) -> str:
    return subscription.endpoint or ""


def _require_no_sign(queue: sqs.Queue) -> None:
    """Check that nothing says that the queue takes dead letters from something that a scan does not see.

    Raises:
        Undecided: something does.

    """
    if queue.is_named_for_dead_letters():
        raise Undecided(Unknown("its name says that it takes dead letters, and it is not seen from where"))
    if queue.origin.source == "aws" and queue.policy is not None:
        senders = {each.value for statement in queue.policy for each in statement.principals if each.type == "Service"}
        for service in sorted(senders & _SERVICES_WITH_DEAD_LETTERS):
            raise Undecided(Unknown(f"{service} may send it dead letters, for which a scan does not ask"))
