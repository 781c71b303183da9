"""Amazon ECS: task definitions, and the credentials that their containers are given in the clear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from hipaa_guard.facts.credentials import credentials_in, credentials_in_variables
from hipaa_guard.facts.credentials.documents import document_of
from hipaa_guard.facts.lists import Incomplete, joined, mapped
from hipaa_guard.facts.readings import Block, Listing, View, ask, derived
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.secrets import SecretText, revealed
from hipaa_guard.facts.values import Encoded, PartialJson, PartialText, Unknown, Value
from hipaa_guard.lean import regex

# ECS API reference, ContainerDefinition, read 2026-11-30. `secrets`, `secretOptions`, `repositoryCredentials`,
# `credentialSpecs` and `environmentFiles` name the place of a secret and are right: they are not searched.
_COMMANDS = (
    (("command",), "the command"),
    (("entrypoint",), "the entry point"),
    (("healthcheck", "command"), "the health check"),
)
_MAPS = (
    (("dockerlabels",), "a label"),
    (("logconfiguration", "options"), "a log option"),
    (("firelensconfiguration", "options"), "a FireLens option"),
)
_VOLUME_MAPS = ((("driveropts",), "a driver option"), (("labels",), "a label"))
_PAIR = regex(r"\"(?i:name)\"\s*:\s*\"(?P<name>[^\"\\]*)\"\s*,\s*\"(?i:value)\"\s*:")
"""The start of an environment variable in a text of JSON that cannot be parsed, up to its value."""


def _opened(value: Value) -> Value:
    """A structure, or the JSON text of one, to look into: what is below a sensitive one stays sensitive."""
    if isinstance(value, PartialJson):
        return value.document
    if not isinstance(value, SecretText):
        return value
    document = document_of(value.reveal())
    if isinstance(document, dict):
        return {key: value.conceal(part) for key, part in document.items()}
    return mapped(value.conceal, document) if isinstance(document, list) else value


def _at(value: Value, *path: str) -> Value:
    """The value below keys, which JSON, ``awscc`` and AWS write as ``entryPoint``, ``entry_point`` or ``EntryPoint``.

    Terraform's provider reads JSON by Go's rules, which take a key in any case.
    """
    for step in path:
        value = _opened(value)
        if not isinstance(value, dict):
            return value if isinstance(value, Unknown) else None
        value = next((part for key, part in value.items() if key.replace("_", "").lower() == step), None)
    return value


def _of_each(elements: Value, search: Callable[[Value], list[str]]) -> list[str]:
    """The credentials that a search finds in each element of a list; a single object counts as a list of it."""
    elements = _opened(elements)
    if isinstance(elements, Unknown):
        return Incomplete([], elements)
    each = [elements] if isinstance(elements, dict) else elements if isinstance(elements, list) else []
    seen = each.seen if isinstance(each, Incomplete) else each
    found = [Incomplete([], one) if isinstance(one, Unknown) else search(one) for one in map(_opened, seen)]
    if isinstance(each, Incomplete):
        found.append(Incomplete([], each.unknown))
    return joined(*found)


def _named(noun: str, part: Value) -> str:
    """A container or volume in words."""
    name = _at(part, "name")
    return f"{noun} {name}" if isinstance(name, str) and name else f"a {noun}"


def _in_variable(pair: Value) -> list[str]:
    """The credentials in one environment variable. The end of its name decides, so a name must be known whole."""
    name, value = _at(pair, "name"), _at(pair, "value")
    whole = revealed(name)
    searched, shown = _shown(whole), _shown(name)
    found = mapped(lambda each: each.removesuffix(searched) + shown, credentials_in_variables({searched: value}))
    return joined(found, Incomplete([], whole)) if isinstance(whole, Unknown) else found


def _shown(name: Value) -> str:
    """A name, with ``...`` for what is sensitive or not known."""
    parts = name.parts if isinstance(name, PartialText) else (name,)
    return "".join("..." if isinstance(part, Unknown) else str(part) for part in parts)


def _in_words(words: Value) -> list[str]:
    """The credentials in a command, whose words form one line."""
    words = revealed(words)
    if not isinstance(words, list):
        return credentials_in(words)
    seen = words.seen if isinstance(words, Incomplete) else words
    parts: list[str | Unknown] = []
    for word in seen:
        parts += [word if isinstance(word, Unknown) else str(word), " "]
    # Texts within an unknown word (a JSON text, an encoded one) are searched by themselves.
    inner = [credentials_in(word) for word in seen if isinstance(word, PartialJson | Encoded)]
    unknown = [Incomplete[str]([], words.unknown)] if isinstance(words, Incomplete) else []
    line = PartialText(parts) if any(isinstance(part, Unknown) for part in parts) else "".join(map(str, parts))
    return joined(credentials_in(line), *inner, *unknown)


def _placed(found: list[str], place: str) -> list[str]:
    """Credentials with their place behind each."""
    return mapped(lambda each: f"{each}{place}", found)


def _in_container(container: Value) -> list[str]:
    of = _named("container", container)
    variables = _placed(_of_each(_at(container, "environment"), _in_variable), f" of {of}")
    commands = [_placed(_in_words(_at(container, *path)), f" in {place} of {of}") for path, place in _COMMANDS]
    return joined(variables, *commands, _in_maps(container, _MAPS, of))


def _in_maps(part: Value, maps: tuple[tuple[tuple[str, ...], str], ...], of: str) -> list[str]:
    found = []
    for path, place in maps:
        values = _at(part, *path)
        names = credentials_in_variables(values if isinstance(values, dict | Unknown) else None)
        found.append(_placed(names, f", {place} of {of}"))
    return joined(*found)


def in_containers(containers: Value) -> list[str]:
    """The credentials in container definitions: a list of them, or its JSON text, whole or with unknown parts.

    Each is named with its place, ``a password in DB_PASSWORD of container records``, and never shown.
    """
    document = document_of(_opened(containers))
    if document is not None:
        return _of_each(document, _in_container)
    if containers is None:
        return []
    text = revealed(containers)
    unknown = text if isinstance(text, Unknown) else Unknown("its container definitions are not JSON")
    return joined(credentials_in(_with_names(text)), Incomplete([], unknown))


def _with_names(text: Value) -> Value:
    """A text of JSON in which the name of a variable stands before its value, where the search looks for it."""
    if isinstance(text, PartialText):
        return PartialText(_with_names(part) if isinstance(part, str) else part for part in text.parts)
    return _PAIR.sub(r'"\g<name>":', text) if isinstance(text, str) else text


def in_volumes(volumes: Value) -> list[str]:
    """The credentials in the options and labels that volumes give to a driver of Docker."""
    return _of_each(volumes, _in_volume)


def _in_volume(volume: Value) -> list[str]:
    of = _named("volume", volume)
    return _of_each(_at(volume, "dockervolumeconfiguration"), lambda driver: _in_maps(_lines(driver), _VOLUME_MAPS, of))


def _lines(driver: Value) -> Value:
    """The settings of a driver, with the options of a mount (``username=app,password=...``) apart from each other."""
    options = _at(driver, "driveropts")
    if not isinstance(options, dict):
        return driver
    texts = {key: revealed(value) for key, value in options.items()}
    apart = {key: text.replace(",", "\n") if isinstance(text, str) else text for key, text in texts.items()}
    return {"driveropts": apart, "labels": _at(driver, "labels")}


def _declared(view: View) -> Value:
    return joined(in_containers(view.get("container_definitions")), in_volumes(view.get("volume")))


def _declared_in_awscc(view: View) -> Value:
    return joined(in_containers(view.get("container_definitions")), in_volumes(view.get("volumes")))


def _answered(containers: list[str] | None, volumes: list[str] | None) -> Any:
    return [*(containers or []), *(volumes or [])]


_CREDENTIALS = derived(
    _answered,
    ask(
        "ecs.describe_task_definition",
        "taskDefinition.containerDefinitions",
        taskDefinition="{Name}",
        kept_as=in_containers,
        always=True,
    ),
    ask("ecs.describe_task_definition", "taskDefinition.volumes", taskDefinition="{Name}", kept_as=in_volumes),
)


class TaskDefinition(Resource):
    """A family of task definitions. In a live account, its newest active revision.

    A deployment registers a revision, and nobody can change one, so an account keeps hundreds of old ones. ECS starts
    the newest active revision for whoever names the family alone (API reference, DescribeTaskDefinition, RunTask).
    `RevisionInService` has those that services run.
    """

    noun = "task definition"
    terraform: ClassVar[Block | None] = Block(
        "aws_ecs_task_definition", "awscc_ecs_task_definition", name="family", awscc_name="family"
    )
    aws: ClassVar[Listing | None] = Listing(
        "ecs.list_task_definition_families",
        "families[]",
        arn="arn:{partition}:ecs:{region}:{account}:task-definition/{Name}",
        name="Name",
        status="ACTIVE",
    )
    aws_types: ClassVar[tuple[str, ...]] = ("AWS::ECS::TaskDefinition", "ecs:task-definition")
    security_hub_type = "AwsEcsTaskDefinition"

    credentials: list[str] = fact(
        terraform=_declared,
        awscc=_declared_in_awscc,
        unset=[],
        aws=_CREDENTIALS,
    )
    """The names of credentials in containers and volumes, each with its place; never their values."""


_RUN = "source declares the revision that is registered next, and does not show which ones run"


class Cluster(Resource):
    """A cluster of ECS, in which services run."""

    live_only = _RUN
    aws = Listing("ecs.list_clusters", "clusterArns[]", arn="{ClusterArn}", name="ClusterArn", wrap="ClusterArn")


class Service(Resource):
    """A service of ECS, which keeps tasks of a revision running."""

    live_only = _RUN
    aws = Listing(
        "ecs.list_services",
        "serviceArns[]",
        of=Cluster,
        arn="{ServiceArn}",
        name="ServiceArn",
        wrap="ServiceArn",
        cluster="{ClusterArn}",
    )


class RevisionInService(Resource):
    """A revision of a task definition that a service runs, whether or not it is still active or the newest one.

    While a deployment is under way a service runs two. With an external deployment controller, its task sets name them
    (ECS API reference, Service, Deployment and TaskSet, read 2026-11-30).
    """

    noun = "revision"
    live_only = _RUN
    aws = Listing(
        "ecs.describe_services",
        "services[].[taskDefinition, deployments[].taskDefinition, taskSets[].taskDefinition][][] | [?@]",
        of=Service,
        arn="{Name}",
        name="Name",
        repeated=True,
        cluster="{ClusterArn}",
        services=["{ServiceArn}"],
    )

    credentials: list[str] = fact(live_only=_RUN, aws=_CREDENTIALS)
    """As of a family."""


def family_of(revision: RevisionInService) -> str:
    """The ARN of the family of a revision, in a live account."""
    return str(revision.origin.arn).rpartition(":")[0]


def number_of(revision: RevisionInService) -> str:
    """The number of a revision."""
    return str(revision.origin.arn).rpartition(":")[2]
