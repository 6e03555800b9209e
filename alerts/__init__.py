"""Cases, the SLA clock, the outbox and its channels."""
