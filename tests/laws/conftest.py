"""Whose laws? Those of the whole graph, with the installed plugins and the shipped policies."""

from tests.graph.conftest import client, kernel, schema, shop

__all__ = ["client", "kernel", "schema", "shop"]
