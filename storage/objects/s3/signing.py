"""Presigned URLs and forms: browsers and programs exchange bytes with the store itself."""

from datetime import datetime, timedelta

from minio.datatypes import PostPolicy
from minio.helpers import DictType

from storage.objects.interface import SignedUpload
from storage.objects.naming import attachment_header
from storage.objects.s3.bucket import Bucket


def get_url(
    bucket: Bucket, key: str, expires_s: int, filename: str, media_type: str, now: datetime
) -> str:
    """Return the URL that downloads *key* until *expires_s* from *now*."""
    answer: DictType = {
        "response-content-disposition": attachment_header(filename),
        "response-content-type": media_type,
    }
    client = bucket.signing
    with bucket.telling():
        return client.get_presigned_url(
            method="GET",
            bucket_name=bucket.name,
            object_name=key,
            expires=timedelta(seconds=expires_s),
            response_headers=answer,
            request_date=now,
        )


def post_form(
    bucket: Bucket, key: str, expires_s: int, max_bytes: int, now: datetime
) -> SignedUpload:
    """Return the form that stores a file under *key*; the server itself refuses a larger one."""
    told = {"key": key, "success_action_status": "201"}
    client = bucket.signing
    with bucket.telling():
        policy = PostPolicy(bucket_name=bucket.name, expiration=now + timedelta(seconds=expires_s))
        for name, value in told.items():
            policy.add_equals_condition(element=name, value=value)
        policy.add_content_length_range_condition(lower_limit=0, upper_limit=max_bytes)
        fields = told | client.presigned_post_policy(policy=policy)
        # Path style or a host of its own: the client knows which.
        url = client.get_presigned_url(method="PUT", bucket_name=bucket.name, object_name=key)
    return SignedUpload(url.partition("?")[0].removesuffix(key), "POST", fields)
