"""The grammar of generated expressions: what ends a branch (`LEAVES`) and what goes on (`BRANCHES`), by kind."""

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

LEAVES: dict[str, list[str]] = {
    "number": [
        *(
            "0",
            "1",
            "2",
            "3",
            "-1",
            "7",
            "10",
            "16",
            "64",
            "255",
            "1.5",
            "0.1",
            "0.2",
            "-2.75",
            "1e3",
            "1.5e-3",
            "1e21",
        ),
        *(
            "100000000000000000000",
            "9007199254740993",
            "3.14159",
            "var.n",
            "var.map.b",
            "var.numbers[2]",
            "local.tree.x.n",
        ),
        *('"12"', '"0.5"', "12345678901234567890", "0.000001", "1e-7", "4294967296"),
    ],
    "small": ["0", "1", "2", "3", "4", "-1", "-2", "var.n", "1.5", '"1"', "5"],
    "text": [
        *(
            '"a"',
            '"abc"',
            '""',
            '"Hello, World"',
            '"  spaced\\t\\n"',
            '"é"',
            '"日本語"',
            '"x,y,,z"',
            '"10"',
            '"true"',
            '"1.50"',
        ),
        *(
            '"a.b.c"',
            '"a\\"q\\\\"',
            '"<&>\'"',
            '"$${no} %%{no}"',
            '"\\u00e9\\U0001F600"',
            '"e\\u0301"',
            "var.t",
            "var.labels.env",
        ),
        *(
            "local.rows[0].n",
            "var.object.a",
            '"line\\nline2\\n"',
            '"CamelCaseText"',
            '"100%"',
            '"a-b_c d/e"',
            '"ß"',
            '"👍🏽x"',
        ),
        *('"null"', '"0x1F"', '"-5"', '"1e3"', '"[]"', '"🇩🇪"', '"/x/"', '"ﬁ"'),
    ],
    "bool": ["true", "false", "var.yes", '"true"', "local.rows[0].o.k", "var.nul == null", '"false"'],
    "null": ["null", "var.nul", "var.none", "var.object.e", "local.rows[1].o.k"],
    "numbers": [
        "[1, 2, 3]",
        "var.numbers",
        "[]",
        "[5]",
        "local.rows[0].v",
        "[1, 2.5, -3]",
        "range(4)",
        "local.rows[1].v",
        "[3, 1, 2]",
    ],
    "texts": [
        '["a", "b"]',
        "var.texts",
        "[]",
        '["b", "a", "b"]',
        '["", "x", ""]',
        '["é", "z", "Z"]',
        "local.rows[*].n",
        "var.object.c",
        "tolist(var.set)",
    ],
    "bools": ["[true, false]", "[]", "[true]", '["true", true]', "[false]"],
    "set": ["var.set", 'toset(["b", "a", "b"])', "toset([])", 'toset(["x"])', "toset([3, 1, 2, 1])", 'toset(["1", 2])'],
    "mapping": ["var.map", "{ a = 1, b = 2 }", "{}", "{ x = 3 }", "tomap({ a = 1, c = 5 })", "{ z = 1, y = 2 }"],
    "labels": [
        "var.labels",
        '{ a = "x", b = "y" }',
        "{}",
        '{ "a b" = "1", c = "" }',
        'tomap({ k = "v" })',
        '{ env = "dev" }',
    ],
    "object": [
        "var.object",
        "local.tree",
        "local.tree.x",
        '{ a = 1, b = "x" }',
        "{ n = null, l = [1, true] }",
        "{}",
        "local.rows[0]",
    ],
    "tuple": [
        '[1, "a"]',
        '[true, 2, "x"]',
        "[[1, 2], [3]]",
        "local.rows",
        "[null]",
        "[null, 1]",
        '["a", ["b", ["c"]]]',
        "[{ a = 1 }, { a = 2 }]",
    ],
    "cidr": [
        '"10.0.0.0/16"',
        '"192.168.1.0/24"',
        '"fd00::/48"',
        '"10.1.2.3/8"',
        '"0.0.0.0/0"',
        '"172.16.0.0/12"',
        '"10.0.0.0/30"',
        '"10.0.0.0"',
        '"::/0"',
    ],
    "base64": ['"aGVsbG8="', '"w6k="', '"aGVsbG8"', '""', '"/+8="', '"eyJhIjoxfQ=="'],
    "json": [
        *(
            '"{\\"b\\":[1,2.50,true,null],\\"a\\":\\"x\\"}"',
            '"[1,\\"a\\"]"',
            '"12"',
            '"null"',
            '"{\\"a\\":{\\"b\\":{}}}"',
            '"{"',
            '"[]"',
        ),
        *('"\\"\\u00e9\\""', '"1e2"', '"{\\"a\\":1,\\"a\\":2}"'),
    ],
    "yaml": [
        *(
            '"a: 1\\nb: [x, 2, true, null]\\n"',
            '"- 1\\n- a: b\\n"',
            '"a: yes\\nb: 0x1f\\nc: 1.5\\n"',
            '"text"',
            '""',
            "\"a: '1'\\nb: |\\n  x\\n  y\\n\"",
        ),
        *('"x: &k {a: 1}\\ny: *k\\n"', '"2020-01-01"', '"a: [1"', '"~"'),
    ],
    "date": [
        '"2024-02-29T13:04:05Z"',
        '"2017-11-22T00:00:00+02:00"',
        '"1999-12-31T23:59:59-08:00"',
        '"2024-02-30T00:00:00Z"',
        '"2024-01-01"',
    ],
    "duration": ['"1h"', '"10m"', '"-36h"', '"1h30m15s"', '"1.5h"', '"100ms"', '"x"'],
    "layout": [
        '"YYYY-MM-DD"',
        '"DD MMM YYYY hh:mm ZZZ"',
        '"EEEE, DD-MMM-YY HH:mm:ss AA"',
        "\"hh'h'mm\"",
        '"M/D/YY h:m:s aa Z"',
        "\"YYYYMMDD'T'hhmmssZZZZZ\"",
    ],
    "pattern": [
        *(
            '"[a-z]+"',
            '"(\\\\d+)"',
            '"^a(b)?c$"',
            '"(?P<k>\\\\w)-?"',
            '"x*"',
            '"[^,]+"',
            '"(?i)HELLO"',
            '"."',
            '"(a)|(b)"',
            '"\\\\."',
            '"["',
        ),
    ],
    "verbs1": [
        '"%s"',
        '"%v"',
        '"%q"',
        '"%5s|"',
        '"%-8s|"',
        '"%.2s"',
        '"%08v"',
        '"%%%s"',
        '"a%sb%[1]s"',
        '"%#v"',
        '"%3v"',
        '"x"',
    ],
    "verbsn": [
        '"%d"',
        '"%05d"',
        '"%+d"',
        '"%x"',
        '"%X"',
        '"%o"',
        '"%b"',
        '"%f"',
        '"%.2f"',
        '"%8.3f"',
        '"%e"',
        '"%g"',
        '"%G"',
        '"%E"',
        '"%v"',
        '"%s"',
        '"% d"',
        '"%-6d|"',
        '"%#x"',
        '"%t"',
    ],
    "csv": ['"a,b\\n1,2\\n3,\\"x,y\\"\\n"', '"a,a\\n1,2"', '"a\\n"', '"a,b\\n1\\n"', '""'],
    "charset": ['"UTF-8"', '"utf-16le"', '"iso-8859-1"', '"US-ASCII"', '"windows-1252"', '"nope"'],
}

