"""Controls over resources that lack what the providers require."""

from __future__ import annotations

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases

LISTENER = (
    'resource "aws_lb_listener" "phi" {{\n  load_balancer_arn = "arn:x"\n  port = 80\n  protocol = "HTTP"\n{}\n}}\n'
)
REDIRECTS = "alb_http_redirects_to_https"
BALANCER = 'variable "b" {{}}\nresource "aws_lb" "phi" {{\n  access_logs {{\n    {}\n  }}\n}}\n'
WEB_ACL = """
variable "b" {{}}
resource "aws_lb" "phi" {{}}
resource "aws_wafv2_web_acl_association" "phi" {{
  resource_arn = aws_lb.phi.arn
  {}
}}
"""
LOGS, SHIELDED = "elbv2_access_logging_enabled", "alb_waf_attached"
test_left_out_and_not_known = cases(
    Case(REDIRECTS, "no default action", UNKNOWN, terraform=LISTENER.format(""), says="default_action is left out"),
    Case(
        REDIRECTS,
        "an action of no type",
        UNKNOWN,
        terraform=LISTENER.format("default_action {}"),
        says="type is left out",
    ),
    Case(LOGS, "delivered to a variable", PASS, terraform=BALANCER.format("enabled = true\n bucket = var.b")),
    Case(
        LOGS, "delivered to no bucket", UNKNOWN, terraform=BALANCER.format("enabled = true"), says="bucket is left out"
    ),
    Case(LOGS, "turned off, to no bucket", FAIL, terraform=BALANCER.format('enabled = false\n bucket = ""')),
    Case(LOGS, "not known whether turned on", UNKNOWN, terraform=BALANCER.format('enabled = var.b\n bucket = "x"')),
    Case(SHIELDED, "a web ACL by a variable", PASS, terraform=WEB_ACL.format("web_acl_arn = var.b")),
    Case(SHIELDED, "no web ACL", UNKNOWN, terraform=WEB_ACL.format(""), says="web_acl_arn is left out"),
)
