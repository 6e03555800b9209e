"""Sources become raw mentions in the spool; ingest makes them mentions."""
