"""The proxy counts, delays and keeps what passes through it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.live.proxy import Delays
from benchmarks.live.servers import Simulated, server

VERSIONED = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"


class Cloud:
    """What stands in for the simulated AWS: answers S3 alone, and breaks down at everything else."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                cloud.asked[self.path] += 1
                known = "versioning" in self.path
                self.send_response(200 if known else 500)
                self.send_header("Content-Length", str(len(VERSIONED) if known else 0))
                self.send_header("x-amz-request-id", "told")
                self.end_headers()
                self.wfile.write(VERSIONED if known else b"")

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                self.do_GET()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self.server.server_address[1]


Connect = Callable[..., Any]


@pytest.fixture(scope="module")
def standing() -> Iterator[Cloud]:
    made = Cloud()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def running(standing: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    with server("proxy", tmp_path_factory.mktemp("proxy") / "port", [str(standing.port)]) as port:
        yield Simulated(int(port), 0)


@pytest.fixture
def cloud(standing: Cloud) -> Cloud:
    standing.asked.clear()
    return standing


@pytest.fixture
def proxy(running: Simulated, cloud: Cloud) -> Simulated:
    running.next(Delays())
    return running


@pytest.fixture
def connect(proxy: Simulated) -> Iterator[Connect]:
    """Makes clients of the proxy, and closes them."""
    made: list[Any] = []

    def connect_(service: str, region: str = "us-east-1", url: str = proxy.address, **options: Any) -> Any:
        config = Config(retries={"total_max_attempts": 3, "mode": "standard"}, **options)
        made.append(
            boto3.client(  # type: ignore[call-overload]
                service,
                region_name=region,
                endpoint_url=url,
                aws_access_key_id="testing",
                aws_secret_access_key="testing",
                config=config,
            )
        )
        return made[-1]

    yield connect_
    for each in made:
        each.close()


def test_an_answer_is_kept_for_the_same_question_and_each_is_counted(
    proxy: Simulated, cloud: Cloud, connect: Connect
) -> None:
    s3 = connect("s3")
    for _ in range(3):
        assert s3.get_bucket_versioning(Bucket="phi")["Status"] == "Enabled"
    s3.get_bucket_versioning(Bucket="other")
    connect("s3", "eu-west-1").get_bucket_versioning(Bucket="phi")  # another region may answer otherwise
    told = proxy.counts()
    assert told["calls"] == {"s3:GetBucketVersioning": 5}
    assert told["passed_on"] == 3
    assert cloud.asked == {"/phi?versioning": 2, "/other?versioning": 1}


def test_counting_begins_anew_and_answers_stay(proxy: Simulated, connect: Connect) -> None:
    s3 = connect("s3")
    s3.get_bucket_versioning(Bucket="scans")
    proxy.next(Delays())
    assert proxy.counts() == {"calls": {}, "passed_on": 0, "peak_in_flight": 0}
    s3.get_bucket_versioning(Bucket="scans")
    assert proxy.counts() == {"calls": {"s3:GetBucketVersioning": 1}, "passed_on": 0, "peak_in_flight": 1}


def test_far_regions_answer_later(proxy: Simulated, connect: Connect) -> None:
    proxy.next(Delays(near=0.0, far=0.5))
    started = time.monotonic()
    connect("s3", "eu-west-1").get_bucket_versioning(Bucket="phi")
    assert time.monotonic() - started >= 0.5


def test_far_regions_hold_up_no_other(cloud: Cloud, connect: Connect, tmp_path: Path) -> None:
    with server("proxy", tmp_path / "port", [str(cloud.port)]) as port:
        own = Simulated(int(port), 0)
        for region in ("us-east-1", "eu-west-1"):
            connect("s3", region, own.address).get_bucket_versioning(Bucket="phi")
        own.next(Delays(near=0.0, far=3600.0))  # longer than this test lasts, however busy the machine is
        far = [threading.Thread(target=_until_it_ends, args=(connect("s3", "eu-west-1", own.address),)) for _ in "123"]
        for each in far:
            each.start()
        while own.counts()["peak_in_flight"] < 3:
            time.sleep(0.01)
        connect("s3", "us-east-1", own.address).get_bucket_versioning(Bucket="phi")
        assert own.counts() == {"calls": {"s3:GetBucketVersioning": 1}, "passed_on": 0, "peak_in_flight": 4}
    for each in far:
        each.join()


def _until_it_ends(s3: Any) -> None:
    with pytest.raises(BotoCoreError):
        s3.get_bucket_versioning(Bucket="phi")


@pytest.mark.parametrize(
    "operation, params, name",
    [
        ("ec2.describe_vpcs", {}, "ec2:DescribeVpcs"),
        ("iam.list_users", {}, "iam:ListUsers"),
        ("rds.describe_db_instances", {}, "rds:DescribeDBInstances"),
        ("dynamodb.list_tables", {}, "dynamodb:ListTables"),
        ("sqs.list_queues", {}, "sqs:ListQueues"),
        ("lambda.get_policy", {"FunctionName": "results"}, "lambda:GetPolicy"),
        ("efs.describe_backup_policy", {"FileSystemId": "fs-1"}, "elasticfilesystem:DescribeBackupPolicy"),
        ("s3.list_buckets", {}, "s3:ListBuckets"),
        ("s3.get_bucket_policy_status", {"Bucket": "phi"}, "s3:GetBucketPolicyStatus"),
        ("s3.get_object_lock_configuration", {"Bucket": "phi"}, "s3:GetObjectLockConfiguration"),
        ("opensearch.describe_domain", {"DomainName": "charts"}, "es:DescribeDomain"),
        ("cloudfront.list_distributions", {}, "cloudfront:ListDistributions"),
    ],
)
def test_what_the_simulation_lacks_is_said_once_in_the_words_of_the_protocol(
    proxy: Simulated, connect: Connect, operation: str, params: dict[str, str], name: str
) -> None:
    service, _, method = operation.partition(".")
    with pytest.raises(ClientError) as caught:
        getattr(connect(service), method)(**params)
    assert caught.value.response["Error"]["Code"] == "UnsupportedOperation"
    assert proxy.counts()["calls"] == {name: 1}, "clients do not try again"


def test_a_report_that_is_being_made_is_asked_for_again(proxy: Simulated, cloud: Cloud, connect: Connect) -> None:
    iam = connect("iam")
    for _ in range(2):
        with pytest.raises(ClientError):
            iam.generate_credential_report()
    assert proxy.counts()["passed_on"] == cloud.asked.total() == 2


def test_it_serves_clients_that_take_it_for_their_http_proxy(proxy: Simulated, cloud: Cloud, connect: Connect) -> None:
    control = connect("s3control", url="http://named.test", proxies={"http": proxy.address})
    with pytest.raises(ClientError):
        control.get_public_access_block(AccountId="123456789012")
    assert proxy.counts()["calls"] == {"s3:GetPublicAccessBlock": 1}
    assert cloud.asked == {"/v20180820/configuration/publicAccessBlock": 1}
