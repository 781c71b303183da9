"""What is taken for a credential in the clear, and what is not."""

from __future__ import annotations

import base64

import pytest

from hipaa_guard.facts.credentials import credentials_in, credentials_in_base64, credentials_in_variables
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Cause, PartialJson, PartialText, Reference, Unknown, Value

# Made up; written in two parts so that no scanner of this repository takes them for real ones.
KEY_ID, EXAMPLE_ID = "AKIA" + "Q3EGDCXW7N2ZPLTV", "AKIA" + "IOSFODNN7EXAMPLE"
SECRET, EXAMPLE = "q8Zt1xV0bN5mK2jH7gF4dS9" + "aP3oI6uY/eR+wLcXk", "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY"
UNSET = Unknown("var.unset has no value", Cause.VARIABLE)


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("access_key", EXAMPLE_ID, "an AWS access key id"),
        ("KEY", KEY_ID, "an AWS access key id"),
        ("secret_key", EXAMPLE, "an AWS secret access key"),
        ("secret_key", SECRET, "an AWS secret access key"),
        ("SECRETKEY", SECRET, "an AWS secret access key"),
        ("AWS_SECRET_ACCESS_KEY", SECRET, "an AWS secret access key"),
        ("DB_PASSWORD", "Aa1234321Bb", "a password"),
        ("PGPASSWORD", "changeme", "a password"),
        ("dbPwd", "correct horse", "a password"),
        ("DB_PASS", 123456, "a password"),
        ("clientSecret", "4f7c", "a secret"),
        ("SECRET_KEY_BASE", "4f7c", "a secret key"),
        ("GITHUB_TOKEN", "ghp_4f7c", "a token"),
        ("api-key", "4f7c", "a secret key"),
        ("X_API_KEY_2", "4f7c", "a secret key"),
        ("DATABASE_URL", "postgres://admin:S3cret@db/phi", "a URL with a password"),
        ("BROKER", "amqps://:S3cret@mq:5671", "a URL with a password"),
        ("SETTINGS", '{"user": "app", "password": "S3cret"}', "a password"),
        ("DSN", "host=db user=app password=S3cret sslmode=require", "a password"),
        ("JDBC", "jdbc:postgresql://db/phi?user=app&password=S3cret", "a password"),
    ],
)
def test_a_variable_holds(name: str, value: Value, kind: str) -> None:
    assert credentials_in_variables({name: value}) == [f"{kind} in {name}"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", None),
        ("DB_PASSWORD", "${DB_PASSWORD}"),
        ("DB_PASSWORD", "$DB_PASSWORD"),
        ("DB_PASSWORD", "{{resolve:secretsmanager:records:SecretString:password}}"),
        ("DB_PASSWORD", "arn:aws:secretsmanager:us-east-1:111122223333:secret:records-a1b2c3"),
        ("DB_PASSWORD", "/records/prod/db-password"),
        ("DB_SECRET", "prod/records/db"),
        ("DB_PASSWORD", "ssm:/records/db"),
        ("DB_PASSWORD", "********"),
        ("DB_PASSWORD_ARN", "records"),
        ("DB_SECRET_NAME", "records"),
        ("SECRET_ID", "records"),
        ("TOKEN_PATH", "records"),
        ("DB_PASSWORD_PARAMETER", "records"),
        ("SECRET_ACCESS_KEY_ID", "records"),
        ("USE_PASSWORD", "true"),
        ("AUTH_TOKEN", "https://login.clinic.example/token"),
        ("PASSWORDS", "records"),
        ("TOKENIZER", "words"),
        ("COMPASS", "north"),
        ("BYPASS", "north"),
        ("KEYSPACE", "records"),
        ("COMMIT", "0123456789abcdef0123456789abcdef01234567"),
        ("ENDPOINT", "https://db.clinic.example:8443/a@b"),
        ("REPOSITORY", "ssh://git@github.com:22/clinic/records"),
        ("DATABASE_URL", "postgres://admin:${PASSWORD}@db/phi"),
        ("DATABASE_URL", "postgres://{user}:{password}@db/phi"),
        ("ENCRYPTED_PASSWORD", "AQ" + "ICAHh5d0v1="),
        ("HELP", "The password: ask the clinic's desk for it"),
    ],
)
def test_a_variable_holds_none(name: str, value: Value) -> None:
    assert credentials_in_variables({name: value}) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (EXAMPLE_ID, "an AWS access key id"),
        (f"aws configure set aws_secret_access_key {SECRET}", "an AWS secret access key"),
        ("define('DB_PASSWORD', 'S3cret');", "a password"),
        ('define( "AUTH_KEY",  "S3cret" );', "a secret key"),
        ("#!/bin/sh\nexport DB_PASSWORD=S3cret\n", "a password"),
        ("export DB_PASSWORD='S3cret'; start", "a password"),
        ('DB_PASSWORD="S3cret" start', "a password"),
        ("$password = 'S3cret'", "a password"),
        ("docker run -e MYSQL_ROOT_PASSWORD=S3cret mysql:8", "a password"),
        ("db:\n  user: app\n  password: S3cret\n", "a password"),
        ("- token: 4f7c", "a token"),
        ('echo "{\\"password\\": \\"S3cret\\"}" > settings', "a password"),
        ("'password' => 'S3cret',", "a password"),
        ("join --token 4f7c.9d --port 1", "a token"),
        ("connect --db-password 'S3cret'", "a password"),
        ("git clone https://app:4f7c@git.clinic.example/a.git", "a URL with a password"),
    ],
)
def test_a_script_holds(text: str, kind: str) -> None:
    assert credentials_in(text) == [kind]
    assert credentials_in_base64(base64.b64encode(text.encode()).decode()) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "DB_PASSWORD=$(aws ssm get-parameter --name /records/db --with-decryption)",
        'DB_PASSWORD="$(aws secretsmanager get-secret-value --secret-id records)"',
        "TOKEN=`curl -X PUT http://169.254.169.254/latest/api/token`",
        "export DB_PASSWORD=${DB_PASSWORD:-}",
        "define('DB_PASSWORD', getenv('DB_PASSWORD'));",
        "define('DB_PASSWORD', '${password}');",
        'password = os.environ["DB_PASSWORD"]',
        "connect(password=password, host=host)",
        'names = ["password", "user"]',
        'if [ "$PASSWORD" == "x" ]; then',
        "passwd: $6$rounds=4096$salt$hash",
        "lock_passwd: true",
        "ec2-user ALL=(ALL) NOPASSWD:ALL",
        "nopassword: ALL",
        "# the password: see the handbook",
        "read -p 'Enter password: ' answer",
        "aws ecr get-login-password | docker login --username AWS --password-stdin host",
        "docker build --secret id=records .",
        "    proxy_pass http://127.0.0.1:8080;",
        "cd $PWD && OLDPWD=/root",
        "echo password= > settings",
        "connect --password $PASSWORD",
        "-----BEGIN PUBLIC KEY-----",
        f"x{KEY_ID}x",
    ],
)
def test_a_script_holds_none(text: str) -> None:
    assert credentials_in(text) == []


