"""Is an explanation right? Against planted truth where there is one, against itself elsewhere.

``twin`` and ``truth`` need drawn patients, whose faces can be drawn again with healthy bone;
``curves``, ``robustness`` and ``self_check`` need only the value tables of the region games.
``baselines`` are attributions that know nothing of the network: what every figure must beat.
docs/faithfulness.md says what each figure means, docs/results/faithfulness.md what was found.
"""
