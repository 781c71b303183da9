"""Networks: requests that are made to be misread do not reach what holds ePHI."""

from hipaa_guard.authoring import LOW, MEDIUM, Fix, Verdict, control, failed, not_applicable, passed
from hipaa_guard.judging.updates import MEASURE
from hipaa_guard.services import elbv2


@control(
    title="Application load balancers drop invalid header fields",
    severity=MEDIUM,
    hipaa=("164.312(c)(1)", "164.312(e)(1)"),
    why="A header that load balancer and application read differently smuggles a second request to ePHI past the first.",
    fix=Fix(
        sets=("aws_lb.drop_invalid_header_fields = true", "aws_alb.drop_invalid_header_fields = true"),
        cli="""
            aws elbv2 modify-load-balancer-attributes --load-balancer-arn LOAD_BALANCER_ARN \\
              --attributes Key=routing.http.drop_invalid_header_fields.enabled,Value=true
        """,
        note="Fields whose names have other characters than letters, digits and hyphens, as an underscore, no longer arrive.",
        consequences=("cuts_access",),
    ),
    peers={
        "prowler": "elbv2_alb_drop_invalid_header_fields_enabled",
        "powerpipe": "elb_application_lb_http_drop_invalid_header_enabled",
        "cdk_nag": "HIPAA.Security-ALBHttpDropInvalidHeaderEnabled",
        "checkov": "CKV_AWS_131",
        "trivy": "AVD-AWS-0052",
    },
)
def alb_drops_invalid_headers(balancer: elbv2.LoadBalancer) -> Verdict:
    if balancer.type != "application":
        return not_applicable(f"is a {balancer.type} load balancer, which does not read headers")
    if balancer.drops_invalid_headers:
        return passed("drops invalid header fields")
    return failed("hands invalid header fields on")


@control(
    title="Application load balancers guard against request smuggling",
    severity=LOW,
    hipaa=("164.312(c)(1)", *MEASURE),
    why="A request that is read in two ways can change or fetch ePHI in somebody else's name.",
    fix=Fix(
        sets=('aws_lb.desync_mitigation_mode = "defensive"', 'aws_alb.desync_mitigation_mode = "defensive"'),
        cli="""
            aws elbv2 modify-load-balancer-attributes --load-balancer-arn LOAD_BALANCER_ARN \\
              --attributes Key=routing.http.desync_mitigation_mode,Value=defensive
        """,
        note="The load balancer then refuses requests that it takes for an attack: the metric "
        "DesyncMitigationMode_NonCompliant_Request_Count tells how many of now do not follow RFC 7230.",
        consequences=("cuts_access",),
    ),
    peers={"prowler": "elbv2_desync_mitigation_mode"},
    advisory="The default mode of AWS already stops requests that are known to be dangerous.",
)
def elbv2_desync_mitigation(balancer: elbv2.LoadBalancer) -> Verdict:
    if balancer.type != "application":
        return not_applicable(f"is a {balancer.type} load balancer, which does not read requests")
    mode = balancer.desync_mitigation
    if mode in ("defensive", "strictest"):
        return passed(f"guards against request smuggling ({mode})")
    return failed(f"only watches for request smuggling ({mode})")
