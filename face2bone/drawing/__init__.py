"""Numbers in, pictures out: maps over a crop, schematics, plots as SVG."""
