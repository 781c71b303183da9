"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.twins import FAIL, PASS, UNKNOWN, VARIABLE, Twin

BALANCER, LISTENER = "awscc_elasticloadbalancingv2_load_balancer", "awscc_elasticloadbalancingv2_listener"
LISTENER_RULE = "awscc_elasticloadbalancingv2_listener_rule"
TARGET = '"arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/p/1"'
ACL = '"arn:aws:wafv2:us-east-1:111122223333:regional/webacl/portal/a1b2c3d4"'


def attributes(**told: str) -> str:
    """Attributes of a load balancer of `awscc`, their keys written with two underscores for a dot."""
    each = ", ".join(f'{{ key = "{key.replace("__", ".")}", value = {value} }}' for key, value in told.items())
    return f"load_balancer_attributes = [{each}]"


def balancers(aws: str, awscc: str, around: str = "") -> tuple[str, str]:
    """A load balancer with a listener for TLS, as each provider writes it."""
    return (
        around
        + resource("aws_lb", aws)
        + resource("aws_lb_listener", 'protocol = "TLS"\nload_balancer_arn = aws_lb.phi.arn', "l"),
        around
        + resource(BALANCER, awscc)
        + resource(LISTENER, f'protocol = "TLS"\nload_balancer_arn = {BALANCER}.phi.load_balancer_arn', "l"),
    )


def guarded() -> tuple[str, str]:
    aws, awscc = balancers("", "")
    return (
        aws + resource("aws_wafv2_web_acl_association", f"resource_arn = aws_lb.phi.arn\nweb_acl_arn = {ACL}", "w"),
        awscc
        + resource(
            "awscc_wafv2_web_acl_association",
            f"resource_arn = {BALANCER}.phi.load_balancer_arn\nweb_acl_arn = {ACL}",
            "w",
        ),
    )


FORWARD = (f'{{\ntype = "forward"\ntarget_group_arn = {TARGET}\n}}',) * 2
TO_HTTPS = (
    '{\ntype = "redirect"\nredirect {\nprotocol = "HTTPS"\nstatus_code = "HTTP_301"\n}\n}',
    '{\ntype = "redirect"\nredirect_config = {\nprotocol = "HTTPS"\nstatus_code = "HTTP_301"\n}\n}',
)
TO_ITSELF = (
    '{\ntype = "redirect"\nredirect {\nstatus_code = "HTTP_301"\n}\n}',
    '{\ntype = "redirect"\nredirect_config = {\nstatus_code = "HTTP_301"\n}\n}',
)


TO_PLAIN = (TO_HTTPS[0].replace('"HTTPS"', '"HTTP"'), TO_HTTPS[1].replace('"HTTPS"', '"HTTP"'))
HTTP, HTTPS = 'port = 80\nprotocol = "HTTP"', 'port = 443\nprotocol = "HTTPS"'


def listeners(lines: str, action: tuple[str, str], around: str = "") -> tuple[str, str]:
    """A listener of an application load balancer, as each provider writes it."""
    aws, awscc = action
    return (
        around
        + resource("aws_lb", "", "b")
        + resource("aws_lb_listener", f"load_balancer_arn = aws_lb.b.arn\n{lines}\ndefault_action {aws}"),
        around
        + resource(BALANCER, "", "b")
        + resource(LISTENER, f"load_balancer_arn = {BALANCER}.b.id\n{lines}\ndefault_actions = [{awscc}]"),
    )


def with_rule(action: tuple[str, str], lines: str = HTTP) -> tuple[str, str]:
    """A listener that redirects to HTTPS and has a rule."""
    aws, awscc = listeners(lines, TO_HTTPS)
    condition = 'path_pattern {\nvalues = ["/*"]\n}'
    return (
        aws
        + resource(
            "aws_lb_listener_rule",
            f"listener_arn = aws_lb_listener.phi.arn\naction {action[0]}\ncondition {{\n{condition}\n}}",
            "r",
        ),
        awscc
        + resource(
            LISTENER_RULE,
            f"listener_arn = {LISTENER}.phi.listener_arn\npriority = 1\nactions = [{action[1]}]\n"
            'conditions = [{ field = "path-pattern", values = ["/*"] }]',
            "r",
        ),
    )


