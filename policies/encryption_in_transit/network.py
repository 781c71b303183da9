"""Networks: ePHI reaches load balancers unreadable to anybody on the way."""

from collections.abc import Callable

from hipaa_guard.authoring import HIGH, Fix, Inventory, Verdict, control, failed, not_applicable, passed, some
from hipaa_guard.judging.transit import IN_TRANSIT
from hipaa_guard.services import elbv2


@control(
    title="Listeners of application load balancers hand no plain HTTP request on and redirect nobody to plain HTTP",
    severity=HIGH,
    hipaa=IN_TRANSIT,
    why="A listener that hands on plain HTTP lets ePHI, and the cookies that open it, cross the network readable.",
    fix=Fix(
        terraform="""
            resource "aws_lb_listener" "phi" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/portal/a1b2c3d4"
              port              = 80
              protocol          = "HTTP"
              default_action {
                type = "redirect"
                redirect {
                  protocol    = "HTTPS"
                  port        = "443"
                  status_code = "HTTP_301"
                }
              }
            }
        """,
        cli="""
            aws elbv2 modify-listener --listener-arn LISTENER_ARN --default-actions \\
              'Type=redirect,RedirectConfig={Protocol=HTTPS,Port=443,StatusCode=HTTP_301}'
            aws elbv2 modify-rule --rule-arn RULE_ARN --actions \\
              'Type=redirect,RedirectConfig={Protocol=HTTPS,Port=443,StatusCode=HTTP_301}'
        """,
        note="The rules of a listener go before its default action: the second command is for a rule that hands on plain "
        "HTTP or redirects to it.",
        not_by_machine="needs an HTTPS listener with a certificate, which is yours to choose",
        consequences=("cuts_access",),
    ),
    peers={
        "prowler": "elbv2_ssl_listeners",
        "aws_config": "alb-http-to-https-redirection-check",
        "powerpipe": "elb_application_lb_redirect_http_request_to_https",
        "cdk_nag": "HIPAA.Security-ALBHttpToHttpsRedirection",
        "checkov": ("CKV_AWS_2", "CKV2_AWS_20"),
        "trivy": "AVD-AWS-0054",
    },
)
def alb_http_redirects_to_https(listener: elbv2.Listener, inventory: Inventory) -> Verdict:
    protocol = listener.protocol
    if protocol is None and elbv2.type_of_balancer(listener, inventory) == "application":
        protocol = "HTTP"
    if protocol not in ("HTTP", "HTTPS"):
        return not_applicable("is not a listener of an application load balancer")
    if protocol == "HTTPS":
        place = _first_place(listener, lambda action: action.redirects_to == "HTTP")
        # AWS's reference says that it refuses this; Terraform plans it nevertheless.
        return passed("serves HTTPS") if place is None else failed(f"serves HTTPS, and redirects to plain HTTP{place}")
    place = _first_place(listener, _hands_on)
    if place is not None:
        return failed(f"answers plain HTTP with more than a redirect to HTTPS{place}")
    return passed("answers plain HTTP with a redirect to HTTPS, or with nothing of its own")


def _first_place(listener: elbv2.Listener, test: Callable[[elbv2.Action], bool]) -> str | None:
    """Where a listener has an action that passes a test, as the end of a message: empty for its default actions.

    Raises:
        Undecided: none certainly passes, and one may.

    """
    places = {"": lambda: listener.default_actions, " in one of its rules": lambda: listener.rule_actions}
    found: list[str] = []

    def passes(place: str) -> bool:
        if some(test, places[place]()):
            found.append(place)
        return bool(found)

    return found[0] if some(passes, places) else None


def _hands_on(action: elbv2.Action) -> bool:
    if action.type == "redirect":
        return action.redirects_to != "HTTPS"
    return action.type != "fixed-response"


@control(
    title="Load balancer listeners refuse TLS older than 1.2",
    severity=HIGH,
    hipaa=IN_TRANSIT,
    why="TLS 1.0 and 1.1 are broken: who sits on the network can read ePHI that was thought encrypted.",
    fix=Fix(
        sets=(
            'aws_lb_listener.ssl_policy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"',
            'aws_alb_listener.ssl_policy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"',
        ),
        given='aws_lb_listener.protocol = "HTTPS"',
        cli="""
            aws elbv2 modify-listener --listener-arn LISTENER_ARN \\
              --ssl-policy ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09
        """,
        consequences=("cuts_access",),
    ),
    peers={"prowler": "elbv2_insecure_ssl_ciphers", "checkov": "CKV_AWS_103", "trivy": "AVD-AWS-0047"},
)
def elbv2_listener_min_tls12(listener: elbv2.Listener) -> Verdict:
    if listener.protocol not in ("HTTPS", "TLS"):
        return not_applicable("does not end TLS")
    oldest = listener.minimum_tls
    if oldest in ("1.2", "1.3"):
        return passed(f"refuses TLS older than {oldest}")
    return failed(f"accepts TLS {oldest}")
