"""Radiographs of the knee."""
