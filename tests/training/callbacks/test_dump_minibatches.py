from nnlab.core.truth import Label
from nnlab.training.callbacks import dump_minibatches
from nnlab.training.callbacks.dump_minibatches import DumpMinibatches


def as_json(truth):
    assert type(truth) is Label
    return ("a", "b")[truth.index]


def dumped(scripted, **options):
    told, drawn = [], []
    watcher = DumpMinibatches(as_json, told.append, lambda step: drawn.append((step.epoch, step.batch_index)))
    scripted(accuracy=[0.5], callbacks=[watcher], **options).run()
    return told, drawn


def test_every_minibatch_is_told_with_its_files_and_classes(scripted):
    told, _ = dumped(scripted, epochs=2, sizes=[2, 1])
    assert told[0] == {
        "epoch": 1, "batch": 0, "samples": 2, "sources": ["training/0.png", "training/1.png"], "labels": ["a", "a"],
    }  # fmt: skip
    assert [(row["epoch"], row["batch"], row["samples"]) for row in told] == [
        (1, 0, 2),
        (1, 1, 1),
        (2, 0, 2),
        (2, 1, 1),
    ]


def test_the_first_epoch_alone_is_drawn(scripted):
    assert dumped(scripted, epochs=3, sizes=[2, 1])[1] == [(1, 0), (1, 1)]


def test_so_many_pictures_and_no_more(scripted, monkeypatch):
    monkeypatch.setattr(dump_minibatches, "SHEETS", 2)
    told, drawn = dumped(scripted, epochs=1, sizes=[1] * 5)
    assert (len(told), len(drawn)) == (5, 2)
