"""Terraform's functions over values that may not be known.

`FUNCTIONS` has all functions but ``try`` and ``can``, which decide whether their arguments are evaluated at all. A call
returns a value, or an `Unknown` where an unknown argument decides the result; it raises `FunctionError` where Terraform
would refuse it. A module is imported when its first function is called: most configurations need few.
"""

from __future__ import annotations

from importlib import import_module

from hipaa_guard.facts.values import Value

from .context import CallContext, Function
from .errors import FunctionError
from .shapes import shaped

MODULES = {
    "collections": (
        "alltrue anytrue chunklist coalesce coalescelist compact concat contains distinct element flatten index "
        "length matchkeys one range reverse slice sort sum"
    ),
    "date_time": "formatdate timeadd timecmp",
    "encoding": (
        "base64decode base64encode base64gzip csvdecode jsondecode jsonencode textdecodebase64 textencodebase64 "
        "urlencode yamldecode yamlencode"
    ),
    "filesystem": "abspath basename dirname file filebase64 fileexists fileset pathexpand templatefile",
    "hashing": (
        "base64sha256 base64sha512 bcrypt filebase64sha256 filebase64sha512 filemd5 filesha1 filesha256 filesha512 md5 "
        "plantimestamp rsadecrypt sha1 sha256 sha512 timestamp uuid uuidv5"
    ),
    "maps": "keys lookup merge transpose values zipmap",
    "network": "cidrhost cidrnetmask cidrsubnet cidrsubnets",
    "numeric": "abs ceil floor log max min parseint pow signum",
    "sets": "setintersection setproduct setsubtract setunion",
    "strings": (
        "chomp endswith format formatlist indent join lower regex regexall replace split startswith strcontains strrev "
        "substr templatestring title trim trimprefix trimspace trimsuffix upper"
    ),
    "types": "ephemeralasnull issensitive nonsensitive sensitive tobool tolist tomap tonumber toset tostring",
}
"""The names of all functions, grouped as Terraform documents them."""


def _found_in(module: str, name: str) -> Function:
    def called(arguments: list[Value], context: CallContext) -> Value:
        functions: dict[str, Function] = import_module(f"{__name__}.{module}").FUNCTIONS
        FUNCTIONS[name] = shaped(name, functions[name])
        return FUNCTIONS[name](arguments, context)

    return called


FUNCTIONS: dict[str, Function] = {
    name: _found_in(module, name) for module, names in MODULES.items() for name in names.split()
}

__all__ = ["FUNCTIONS", "CallContext", "Function", "FunctionError"]
