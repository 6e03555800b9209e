"""The asset library: files, versions, reviews, rights, wording check, messages."""
