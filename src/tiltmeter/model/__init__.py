"""The measure: one ordinal state-space model of tone and contact, its shifts and its evidence."""
