"""Settings, errors, text folding, clock, ids: what every room stands on."""
