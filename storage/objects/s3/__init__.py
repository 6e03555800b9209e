"""Objects on a server that speaks S3: MinIO, AWS and their like, through the ``minio`` client."""

from storage.objects.s3.address import S3Address
from storage.objects.s3.store import S3ObjectStore

__all__ = ["S3Address", "S3ObjectStore"]
