"""What do people decide about a case? One file for each thing that they do."""
