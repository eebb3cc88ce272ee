"""Radiographs of the hand."""
