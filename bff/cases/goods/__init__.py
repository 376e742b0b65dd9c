"""Where are the goods? What travels back to the shop, and what is sent out again."""
