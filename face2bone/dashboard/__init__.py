"""The dashboard's building blocks: what a person sees; no arithmetic on results here."""
