"""`python -m face2bone` is the same as the `face2bone` command."""

from face2bone.cli import main

main()
