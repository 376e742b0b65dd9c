"""Which verbs does the graph know? Queries and mutations: each translates in, calls, translates out."""
