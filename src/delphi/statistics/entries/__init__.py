"""Entries of the catalogue, one module per section; what they describe is imported only when it is computed."""
