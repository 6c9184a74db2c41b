from nnlab.data.left_out import left_out_line, strangers


def test_a_line_counts_them_by_their_endings_and_names_the_first() -> None:
    assert left_out_line([]) is None
    assert left_out_line(["a/x.foo"]) == "1 file is no picture by its name and is left out (1 .foo): a/x.foo"
    names = ["a/0.foo", "a/1.FOO", "a/2", "b/3.bar", "b/4.txt", "b/5.xml"]
    line = "6 files are no pictures by their names and are left out (2 .foo, 1 without an ending, 1 .bar, ...)"
    assert left_out_line(names) == f"{line}: a/0.foo, a/1.FOO, a/2 and 3 more"


def test_what_everybody_knows_is_no_picture_is_no_stranger() -> None:
    names = ["Thumbs.db", "desktop.ini", "README.md", "LICENSE", "dataset.toml", "IMG_0001", "a.txt"]
    assert list(strangers(names)) == ["IMG_0001", "a.txt"]
