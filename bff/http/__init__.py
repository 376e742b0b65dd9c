"""How does a request become an answer? The HTTP edge, by the GraphQL over HTTP specification of September 2026."""
