"""An S3-compatible service in a process of its own: moto's server on loopback."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from tests.support.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

START_SECONDS = 60
NAME = "photos-of-a-test"
REGION = "eu-central-1"


@dataclass(frozen=True)
class Bucket:
    endpoint: str

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a site that keeps its photos there."""
        return {
            "PHOTOS_STORE": f"s3://{NAME}/faces",
            "PHOTOS_STORE_ENDPOINT": self.endpoint,
            "PHOTOS_STORE_REGION": REGION,
            "PHOTOS_STORE_KEY": "a-key",
            "PHOTOS_STORE_SECRET": "a-secret",
        }

    def objects(self) -> dict[str, bytes]:
        """Everything in the bucket, by its key."""
        bucket = self._service().Bucket(NAME)
        return {entry.key: entry.get()["Body"].read() for entry in bucket.objects.all()}

    def create(self) -> None:
        where = {"LocationConstraint": REGION}
        self._service().create_bucket(Bucket=NAME, CreateBucketConfiguration=where)

    def clear(self) -> None:
        self._service().Bucket(NAME).objects.all().delete()

    def _service(self) -> Any:
        keys = {"aws_access_key_id": "a-key", "aws_secret_access_key": "a-secret"}
        return boto3.resource("s3", endpoint_url=self.endpoint, region_name=REGION, **keys)


@contextmanager
def running_bucket() -> Iterator[Bucket]:
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    service = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        bucket = Bucket(f"http://127.0.0.1:{port}")
        _wait_for(f"{bucket.endpoint}/moto-api/data.json")
        bucket.create()
        yield bucket
    finally:
        service.terminate()
        service.wait(20)


def _wait_for(url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).read()  # noqa: S310
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("moto's server does not answer")