def test_every_kind_is_named_once() -> None:
    text = f"KEY={KEY_ID}\nAWS_SECRET_ACCESS_KEY={SECRET}\ndefine('DB_PASSWORD', 'S3cret');\nROOT_PASSWORD=S3cret2"
    assert credentials_in(text) == ["an AWS access key id", "an AWS secret access key", "a password"]


def test_what_is_partly_known() -> None:
    password = PartialText(["DB_PASSWORD=S3", UNSET])
    for value in (password, PartialText(["postgres://app:", UNSET, "@db"]), UNSET):
        found = credentials_in(value)
        assert isinstance(found, Incomplete)
        assert found.seen == []
    beside = credentials_in(PartialText(["postgres://", UNSET, ":S3cret@db"]))
    assert isinstance(beside, Incomplete)
    assert beside.seen == ["a URL with a password"]
    arn = Reference("aws_secretsmanager_secret.s", "arn")
    assert credentials_in_variables({"DB_PASSWORD": arn, "TOKEN": PartialText(["x-", arn])}) == []
    inside = credentials_in_variables({"SETTINGS": PartialJson({"db": [{"password": "S3cret"}], "a": UNSET}, UNSET)})
    assert isinstance(inside, Incomplete)
    assert inside.seen == ["a password in SETTINGS"]


def test_the_value_is_never_told() -> None:
    found = credentials_in_variables(
        {"DB_PASSWORD": "S3cret", "URL": "postgres://app:S3cret@db", "secret_key": EXAMPLE}
    )
    assert not any(value in text for text in found for value in ("S3cret", EXAMPLE))


def test_large_texts_take_no_long() -> None:
    for text in ("a" * 300_000, "password" * 40_000, "a:" * 150_000, "://" * 100_000, "-token " * 40_000):
        assert credentials_in(text) == []
