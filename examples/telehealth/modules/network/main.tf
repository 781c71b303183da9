variable "name" {
  type = string
}

variable "cidr" {
  type = string
}

variable "admin_ip" {
  type = string
}

variable "zones" {
  type    = list(string)
  default = ["a", "b"]
}

data "aws_region" "current" {}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

# The subnets keep their numbers by the position of the zone, so that adding a zone moves none.
resource "aws_subnet" "public" {
  count                   = length(var.zones)
  vpc_id                  = aws_vpc.this.id
  cidr_block              = cidrsubnet(var.cidr, 8, count.index)
  availability_zone       = "${data.aws_region.current.id}${var.zones[count.index]}"
  map_public_ip_on_launch = count.index == 0
}

resource "aws_subnet" "database" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(var.cidr, 8, 100 + count.index)
  availability_zone = "${data.aws_region.current.id}${var.zones[count.index]}"
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = aws_subnet.database[*].id
}

resource "aws_security_group" "bastion" {
  name        = "${var.name}-bastion"
  description = "Administrators"
  vpc_id      = aws_vpc.this.id

  dynamic "ingress" {
    for_each = [22]
    content {
      description = "SSH"
      protocol    = "tcp"
      from_port   = ingress.value
      to_port     = ingress.value
      cidr_blocks = [var.admin_ip]
    }
  }
}

resource "aws_security_group" "database" {
  name        = "${var.name}-database"
  description = "Scheduling database"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = aws_security_group.database.id
  description                  = "PostgreSQL from the application"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = aws_security_group.bastion.id
}

output "vpc_id" {
  value = aws_vpc.this.id
}

output "public_subnets" {
  value = aws_subnet.public[*].id
}

output "database_subnet_group" {
  value = aws_db_subnet_group.this.name
}

output "database_security_group_id" {
  value = aws_security_group.database.id
}
