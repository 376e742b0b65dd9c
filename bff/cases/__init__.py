"""What is promised and carried out after a decision? So far the quotes that requests may rest on."""
