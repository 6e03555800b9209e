"""Tables of the embedded engine's file of the library."""

from typing import Final

from storage.search.schema import Layout

# Strings of users are stored as UTF-8 blobs, because lone surrogates have no TEXT form.
# row: storage.search.order.number of the last change. updated: µs since 1970.
# usable_from and usable_until: days since 0001-01-01, both included.
_TABLES: Final = """
CREATE VIRTUAL TABLE asset_text USING fts5(
    title, tags, description, text, pinyin, keywords,
    content='', contentless_delete=1, tokenize='ascii'
);
INSERT INTO asset_text(asset_text, rank) VALUES ('hashsize', 33554432);
CREATE TABLE asset_row (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    revision INTEGER NOT NULL,
    kind BLOB NOT NULL,
    state BLOB NOT NULL,
    brand BLOB,
    media_type BLOB,
    updated INTEGER NOT NULL,
    usable_from INTEGER,
    usable_until INTEGER
) STRICT;
CREATE TABLE asset_document (row INTEGER PRIMARY KEY, document BLOB NOT NULL) STRICT;
CREATE TABLE asset_layer (
    row INTEGER NOT NULL, page INTEGER NOT NULL, text BLOB NOT NULL,
    PRIMARY KEY (row, page)
) STRICT;
CREATE TABLE asset_tag (
    row INTEGER NOT NULL, tag BLOB NOT NULL,
    PRIMARY KEY (row, tag)
) STRICT, WITHOUT ROWID;
"""

ASSETS: Final = Layout(
    _TABLES,
    version=1,
    remedy="Stop the service, delete the file and start again: it is made anew from the records.",
)
