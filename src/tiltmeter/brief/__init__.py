"""The brief: claims with evidence, in words, curves and tables."""
