"""People, their groups and devices, and whom the account trusts."""

from __future__ import annotations

from examples.account import client, policy


def furnish() -> None:
    iam = client("iam")
    iam.create_group(GroupName="nurses")
    iam.add_user_to_group(GroupName="nurses", UserName="nurse.station")
    iam.put_group_policy(
        GroupName="nurses",
        PolicyName="read",
        PolicyDocument=policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}),
    )
    iam.put_role_policy(
        RoleName="reminders",
        PolicyName="send",
        PolicyDocument=policy({"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}),
    )
    iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40]
    )
    iam.create_virtual_mfa_device(VirtualMFADeviceName="dr.okafor")
