"""What can be read, and by whom? SQL by hand, viewer scopes in its conditions, rows as frozen structs."""
