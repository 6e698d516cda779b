"""Can the answers be trusted: what to look at, sheet by sheet, one interviewer beside another."""
