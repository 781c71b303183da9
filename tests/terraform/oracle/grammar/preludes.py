"""The variables and local values that generated expressions speak of: all known, and about half known only after apply."""

from __future__ import annotations

PRELUDE = r"""
variable "t" { default = "abc" }
variable "n" { default = 5 }
variable "yes" { default = true }
variable "nul" { default = null }
variable "texts" {
  type    = list(string)
  default = ["x", "y", "x", "10"]
}
variable "numbers" {
  type    = list(number)
  default = [3, 1, 2.5, "10"]
}
variable "set" {
  type    = set(string)
  default = ["b", "a", "é", "B"]
}
variable "map" {
  type    = map(number)
  default = { b = 2, a = "1" }
}
variable "labels" {
  type    = map(string)
  default = { env = "prod", n = 7 }
}
variable "object" {
  type = object({ a = string, b = optional(number, 7), c = optional(list(string), ["d"]), e = optional(bool) })
  default = { a = 1, zzz = 4 }
}
variable "template" { default = "<$${a}> %%{ for x in l ~}$${x},%%{ endfor }" }
variable "none" {
  type    = list(string)
  default = null
}
locals {
  rows = [{ n = "a", v = [1, 2], o = { k = true } }, { n = "b", v = [], o = { k = null } }]
  tree = { x = { n = 1, t = "one" }, y = { n = 2, t = "two" } }
}
"""

UNKNOWN_PRELUDE = (
    PRELUDE
    + r"""
resource "terraform_data" "seed" {}
resource "terraform_data" "shown" { input = { n = 4, t = "late", l = ["a"] } }
locals {
  id    = terraform_data.seed.id
  count = length(local.id)
  on    = length(local.id) > 3
  off   = length(local.id) > 99
  parts = split("-", local.id)
  set   = toset(local.parts)
  keyed = { (local.id) = 1 }
  half  = { a = local.id, b = 2 }
  some  = ["a", local.id, "c"]
  none  = local.on ? null : "x"
  late  = terraform_data.shown.output
}
"""
)
