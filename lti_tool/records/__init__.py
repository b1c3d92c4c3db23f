"""Learning records on their way: the stores, what was made for them, and how far each delivery got."""
