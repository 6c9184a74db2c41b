"""The names that ship: as many as there are classes, in their order."""

import pytest

from nnlab.onnx.catalogue.class_names import class_names, known_lists

SOME = {
    "imagenet": (
        1000,
        {0: "tench", 1: "goldfish", 281: "tabby", 282: "tiger cat", 499: "cleaver", 999: "toilet tissue"},
    ),
    "imagenet-1001": (1001, {0: "background", 1: "tench", 282: "tabby"}),
    "coco": (80, {0: "person", 2: "car", 15: "cat", 16: "dog", 17: "horse", 79: "toothbrush"}),
    "coco-91": (91, {0: "background", 1: "person", 12: "(not used)", 17: "cat", 90: "toothbrush"}),
    "voc": (21, {0: "background", 8: "cat", 15: "person", 20: "tvmonitor"}),
    "mnist": (10, {0: "0", 9: "9"}),
    "cifar10": (10, {0: "airplane", 3: "cat", 9: "truck"}),
}


@pytest.mark.parametrize("name", SOME)
def test_names_stand_at_their_numbers(name: str) -> None:
    names, (count, some) = class_names(name), SOME[name]
    assert len(names) == count
    assert {number: names[number] for number in some} == some
    assert all(name == name.strip() and name for name in names)
    assert name == "coco-91" or len(set(names)) == count


def test_every_list_is_known_and_others_are_none() -> None:
    assert set(known_lists()) == set(SOME)
    assert class_names("../classes/mnist") == () == class_names("README")
