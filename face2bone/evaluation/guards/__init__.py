"""Guards against fooling ourselves: leaks, shortcuts, shuffled labels, the luck of a seed."""
