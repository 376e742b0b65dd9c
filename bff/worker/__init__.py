"""What goes on while nobody asks? Refunds are paid, deadlines fire, news goes out, and the books are compared."""
