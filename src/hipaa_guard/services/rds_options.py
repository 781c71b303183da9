"""Amazon RDS: option groups, which add the audit plugin of MySQL and MariaDB and encryption of Oracle's connections."""

from __future__ import annotations

from hipaa_guard.facts.readings import Block, Listing, View, derived, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Unknown, Value

_AUDIT, _TLS, _NATIVE = "MARIADB_AUDIT_PLUGIN", "SSL", "NATIVE_NETWORK_ENCRYPTION"
_READ = {_AUDIT: "SERVER_AUDIT_EVENTS", _NATIVE: "SQLNET.ENCRYPTION_SERVER"}
"""Option -> its setting of interest."""
_REQUESTED = "REQUESTED"
"""The default of that setting (RDS user guide, "NATIVE_NETWORK_ENCRYPTION option settings", read 2026-11-30)."""

_EVENTS = "CONNECT,QUERY"
"""The default of SERVER_AUDIT_EVENTS (RDS user guide, "Audit Plugin support": MariaDB, MySQL, read 2026-11-30)."""

Gist = dict[str, Value]
"""The setting of interest by the name of its option, else None. Other settings, among them passwords, are left out."""


def _gist(options: Value) -> Value:
    """The kept part of the options of a group: their names, and the settings of interest."""
    return {each["OptionName"]: _setting(each["OptionName"], each.get("OptionSettings"), "Name") for each in options}


def _declared(view: View) -> Gist:
    """The options that a group declares. An unknown name raises `Undecided`."""
    blocks = view.get("option_configurations" if view.type.startswith("awscc_") else "option") or []
    names = [each.get("option_name") for each in blocks]
    return {name: _setting(name, each.get("option_settings"), "name") for name, each in zip(names, blocks, strict=True)}


def _setting(option: str, settings: Value, name: str) -> Value:
    """The setting of interest of an option; None where it is left out. `name` is the key of its name in a setting."""
    value = "Value" if name == "Name" else "value"
    return next((each.get(value) for each in settings or [] if each.get(name) == _READ.get(option)), None)


def _writes_audit_log(options: Gist | None) -> bool:
    return _AUDIT in (options or {})


def _audit_events(options: Gist | None) -> Value:
    found = (options or {}).get(_AUDIT)
    return found if isinstance(found, Unknown) else found or _EVENTS


def _adds_tls(options: Gist | None) -> bool:
    return _TLS in (options or {})


def _native_encryption(options: Gist | None) -> Value:
    if _NATIVE not in (options or {}):
        return None
    found = (options or {})[_NATIVE]
    return found if isinstance(found, Unknown) else found or _REQUESTED


_OPTIONS = listed("Options", kept_as=_gist)


class OptionGroup(Resource):
    """A group of options of instances. The default ones have no options and cannot be changed."""

    terraform = Block("aws_db_option_group", "awscc_rds_option_group", name="name", awscc_name="option_group_name")
    aws = Listing(
        "rds.describe_option_groups",
        "OptionGroupsList[]",
        arn="{OptionGroupArn}",
        name="OptionGroupName",
        keys=("OptionGroupName", "OptionGroupArn"),
    )
    aws_types = ("AWS::RDS::OptionGroup", "rds:og")

    writes_audit_log: bool = fact(
        terraform=lambda view: _writes_audit_log(_declared(view)),
        awscc=lambda view: _writes_audit_log(_declared(view)),
        unset=False,
        aws=derived(_writes_audit_log, _OPTIONS),
    )
    """Whether MySQL and MariaDB write an audit log. The plugin has no other state than on."""

    audit_events: str = fact(
        terraform=lambda view: _audit_events(_declared(view)),
        awscc=lambda view: _audit_events(_declared(view)),
        unset=_EVENTS,
        aws=derived(_audit_events, _OPTIONS),
    )
    """The events that the plugin writes into it: ``CONNECT,QUERY``."""

    adds_tls: bool = fact(
        terraform=lambda view: _adds_tls(_declared(view)),
        awscc=lambda view: _adds_tls(_declared(view)),
        unset=False,
        aws=derived(_adds_tls, _OPTIONS),
    )
    """Whether Oracle takes TLS on a second port. The first one stays as it is."""

    native_encryption: str | None = fact(
        terraform=lambda view: _native_encryption(_declared(view)),
        awscc=lambda view: _native_encryption(_declared(view)),
        unset=None,
        aws=derived(_native_encryption, _OPTIONS),
    )
    """Oracle's encryption of its own: ``REQUIRED`` refuses clients without, ``REQUESTED``, ``ACCEPTED`` and
    ``REJECTED`` do not; None if the group does not have the option."""
