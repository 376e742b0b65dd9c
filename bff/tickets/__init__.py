"""How are conversations with customers led? Opened, answered, resolved and closed, each by one rule."""
