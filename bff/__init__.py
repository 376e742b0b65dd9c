"""What is this? A GraphQL backend-for-frontend for everything after the sale."""

__version__ = "0.1.0"
