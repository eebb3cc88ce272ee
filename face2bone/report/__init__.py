"""An assessment for other eyes: JSON and pictures."""
