"""The doors: REST, pages, command line, worker process and wiring."""
