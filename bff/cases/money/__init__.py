"""Where is the money? What a case is paid, under which ceilings, and its books."""
