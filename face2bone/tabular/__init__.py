"""Tables as hospitals write them: text files, delimiters, cells, and zeros that were lost."""
