"""Which nouns does the graph speak of? One a file; their sources are rows and decisions, never tables."""
