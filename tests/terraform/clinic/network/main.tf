variable "prefix" {}

locals {
  open = aws_security_group.web.id
}

resource "aws_security_group" "database" {
  name        = "${var.prefix}-database"
  description = "Managed by Terraform"
  ingress {
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = ["10.40.0.0/16"]
  }
}

resource "aws_security_group" "web" {
  name        = "${var.prefix}-web"
  description = "Managed by Terraform"
}

resource "aws_vpc_security_group_ingress_rule" "web" {
  for_each          = toset(["443", "22"])
  security_group_id = local.open
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.key)
  to_port           = tonumber(each.key)
}

output "database" {
  value = aws_security_group.database.id
}
