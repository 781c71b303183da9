variable "name" {
  type = string
}

variable "backup_days" {
  type = number
}

variable "deletion_protection" {
  type    = bool
  default = false
}

variable "public" {
  type    = bool
  default = false
}

variable "key_arn" {
  type    = string
  default = null
}

resource "aws_rds_cluster" "this" {
  cluster_identifier                  = var.name
  engine                              = "aurora-postgresql"
  master_username                     = "clinic"
  manage_master_user_password         = true
  storage_encrypted                   = var.key_arn != null
  kms_key_id                          = var.key_arn
  backup_retention_period             = var.backup_days
  deletion_protection                 = var.deletion_protection
  iam_database_authentication_enabled = true
  enabled_cloudwatch_logs_exports     = ["postgresql"]
}

resource "aws_rds_cluster_instance" "this" {
  count               = 2
  identifier          = "${var.name}-${count.index}"
  cluster_identifier  = aws_rds_cluster.this.id
  engine              = aws_rds_cluster.this.engine
  instance_class      = "db.r6g.large"
  publicly_accessible = var.public
}
