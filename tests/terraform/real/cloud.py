"""An AWS that is simulated in this process, reached by a real socket on the loopback."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

ACCOUNT = "123456789012"
REGION = "us-east-1"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "simulated",
    "AWS_SECRET_ACCESS_KEY": "simulated",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def simulated() -> Iterator[str]:
    """The address of a moto server on a free port; boto3 in this process goes there and nowhere else meanwhile."""
    before = dict(os.environ)
    # Loading the managed policies takes half a second for each account, so that nobody else may find them set.
    # moto takes them when it is imported: public images are no resources of the account, managed policies exist in AWS.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server: Any = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(CREDENTIALS, AWS_ENDPOINT_URL=address)
    try:
        yield address
    finally:
        os.environ.clear()
        os.environ.update(before)
        server.stop()


def emptied(address: str) -> None:
    """Forget all that was made, and make moto's own numbers and names begin anew."""
    with build_opener(ProxyHandler({})).open(Request(f"{address}/moto-api/reset", method="POST"), timeout=60):
        pass
