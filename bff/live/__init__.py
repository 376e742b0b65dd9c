"""How do changes leave the shop? From the outbox to those who watch, and to the plugins that want to know."""
