"""Log groups: the records are kept."""

from hipaa_guard.authoring import LOW, MEDIUM, Fix, Inventory, Verdict, control, not_applicable
from hipaa_guard.controls.advice import OF_RECORDS
from hipaa_guard.judging.log_retention import kept_for
from hipaa_guard.services import cloudwatch_logs

YEAR, SIX_YEARS = 365, 2192
_OF_ACCOUNT = (
    "A retention policy of the account goes before the setting of a log group: lengthen that one with "
    "`aws logs put-account-policy`."
)
_KEPT = ("164.312(b)", "164.308(a)(1)(ii)(D)")


def _kept(group: cloudwatch_logs.LogGroup, days: int, inventory: Inventory) -> Verdict:
    if group.log_class == "DELIVERY":
        return not_applicable("only passes events on to where they are kept (class DELIVERY)")
    return kept_for(group, days, inventory)


@control(
    title="CloudWatch log groups keep events for at least a year",
    severity=MEDIUM,
    hipaa=_KEPT,
    why="Intrusions are often found after months: by then the record of who reached ePHI must still be there.",
    fix=Fix(
        sets="aws_cloudwatch_log_group.retention_in_days = 365",
        cli="aws logs put-retention-policy --log-group-name GROUP --retention-in-days 365",
        note="The rule names no period for logs; a year is common practice. Write down the one you choose. "
        f"Each gigabyte that is kept costs. {_OF_ACCOUNT}",
        consequences=("costs_money",),
    ),
    peers={
        "prowler": "cloudwatch_log_group_retention_policy_specific_days_enabled",
        "powerpipe": "cloudwatch_log_group_retention_period_365",
        "checkov": "CKV_AWS_338",
    },
)
def log_group_retention_min_one_year(group: cloudwatch_logs.LogGroup, inventory: Inventory) -> Verdict:
    return _kept(group, YEAR, inventory)


@control(
    title="CloudWatch log groups keep events for at least six years",
    severity=LOW,
    hipaa=_KEPT,
    why="Whoever reviews activity years later, in a dispute or an investigation, needs the record of that time. The rule "
    "names no period for logs: six years is what it asks of documentation, and many choose it for audit logs too.",
    fix=Fix(
        terraform="""
            resource "aws_cloudwatch_log_group" "phi" {
              name              = "audit"
              retention_in_days = 2192
            }
        """,
        cli="aws logs put-retention-policy --log-group-name GROUP --retention-in-days 2192",
        note="For log groups that hold no audit record, such as those of applications, record an exception with this "
        f"reason. {_OF_ACCOUNT}",
        not_by_machine="needs somebody to say which log groups hold audit records",
        consequences=("costs_money",),
    ),
    refines="log_group_retention_min_one_year",
    advisory=OF_RECORDS,
)
def log_group_retention_six_years(group: cloudwatch_logs.LogGroup, inventory: Inventory) -> Verdict:
    return _kept(group, SIX_YEARS, inventory)
