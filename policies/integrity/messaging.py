"""Messaging: a message with ePHI that nobody could handle is not lost."""

from hipaa_guard.authoring import LOW, Fix, Inventory, Verdict, control, failed, not_applicable, passed
from hipaa_guard.judging.dead_letters import takes_dead_letters
from hipaa_guard.services import sqs


@control(
    title="SQS queues send messages that cannot be handled to a dead-letter queue",
    severity=LOW,
    hipaa=("164.312(c)(1)",),
    why="A message that its reader cannot handle stays until its time is over and is then deleted, ePHI and all, unseen.",
    fix=Fix(
        terraform="""
            resource "aws_sqs_queue" "phi" {
              redrive_policy = jsonencode({
                deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
                maxReceiveCount     = 5
              })
            }
            resource "aws_sqs_queue" "dead_letters" {
              message_retention_seconds = 1209600
            }
        """,
        cli="""
            aws sqs set-queue-attributes --queue-url QUEUE_URL --attributes \\
              '{"RedrivePolicy":"{\\"deadLetterTargetArn\\":\\"DEAD_LETTER_QUEUE_ARN\\",\\"maxReceiveCount\\":\\"5\\"}"}'
        """,
        note="The dead-letter queue of a FIFO queue is a FIFO queue. Messages keep the time at which they were sent first, "
        "so it needs the longer retention.",
        not_by_machine="needs a dead-letter queue and a number of attempts, which you choose",
    ),
    advisory="Messages that fail stay in the queue until their retention ends; this keeps them apart.",
)
def sqs_queue_has_dead_letter_queue(queue: sqs.Queue, inventory: Inventory) -> Verdict:
    if queue.dead_letter_queue is not None:
        return passed("sends messages that cannot be handled to a dead-letter queue")
    if takes_dead_letters(queue, inventory):
        return not_applicable("is itself a dead-letter queue")
    return failed("has no dead-letter queue")
