variable "region" {
  type    = string
  default = "us-east-1"
}

variable "stage" {
  type    = string
  default = "prod"
}

variable "admin_ip" {
  description = "Network that administrators connect from"
  type        = string
  default     = "0.0.0.0/0"
}

variable "code_bucket" {
  description = "Bucket that the pipeline puts the archives of functions into"
  type        = string
  default     = "riverside-releases"
}

# No default: whoever applies this gives it, so a scan of the source cannot know it.
variable "certificate_arn" {
  type = string
}

variable "database_key_arn" {
  type = string
}
