"""The coder: text in, events out."""
