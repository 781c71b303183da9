"""The simulated AWS with its account, behind a socket of 127.0.0.1.

``python -m benchmarks.live.cloud FILE`` seeds it and writes ``{"port": ..., "resources": ...}`` to the file, and serves
until it is ended. It is seeded within the process, which is faster than through the socket.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.live.estate import seed
from benchmarks.live.places import ACCOUNT

if TYPE_CHECKING:
    from moto.core.config import DefaultConfig

CREDENTIALS: Mapping[str, str] = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
MOTO: DefaultConfig = {"lambda": {"use_docker": False}}
"""Functions are made and never run."""
# Public images would count as the account's own; AWS's managed policies are in every account.
_MOTO_ENVIRONMENT = {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false", "MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}


@contextmanager
def regions_of_buckets() -> Iterator[None]:
    """Let the simulated S3 tell the regions of buckets in their listing, as S3 does since 2024."""
    from moto.s3 import responses

    module: Any = responses
    listed = module.ActionResult

    def with_regions(result: Any) -> Any:
        for bucket in result.get("Buckets", ()) if isinstance(result, dict) else ():
            bucket["BucketRegion"] = _region_of(bucket["Name"])
        return listed(result)

    module.ActionResult = with_regions
    try:
        yield
    finally:
        module.ActionResult = listed


def _region_of(bucket: str) -> str:
    from moto.s3.models import s3_backends

    return str(s3_backends[ACCOUNT]["aws"].buckets[bucket].region_name)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live.cloud", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--each", type=int, default=10, help="of every kind in every region (default: 10)")
    parser.add_argument("--buckets", type=int, default=0, help="further buckets (default: none)")
    parser.add_argument("--core", type=int, help="the one processor to run on")
    options = parser.parse_args(arguments)
    if options.core is not None:
        os.sched_setaffinity(0, {options.core})
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]  # an endpoint of the caller's would be seeded in place of the simulation
    os.environ.update(CREDENTIALS)
    os.environ.update(_MOTO_ENVIRONMENT)  # before moto is imported, which looks at them then
    from moto import mock_aws
    from moto.moto_api._internal import mock_random
    from moto.server import ThreadedMotoServer

    with mock_aws(config=MOTO), regions_of_buckets():  # the account goes when the simulation ends
        mock_random.seed(1)
        made = seed(each=options.each, buckets=options.buckets)
        server: Any = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        port = server.get_host_and_port()[1]
        part = options.file.with_suffix(".part")
        part.write_text(json.dumps({"port": port, "resources": len(made)}))
        part.rename(options.file)
        signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main())
