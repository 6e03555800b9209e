"""Files that people bring: exports of MediaCrawler, tables, and lines of our own form."""
