"""The coder that asks a model at an OpenAI-compatible endpoint who did what to whom."""
