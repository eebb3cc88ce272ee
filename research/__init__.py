"""Studies of the software itself; not installed with the package."""
