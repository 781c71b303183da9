"""A guess at what Terraform will miss in a text, so that it is asked less often. It says what the guess leaves out.

The guess has the form of Terraform's own errors, which `completing` answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hipaa_guard.terraform.binding.required_arguments import arguments_of
from hipaa_guard.terraform.hcl.parsing import parse
from hipaa_guard.terraform.hcl.syntax import HclBlock
from tests.terraform.real.completing import BLOCKS, completed, is_missing

ONE_OF = {
    "aws_alb": ("subnets,subnet_mapping",),
    "aws_ebs_volume": ("size,snapshot_id",),
    "aws_instance": ("ami,launch_template", "instance_type,launch_template"),
    "aws_lambda_function": ("s3_bucket,filename,image_uri",),
    "aws_lb": ("subnets,subnet_mapping",),
}
"""By type, names of which the provider asks for one."""
AT_PLAN = {
    "aws_dynamodb_table": ("billing_mode", 'read_capacity must be at least 1 when billing_mode is "PROVISIONED"')
}
"""By type, an argument without which the provider refuses the plan, and its words."""
OF_THE_OLDEST = {"aws_db_proxy": ("auth",)}
"""By type, what only the oldest release that is supported requires."""
ROUNDS = 4
"""What is declared beside a text may lack something itself, and what this refers to."""

_REFERRED = re.compile(r"(?<![\w.\"])(aws_\w+)\.([a-z]\w*)\.\w+")


def guessed(text: str, *, declare: bool) -> str:
    """The text with what its resources certainly lack.

    With ``declare`` a resource that is only referred to is declared, as `completing.completed` does.
    """
    for _ in range(ROUNDS):
        missing = [one for one in _lacking(text, declare=declare) if is_missing(one) or "declared" in one["detail"]]
        more = completed(text, missing, declare=declare) if missing else None
        if more is None or more == text:
            break
        text = more
    return text


def _lacking(text: str, *, declare: bool) -> Iterator[dict[str, Any]]:
    """Errors that Terraform will find."""
    data = text.encode()
    blocks = [block for block in parse("", data).root.blocks if block.type == "resource"]
    for block in blocks:
        place = {"range": {"end": {"byte": data.index(b"{", block.start) + 1}}}
        head = {"snippet": {"context": f'resource "{block.labels[0]}" "{block.labels[1]}"'}}
        yield from ({"detail": detail, **place, **head} for detail in _details(block))
    if declare:
        there = {block.labels for block in blocks}
        for type, name in dict.fromkeys(_REFERRED.findall(text)):
            if (type, name) not in there and not name.startswith("given"):
                yield {"detail": f'A managed resource "{type}" "{name}" has not been declared'}


def _details(block: HclBlock) -> Iterator[str]:
    type = block.labels[0]
    has = {*block.attributes, *(inner.type for inner in block.blocks)}
    required = [name for name, argument in arguments_of(type).items() if argument.required]
    for name in sorted({*required, *OF_THE_OLDEST.get(type, ())} - has):
        yield f'At least 1 "{name}" blocks are required' if name in BLOCKS else f'The argument "{name}" is required'
    yield from (
        f"one of `{names}` must be specified" for names in ONE_OF.get(type, ()) if not has & {*names.split(",")}
    )
    name, detail = AT_PLAN.get(type, ("", ""))
    if name and name not in has:
        yield detail
