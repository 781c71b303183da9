"""Networks: who reached what holds ePHI, and who was turned away, is recorded."""

from hipaa_guard.authoring import MEDIUM, Fix, Verdict, control, failed, not_applicable, passed, some
from hipaa_guard.controls.reasons import NEEDS_A_LOG_BUCKET
from hipaa_guard.judging.log_delivery import access_logged
from hipaa_guard.services import elbv2, vpc

_RECORDS = ("164.312(b)", "164.308(a)(1)(ii)(D)")


@control(
    title="VPCs record rejected or all traffic in flow logs",
    severity=MEDIUM,
    hipaa=_RECORDS,
    why="Without flow logs nobody can tell which hosts with ePHI were probed, or where their data went.",
    fix=Fix(
        terraform="""
            resource "aws_flow_log" "phi" {
              vpc_id               = aws_vpc.phi.id
              traffic_type         = "ALL"
              log_destination_type = "s3"
              log_destination      = "arn:aws:s3:::flow-logs-111122223333"
            }
        """,
        cli="""
            aws ec2 create-flow-logs --resource-type VPC --resource-ids VPC --traffic-type ALL \\
              --log-destination-type s3 --log-destination arn:aws:s3:::BUCKET
        """,
        not_by_machine="needs a bucket or log group for the records, which is yours to choose",
        consequences=("costs_money",),
    ),
    peers={
        "prowler": "vpc_flow_logs_enabled",
        "aws_config": "vpc-flow-logs-enabled",
        "powerpipe": "vpc_flow_logs_enabled",
        "cdk_nag": "HIPAA.Security-VPCFlowLogsEnabled",
        "checkov": "CKV2_AWS_11",
        "trivy": "AVD-AWS-0178",
    },
)
def vpc_flow_logs_enabled(network: vpc.Vpc) -> Verdict:
    if some(lambda log: log.failure is None and log.traffic in ("ALL", "REJECT"), network.flow_logs):
        return passed("records its traffic in a flow log")
    for log in network.flow_logs:
        if log.failure is not None:
            return failed(f"has a flow log that cannot be delivered ({log.failure})")
        return failed(f"has flow logs of {log.traffic} traffic only")
    return failed("has no flow log")


@access_logged(
    title="Load balancers deliver access logs",
    why="The load balancer alone sees who asked for ePHI: behind it all requests come from its own address.",
    to="a bucket",
    fix=Fix(
        terraform="""
            resource "aws_lb" "phi" {
              load_balancer_type = "application"
              access_logs {
                bucket  = "access-logs-111122223333"
                enabled = true
              }
            }
        """,
        cli="""
            aws elbv2 modify-load-balancer-attributes --load-balancer-arn LOAD_BALANCER_ARN \\
              --attributes Key=access_logs.s3.enabled,Value=true Key=access_logs.s3.bucket,Value=BUCKET
        """,
        note="A network load balancer writes access logs for its TLS listeners only; use flow logs for the others.",
        not_by_machine=NEEDS_A_LOG_BUCKET,
    ),
    peers={
        "prowler": "elbv2_logging_enabled",
        "checkov": "CKV_AWS_91",
    },
)
def elbv2_access_logging_enabled(balancer: elbv2.LoadBalancer) -> str | Verdict | None:
    if balancer.type == "gateway":
        return not_applicable("is a gateway load balancer, which writes no access logs")
    if balancer.log_bucket is not None or balancer.type != "network":
        return balancer.log_bucket
    if some(lambda protocol: protocol == "TLS", balancer.listener_protocols):
        return None
    return not_applicable("is a network load balancer without TLS listeners, which writes no access logs")
