"""Says in a sentence what an S3 server's refusal or silence means and what helps."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from minio.error import InvalidResponseError, MinioException, S3Error
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from core.errors import StorageError

_BACK: Final = "Check the server and the network; it goes on by itself when the store is back"
_FULL: Final = "Its disks or its quota are full: free some space; what was stored is untouched"
_CLOCK: Final = "Its clock and this machine's differ too much: set both by NTP"
_ACCESS_KEY: Final = "It does not know the access key: check SHENGYU_S3_ACCESS_KEY"
_SECRET_KEY: Final = "The secret key is wrong: check SHENGYU_S3_SECRET_KEY"  # noqa: S105
_RIGHTS: Final = (
    "The access key lacks a right there: let it list, read, write and delete the bucket's objects "
    "and abort its uploads"
)
_BUSY: Final = "It has too much to do or is starting: try again in a moment"
_REGION: Final = "The region is another: set SHENGYU_S3_REGION"

# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and MinIO's own.
_BY_CODE: Final = {
    "NoSuchBucket": "There is no such bucket: create it, or let the access key create it",
    "InvalidAccessKeyId": _ACCESS_KEY,
    "InvalidTokenId": _ACCESS_KEY,
    "SignatureDoesNotMatch": _SECRET_KEY,
    "AccessDenied": _RIGHTS,
    "AllAccessDisabled": _RIGHTS,
    "AccountProblem": _RIGHTS,
    "RequestTimeTooSkewed": _CLOCK,
    "RequestExpired": _CLOCK,
    "AuthorizationHeaderMalformed": _REGION,
    "PermanentRedirect": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "InvalidRegion": _REGION,
    "InvalidBucketName": "The bucket cannot have this name: check SHENGYU_S3_BUCKET",
    "BucketAlreadyExists": "Somebody else has a bucket of this name: check SHENGYU_S3_BUCKET",
    "TooManyBuckets": "It allows no more buckets: create this one there by hand",
    "QuotaExceeded": _FULL,
    "InsufficientStorage": _FULL,
    "XMinioStorageFull": _FULL,
    "XMinioAdminBucketQuotaExceeded": _FULL,
    "XMinioObjectTampered": "The object is damaged there: restore it from a backup",
    "EntityTooLarge": "It takes no object of this size",
    "SlowDown": _BUSY,
    "SlowDownRead": _BUSY,
    "SlowDownWrite": _BUSY,
    "ServiceUnavailable": _BUSY,
    "RequestTimeout": _BUSY,
    "XMinioServerNotInitialized": _BUSY,
    "InternalError": "It has an inner error: look into its log",
}
_BY_REASON: Final[tuple[tuple[type[Exception], str], ...]] = (
    (NameResolutionError, "No machine has that name: check SHENGYU_S3_ENDPOINT"),
    (NewConnectionError, f"It refuses connections. {_BACK}"),
    (ConnectTimeoutError, f"It does not answer. {_BACK}"),  # of which a refusal is a kind
    (ReadTimeoutError, f"It fell silent. {_BACK}"),
    (
        SSLError,
        "Its certificate or TLS cannot be used: check https in SHENGYU_S3_ENDPOINT, or name its "
        "certificate authority in SSL_CERT_FILE",
    ),
)


@contextmanager
def telling(place: str) -> Iterator[None]:
    """Turn an error of the client into a ``StorageError`` about *place*."""
    try:
        yield
    except (MinioException, HTTPError, ValueError, SyntaxError) as error:
        # The client lets through what its XML reader says (a SyntaxError) of a strange answer.
        raise StorageError(f"The object store {place} failed. {_sentence(error)}.") from error


def _sentence(error: Exception) -> str:
    if isinstance(error, S3Error):
        return _of_code(error.code or "", error.message)
    if isinstance(error, HTTPError):
        return _of_connection(error)
    if isinstance(error, InvalidResponseError):
        return "Something that is no S3 server answered: check SHENGYU_S3_ENDPOINT"
    return f"Its answer cannot be understood: {error}"


def _of_code(code: str, message: str | None) -> str:
    told = _BY_CODE.get(code)
    said = f"{code}: {(message or '').rstrip('.')}".rstrip(": ")
    return f"{told} ({said})" if told else f"It refused: {said}"


def _of_connection(error: HTTPError) -> str:
    reason = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    for kind, sentence in _BY_REASON:
        if isinstance(reason, kind):
            return sentence
    return f"The connection broke. {_BACK}"
