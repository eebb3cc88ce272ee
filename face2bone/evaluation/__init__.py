"""How well a model does on patients it has never seen, with honest comparisons beside it."""
