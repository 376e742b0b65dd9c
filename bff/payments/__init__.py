"""Who pays the customer back? Payment providers behind one interface, never called inside a transaction."""
