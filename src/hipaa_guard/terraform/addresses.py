"""Parts of Terraform addresses. Instance keys may hold dots, so a plain split at dots would be wrong."""

from __future__ import annotations

from functools import lru_cache

from hipaa_guard.lean import regex

_KEY_TEXT = r'\[(?:\d{1,18}|\?|"(?:[^"\\]|\\.)*")\]'
_KEY = regex(_KEY_TEXT)
_SEGMENT = regex(rf"(?:{_KEY_TEXT}|[^.])+")
_NO_KEYS = "["
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "${": "$${", "%{": "%%{"}
_MEANINGS = {escaped: plain for plain, escaped in _ESCAPES.items()}
_SPECIAL = regex(r'[\\"\n\r\t]|[$%]\{')
_ESCAPED = regex(r"\\.|\$\$\{|%%\{")
_MODULE_STEP = regex(rf'module\.([^.\[\]"]+)({_KEY_TEXT})?(?:\.|$)')


@lru_cache(maxsize=65_536)
def without_keys(address: str) -> str:
    """The address of the block: ``module.a["x"].aws_s3_bucket.b[0]`` becomes ``module.a.aws_s3_bucket.b``."""
    return _KEY.sub("", address) if _NO_KEYS in address else address


def last_key(address: str) -> str:
    """The instance key at the end, brackets included (``[0]``, ``["a.b"]``, ``[?]``); empty where there is none."""
    if not address.endswith("]"):
        return ""
    end = ""
    for match in _KEY.finditer(address):
        end = match.group() if match.end() == len(address) else ""
    return end


def module_steps(module: str) -> list[tuple[str, str]]:
    """The calls of a module address, with keys: ``module.a["x"].module.b`` gives ``[("a", '["x"]'), ("b", "")]``."""
    steps = []
    position = 0
    while match := _MODULE_STEP.match(module, position):
        steps.append((match.group(1), match.group(2) or ""))
        position = match.end()
    return steps


def key_text(key: object) -> str:
    """An instance key as Terraform writes it: ``[0]``, ``["a"]``; empty for none."""
    if key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    return '["' + _SPECIAL.sub(lambda found: _ESCAPES[found.group()], str(key)) + '"]'


def key_value(text: str) -> int | str | None:
    """The key that `key_text` wrote; None for no key and for ``[?]``."""
    if text.startswith('["'):
        return _ESCAPED.sub(lambda found: _MEANINGS.get(found.group(), found.group()), text[2:-2])
    return int(text[1:-1]) if text[1:-1].isdigit() else None


def segments(reference: str) -> list[str]:
    """The segments of a reference with their keys: ``aws_s3_bucket.b["a.b"].id`` has three."""
    if _NO_KEYS not in reference:
        return reference.split(".")
    return _SEGMENT.findall(reference)
