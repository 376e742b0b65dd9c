"""How are operations carried out? By an engine that knows GraphQL and nothing of this product."""
