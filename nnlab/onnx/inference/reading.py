"""From a model's outputs to an answer: scores, a class alone, the likeliest ones, a mask, a class map, boxes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.inference.answer import Answer, not_finite
from nnlab.onnx.inference.brought_back import brought_back, fills
from nnlab.onnx.inference.choose import Choice, choose, unreadable
from nnlab.onnx.inference.class_maps import class_map_of
from nnlab.onnx.inference.forms import MAP_FORMS, Form, Output, Size, classes_axis, output_of
from nnlab.onnx.inference.masks import mask_of
from nnlab.onnx.inference.meaning import doubt
from nnlab.onnx.inference.objects import FIRST_CLASS, objects_in
from nnlab.onnx.inference.origins import CLASSIFIERS, Origins
from nnlab.onnx.inference.probabilities import TOLERANCE, add_up, probabilities, whole_shares
from nnlab.onnx.inference.quantised import unquantised
from nnlab.onnx.inference.recipe import Recipe
from nnlab.onnx.ops.base import is_float


@dataclass(frozen=True, eq=False)
class Reader:
    """Reads what a model gives for one picture.

    Options:  recipe: what is known of the model: the kind of its output, its name, names of the classes.
    """

    view: ModelView
    recipe: Recipe

    @cached_property
    def origins(self) -> Origins:
        """Where its outputs come from."""
        return Origins(self.view)

    def choice(self, values: Sequence[Any], x: Array) -> Choice:
        """Which outputs are read. Raises DataError: when that cannot be told."""
        size, said = Size.of(x), self.recipe.output
        outputs = [
            output_of(declared.name, value, self.origins, size, place)
            for place, (declared, value) in enumerate(zip(self.view.graph.outputs, values, strict=True))
        ]
        outputs = [replace(output, form="other") if self._is_list(output) else output for output in outputs]
        if self.recipe.kind is not None:
            outputs = [replace(output, form=_as(self.recipe.kind, output, size)) for output in outputs]
        if self.recipe.kind == "mask" and said is None:  # of networks that give one at each of their depths the first
            said = next((output.name for output in outputs if output.form == "mask"), None)
        elif self.recipe.labels:  # as many as there are names of classes
            outputs = [self._named(output) for output in outputs]
        choice = choose(outputs, self.origins, classes=len(self.recipe.labels), said=said)
        if choice.main.form == "scores" and not (choice.label or self.recipe.labels or self.recipe.kind):
            return replace(choice, note=doubt(choice.main.name, self._numbers(choice.main), self.origins))
        return choice

    def _is_list(self, output: Output) -> bool:
        """Whether scores are one row of a list of any length, as it happens: (1, found, 6) of a detector."""
        axes = self.view.graph.outputs[output.place].shape or ()
        free = any(not isinstance(axis, int) for axis in axes[1:])
        return output.form == "scores" and free and any(isinstance(axis, int) and axis > 1 for axis in axes[1:])

    def _named(self, output: Output) -> Output:
        """An output whose numbers are as many as the names that are known: of these classes, whatever it looks like."""
        value = output.value
        row = isinstance(value, np.ndarray) and is_float(value) and value.size == max(value.shape, default=0)
        known = row and output.form == "other" and value.size == len(self.recipe.labels)
        return replace(output, form="scores") if known and not self.origins.holds_boxes(output.name) else output

    def answer(self, choice: Choice, x: Array, image: Image, lib: ImageLibrary) -> Answer:
        """What the outputs of a choice say. Raises DataError: when they cannot be read as what they are."""
        if choice.main.form == "objects":
            return objects_in(choice.main.value, _size(x), self.recipe.feed.placement(image, lib))
        if choice.main.form != "mask" and choice.main.form not in MAP_FORMS:
            return _READERS[choice.main.form](self, choice)
        placement = self.recipe.feed.placement(image, lib)
        if fills(placement):
            return self._map(choice, x, image, lib)
        return brought_back(self._map(choice, x, placement.image(image, lib), lib), placement, lib)

    def _map(self, choice: Choice, x: Array, image: Image, lib: ImageLibrary) -> Answer:
        """A mask or a class map of the picture, as the network saw it."""
        main = choice.main
        if main.form == "mask":
            scores = np.squeeze(main.value).astype(np.float32)
            return Answer(mask=mask_of(scores, image, lib), problem=not_finite(scores, "values of the mask"))
        axis = None if main.form == "class numbers" else classes_axis(main.value, _size(x), least=0)
        if main.form == "class map" and axis is None:
            raise unreadable([main])
        return class_map_of(main.value, axis, image, lib)

    def scores(self, choice: Choice) -> Answer:
        """One number for each class."""
        main = choice.main
        raw = self._numbers(main)
        out = np.isneginf(raw)  # classes that are ruled out; where every one is, none is left to be it
        problem = not_finite(raw if out.all() else np.where(out, 0, raw), "scores")
        said = self.origins.emits(main.name)
        softmax = said is not None and said.kind == "probabilities"
        source = self.origins.source(main.name)
        logistic = source.node is not None and source.node.attributes.get("post_transform") == "LOGISTIC"
        alone = raw.size > 1 and (logistic or (said is not None and said.kind == "scores"))  # their sum is not 1
        if not problem and (ordered := self._ordered(choice, raw)):
            return ordered
        if problem:
            shares = np.full(max(2, raw.size), np.nan)
        else:
            shares = raw.astype(np.float64) if alone else probabilities(raw, softmax=softmax)
        classes = self.origins.class_list(choice.label.name) if choice.label else ()
        classes, label = classes or self.origins.class_list(main.name), self.label(choice.label)
        if classes and len(classes) != len(shares):  # the scores are of something else
            label, classes = classes[label] if isinstance(label, int) else label, ()
        return Answer(probabilities=shares, label=label, classes=classes, problem=problem)

    def _ordered(self, choice: Choice, raw: Array) -> Answer | None:
        """The answer of scores that say an order and no probabilities; None where they say these.

        Such are whole numbers of which nobody knows the step, and a classifier's own: distances, votes of pairs.
        """
        main, node = choice.main, self.origins.source(choice.main.name).node
        steps = not is_float(main.value) and unquantised(main.value, main.name, self.origins) is None
        classifier = node is not None and node.operator in CLASSIFIERS and not add_up(raw)
        if node is None or not (steps or (classifier and node.attributes.get("post_transform", "NONE") == "NONE")):
            return None
        if choice.label is not None:
            return self.alone(Choice(choice.label))
        classes = self.origins.class_list(main.name)
        if raw.size < 2 or (classes and len(classes) != raw.size) or "vectors_per_class" in node.attributes:
            raise unreadable([main])
        ranking = tuple((int(place), None) for place in np.argsort(-raw, kind="stable"))
        return Answer(ranking=ranking, classes=classes)

    def _numbers(self, output: Output) -> Array:
        """An output's numbers, those of 8 bits as what they stand for."""
        wide = None if is_float(output.value) else unquantised(output.value, output.name, self.origins)
        return (output.value if wide is None else wide).reshape(-1).astype(np.float32)

    def table(self, choice: Choice) -> Answer:
        """Names of classes and their probabilities."""
        table = {str(name): float(share) for name, share in choice.main.value.items()}
        listed = self.origins.class_list(choice.main.name)  # onnxruntime sorts by name
        if sorted(listed) == sorted(table):
            table = {name: table[name] for name in listed}
        shares = np.array(list(table.values()))
        label = self.label(choice.label)
        problem = not_finite(shares, "probabilities")
        if problem is None and (shares.min() < 0 or shares.max() > 1 + TOLERANCE):  # distances, or votes
            names = sorted(table, key=lambda name: (name != str(label), -table[name]))
            return Answer(ranking=tuple((listed.index(name) if name in listed else name, None) for name in names),
                          classes=tuple(table))  # fmt: skip
        return Answer(probabilities=shares, classes=tuple(table), label=label, problem=problem)

    def numbers(self, choice: Choice) -> Answer:
        """Numbers that mean themselves, by the names that are known of them, else numbered from 1."""
        raw = self._numbers(choice.main)
        names = self.recipe.labels or tuple(str(place) for place in range(1, raw.size + 1))
        if len(names) != raw.size:
            what = f"gives {raw.size} numbers, and {len(names)} names are known ({', '.join(names[:4])}, ...)"
            raise DataError(what, where="the model", hint="give its own names: --labels=FILE, one in each line")
        values = dict(zip(names, map(float, raw), strict=True))
        return Answer(values=values, problem=not_finite(raw, "numbers"))

    def alone(self, choice: Choice) -> Answer:
        """A class, perhaps with its score."""
        label = self.label(choice.main)
        if label is None:
            raise unreadable([choice.main])
        share = float(choice.label.value.reshape(-1)[0]) if choice.label is not None else None
        ranking = ((label, share if share is not None and 0 <= share <= 1 else None),)
        return Answer(ranking=ranking, classes=self.origins.class_list(choice.main.name))

    def likeliest(self, choice: Choice) -> Answer:
        """The likeliest classes, with their probabilities where their scores are some."""
        both = choice.label or choice.main
        names = [self.label(replace(both, value=entry)) for entry in both.value.reshape(-1, 1)]
        found, classes = self.origins.numbering(both.name), self.origins.class_list(both.name)
        if found is None or found.node is None or None in names or found.node.attributes.get("largest", 1) == 0:
            raise unreadable([both])
        if choice.label is None:
            return Answer(ranking=tuple((name, None) for name in names if name is not None), classes=classes)
        values = choice.main.value.reshape(-1).astype(np.float64)
        problem = not_finite(values, "scores")
        if problem or len(values) != len(names):
            return Answer(problem=problem or f"the network gives {len(values)} scores of {len(names)} classes")
        shares = list(map(float, values)) if whole_shares(values) else [None] * len(values)
        order = np.argsort(-values, kind="stable")
        ranking = [(names[place], shares[place]) for place in order]
        return Answer(ranking=tuple((name, share) for name, share in ranking if name is not None), classes=classes)

    def label(self, output: Output | None) -> str | int | None:
        """A class by its name, or by its number where the recipe may have a name for it."""
        if output is None:
            return None
        entry = output.value.reshape(-1)[0]
        if isinstance(entry, bytes):
            return entry.decode("utf-8", "replace")
        if isinstance(entry, str):
            return entry
        number = float(entry)
        if not np.isfinite(number) or number != int(number):
            return None
        listed = self.origins.class_list(output.name)
        if not listed:
            return int(number)
        return listed.index(str(int(number))) if str(int(number)) in listed else str(int(number))


