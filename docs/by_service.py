"""The pages that are made from the controls and the tables of facts: one a service, indexes, the rule."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterable, Iterator

from hipaa_guard.controls.control import Control
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.facts.readings import Ask, Derived, Listed, Listing, Singleton, TerraformReading
from hipaa_guard.facts.resource import Fact, Resource
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.law import citations

MADE = "<!-- Made by `make docs`: do not edit. -->\n\n"
FOLDER = "services"


def service_pages(controls: list[Control]) -> dict[str, str]:
    """A page of each service by file name: its controls, its kinds and their facts."""
    kinds = kinds_of(controls)
    return {
        f"{FOLDER}/{service}.md": _service_page(
            [control for control in controls if _service(control.kind) == service],
            [kind for kind in kinds if _service(kind) == service],
        )
        for service in sorted({_service(kind) for kind in kinds})
    }


def controls_page(controls: list[Control]) -> str:
    """How many controls each safeguard has on which service, with links to the pages of the services."""
    lines = [
        f"# Controls\n\n{MADE}{len(controls)} controls, by safeguard and service. The page of a service lists them",
        "with their citations and their equivalents in other tools; `hipaa-guard explain ID` shows one in full.",
    ]
    for safeguard in sorted({control.safeguard for control in controls}):
        ours = [control for control in controls if control.safeguard == safeguard]
        lines += ["", f"## {_words(safeguard).capitalize()}", "", "| service | controls | severity |", "|---|---:|---|"]
        for service in sorted({_service(control.kind) for control in ours}):
            found = [control for control in ours if _service(control.kind) == service]
            severities = Counter(control.severity for control in sorted(found, key=lambda each: each.severity.rank))
            told = ", ".join(f"{number} {severity}" for severity, number in severities.items())
            lines.append(f"| [{service}]({FOLDER}/{service}.md) | {len(found)} | {told} |")
    lines.append(_PRESETS)
    return "\n".join(lines) + "\n"


_PRESETS = """
## Presets

`--preset strict` stops a pipeline for every gap. `--preset recommended`, the default, stops it for every gap but
advisory ones: gaps of severity low of the controls that say so on the page of their service, with the reason. A gap of
severity medium or worse always stops, and so does one of severity low where nothing else stands for it.
`--fail-on SEVERITY` takes the place of the preset. Advisory gaps count everywhere and keep their fingerprints; people
read one line of them, unless they ask for `--all`.

## Gaps that are told with others

