"""Others' files in 8 bits: how large they become, and what they get right; never how quick they are."""

from pathlib import Path

import pytest

from nnlab.experiment.answering.of_file import Named, file_subject
from nnlab.experiment.quantize import parted, quantised, runner
from nnlab.onnx.write.quantized.coding import Codes


def test_a_network_of_others_becomes_a_quarter_and_gets_as_much_right(shared_data: Path) -> None:
    """cifar-resnet-2b: 67.6% of the 1,000 JPEGs in float, as was measured with onnxruntime alone."""
    pytest.importorskip("onnxruntime", reason="it is quick enough for 1,000 pictures")
    file = shared_data / "onnx" / "cifar-resnet-2b" / "cifar-resnet-2b.onnx"
    subject = file_subject(Named(file=str(file), data=str(shared_data / "cifar10")))
    assert subject.test is not None and len(subject.test.sources) == 1000 and subject.chance() == 0.1
    made = quantised(subject, Codes(), method="minmax", pictures=64, threads=1)
    assert made.opset == 13 and made.seen.pictures == 64
    assert made.model.ByteSize() < 0.3 * subject.model.ByteSize()
    before, after = (subject.answered(runner(model, "onnxruntime", 1)) for model in (subject.model, made.model))
    assert before is not None and after is not None
    assert before.figure == pytest.approx(0.676, abs=0.001)  # decoders may differ in a pixel's last bit
    assert after.figure >= before.figure - 0.01
    found = parted(before, after)
    assert found is not None and found[2].word() != "worse"
