"""The planted-truth table of docs/evidence/faithfulness.md: run with ``python -m``.

    python -m research.faithfulness BUNDLE... --out FOLDER

It needs the packages of requirements-dev.txt, because rival methods come from captum.
"""