_TYPED = ("number", "text", "bool", "numbers", "texts", "set", "mapping", "labels", "object", "tuple")

BRANCHES: dict[str, list[str]] = {
    "any": [f"‹{kind}›" for kind in (*_TYPED, *_TYPED, "bools", "null")],
    "small": ["length(‹texts›)"],
    "number": [
        *(f"‹number› {operator} ‹number›" for operator in ("+", "-", "*", "/", "%")),
        *(
            "-‹number›",
            "(‹number›)",
            "‹bool› ? ‹number› : ‹number›",
            "‹numbers›[‹small›]",
            "‹mapping›[‹text›]",
            "‹mapping›.a",
        ),
        *(
            "abs(‹number›)",
            "ceil(‹number›)",
            "floor(‹number›)",
            "signum(‹small›)",
            "max(‹number›, ‹number›)",
            "min(‹number›, ‹number›, ‹number›)",
        ),
        *(
            "max(‹numbers›...)",
            "min(‹numbers›...)",
            "sum(‹numbers›)",
            "pow(‹small›, ‹small›)",
            "log(‹number›, ‹small›)",
            "parseint(‹text›, 16)",
        ),
        *(
            'parseint("‹digits›", ‹base›)',
            "tonumber(‹text›)",
            "tonumber(‹number›)",
            "length(‹numbers›)",
            "length(‹text›)",
            "length(‹any›)",
        ),
        *(
            "index(‹texts›, ‹text›)",
            "lookup(‹mapping›, ‹text›, ‹number›)",
            "try(‹number›, 0)",
            "try(‹any›.x, ‹number›)",
            "coalesce(‹number›, 1)",
        ),
        *(
            "element(‹numbers›, ‹small›)",
            "one(‹numbers›)",
            "nonsensitive(sensitive(‹number›))",
            "timecmp(‹date›, ‹date›)",
            "sum([‹number›, ‹number›])",
        ),
    ],
    "bits": ["0", "1", "2", "3", "4", "8", "16", "1.5", "length(‹texts›)"],
    "digits": ["0", "1", "7f", "-101", "zz", "0777", "FF", "+12", "1_0", "9223372036854775808"],
    "base": ["2", "8", "10", "16", "36", "62", "1"],
    "text": [
        *(
            '"‹part›"',
            '"‹part›‹part›"',
            '"a‹part›b‹part›c"',
            "‹bool› ? ‹text› : ‹text›",
            "‹texts›[‹small›]",
            "‹labels›[‹text›]",
            "‹labels›.env",
        ),
        *(
            "upper(‹text›)",
            "lower(‹text›)",
            "title(‹text›)",
            "strrev(‹text›)",
            "trimspace(‹text›)",
            "chomp(‹text›)",
            "trim(‹text›, ‹text›)",
        ),
        *(
            "trimprefix(‹text›, ‹text›)",
            "trimsuffix(‹text›, ‹text›)",
            "replace(‹text›, ‹text›, ‹text›)",
            'replace(‹text›, "/[a-c]/", ‹text›)',
        ),
        *(
            'replace(‹text›, "/(\\\\w)(\\\\w)/", "$2$1")',
            "substr(‹text›, ‹small›, ‹small›)",
            "indent(‹small›, ‹text›)",
            "join(‹text›, ‹texts›)",
        ),
        *(
            'join("-", ‹texts›, ‹texts›)',
            'join(",", ‹numbers›)',
            "format(‹verbs1›, ‹any›)",
            "format(‹verbsn›, ‹number›)",
            'format("%s-%s", ‹text›, ‹number›)',
        ),
        *(
            'format("%[2]s%[1]s", ‹text›, ‹bool›)',
            "format(‹verbs1›, ‹text›)",
            "regex(‹pattern›, ‹text›)",
            "tostring(‹text›)",
            "tostring(‹number›)",
            "tostring(‹bool›)",
        ),
        *(
            "base64encode(‹text›)",
            "base64decode(‹base64›)",
            "base64decode(base64encode(‹text›))",
            "jsonencode(‹any›)",
            "yamlencode(‹any›)",
            "urlencode(‹text›)",
        ),
        *(
            "md5(‹text›)",
            "sha1(‹text›)",
            "sha256(‹text›)",
            "sha512(‹text›)",
            "base64sha256(‹text›)",
            "base64sha512(‹text›)",
            'uuidv5("dns", ‹text›)',
        ),
        *(
            "textencodebase64(‹text›, ‹charset›)",
            "textdecodebase64(‹base64›, ‹charset›)",
            "cidrhost(‹cidr›, ‹small›)",
            "cidrnetmask(‹cidr›)",
        ),
        *(
            "cidrsubnet(‹cidr›, ‹bits›, ‹bits›)",
            "formatdate(‹layout›, ‹date›)",
            "timeadd(‹date›, ‹duration›)",
            "element(‹texts›, ‹small›)",
        ),
        *(
            "coalesce(‹text›, ‹text›)",
            "coalesce(‹null›, ‹text›)",
            "lookup(‹labels›, ‹text›, ‹text›)",
            "one(‹texts›)",
            "try(‹text›, ‹text›)",
            "basename(‹text›)",
        ),
        *(
            "dirname(‹text›)",
            "templatestring(var.template, { a = ‹text›, l = ‹texts› })",
            "sort(‹texts›)[0]",
            "keys(‹labels›)[0]",
            "‹texts›[length(‹texts›) - 1]",
        ),
    ],
    "part": [
        *(
            "${‹text›}",
            "${‹number›}",
            "${‹bool›}",
            "${~ ‹text› ~}",
            " ${~ ‹number› } ",
            "%{ if ‹bool› }y%{ else }${‹text›}%{ endif }",
        ),
        *(
            "%{ for x in ‹texts› }<${‹text+x=text›}>%{ endfor }",
            "%{ for k, v in ‹mapping› ~} ${k}=${‹number+v=number›} %{ endfor ~}",
        ),
        *(
            "%{ if ‹bool› ~} a %{ endif ~} ",
            "lit é\\n",
            "%{ for i, x in ‹numbers› }${i}:${x},%{ endfor }",
            "$${x}",
            "%%{if}",
            " $ % ",
            '\\t\\"q\\"',
            "${‹any›}",
        ),
    ],
    "bool": [
        *(f"‹number› {operator} ‹number›" for operator in ("<", ">", "<=", ">=", "==", "!=")),
        *(
            "‹text› == ‹text›",
            "‹any› == ‹any›",
            "‹any› != ‹any›",
            "‹any› == null",
            "‹bool› && ‹bool›",
            "‹bool› || ‹bool›",
            "!‹bool›",
            "‹bool› ? ‹bool› : ‹bool›",
        ),
        *(
            "contains(‹texts›, ‹text›)",
            "contains(‹numbers›, ‹number›)",
            "contains(‹set›, ‹text›)",
            "alltrue(‹bools›)",
            "anytrue(‹bools›)",
            "startswith(‹text›, ‹text›)",
        ),
        *(
            "endswith(‹text›, ‹text›)",
            "strcontains(‹text›, ‹text›)",
            "can(‹any›)",
            "can(‹object›.a.b)",
            "can(‹numbers›[‹small›])",
            "can(regex(‹pattern›, ‹text›))",
        ),
        *(
            "tobool(‹text›)",
            "tobool(‹bool›)",
            "‹texts› == ‹texts›",
            "‹mapping› == ‹mapping›",
            "‹set› == ‹set›",
            "‹tuple› == ‹tuple›",
            "can(tonumber(‹text›))",
        ),
        *(
            "length(‹any›) > 0",
            "contains(keys(‹object›), ‹text›)",
            "contains(‹tuple›, ‹any›)",
            "try(‹bool›, false)",
            "lookup(‹labels›, ‹text›, null) == null",
        ),
    ],
    "null": [
        "‹bool› ? null : null",
        "try(‹any›.missing, null)",
        'lookup(‹labels›, "zz", null)',
        "one([])",
        "tostring(null)",
        "tolist(null)",
    ],
    "bools": [
        "[for x in ‹numbers› : x > ‹number›]",
        "[‹bool›, ‹bool›]",
        "values({ a = ‹bool›, b = ‹bool› })",
        "‹bool› ? ‹bools› : ‹bools›",
    ],
    "numbers": [
        *(
            "[‹number›, ‹number›]",
            "[for x in ‹numbers› : ‹number+x=number›]",
            "[for i, x in ‹texts› : ‹number+i=number›]",
            "[for x in ‹numbers› : x if ‹bool+x=number›]",
        ),
        *(
            "concat(‹numbers›, ‹numbers›)",
            "reverse(‹numbers›)",
            "slice(‹numbers›, ‹small›, ‹small›)",
            "distinct(‹numbers›)",
            "flatten([‹numbers›, [‹numbers›]])",
        ),
        *(
            "range(‹small›)",
            "range(‹small›, ‹small›)",
            "range(‹small›, ‹number›, ‹small›)",
            "tolist(‹numbers›)",
            "values(‹mapping›)",
            "‹bool› ? ‹numbers› : ‹numbers›",
        ),
        *(
            "local.rows[*].v[0]",
            "flatten(local.rows[*].v)",
            "[for k, v in ‹mapping› : ‹number+v=number›]",
            "[for r in local.rows : length(r.v)]",
            "‹number›[*]",
        ),
        *(
            "matchkeys(‹numbers›, ‹texts›, ‹texts›)",
            "coalescelist(‹numbers›, ‹numbers›)",
            "chunklist(‹numbers›, ‹small›)[0]",
            "setproduct(‹numbers›, ‹numbers›)[0]",
        ),
    ],
    "texts": [
        *(
            "[‹text›, ‹text›]",
            "[for x in ‹texts› : ‹text+x=text›]",
            "[for x in ‹set› : ‹text+x=text›]",
            '[for k, v in ‹labels› : "${k}${v}" if ‹bool+v=text›]',
        ),
        *(
            "split(‹text›, ‹text›)",
            'split(",", ‹text›)',
            "concat(‹texts›, ‹texts›)",
            "sort(‹texts›)",
            "reverse(‹texts›)",
            "distinct(‹texts›)",
            "compact(‹texts›)",
            "keys(‹labels›)",
        ),
        *(
            "keys(‹object›)",
            "values(‹labels›)",
            "tolist(‹set›)",
            "tolist(‹texts›)",
            "regexall(‹pattern›, ‹text›)",
            "slice(‹texts›, 0, ‹small›)",
            "formatlist(‹verbs1›, ‹texts›)",
        ),
        *(
            'formatlist("%s=%s", ‹texts›, ‹text›)',
            "cidrsubnets(‹cidr›, ‹bits›, ‹bits›)",
            "‹bool› ? ‹texts› : ‹texts›",
            "‹bool› ? ‹texts› : []",
            "coalescelist(‹texts›, ‹texts›)",
        ),
        *(
            "‹text›[*]",
            "‹null›[*]",
            "local.rows.*.n",
            "[for o in values(local.tree) : o.t]",
            "flatten([‹texts›, ‹texts›])",
            "matchkeys(‹texts›, ‹numbers›, ‹numbers›)",
            "sort(‹set›)",
        ),
        *(
            "setunion(‹texts›, ‹texts›)",
            "values(local.tree)[*].t",
            "tolist([‹text›, ‹number›])",
            "[for x in ‹numbers› : tostring(x)]",
            "try(‹texts›, [])",
            'transpose({ a = ‹texts› })["x"]',
        ),
    ],
    "set": [
        *(
            "toset(‹texts›)",
            "toset(‹numbers›)",
            "setunion(‹set›, ‹set›)",
            "setintersection(‹set›, ‹set›)",
            "setsubtract(‹set›, ‹set›)",
            "toset(keys(‹mapping›))",
        ),
        *(
            "toset([for x in ‹texts› : ‹text+x=text›])",
            "toset([‹any›, ‹any›])",
            "toset(‹bools›)",
            "setproduct(‹set›, ‹set›)",
            "‹bool› ? ‹set› : ‹set›",
            "toset(local.rows[*].n)",
        ),
        *("toset([{ a = ‹number› }, { a = ‹number› }])", "toset([‹texts›, ‹texts›])", "‹bool› ? ‹set› : toset([])"),
    ],
    "mapping": [
        *(
            "{ a = ‹number›, b = ‹number› }",
            "{ for x in ‹texts› : x => length(x) }",
            "{ for x in distinct(‹texts›) : x => ‹number+x=text› }",
            "{ for k, v in ‹mapping› : upper(k) => ‹number+v=number› }",
        ),
        *(
            "{ for k, v in ‹mapping› : k => v if ‹bool+v=number› }",
            "merge(‹mapping›, ‹mapping›)",
            "merge(‹mapping›, { a = ‹number› })",
            "zipmap(‹texts›, ‹numbers›)",
            "tomap(‹mapping›)",
        ),
        *(
            "‹bool› ? ‹mapping› : ‹mapping›",
            "‹bool› ? ‹mapping› : {}",
            "{ (‹text›) = ‹number› }",
            '{ "${‹text›}x" = ‹number›, c = 1 }',
            "{ for i, x in ‹texts› : x => i... }",
            "try(‹mapping›, {})",
        ),
        *(
            "{ for x in ‹numbers› : x => x * 2 }",
            "tomap({ a = ‹number›, b = ‹text› })",
            "{ for k in ‹set› : k => ‹number› }",
        ),
    ],
    "labels": [
        *(
            "{ a = ‹text›, b = ‹text› }",
            "{ for k, v in ‹labels› : ‹text+k=text› => v }",
            "merge(‹labels›, ‹labels›)",
            "merge(‹labels›, ‹mapping›)",
            "tomap(‹labels›)",
            "‹bool› ? ‹labels› : ‹labels›",
        ),
        *(
            "‹bool› ? ‹labels› : {}",
            "zipmap(‹texts›, ‹texts›)",
            "{ for x in ‹texts› : x => upper(x)... }",
            "{ for r in local.rows : r.n => jsonencode(r.v) }",
            "{ for k, v in local.tree : k => v.t }",
            "‹bool› ? ‹labels› : null",
        ),
    ],
    "object": [
        *(
            "{ a = ‹any›, b = ‹any› }",
            "{ k = ‹text›, l = ‹texts›, m = { n = ‹number› } }",
            "merge(‹object›, ‹object›)",
            "‹bool› ? ‹object› : ‹object›",
            "‹bool› ? ‹object› : null",
        ),
        *(
            "jsondecode(‹json›)",
            "jsondecode(jsonencode(‹any›))",
            "yamldecode(‹yaml›)",
            "yamldecode(yamlencode(‹any›))",
            "{ for k, v in ‹object› : k => v }",
            "{ for k, v in ‹object› : k => v if v != null }",
        ),
        *(
            "transpose({ a = ‹texts›, b = ‹texts› })",
            'regex("(?P<a>.)(?P<b>.*)", ‹text›)',
            "local.tree[‹text›]",
            "csvdecode(‹csv›)",
            "try(‹object›.a, ‹object›)",
            "zipmap(‹texts›, ‹tuple›)",
        ),
        *(
            "{ for r in local.rows : r.n => { v = r.v, t = ‹text+r=object› } }",
            "{ for k, v in ‹object› : v => k... }",
            "{ true = ‹any›, null = ‹any›, 1 = ‹any› }",
        ),
    ],
    "tuple": [
        *(
            "[‹any›, ‹any›]",
            "[‹any›]",
            "concat(‹tuple›, ‹tuple›)",
            "concat(‹texts›, ‹numbers›)",
            "reverse(‹tuple›)",
            "slice(‹tuple›, 0, 1)",
            "flatten(‹tuple›)",
            "distinct(‹tuple›)",
            "values(‹object›)",
        ),
        *(
            "‹bool› ? ‹tuple› : ‹tuple›",
            "‹bool› ? ‹tuple› : []",
            "tolist(‹tuple›)",
            "[for x in ‹tuple› : x]",
            "[for k, v in ‹object› : { key = k, value = v }]",
            "[for i, x in ‹tuple› : [i, x]]",
            "local.rows[*].o.k",
        ),
        *(
            "local.rows[*]",
            "‹tuple›[*]",
            "‹object›[*]",
            "chunklist(‹texts›, ‹small›)",
            "setproduct(‹texts›, ‹numbers›)",
            "csvdecode(‹csv›)",
            '[for r in local.rows : [for v in r.v : "${r.n}${v}"]]',
        ),
        *(
            "jsondecode(‹json›)",
            "compact(‹tuple›)",
            "coalescelist(‹tuple›, ‹texts›)",
            'regexall("(.)(.)", ‹text›)',
            "[‹bool› ? ‹any› : ‹any›, ‹any›]",
            "[‹null› == null ? ‹number› : ‹text›]",
        ),
    ],
}

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

