"""Credentials that are known by their form: a table of what vendors give out, and of texts that carry a login.

Each row has the texts of which one must occur before its expression is tried, so that a text without any costs little.
An identifier that gives no access alone is in no row, with two exceptions: an AWS access key id and the SID of a Twilio
key are the half of a credential that has a form, and nobody writes it down without the other half.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from hipaa_guard.lean import regex

_START = r"(?<![A-Za-z0-9_-])"
_END = r"(?![A-Za-z0-9])"


def _token(form: str) -> re.Pattern[str]:
    """A word by itself, which is no part of a longer one."""
    return regex(f"{_START}(?:{form}){_END}")


# Name, the texts of which one occurs in it, and the form. A comment names the page of the vendor by which the form, or
# as much of it as is said, was checked (2026-11-30, in stored copies). "In use": no page of the vendor with the form
# was found; the form is that of tokens in public files.
_TOKENS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    # IAM user guide, "Understanding unique ID prefixes"
    (
        "an AWS access key id",
        ("AKIA", "ASIA"),
        regex(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])"),
    ),
    # Amazon Bedrock user guide, "API keys": long-term ones; short-term ones are a signed URL, which AWS's own token
    # generators encode behind a prefix
    ("an Amazon Bedrock API key", ("ABSK",), _token(r"ABSK[A-Za-z0-9+/]{100,300}={0,2}")),
    ("an Amazon Bedrock API key", ("bedrock-api-key-",), _token(r"bedrock-api-key-[A-Za-z0-9+/]{100,8000}={0,2}")),
    # RFC 7468; RFC 4880 for PGP; PuTTY manual, "PPK file format"; the README of age
    ("a private key", ("PRIVATE KEY",), regex(r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----")),
    ("a private key", ("PuTTY-User-Key-File",), regex(r"PuTTY-User-Key-File-\d+:")),
    ("a private key", ("AGE-SECRET-KEY-1",), _token(r"AGE-SECRET-KEY-1[A-Z0-9]{58}")),
    # GitHub changelog 2021-03-31, "Authentication token format updates"; GitHub docs, "Generating an installation
    # access token": since 2026-04-27 those of apps are ghs_APPID_JWT, with dots and of some 520 characters
    ("a GitHub token", ("ghp_", "gho_", "ghu_", "ghr_"), _token(r"gh[pour]_[A-Za-z0-9_]{36,255}")),
    ("a GitHub token", ("ghs_",), _token(r"ghs_[A-Za-z0-9._-]{36,2000}")),
    ("a GitHub token", ("github_pat_",), _token(r"github_pat_[A-Za-z0-9_]{22,255}")),
    # GitLab docs, "Token overview", section "Token prefixes"
    (
        "a GitLab token",
        ("gl",),
        _token(
            r"gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|wt|soat|ffct)-[A-Za-z0-9_.=-]{20,300}|GR1348941[A-Za-z0-9_-]{20}"
        ),
    ),
    # Slack docs, "Tokens" (xwfp- for workflows), and "Sending messages using incoming webhooks"
    ("a Slack token", ("xox",), _token(r"(?:xoxe\.)?xox[abeoprs]-[0-9][0-9A-Za-z-]{20,300}")),
    ("a Slack token", ("xwfp-",), _token(r"xwfp-[0-9A-Za-z-]{20,300}")),
    ("a Slack token", ("xapp-",), _token(r"xapp-\d-[A-Z0-9]{8,20}-\d{8,20}-[0-9a-f]{32,80}")),
    (
        "a Slack webhook",
        ("hooks.slack",),
        regex(r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[A-Za-z0-9]+/[A-Za-z0-9]+/[A-Za-z0-9]{10,}"),
    ),
    # In use
    (
        "a Discord webhook",
        ("/api/webhooks/",),
        regex(r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{15,25}/[\w-]{30,}"),
    ),
    (
        "a Teams webhook",
        (".webhook.office.com",),
        regex(r"\.webhook\.office\.com/webhookb2/[\w@-]+/IncomingWebhook/\w{20,}"),
    ),
    (
        "a Google Chat webhook",
        ("chat.googleapis.com",),
        regex(r"chat\.googleapis\.com/v1/spaces/[\w-]+/messages\?[^\s\"']{0,200}token=[\w%-]{20,}"),
    ),
    # In use
    ("a Telegram token", (":AA",), _token(r"\d{8,10}:AA[A-Za-z0-9_-]{33}")),
    # Stripe docs, "API keys" (sk_org_ for organizations):
    # publishable keys (pk_) are no secret, test keys (sk_test_) reach no live data
    ("a Stripe key", ("_live_",), _token(r"[sr]k_live_[A-Za-z0-9]{10,250}")),
    ("a Stripe key", ("sk_org_",), _token(r"sk_org_(?!test_)[A-Za-z0-9_]{16,250}")),
    ("a Stripe webhook secret", ("whsec_",), _token(r"whsec_[A-Za-z0-9+/]{24,100}={0,2}")),
    # Twilio docs, "API Keys" of SendGrid: 69 characters, their parts in use; Twilio docs, "REST API: Key resource":
    # ^SK[0-9a-fA-F]{32}$
    ("a SendGrid key", ("SG.",), _token(r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}")),
    ("a Twilio key", ("SK",), _token(r"SK[0-9a-fA-F]{32}")),
    # In use; Microsoft Purview's "Google API key" has the first one
    ("a Google API key", ("AIza",), _token(r"AIza[0-9A-Za-z_-]{35}")),
    ("a Google OAuth secret", ("GOCSPX-",), _token(r"GOCSPX-[0-9A-Za-z_-]{28}")),
    # GitHub blog 2021-09-23, "Announcing npm's new access token format": that of GitHub; the next two in use
    ("an npm token", ("npm_",), _token(r"npm_[A-Za-z0-9]{36}")),
    ("a PyPI token", ("pypi-",), _token(r"pypi-(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{32,500}")),
    ("a RubyGems key", ("rubygems_",), _token(r"rubygems_[0-9a-f]{48}")),
    # Azure docs, "Configure Azure Storage connection strings": the name of the part; keys and signatures in use
    ("an Azure account key", ("AccountKey=",), regex(r"AccountKey=[A-Za-z0-9+/]{43,88}={0,2}")),
    ("an Azure access signature", ("sig=",), regex(r"[?&;]sig=[A-Za-z0-9%+/]{40,120}(?:=|%3[dD])")),
    # DigitalOcean release note 2022-03-29: the prefixes; Shopify changelog 2020-04-01, "Length of the Shopify access
    # token is increasing": shpat, shpca, shppa, 32 characters; Shopify's staff in its forum: shpua; Databricks in use
    ("a DigitalOcean token", ("_v1_",), _token(r"do[opr]_v1_[0-9a-f]{64}")),
    ("a Shopify token", ("shp",), _token(r"shp(?:at|ca|pa|ss|tka|ua)_[0-9a-fA-F]{32}")),
    ("a Databricks token", ("dapi",), _token(r"dapi[0-9a-f]{32}(?:-\d)?")),
    # In use
    ("a Vault token", ("hvs.", "hvb.", "hvr."), _token(r"hv[sbr]\.[A-Za-z0-9_-]{24,1000}")),
    ("an HCP Terraform token", (".atlasv1.",), _token(r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,80}")),
    # In use
    (
        "an OpenAI key",
        ("sk-",),
        _token(r"sk-(?:proj|svcacct|admin)-[\w-]{20,300}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}"),
    ),
    ("an Anthropic key", ("sk-ant-",), _token(r"sk-ant-[a-z]{3,6}\d{2}-[\w-]{20,300}")),
    ("a Hugging Face token", ("hf_",), _token(r"hf_[A-Za-z0-9]{34,64}")),
    ("a Docker token", ("dckr_",), _token(r"dckr_(?:pat|oat)_[\w-]{27,40}")),
    # New Relic blog, "Managing New Relic keys with NerdGraph"; Grafana docs, "Create a service account token": the
    # prefix; Atlassian support, "Manage API tokens": no fixed length; the prefixes of Postman and Atlassian in use
    ("a New Relic key", ("NRAK-",), _token(r"NRAK-[A-Z0-9]{27}")),
    ("a Grafana token", ("glsa_",), _token(r"glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}")),
    ("a Postman key", ("PMAK-",), _token(r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}")),
    ("an Atlassian token", ("ATATT3", "ATCTT3"), _token(r"AT[AC]TT3[\w=-]{60,300}")),
    # Pulumi blog, "GitHub And Pulumi Join Forces": the prefix; Doppler's CLI: dp.said. of short-lived tokens; the
    # others in use
    ("a Mailchimp key", ("-us",), _token(r"[0-9a-f]{32}-us\d{1,2}")),
    ("a Square token", ("sq0",), _token(r"sq0(?:atp|csp)-[\w-]{22,43}")),
    ("a Doppler token", ("dp.",), _token(r"dp\.(?:pt|st|ct|sa|said|scim|audit)\.[\w.-]{40,80}")),
    ("a Sentry token", ("sntry",), _token(r"sntrys_eyJ[\w+/=-]{40,500}|sntryu_[0-9a-f]{64}")),
    ("a Pulumi token", ("pul-",), _token(r"pul-[0-9a-f]{40}")),
    # RFC 7519 and RFC 7515: header, claims and signature
    (
        "a signed token (JWT)",
        ("eyJ",),
        regex(r"(?<![\w-])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,8000}\.[\w-]{16,2000}"),
    ),
)

_V = r"\\?[\"']?(?P<v>[^\s\"'\\]{1,500})"
"""A value: its quotes, if any, and the text."""
_REST = r"[^\n|;]{0,300}?"
"""The text between a command and its option: within the command, and not far."""
_PIPED = r"(?:echo|printf)[ \t]+(?:-\w+[ \t]+)*[\"']?(?P<v>[^\s\"'|]{1,200})[\"']?[ \t]*\|[ \t]*"
_SUDO = r"(?:sudo[ \t]+)?"
_ASKS = r"(?:realm[ \t]+join|adcli|kinit)"
_USER = r"[^\s:/\"'$=]{1,100}"
_NO_PORT = r"(?!\d{1,5}(?![^\s\"']))"
"""No number of a port: ``--auth records:8443`` names a host."""
_MOUNTED = r"(?:[^\s\"',]{1,200},){0,20}(?:password2?|passwd|pass)=(?P<v>[^\s\"',\\]{1,200})"
_SCHEME = r"(?i:[\w-]{0,30}(?:token|key|bearer|basic)|splunk|ssws|bot|oauth)"
"""Schemes of the header Authorization that vendors document: GenieKey, Api-Token, Zoho-oauthtoken and so on."""

# Texts that carry a login: the name, the texts of which one occurs, and the form with the value as `v`. The value must
# be a literal: `$PASSWORD` is none. From the manuals of the commands, RFC 3986 (userinfo) and RFC 7617 (Basic).
_LOGINS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "an AWS secret access key",
        ("key", "Key", "KEY"),
        regex(
            r"(?i:secret_?(?:access_?)?key)\\?[\"']?(?:\s*[:=]\s*|\s+)\\?[\"']?"
            r"(?P<v>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
        ),
    ),
    (
        "a URL with a password",
        ("://",),
        regex(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s/:@\"'<>]{0,200}:(?P<v>[^\s/@\"'<>]{1,200})@"),
    ),
    ("a URL with a password", ("jdbc:oracle",), regex(r"jdbc:oracle:\w+:[\w.$#-]{1,64}/(?P<v>[^\s@\"']{1,200})@")),
    (
        "a URL with a password",
        ("@tcp(", "@unix("),
        regex(r"(?<![\w/.:-])[\w.-]{1,64}:(?P<v>[^\s@\"']{1,200})@(?:tcp|unix)\("),
    ),
    (
        "a login in a header",
        ("uthorization", "UTHORIZATION"),
        regex(
            r"(?i:authorization)\\?[\"']?[ \t]*[:=][ \t]*\\?[\"']?"
            rf"{_SCHEME}[ \t]+(?P<v>[\w.~+/=$<{{%-]{{8,2000}})"
        ),
    ),
    # Fluent Bit manual, "HTTP" and "Splunk" outputs: a name and its value, with blanks between them
    (
        "a login in a header",
        ("eader",),
        regex(rf"(?i:header[ \t\"':=]{{1,6}}authorization)[ \t]+{_SCHEME}[ \t]+(?P<v>[\w.~+/=$<{{%-]{{8,2000}})"),
    ),
    ("a token", ("plunk_", "PLUNK_"), regex(rf"(?:^|\n)[ \t]*(?i:splunk_token)[ \t]+{_V}[ \t]*(?:[\r\n]|$)")),
    ("a password", ("asswd",), regex(rf"(?:^|\n)[ \t]*(?i:http_passwd)[ \t]+{_V}[ \t]*(?:[\r\n]|$)")),
    ("a login of a registry", ('"auth',), regex(r"\\?\"auth\\?\"\s*:\s*\\?\"(?P<v>[A-Za-z0-9+/]{8,2000}={0,2})\\?\"")),
    ("a password", ("machine",), regex(rf"\bmachine\s+\S+\s+login\s+\S+\s+password\s+{_V}")),
    ("a password", (".pgpass",), regex(r"(?<![\w.-])[\w.*-]+:(?:\d{1,5}|\*):[\w*-]+:[\w*-]+:(?P<v>[^\s\"']{1,200})")),
    ("a password", ("mysql", "mariadb"), regex(rf"\b(?:mysql|mariadb)[\w-]*[ \t]{_REST}(?<=\s)-p{_V}")),
    ("a password", ("sshpass",), regex(rf"\bsshpass[ \t]+-p[ \t]*{_V}")),
    (
        "a password",
        ("curl", "wget", "http"),
        regex(
            rf"\b(?:curl|wget|https?)[ \t]{_REST}(?<=\s)"
            rf"(?:-u|-U|--user|--proxy-user)[ \t=]*[\"']?[^\s:\"'$]{{1,100}}:{_V}"
        ),
    ),
    # Options and variables that take a user with the password: ngrok, Flower, HTTPie, Skopeo, etcdctl, Neo4j
    (
        "a password",
        ("auth", "AUTH", "Auth"),
        regex(
            r"(?i:(?<![A-Za-z])(?:basic|http|proxy)[_-]?auth)\\?[\"']?"
            rf"(?:[ \t]*[=:][ \t]*|[ \t]+)\\?[\"']?{_USER}:{_NO_PORT}{_V}"
        ),
    ),
    (
        "a password",
        ("--auth", "creds"),
        regex(rf"(?<!\S)--(?:auth|(?:src-|dest-)?creds)[ \t=]+[\"']?{_USER}:{_NO_PORT}{_V}"),
    ),
    ("a password", ("http",), regex(rf"\bhttps?[ \t]{_REST}(?<=\s)-a[ \t]*[\"']?{_USER}:{_NO_PORT}{_V}")),
    ("a password", ("etcdctl",), regex(rf"\betcdctl[ \t]{_REST}(?<=\s)--user[ \t=]+[\"']?{_USER}:{_V}")),
    ("a password", ("NEO4J_AUTH",), regex(rf"NEO4J_AUTH[\"']?[ \t]*[=:][ \t]*[\"']?{_USER}/{_V}")),
    # Redis docs, "redis-cli": REDISCLI_AUTH; the others in use. A word says how clients sign in.
    (
        "a password",
        ("AUTH", "Auth", "auth"),
        regex(
            r"(?i:(?<![A-Za-z])(?:redis(?:cli)?|valkey(?:cli)?|keydb)[_-]?auth(?:[_-]?string)?)"
            rf"\\?[\"']?[ \t]*[=:][ \t]*(?!\\?[\"']?(?i:iam|acl|basic|rbac|token|password|default)\b){_V}"
        ),
    ),
    # NATS docs, "Command Line" of nats-server: the option takes a token
    ("a token", ("nats",), regex(rf"\bnats(?:-streaming)?(?:-server)?[ \t]{_REST}(?<=\s)--?auth[ \t=]+{_V}")),
    # Vault docs, "vault server": the root token of a server in dev mode, as an option and as a variable
    (
        "a token",
        ("root-token-id", "ROOT_TOKEN_ID"),
        regex(rf"(?:-dev-root-token-id|VAULT_DEV_ROOT_TOKEN_ID)[\"']?[ \t]*[=: \t][ \t]*{_V}"),
    ),
    # mount.cifs(8): options of `mount` and of a line in /etc/fstab, with commas between them
    ("a password", ("mount",), regex(rf"\bmount[\w.]*[ \t]{_REST}(?<=\s)-[A-Za-z]*o[ \t=]*[\"']?{_MOUNTED}")),
    (
        "a password",
        ("cifs", "smb3", "davfs"),
        regex(rf"[ \t,\"'\[](?:cifs|smb3|davfs)[\"']?[ \t]*(?:,[ \t]*|[ \t]+)[\"']?{_MOUNTED}"),
    ),
    ("a password", ("login",), regex(rf"\blogin[ \t]{_REST}(?<=\s)-p[ \t=]+{_V}")),
    ("a password", ("redis-cli",), regex(rf"\bredis-cli[ \t]{_REST}(?<=\s)-a[ \t]+{_V}")),
    # Redis docs, "Configuration": a directive of its file is an option of the server too
    ("a password", ("--requirepass", "--masterauth"), regex(rf"(?<!\S)--(?:requirepass|masterauth)[ \t]+{_V}")),
    (
        "a password",
        ("requirepass", "masterauth"),
        regex(rf"(?:(?:^|\n)[ \t]*|[\"'])(?:requirepass|masterauth)[ \t]+{_V}\\?[\"']?[ \t]*(?:[\r\n>]|$)"),
    ),
    ("a password", ("sqlcmd", "bcp", "osql"), regex(rf"\b(?:sqlcmd|bcp|osql)[ \t]{_REST}(?<=\s)-P[ \t]*{_V}")),
    ("a password", ("ldap",), regex(rf"\bldap\w+[ \t]{_REST}(?<=\s)-w[ \t]*{_V}")),
    ("a password", ("mongo",), regex(rf"\bmongo\w*[ \t]{_REST}(?<=\s)-p[ \t=]*{_V}")),
    ("a password", ("smbclient",), regex(rf"\bsmbclient[ \t]{_REST}(?<=\s)-U[ \t]*[\"']?[^\s%\"']{{1,100}}%{_V}")),
    (
        "a password",
        ("chpasswd",),
        regex(r"[\w.-]{1,64}:(?P<v>[^\s\"'|]{1,200})[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?chpasswd"),
    ),
    # cloud-init, module "Set Passwords": users and passwords as text or as a list; R and RANDOM ask for a new one
    (
        "a password",
        ("chpasswd:",),
        regex(
            r"\bchpasswd:[ \t]*(?:\r?\n[ \t]+[\w-]+:[ \t]*\w*){0,5}?\s+list:[ \t]*(?:[|>][-+\d]*)?"
            r"(?:\r?\n[ \t]*(?:-[ \t]+)?\S+){0,50}?\r?\n[ \t]*(?:-[ \t]+)?"
            r"[\"']?[\w.-]{1,64}:(?!(?:R|RANDOM)\b)(?P<v>[^\s\"']{1,200})"
        ),
    ),
    (
        "a password",
        ("chpasswd",),
        regex(r"\bchpasswd\b[^\n|;]{0,50}<<<?[^\n]{0,50}[\s\"'][\w.-]{1,64}:(?P<v>[^\s\"']{1,200})"),
    ),
    ("a password", ("--stdin",), regex(rf"{_PIPED}{_SUDO}passwd[ \t]+--stdin")),
    ("a password", ("sudo -S", "sudo -kS"), regex(rf"{_PIPED}sudo[ \t]+-k?S\b")),
    ("a password", ("--password-stdin",), regex(rf"{_PIPED}{_SUDO}\w[^\n|;]{{0,100}}--password-stdin")),
    # Programs that ask for the password of a domain: the manuals of realm, adcli and kinit
    ("a password", ("realm", "adcli", "kinit"), regex(rf"{_PIPED}{_SUDO}{_ASKS}\b")),
    ("a password", ("realm", "adcli", "kinit"), regex(rf"\b{_ASKS}\b{_REST}<<<[ \t]*{_V}")),
    ("a password", ("openssl passwd",), regex(rf"\bopenssl[ \t]+passwd[ \t]+(?:-(?!stdin|in\b)\w+[ \t]+)+(?!-){_V}")),
    # openssl-enc(1), openssl-dgst(1): a password, a key, and the key of an HMAC
    ("a password", ("openssl",), regex(rf"\bopenssl[ \t]+(?:enc|aes|des|aria|camellia)\b{_REST}(?<=\s)-k[ \t]+{_V}")),
    (
        "a secret key",
        ("openssl",),
        regex(
            rf"\bopenssl[ \t]+(?:enc|aes|des|aria|camellia)\b{_REST}(?<=\s)-K[ \t]+[\"']?(?P<v>[0-9A-Fa-f]{{16,64}})\b"
        ),
    ),
    ("a secret key", ("openssl",), regex(rf"\bopenssl[ \t]+dgst\b{_REST}(?<=\s)-hmac[ \t]+{_V}")),
    ("a password", ("zip",), regex(rf"\b(?:un)?zip[ \t]{_REST}(?<=\s)-P[ \t]+{_V}")),
    # Windows commands, "cmdkey" and "net use": the password stands between the share and /user
    ("a password", ("cmdkey",), regex(rf"(?i:\bcmdkey\b){_REST}(?i:/pass:){_V}")),
    (
        "a password",
        ("net use",),
        regex(rf"\bnet use[ \t]+(?:\w:|\*)?[ \t]*\\\\[^\s\"']+[ \t]+(?![/*]){_V}[\"']?[ \t]+/user:"),
    ),
    ("a password", ("pass:",), regex(rf"-pass(?:in|out)?[ \t]+pass:{_V}")),
    ("a password", ("storepass", "keypass"), regex(rf"-(?:src|dest)?(?:store|key)pass[ \t]+{_V}")),
    (
        "a password",
        ("htpasswd",),
        regex(rf"\bhtpasswd[ \t]+(?:-\w+[ \t]+)*-\w*b\w*[ \t]+(?:-\w+[ \t]+)*\S+[ \t]+\S+[ \t]+{_V}"),
    ),
    ("a password", ("rabbitmqctl",), regex(rf"\brabbitmqctl[ \t]+(?:add_user|change_password)[ \t]+\S+[ \t]+{_V}")),
    ("a password", ("net user",), regex(r"\bnet user[ \t]+[\w.-]+[ \t]+(?P<v>[^\s/*]\S{0,200})")),
    (
        "a password",
        ("ConvertTo-SecureString",),
        regex(r"ConvertTo-SecureString[ \t]+(?:-(?:AsPlainText|Force|String)[ \t]+)*[\"'](?P<v>[^\"'\n]{1,200})[\"']"),
    ),
    (
        "a password",
        ("dentified", "DENTIFIED"),
        regex(r"(?i:\bidentified\s+(?:with\s+\w+\s+)?by\s+(?:password\s+)?)[\"'](?P<v>[^\"'\n]{1,200})[\"']"),
    ),
    (
        "a password",
        ("assword", "ASSWORD"),
        regex(
            r"(?i:\b(?:create|alter)\s+(?:user|role|login)\b[^;\n]{0,300}?\bpassword\s*=?\s*N?)'(?P<v>[^'\n]{1,200})'"
        ),
    ),
)


def by_form(text: str, is_literal: Callable[[str], bool]) -> Iterator[str]:
    """The names of the credentials in a text that are known by their form.

    ``is_literal`` says whether a value is a secret itself and not a name for one.
    """
    for name, marks, form in _TOKENS:
        if any(mark in text for mark in marks) and form.search(text):
            yield name
    for name, marks, form in _LOGINS:
        if any(mark in text for mark in marks) and any(is_literal(found["v"]) for found in form.finditer(text)):
            yield name
