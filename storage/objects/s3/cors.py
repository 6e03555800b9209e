"""Lets pages of our site send files to the bucket: S3 answers no other site's scripts by itself."""

from typing import Final
from xml.sax.saxutils import escape

from minio.error import S3Error

from storage.objects.s3.bucket import Bucket

_RULE: Final = """\
<CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><CORSRule>\
<AllowedOrigin>{}</AllowedOrigin><AllowedMethod>POST</AllowedMethod>\
<AllowedHeader>*</AllowedHeader><MaxAgeSeconds>3600</MaxAgeSeconds>\
</CORSRule></CORSConfiguration>"""


def allow_posts_from(bucket: Bucket, origin: str) -> bool:
    """Let scripts of *origin*, such as ``https://pr.example.cn``, post to the bucket.

    A configuration that somebody made is left as it is, and so are servers that have none: MinIO's
    community server answers every origin. On AWS the key needs ``s3:PutBucketCORS`` and
    ``s3:GetBucketCORS``, or the owner sets such a rule by hand. Returns whether it was set.
    """
    with bucket.telling():
        try:
            bucket.configure("cors")
        except S3Error as error:
            if error.code != "NoSuchCORSConfiguration":
                return False
        else:
            return False
        try:
            bucket.configure("cors", _RULE.format(escape(origin)).encode())
        except S3Error:
            return False  # MinIO: NotImplemented; AWS: no right to, which the owner has
    return True
