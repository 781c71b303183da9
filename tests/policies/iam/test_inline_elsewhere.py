"""Inline policies that a holder keeps by their names, here or declared elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases
from tests.policies.iam.states import READ, allow, document, main_block


def kept(kind: str, names: str) -> str:
    return (
        f'\nresource "aws_iam_{kind}_policies_exclusive" "e" {{\n'
        f"  {kind}_name  = aws_iam_{kind}.phi.name\n  policy_names = {names}\n}}\n"
    )


def inline(kind: str, statement: dict[str, object]) -> str:
    return (
        f'\nresource "aws_iam_{kind}_policy" "p" {{\n  name   = "reading"\n'
        f"  {kind} = aws_iam_{kind}.phi.name\n  policy = {json.dumps(document(statement))}\n}}\n"
    )


def table() -> Iterator[Case]:
    for kind in ("user", "role", "group"):
        control, own, name = f"iam_{kind}_inline_policy_no_admin", main_block(kind), f"[aws_iam_{kind}_policy.p.name]"
        elsewhere, reads = kept(kind, '["legacy"]'), inline(kind, READ)
        yield Case(control, "one that is declared elsewhere", UNKNOWN, terraform=own + elsewhere, says="policy legacy")
        yield Case(control, "one of each", UNKNOWN, terraform=own + reads + kept(kind, '["reading", "legacy"]'))
        yield Case(control, "the one that is declared", PASS, terraform=own + reads + kept(kind, name))
        yield Case(control, "none", PASS, terraform=own + kept(kind, "[]"))
        yield Case(control, "a wide one beside", FAIL, terraform=own + elsewhere + inline(kind, allow("*", "*")))


test_inline_policies_that_stay = cases(*table())
