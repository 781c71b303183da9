"""Settings of instances that a service of AWS runs, which DescribeInstances tells and Terraform never declares."""

from __future__ import annotations

from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, Case, Told, answered, cases

SETTINGS = ("ec2_instance_profile_attached", "ec2_instance_detailed_monitoring", "ec2_instance_termination_protected")
PRINCIPAL = "eks.amazonaws.com"


def run_by(operator: dict[str, Any] | None, **more: Any) -> Told:
    """An instance with default settings, as AWS answers that its service provider is."""
    instance = {
        "InstanceId": "i-0a1b2c3d4e5f60718",
        "State": {"Name": "running"},
        "Tags": [{"Key": "Name", "Value": "phi"}],
        "Monitoring": {"State": "disabled"},
        **({} if operator is None else {"Operator": operator}),
        **more,
    }

    def answers(session: Any) -> None:
        answered(session, "ec2", "DescribeInstances", {"Reservations": [{"Instances": [instance]}]})
        protected = {"DisableApiTermination": {"Value": False}}
        answered(session, "ec2", "DescribeInstanceAttribute", protected)

    return Told(aws=lambda _: None, answers=answers)


PROFILE = {"IamInstanceProfile": {"Arn": "arn:aws:iam::111122223333:instance-profile/node"}}

test_settings = cases(
    *(
        case
        for control in SETTINGS
        for case in (
            Case(
                control,
                "run by a service",
                NOT_APPLICABLE,
                run_by({"Managed": True, "Principal": PRINCIPAL}),
                says=PRINCIPAL,
            ),
            Case(control, "run by a service that is not named", NOT_APPLICABLE, run_by({"Managed": True})),
            Case(control, "run by nobody else", FAIL, run_by({"Managed": False})),
            Case(control, "run by nobody else, left out", FAIL, run_by(None)),
        )
    ),
    Case(
        SETTINGS[0],
        "run by a service, with a profile",
        PASS,
        run_by({"Managed": True, "Principal": PRINCIPAL}, **PROFILE),
    ),
)
