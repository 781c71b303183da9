"""Amazon RDS: option groups, which add the audit plugin of MySQL and MariaDB and encryption of Oracle's connections."""

from __future__ import annotations

from hipaa_guard.facts.readings import Block, Listing, View, derived, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Unknown, Value

_AUDIT, _TLS, _NATIVE = "MARIADB_AUDIT_PLUGIN", "SSL", "NATIVE_NETWORK_ENCRYPTION"
_EVENTS, _USERS, _ENCRYPTION = "SERVER_AUDIT_EVENTS", "SERVER_AUDIT_INCL_USERS", "SQLNET.ENCRYPTION_SERVER"
_READ = {_AUDIT: (_EVENTS, _USERS), _NATIVE: (_ENCRYPTION,)}
"""Option -> its settings of interest."""
_DEFAULTS = {_EVENTS: "CONNECT,QUERY", _ENCRYPTION: "REQUESTED"}
"""RDS user guide, "MariaDB Audit Plugin support" and "NATIVE_NETWORK_ENCRYPTION option settings", read 2026-11-30."""

Gist = dict[str, dict[str, Value]]
"""The settings of interest by the names of their options. Other settings, among them passwords, are left out."""


def _gist(options: Value) -> Value:
    """The kept part of the options of a group: their names, and the settings of interest."""
    return {each["OptionName"]: _settings(each["OptionName"], each.get("OptionSettings"), "Name") for each in options}


def _declared(view: View) -> Gist:
    """The options that a group declares. An unknown name raises `Undecided`."""
    blocks = view.get("option_configurations" if view.type.startswith("awscc_") else "option") or []
    names = [each.get("option_name") for each in blocks]
    return {
        name: _settings(name, each.get("option_settings"), "name") for name, each in zip(names, blocks, strict=True)
    }


def _settings(option: str, settings: Value, name: str) -> dict[str, Value]:
    """The settings of interest of an option. `name` is the key of its name in a setting."""
    read, value = _READ.get(option, ()), "Value" if name == "Name" else "value"
    return {
        each.get(name): each.get(value) for each in (settings if read and settings else ()) if each.get(name) in read
    }


def _setting(options: Gist | None, option: str, name: str) -> Value:
    """A setting of an option, by default as RDS has it; None where there is no such option or default."""
    if option not in (options or {}):
        return None
    found = (options or {})[option].get(name)
    return found if isinstance(found, Unknown) else found or _DEFAULTS.get(name)


def _writes_audit_log(options: Gist | None) -> bool:
    return _AUDIT in (options or {})


def _audit_events(options: Gist | None) -> Value:
    return _setting(options, _AUDIT, _EVENTS)


def _users_audited(options: Gist | None) -> Value:
    return _setting(options, _AUDIT, _USERS)


def _adds_tls(options: Gist | None) -> bool:
    return _TLS in (options or {})


def _native_encryption(options: Gist | None) -> Value:
    return _setting(options, _NATIVE, _ENCRYPTION)


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

    audit_events: str | None = fact(
        terraform=lambda view: _audit_events(_declared(view)),
        awscc=lambda view: _audit_events(_declared(view)),
        unset=None,
        aws=derived(_audit_events, _OPTIONS),
    )
    """The events that the plugin writes into it: ``CONNECT,QUERY``; None without the plugin."""

    users_audited: str | None = fact(
        terraform=lambda view: _users_audited(_declared(view)),
        awscc=lambda view: _users_audited(_declared(view)),
        unset=None,
        aws=derived(_users_audited, _OPTIONS),
    )
    """The users whose statements alone the plugin writes into it; None means those of all."""

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
