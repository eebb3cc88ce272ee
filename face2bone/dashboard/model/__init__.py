"""The pages about the model: what it was measured to be worth, its sources, and this program."""
