"""Networks: the way to ePHI does not vanish by mistake."""

from hipaa_guard.authoring import LOW, Fix
from hipaa_guard.controls.advice import AGAINST_MISTAKES
from hipaa_guard.judging.deletion import deletion_protected
from hipaa_guard.services import elbv2


@deletion_protected(
    title="Load balancers are protected from deletion",
    severity=LOW,
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    why="One mistaken deletion cuts everybody off from the systems that hold ePHI, in an emergency too.",
    fix=Fix(
        sets=("aws_lb.enable_deletion_protection = true", "aws_alb.enable_deletion_protection = true"),
        cli="""
            aws elbv2 modify-load-balancer-attributes --load-balancer-arn LOAD_BALANCER_ARN \\
              --attributes Key=deletion_protection.enabled,Value=true
        """,
    ),
    peers={
        "prowler": "elbv2_deletion_protection",
        "aws_config": "elb-deletion-protection-enabled",
        "powerpipe": "elb_application_lb_deletion_protection_enabled",
        "cdk_nag": "HIPAA.Security-ELBDeletionProtectionEnabled",
        "checkov": "CKV_AWS_150",
    },
    advisory=AGAINST_MISTAKES,
)
def elbv2_deletion_protection(balancer: elbv2.LoadBalancer) -> bool:
    return balancer.deletion_protection
