"""Which of a model's outputs says what a picture shows; where types and shapes do not tell, the user has to."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.core.errors import DataError
from nnlab.onnx.inference.forms import Output
from nnlab.onnx.inference.origins import Origins

Outputs = Sequence[Output]

MAPS = ("mask", "class map", "class numbers")
FLAG = "--output-name"


@dataclass(frozen=True)
class Choice:
    """What is read.

    Options:  main: scores, a map, the likeliest values, or a class alone.  label: the class that the network itself
              names beside its scores; of the likeliest values, their classes.  note: what else could have been read.
    """

    main: Output
    label: Output | None = None
    note: str | None = None


def choose(outputs: Outputs, origins: Origins, *, classes: int = 0, said: str | None = None) -> Choice:
    """The outputs that are read.

    Options:  classes: how many names of classes are known; 0 for none.  said: the name of one that has to be read.
    Raises:   DataError: none can be read, or several; it names them and the flag that chooses.
    """
    if said is not None:
        main = next(output for output in outputs if output.name == said)
        twin = [output for output in outputs if {main.form, output.form} == {"values", "classes"}]
        return _likeliest([main, *twin], outputs) if twin and _of_one(main, twin[0], origins) else _alone(main, outputs)
    plain = _without_auxiliary(outputs)
    by_form: dict[str, list[Output]] = {}
    for output in plain:
        by_form.setdefault(output.form, []).append(output)
    maps = [output for form in MAPS for output in by_form.get(form, [])]
    labels, scores = by_form.get("class", []), _scores(by_form.get("scores", []), origins, classes)
    if numbers := by_form.get("numbers"):
        return _one(numbers, plain)
    if grids := by_form.get("objects"):
        return _one(grids, plain)
    if tables := by_form.get("table", []):
        return _one([] if maps else tables, plain, _own(labels, tables, origins))
    if maps:
        return _map([] if scores or labels or "values" in by_form else maps, plain, origins)
    if scores:
        confident = len(labels) == 1 and len(scores) == 1 and scores[0].value.size == 1
        if confident and origins.source(scores[0].name).operator == "ReduceMax":
            return Choice(labels[0], scores[0])
        return _one([] if _beside_boxes(scores, plain) else scores, plain, _own(labels, scores, origins))
    if twins := [*by_form.get("values", []), *by_form.get("classes", [])]:
        return _likeliest([] if _beside_boxes(twins, plain) else twins, plain)
    return _one(labels, plain)


def _without_auxiliary(outputs: Outputs) -> Outputs:
    """Those that are not called auxiliary: heads that only training reads."""
    return [output for output in outputs if "aux" not in output.name.casefold()] or outputs


def _scores(found: Outputs, origins: Origins, classes: int) -> Outputs:
    """Without those that are another's before its softmax; of several, those of as many classes as there are names."""
    if classes and (fitting := [output for output in found if output.value.size == classes]):
        found = fitting
    return [output for output in found if not any(_says_more(other, output, origins) for other in found)]


def _says_more(one: Output, than: Output, origins: Origins) -> bool:
    """Whether the same scores are another output already: as probabilities, all of them, or earlier in the list."""
    if one is than:
        return False
    behind, source = origins.scores_behind(one.name), origins.source(than.name)
    if one.value.size != than.value.size:
        return source.operator == "ReduceMax" and behind == origins.scores_behind(than.name)
    if origins.source(one.name).name == source.name:
        return one.place < than.place
    return behind == source.name


def _own(labels: Outputs, scores: Outputs, origins: Origins) -> Output | None:
    """The class that belongs to the scores; None for none. Two classes without a scores' own: none is."""
    behind = {origins.scores_behind(output.name) for output in scores}
    own = [output for output in labels if origins.scores_behind(output.name) in behind]
    return own[0] if own else labels[0] if len(labels) == 1 else None


def _beside_boxes(scores: Outputs, outputs: Outputs) -> bool:
    """Whether there are as many scores as another output has rows of four or more numbers: those of boxes."""
    count = scores[0].value.size
    for output in outputs:
        long = [length for length in getattr(output.value, "shape", ()) if length != 1]
        if count > 1 and len(long) == 2 and ((long[0] == count and long[1] >= 4) or long == [4, count]):
            return True
    return False


def _map(maps: Outputs, outputs: Outputs, origins: Origins) -> Choice:
    numbers = [output for output in maps if output.form == "class numbers"]
    full = [output for output in maps if output.form == "class map"]
    own = {origins.scores_behind(output.name) for output in numbers}
    if len(full) == 1 and len(maps) > 1 and own == {origins.scores_behind(full[0].name)}:
        return _one(full, outputs)
    if len(maps) > 1 and len(maps) == len(outputs) and all(output.form == "mask" for output in maps):
        shape = maps[0].value.shape
        if all(output.value.shape == shape for output in maps):  # a network that gives one at each of its depths
            note = f"{len(maps)} outputs are masks; the first, {maps[0].name}, is read ({FLAG}=NAME for another)"
            return Choice(maps[0], note=note)
    return _one(maps, outputs)


def _likeliest(twins: Outputs, outputs: Outputs) -> Choice:
    values = [output for output in twins if output.form == "values"]
    classes = [output for output in twins if output.form == "classes"]
    if len(classes) == 1 and len(values) <= 1:
        return Choice(values[0], classes[0]) if values else Choice(classes[0])
    return _one([], outputs)


def _of_one(first: Output, second: Output, origins: Origins) -> bool:
    """Whether two outputs are of the same node."""
    nodes = [origins.numbering(output.name) or origins.source(output.name) for output in (first, second)]
    return nodes[0].node is not None and nodes[0].node is nodes[1].node


def _alone(main: Output, outputs: Outputs) -> Choice:
    return _one([] if main.form in ("other", "values") else [main], [main])


def _one(found: Outputs, outputs: Outputs, label: Output | None = None) -> Choice:
    if len(found) == 1:
        return Choice(found[0], label)
    raise unreadable(outputs)


def unreadable(outputs: Outputs) -> DataError:
    """What is said where no output can be read, or several could be."""
    names = [output.shown for output in outputs[:6]] + (["..."] if len(outputs) > 6 else [])
    if len(outputs) == 1:
        what = f"gives {names[0]}: neither the scores of classes, a class, nor a mask"
        hint = "--kind=labels, mask, class-map or objects reads it as that; see docs/infer.md"
        return DataError(what, hint=hint)
    what = f"gives {len(outputs)} outputs, and their types and shapes do not tell which one is the answer: "
    can = [output.name for output in outputs if output.form not in ("other", "values")]
    hint = f"choose one with {FLAG}={can[0]}" if can else f"{FLAG}=NAME and --kind=labels, mask or class-map read one"
    return DataError(what + ", ".join(names), hint=hint)
