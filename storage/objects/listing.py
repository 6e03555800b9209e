"""Listing of the folder engine: its files in the order of their keys, without reading them all."""

import os
from collections.abc import Generator, Iterator

from storage.objects.interface import ObjectHead
from storage.objects.keys import BLOBS, INCOMING, RENDITIONS, is_key
from storage.objects.reading import head
from storage.objects.tree import Tree, held


def heads(tree: Tree, prefix: str, after: str) -> Generator[ObjectHead, None, None]:
    """Yield the objects whose keys begin with *prefix* and come after *after*, in order.

    What is no object of ours (a link, a file put there by hand) is passed over.
    """
    for room in (BLOBS, INCOMING, RENDITIONS):
        if _may_hold(room, prefix, after):
            yield from _below(tree, room, prefix, after)


def _below(tree: Tree, path: str, prefix: str, after: str) -> Iterator[ObjectHead]:
    try:
        folder = tree.open_folder(path)
    except FileNotFoundError:
        return
    with held(folder):
        for name in _names(folder):
            key = path + name
            if key.endswith("/"):
                if _may_hold(key, prefix, after):
                    yield from _below(tree, key, prefix, after)
            elif key > after and key.startswith(prefix) and is_key(key):
                yield from _head(folder, name, key)


def _names(folder: int) -> list[str]:
    """Return what is in *folder* in the order of keys; names of folders end with a slash."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                found.append(f"{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                found.append(entry.name)
    return sorted(found)


def _head(folder: int, name: str, key: str) -> Iterator[ObjectHead]:
    try:
        facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return  # deleted since the folder was read
    yield head(key, facts)


def _may_hold(folder: str, prefix: str, after: str) -> bool:
    """Say whether keys that begin with *folder* can be among those wanted."""
    touches = folder.startswith(prefix) or prefix.startswith(folder)
    return touches and (folder > after or after.startswith(folder))
