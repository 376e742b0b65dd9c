"""How do orders come in? Checked to the minor unit, in bulk, as often as you like."""
