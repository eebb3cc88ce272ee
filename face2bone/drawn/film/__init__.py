"""What drawn radiographs share: bones as tubes, an exposure, planted values, patients, files."""
