"""Stores as a whole: written into one file, read back from it, and copied to other engines.

All of it goes through the stores' interfaces, so that any form of a workspace becomes any other.
"""

from storage.transfer.archive import ArchiveFault, Head, Manifest
from storage.transfer.aside import written_aside
from storage.transfer.backup import back_up
from storage.transfer.forms import demand_known, revision_of
from storage.transfer.reading import Archive, Contents
from storage.transfer.restore import bring_back, secret_of
from storage.transfer.stores import Stores, Tell

__all__ = [
    "Archive",
    "ArchiveFault",
    "Contents",
    "Head",
    "Manifest",
    "Stores",
    "Tell",
    "back_up",
    "bring_back",
    "demand_known",
    "revision_of",
    "secret_of",
    "written_aside",
]
