"""Can the answers be trusted: rows to look at, back-checks, and answers made void; nothing is deleted."""