Where a control asks for more of what another one asks for, a gap of it follows from the gap of that one, and reports
for people tell both in one line; the page of the service says of which. Counts, the gate, exceptions and files for
programs keep each; JSON has `follows_from`."""


def rule_page(controls: list[Control]) -> str:
    """Every line of the rule, what a scan can say of it, and how many controls of which safeguard do."""
    lines = [
        f"# The Security Rule, line by line\n\n{MADE}",
        "Each standard and specification, how much of it a scan can decide, and how many controls look at it.",
        "Lines without a control need a person or are inherited from AWS; the report lists them all the same.",
        "A line has subjects, and resources of these subjects belong to it. Where one of them was not judged, the line",
        "is *evidence in part*. [resource_types.csv](../policies/law/resource_types.csv) has the subjects of a type.\n",
        "| 45 CFR | name | type | a scan can decide it | subjects | controls |",
        "|---|---|---|---|---|---|",
    ]
    for citation, requirement in citations().items():
        citing = Counter(control.safeguard for control in controls if citation in control.hipaa)
        subjects = ", ".join(_subject(place) for place in requirement.judged_by)
        told = ", ".join(f"{number} of {_safeguard(folder)}" for folder, number in sorted(citing.items()))
        parts = (citation, requirement.name, requirement.type, requirement.assessment, subjects, told)
        lines.append(f"| {' | '.join(parts)} |")
    return "\n".join(lines) + "\n"


def facts_page(controls: list[Control]) -> str:
    """Every kind, with links to the pages of the services."""
    lines = [
        f"# Kinds and facts\n\n{MADE}hipaa-guard judges these kinds of resources, each with the number of its facts.",
        "The page of a service says where Terraform writes each fact and which AWS call answers it.\n",
        "| service | kinds, and how many facts of each |",
        "|---|---|",
    ]
    kinds = kinds_of(controls)
    for service in sorted({_service(kind) for kind in kinds}):
        told = ", ".join(f"{_linked(kind)} {len(kind.facts)}" for kind in kinds if _service(kind) == service)
        lines.append(f"| [{service}]({FOLDER}/{service}.md) | {told} |")
    return "\n".join(lines) + "\n"


def _service(kind: type[Resource]) -> str:
    return kind.kind.partition(".")[0]


def _words(safeguard: str) -> str:
    return safeguard.replace("_", " ")


def _safeguard(folder: str) -> str:
    return f"[{_words(folder)}](controls.md#{folder.replace('_', '-')})"


def _linked(kind: type[Resource]) -> str:
    return f"[{kind.kind}]({FOLDER}/{_service(kind)}.md#{kind.kind.replace('.', '').lower()})"


def _subject(place: str) -> str:
    folder, _, holds = place.partition("/")
    return folder.replace("_", " ") + (f" ({holds})" if holds else "")


def _service_page(controls: list[Control], kinds: list[type[Resource]]) -> str:
    module = ".".join(kinds[0].__module__.split(".")[:3])  # of the service, not of a file in its folder
    first_line = (importlib.import_module(module).__doc__ or "").strip().partition("\n")[0]
    lines = [
        f"# {_service(kinds[0])}\n\n{MADE}{first_line}\n",
        "hipaa-guard judges these kinds by these controls. Each fact has the argument by which Terraform writes it and",
        "the AWS call that answers it; a function that a cell names stands in the service module.\n",
        "[All controls](../controls.md) · [All kinds](../facts.md) · [The rule](../security-rule.md)",
    ]
    for kind in kinds:
        lines.extend(_kind(kind))
        lines.extend(_controls([control for control in controls if control.kind is kind]))
    return "\n".join(lines) + "\n"


def _controls(controls: list[Control]) -> Iterator[str]:
    if not controls:
        return
    yield ""
    yield "| control | a good resource, in a sentence | safeguard | severity | 45 CFR | equivalents |"
    yield "|---|---|---|---|---|---|"
    for control in sorted(controls, key=lambda each: (each.safeguard, each.id)):
        peers = ", ".join(f"{id}" for _, ids in sorted(control.peers.items()) for id in ids)
        cited = ", ".join(control.hipaa)
        place = f"[{_words(control.safeguard)}](../controls.md#{control.safeguard.replace('_', '-')})"
        yield f"| `{control.id}` | {control.title} | {place} | {control.severity} | {cited} | {peers} |"
    advisory = [control for control in controls if control.advisory]
    if advisory:
        yield "\n[Advisory](../controls.md#presets) by the preset `recommended`, where the gap has severity low:\n"
        yield from (f"- `{control.id}`: {control.advisory}" for control in advisory)
    refining = [control for control in controls if control.refines]
    if refining:
        yield "\n[Told with](../controls.md#gaps-that-are-told-with-others) a gap of another control:\n"
        yield from (f"- `{each.id}` with {', '.join(f'`{id}`' for id in each.refines)}" for each in refining)


def _kind(kind: type[Resource]) -> Iterator[str]:
    first_line = (kind.__doc__ or "").strip().splitlines()[0]
    yield f"\n## {kind.kind}\n\n{first_line}\n"
    block = kind.terraform
    types = ", ".join(f"`{block.path_in(type)}`" for type in block.types) if block else f"none: {kind.live_only}"
    yield f"Terraform: {types}. AWS: {_listing(kind.aws, kind)}."
    if kind.facts:
        yield ""
        yield "| fact | values | Terraform | when left out | AWS |"
        yield "|---|---|---|---|---|"
        for fact in kind.facts.values():
            unset = "" if fact.live_only is not None else _unset(fact.unset)
            values = "" if fact.allowed is None else str(fact.allowed)
            yield f"| {fact.name} | {values} | {_terraform(fact)} | {unset} | {_aws(fact)} |"


def _unset(value: Value) -> str:
    return f"unknown: {value.reason}" if isinstance(value, Unknown) else f"`{value!r}`"


def _listing(listing: Listing | Singleton | None, kind: type[Resource]) -> str:
    if listing is None:
        return f"none: {kind.terraform_only}"
    if isinstance(listing, Singleton):
        return f"one for each {listing.scope}"
    return f"`{listing.operation}`"


def _terraform(fact: Fact) -> str:
    if fact.live_only is not None:
        return f"none: {fact.live_only}"
    aws, awscc = _named(fact.readings("aws_")), _named(fact.readings("awscc_"))
    if fact.awscc is None or aws == awscc:
        return aws
    return "; ".join(filter(None, (aws, f"awscc: {awscc}")))


def _named(readings: Iterable[TerraformReading]) -> str:
    # A function made by another is known by the name of its maker.
    named = (r if isinstance(r, str) else f"{r.__qualname__.partition('.')[0].strip('_')}()" for r in readings)
    return ", else ".join(f"`{name}`" for name in named)


def _aws(fact: Fact) -> str:
    if fact.aws is None:
        return f"none: {fact.terraform_only}"
    readings = fact.aws.readings if isinstance(fact.aws, Derived) else (fact.aws,)
    return ", ".join(dict.fromkeys(_asked(reading) for reading in readings)) or "computed"


def _asked(reading: Listed | Ask) -> str:
    return "the listing" if isinstance(reading, Listed) else f"`{reading.operation}`"
