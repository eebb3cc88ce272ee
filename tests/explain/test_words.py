from face2bone.explain.words import counted


def test_numbers_are_letters_up_to_twelve() -> None:
    assert [counted(n) for n in (0, 3, 10, 12, 13)] == ["no", "three", "ten", "twelve", "13"]
