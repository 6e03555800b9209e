"""Buckets of the tests' S3 server: one for each place, removed with all that is in it."""

import hashlib
from pathlib import Path

import server_addresses
from minio.error import S3Error

from core.settings import Settings
from storage.objects.s3 import S3Address


def bucket_of(place: Path) -> S3Address:
    """Return the address of a bucket that belongs to *place* and is made at first use."""
    server = server_addresses.s3()
    bucket = f"shengyu-test-{hashlib.sha256(str(place).encode()).hexdigest()[:20]}"
    return S3Address(server.endpoint, server.access_key, server.secret_key, bucket)


def remove_bucket_of(place: Path) -> None:
    """Remove the bucket of *place*; nothing happens when it was never made."""
    address = bucket_of(place)
    client, bucket = address.client(), address.bucket
    try:
        for found in client.list_objects(bucket_name=bucket, recursive=True):
            client.remove_object(bucket_name=bucket, object_name=str(found.object_name))
        for left in client._list_multipart_uploads(bucket_name=bucket).uploads:
            client._abort_multipart_upload(
                bucket_name=bucket, object_name=left.object_name, upload_id=str(left.upload_id)
            )
        client.remove_bucket(bucket_name=bucket)
    except S3Error as error:
        if error.code != "NoSuchBucket":
            raise


def settings_with_bucket(data_dir: Path, address: S3Address) -> Settings:
    """Return the settings of a service that keeps its files there."""
    return Settings.model_validate(
        {
            "data_dir": data_dir,
            "sample": "off",
            "secret_key": "secret " * 8,
            "s3_endpoint": address.endpoint,
            "s3_access_key": address.access_key,
            "s3_secret_key": address.secret_key,
            "s3_bucket": address.bucket,
            "s3_public_endpoint": address.public_endpoint,
        }
    )
