"""Files by key: one interface, the engines behind it, and blobs shared by content."""

from storage.objects.blobs import measure, place_blob, store_blob
from storage.objects.checks import LONGEST_GET_S, LONGEST_PUT_S
from storage.objects.folder import FolderObjectStore
from storage.objects.interface import (
    CHUNK,
    MAX_PAGE,
    ObjectHead,
    ObjectPage,
    ObjectReader,
    ObjectStore,
    SignedUpload,
    StoredObject,
)
from storage.objects.keys import blob_key
from storage.objects.naming import attachment_header
from storage.objects.signing import Grant

__all__ = [
    "CHUNK",
    "LONGEST_GET_S",
    "LONGEST_PUT_S",
    "MAX_PAGE",
    "FolderObjectStore",
    "Grant",
    "ObjectHead",
    "ObjectPage",
    "ObjectReader",
    "ObjectStore",
    "SignedUpload",
    "StoredObject",
    "attachment_header",
    "blob_key",
    "measure",
    "place_blob",
    "store_blob",
]