def https(policy: str) -> str:
    return f'port = 443\nprotocol = "HTTPS"\nssl_policy = "{policy}"'


_LOGS = 'access_logs {\nbucket = "records-logs"\nenabled = true\n}'
KEPT = (
    f'enable_deletion_protection = true\ndrop_invalid_header_fields = true\ndesync_mitigation_mode = "strictest"\n{_LOGS}',
    attributes(
        deletion_protection__enabled='"true"',
        routing__http__drop_invalid_header_fields__enabled='"true"',
        routing__http__desync_mitigation_mode='"strictest"',
        access_logs__s3__enabled='"true"',
        access_logs__s3__bucket='"records-logs"',
    ),
)
OFF = (
    'desync_mitigation_mode = "monitor"\naccess_logs {\nbucket = "records-logs"\nenabled = false\n}',
    attributes(
        routing__http__desync_mitigation_mode='"monitor"',
        access_logs__s3__enabled='"false"',
        access_logs__s3__bucket='"records-logs"',
    ),
)

TWINS = [
    Twin("a load balancer that says nothing", *balancers("", ""), FAIL),
    Twin("a load balancer with all that is asked", *balancers(*KEPT), PASS),
    Twin("a load balancer with logs switched off", *balancers(*OFF), FAIL),
    Twin("an internal load balancer", *balancers("internal = true", 'scheme = "internal"'), FAIL),
    Twin("a load balancer behind a web ACL", *guarded(), PASS),
    Twin("a network load balancer", *balancers('load_balancer_type = "network"', 'type = "network"'), FAIL),
    Twin("a gateway load balancer", *balancers('load_balancer_type = "gateway"', 'type = "gateway"'), FAIL),
    Twin(
        "a load balancer whose attributes are not known",
        *balancers(
            "enable_deletion_protection = var.open\ndrop_invalid_header_fields = var.open\n"
            "desync_mitigation_mode = var.open\naccess_logs {\nbucket = var.open\nenabled = var.open\n}",
            "load_balancer_attributes = var.open",
            VARIABLE,
        ),
        UNKNOWN,
    ),
    Twin("a listener that hands HTTP on", *listeners(HTTP, FORWARD), FAIL),
    Twin("a listener that redirects to HTTPS", *listeners(HTTP, TO_HTTPS), PASS),
    Twin("a listener that redirects to itself", *listeners(HTTP, TO_ITSELF), FAIL),
    Twin("a listener without a protocol", *listeners("port = 80", FORWARD), FAIL),
    Twin("a listener of HTTP with a rule that hands it on", *with_rule(FORWARD), FAIL),
    Twin("a listener of HTTP whose rule redirects too", *with_rule(TO_HTTPS), PASS),
    Twin("a listener of HTTPS that redirects to HTTP", *listeners(HTTPS, TO_PLAIN), FAIL),
    Twin("a listener of HTTPS with a rule that redirects to HTTP", *with_rule(TO_PLAIN, HTTPS), FAIL),
    Twin("a listener of TLS 1.2", *listeners(https("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"), FORWARD), PASS),
    Twin("a listener of TLS 1.0", *listeners(https("ELBSecurityPolicy-2016-08"), FORWARD), FAIL),
    Twin("a listener of HTTPS without a policy", *listeners('port = 443\nprotocol = "HTTPS"', FORWARD), FAIL),
    Twin(
        "a listener whose protocol is not known",
        *listeners("port = 80\nprotocol = var.open", FORWARD, VARIABLE),
        UNKNOWN,
    ),
]
