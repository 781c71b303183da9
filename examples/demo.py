"""``make demo``: judge the shipped Terraform and a simulated account, and write a report of each.

Nothing outside this machine is touched: the account is moto, inside this process.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

REPORT = Path("out") / "report.html"
ACCOUNT_REPORT = Path("out") / "account.html"
WORST = 10

# Set before boto3 is loaded: credentials that open nothing, and no configuration of the person who runs this.
os.environ.update(
    AWS_ACCESS_KEY_ID="simulated",
    AWS_SECRET_ACCESS_KEY="simulated",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_EC2_METADATA_DISABLED="true",
    MOTO_EC2_LOAD_DEFAULT_AMIS="false",
)
for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
    os.environ.pop(name, None)


def main() -> int:
    from moto import mock_aws

    from examples import account
    from hipaa_guard.outputs import write
    from hipaa_guard.scanning.aws import AwsTarget, scan_aws
    from hipaa_guard.scanning.options import Options, TerraformTarget
    from hipaa_guard.scanning.terraform import scan_terraform

    started = time.perf_counter()
    print("Judging examples/telehealth and examples/patient-records ...")
    source = scan_terraform(TerraformTarget(Path("examples")), Options())
    print("Judging a simulated AWS account (moto, inside this process) ...")
    with mock_aws():
        account.seed()
        live = scan_aws(Options(), AwsTarget(regions=f"{account.REGION},{account.SECOND_REGION}"))
    REPORT.parent.mkdir(exist_ok=True)
    for result, report in ((source, REPORT), (live, ACCOUNT_REPORT)):
        write(result, f"html={report}")
        write(result, f"json={report.with_suffix('.json')}")
    seconds = time.perf_counter() - started

    findings = sorted((*source.findings, *live.findings), key=lambda finding: finding.severity.rank)
    failing = [finding for finding in findings if finding.status == "fail"]
    print(f"\nThe {min(WORST, len(failing))} worst of {len(failing)} gaps:\n")
    for finding in failing[:WORST]:
        place = f" ({finding.location})" if finding.location else ""
        print(f"  {finding.severity.upper():<8}  {finding.resource.label}{place}")
        print(f"            {finding.message}")
    resources = sum(sum(each.coverage.resources.values()) for each in (source, live))
    print(f"\n{len(source.controls)} controls, {resources} resources, {seconds:.1f} s.")
    print(f"The reports: {REPORT.resolve()} and {ACCOUNT_REPORT.resolve()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
