"""Whose cases? Whole stories run in the small shop of the graph's tests, through the graph."""

from tests.graph.conftest import client, kernel, schema, shop

__all__ = ["client", "kernel", "schema", "shop"]
