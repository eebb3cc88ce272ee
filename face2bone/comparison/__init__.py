"""Face2Bone beside other networks and simple models, and without its parts, one protocol for all.

``candidates`` says what is compared, ``protocol`` how everything is trained, ``runs`` does one
run in one folder, ``baselines`` fits what needs no network, ``results`` turns runs into rows, with
the intervals of differences, and ``tables`` writes them; ``command`` puts it together.
"""