_UNKNOWN: dict[str, list[str]] = {
    "number": ["local.count", "local.count", "local.half.b", "local.keyed[local.id]", "local.late.n"],
    "small": ["local.count"],
    "text": [
        "local.id",
        "local.id",
        "local.half.a",
        '"x-${local.id}"',
        '"${local.id}/*"',
        "local.parts[0]",
        "local.some[1]",
        "local.late.t",
    ],
    "bool": ["local.on", "local.off", "local.on"],
    "null": ["local.none", "local.off ? 1 : null"],
    "numbers": ["[local.count, 1]", "[for x in local.parts : length(x)]", "range(local.count)"],
    "texts": ["local.parts", "local.some", "local.some", "[local.id]", "local.late.l", "[local.none]"],
    "bools": ["[local.on, false]", "[local.off]", "[true, local.on]"],
    "set": ["local.set", "toset([local.id])", "toset(local.some)"],
    "mapping": ["local.keyed", "{ a = local.count }", "{ for x in local.some : x => 1 }"],
    "labels": ["local.half", "{ k = local.id }", "{ (local.id) = local.id }", 'local.on ? { a = "x" } : {}'],
    "object": [
        "local.half",
        "{ n = local.none, i = local.id }",
        'jsondecode(local.on ? "{}" : "[]")',
        "terraform_data.shown.input",
    ],
    "tuple": ["[local.id, 1]", "[local.half, local.half]", "[[local.id], local.parts]"],
}

UNKNOWN_LEAVES = {
    kind: [*texts[:8], *_UNKNOWN.get(kind, ()), *_UNKNOWN.get(kind, ())] for kind, texts in LEAVES.items()
}
"""Leaves of which about half are known only after apply."""