def _size(x: Array) -> Size:
    size = Size.of(x)
    if size is None:
        raise DataError("gives a map, and takes pictures as one row: where its places lie is not known")
    return size


def _as(kind: str, output: Output, size: Size | None) -> Form:
    """An output's form when it is known what the model gives."""
    value, form = output.value, output.form
    if not isinstance(value, np.ndarray) or not value.size:
        return form
    long = sum(length != 1 for length in value.shape)
    if kind == "mask":
        return "mask" if long == 2 and value.dtype.kind not in "OSUT" else "other"
    if kind == "numbers":
        return "numbers" if long <= 1 and is_float(value) else "other"
    if kind == "objects":
        return "objects" if value.ndim == 4 and value.shape[1] > FIRST_CLASS and is_float(value) else "other"
    if kind == "labels":
        return form if form in ("class", "classes", "values", "scores") else "scores" if long <= 1 else "other"
    if form == "class numbers" or (long == 2 and value.dtype.kind in "iu"):
        return "class numbers"
    return "class map" if size and value.ndim >= 3 and classes_axis(value, size, least=0) is not None else "other"


_READERS: Mapping[str, Callable[[Reader, Choice], Answer]] = {
    "scores": Reader.scores,
    "table": Reader.table,
    "class": Reader.alone,
    "classes": Reader.likeliest,
    "values": Reader.likeliest,
    "numbers": Reader.numbers,
}
