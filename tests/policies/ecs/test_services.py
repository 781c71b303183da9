"""Revisions of task definitions that services run in a live account, which need not be the newest ones."""

from __future__ import annotations

from typing import Any

from hipaa_guard.testing import ACCOUNT, FAIL, PASS, REGION, UNKNOWN, Aws, Case, Told, answered, cases
from tests.policies.ecs.states import PASSWORD, PLAIN, SECRETS, registered

OPEN = PLAIN | {"environment": [{"name": "DB_PASSWORD", "value": PASSWORD}]}
SERVICE = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/clinic/portal"


def revisions(*containers: dict[str, Any], runs: str | None) -> Told:
    """A family with a revision for each container, one of which a service runs."""

    def seed(aws: Aws) -> None:
        for container in containers:
            registered(container)(aws)
        aws.ecs.create_cluster(clusterName="clinic")
        if runs is not None:
            aws.ecs.create_service(cluster="clinic", serviceName="portal", taskDefinition=f"phi:{runs}", desiredCount=1)

    return Told(aws=seed)


def revision(number: int) -> str:
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/phi:{number}"


def service(**members: Any) -> Any:
    """The answer of ECS about the service."""

    def answers(session: Any) -> None:
        answered(session, "ecs", "DescribeServices", {"services": [{"serviceArn": SERVICE, **members}], "failures": []})

    return answers


BEHIND = {"status": "ACTIVE", "taskDefinition": revision(1)}
AHEAD = {"status": "PRIMARY", "taskDefinition": revision(2)}

test_services = cases(
    Case(
        SECRETS,
        "a service runs an older revision with a password",
        FAIL,
        revisions(OPEN, PLAIN, runs="1"),
        says="in revision 1, which a service runs",
    ),
    Case(SECRETS, "a service runs the newest revision, without any", PASS, revisions(OPEN, PLAIN, runs="2")),
    Case(SECRETS, "a cluster without services", PASS, revisions(OPEN, PLAIN, runs=None)),
    Case(SECRETS, "a service runs an older revision, without any", PASS, revisions(PLAIN, PLAIN, runs="1")),
    Case(
        SECRETS,
        "a deployment is under way, away from a revision with a password",
        FAIL,
        revisions(OPEN, PLAIN, runs="2"),
        answers=service(taskDefinition=revision(2), deployments=[AHEAD, BEHIND]),
        says="revision 1",
    ),
    Case(
        SECRETS,
        "a task set of an external controller runs an older revision",
        FAIL,
        revisions(OPEN, PLAIN, runs="2"),
        answers=service(deployments=[], taskSets=[BEHIND]),
        says="revision 1",
    ),
    Case(
        SECRETS,
        "clusters may not be listed",
        UNKNOWN,
        revisions(OPEN, PLAIN, runs="1"),
        denied="ecs:ListClusters",
        says="ecs:ListClusters",
    ),
    Case(
        SECRETS,
        "services may not be listed",
        UNKNOWN,
        revisions(OPEN, PLAIN, runs="1"),
        denied="ecs:ListServices",
        says="ecs:ListServices",
    ),
    Case(
        SECRETS,
        "a password in the newest revision, and clusters may not be listed",
        FAIL,
        revisions(PLAIN, OPEN, runs="1"),
        denied="ecs:ListClusters",
    ),
)
