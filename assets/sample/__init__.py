"""The sample's library: what an invented company has approved, drawn and put down in writing."""
