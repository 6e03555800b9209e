"""Copying of the folder engine: one more name for the same bytes, which never change."""

import errno
import os
from typing import Final

from storage.objects.checks import check_version, no_such
from storage.objects.reading import head
from storage.objects.staging import aside, place
from storage.objects.tree import Tree, held

# What file systems say that know no hard links, or allow no more or not to this one.
_NO_LINKS: Final = frozenset(
    {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
)


def link(tree: Tree, source: str, target: str, version: str | None) -> bool:
    """Make *target* a hard link to *source*; return False where there are no such links.

    Raises ``NotFound``, ``Conflict`` and ``StorageError`` as ``ObjectStore.copy`` does.
    """
    parent, _, last = source.rpartition("/")
    with aside(tree) as (folder, name), tree.telling():
        try:
            with held(tree.open_folder(parent)) as above:
                os.link(last, name, src_dir_fd=above, dst_dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError as error:
            raise no_such(source) from error
        except OSError as error:
            if error.errno in _NO_LINKS:
                return False
            raise
        # Looked at through the new name: the old one may be another file by now.
        facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
        check_version(head(source, tree.regular(facts, source)), version)
        place(tree, folder, name, target)
    return True
