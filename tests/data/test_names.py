from nnlab.data.names import is_image, natural


def test_names_that_differ_in_case_or_zeros_alone_keep_one_order() -> None:
    names = ["001", "01", "1", "A", "a", "B1", "b1"]
    for turn in range(len(names)):
        assert sorted(names[turn:] + names[:turn], key=natural) == names


def test_endings_say_that_a_file_is_an_image_in_any_case() -> None:
    assert all(map(is_image, ["a.JPG", "b.jpeg", "c.d.png", "e.gif", "f.pjpeg", "g.Jif", "h.mpo", "i.dng", "j.DIB"]))
    assert not any(map(is_image, ["png", "a.txt", "notes", ".png", "__cover.png", "a.png.bak"]))
