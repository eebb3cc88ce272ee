"""Why the network said so: exact region Shapley values and CRAFT concepts.

Arrays in, frozen dataclasses out; nothing here draws, and nothing here knows which engine
runs the network.
"""
