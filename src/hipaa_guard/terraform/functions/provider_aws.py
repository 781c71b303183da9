"""The functions of the AWS provider. All of them only work on texts."""

from __future__ import annotations

from hipaa_guard.facts.values import Value

from .context import Function
from .errors import FunctionError
from .signatures import TEXT, call
from .unknowns import text_of

_SECTIONS = ("partition", "service", "region", "account_id", "resource")


def arn_build(*sections: Value) -> Value:
    """The ARN of its sections; partly known where a section is unknown."""
    return text_of(["arn", *(part for section in sections for part in (":", section))])


def arn_parse(arn: str) -> Value:
    """The sections of an ARN."""
    return dict(sorted(_sections(arn).items()))


def trim_iam_role_path(arn: str) -> Value:
    """The ARN of an IAM role without the path of the role."""
    sections = _sections(arn)
    if sections["service"] != "iam":
        raise FunctionError("service must be iam")
    if sections["region"]:
        raise FunctionError("region must be empty")
    if not sections["resource"].startswith("role/"):
        raise FunctionError("resource must begin with role/")
    name = sections["resource"].rpartition("/")[2]
    return ":".join(("arn", *(sections[each] for each in _SECTIONS[:-1]), f"role/{name}"))


def _sections(arn: str) -> dict[str, str]:
    if not arn.startswith("arn:"):
        raise FunctionError("arn: invalid prefix")
    found = arn.split(":", len(_SECTIONS))[1:]
    if len(found) < len(_SECTIONS):
        raise FunctionError("arn: not enough sections")
    return dict(zip(_SECTIONS, found, strict=True))


FUNCTIONS: dict[str, Function] = {
    "provider::aws::arn_build": call(arn_build, *[TEXT.may_be_unknown] * len(_SECTIONS)),
    "provider::aws::arn_parse": call(arn_parse, TEXT),
    "provider::aws::trim_iam_role_path": call(trim_iam_role_path, TEXT),
}
