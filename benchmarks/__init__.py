"""How quick the course is, side by side with what one would take instead."""
