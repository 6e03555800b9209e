"""Finds out what a file really is, and refuses what may not enter the library."""

from assets.sniffing.file_types import FileType, file_types, type_of
from assets.sniffing.names import check_name
from assets.sniffing.sniff import sniff

__all__ = ["FileType", "check_name", "file_types", "sniff", "type_of"]
