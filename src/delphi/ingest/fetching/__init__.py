"""Responses from a platform's server, complete or refused: the only place of the package that uses the network."""
