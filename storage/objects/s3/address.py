"""Where an S3 server is and who we are there, and the clients made of it."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.helpers import check_bucket_name

from core.errors import StorageError
from storage.objects.s3.connections import PAUSE_S, connections


@dataclass(frozen=True)
class S3Address:
    """A bucket on a server.

    *endpoint* and *public_endpoint*, the same server as browsers reach it, are ``http://`` or
    ``https://`` and a host, without a path. Without a *region* the server is asked for it once.
    The key must be allowed to list, read, write, copy and delete the bucket's objects, to list and
    abort its multipart uploads and, where the bucket is not made before, to make it. Certificates
    are held against the system's authorities, or those that ``SSL_CERT_FILE`` names.
    """

    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)
    bucket: str
    region: str | None = None
    public_endpoint: str | None = None

    def client(self, pause_s: float = PAUSE_S) -> Minio:
        """Return a client that reaches the server; what breaks is sent again after *pause_s*."""
        return self._client(self.endpoint, self.region, connections(pause_s))

    def signing_client(self, region: str) -> Minio:
        """Return a client whose signatures hold at the public address; it connects to nothing."""
        return self._client(self.public_endpoint or self.endpoint, region, urllib3.PoolManager())

    def _client(self, endpoint: str, region: str | None, http: urllib3.PoolManager) -> Minio:
        try:
            parts = urlsplit(endpoint)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise ValueError("it must start with http:// or https:// and name a host")
            check_bucket_name(bucket_name=self.bucket, strict=True)
            return Minio(
                endpoint=parts.netloc + parts.path,
                access_key=self.access_key,
                secret_key=self.secret_key,
                secure=parts.scheme == "https",
                region=self.region if region is None else region,
                http_client=http,
            )
        except ValueError as error:
            raise StorageError(
                f"The address of the object store, {endpoint}, cannot be used: {error}. Check "
                "SHENGYU_S3_ENDPOINT, SHENGYU_S3_PUBLIC_ENDPOINT, SHENGYU_S3_BUCKET and "
                "SHENGYU_S3_REGION."
            ) from error
