"""Face2Bone beside other networks and simple models, and without its parts, one protocol for all.

``candidates`` says what is compared, ``protocol`` how everything is trained, ``runs`` does one
run in one folder, ``simple`` fits what needs no network, ``paired`` has the intervals of
differences, ``tables`` writes results; ``command`` puts it together.
"""
