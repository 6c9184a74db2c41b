import numpy as np

from nnlab.baselines.segmentation import GreyThreshold, OneClass
from nnlab.core.truth import VOID, Mask
from nnlab.metrics.counts import MeanIoU


def test_one_class_is_that_of_most_pixels():
    baseline = OneClass()
    baseline.fit(np.zeros((1, 2, 3, 1)), (Mask(np.array([[VOID, VOID, VOID], [1, 1, 0]])),))
    (said,) = baseline.answers(np.zeros((1, 4, 5, 1)))
    np.testing.assert_array_equal(said.pixels, np.ones((4, 5)))


def test_the_threshold_is_the_best_there_is_whichever_class_is_bright():
    """Against every threshold tried in turn."""
    generator = np.random.default_rng(0)
    for flip in (False, True):
        grey = generator.integers(0, 256, (3, 20, 20, 1)).astype(np.float32)
        truth = (grey[..., 0] + generator.normal(0, 40, grey.shape[:3]) > 150) != flip
        masks = tuple(Mask(mask.astype(np.uint8)) for mask in truth)
        grey[0, 0, :2, 0] = 0, 255
        baseline = GreyThreshold(2)
        baseline.fit(grey, masks)

        def reached(answers, masks=masks):
            metric = MeanIoU()
            metric.update(answers, masks)
            return metric.compute()

        tried = [
            reached(tuple(Mask(((image[..., 0] >= at) != other).astype(np.uint8)) for image in grey))
            for at in np.linspace(0, 255, 257)
            for other in (False, True)
        ]
        assert max(tried) - 0.003 <= reached(baseline.answers(grey)) <= max(tried) + 0.003  # shades of 255/256


def test_of_more_classes_each_shade_has_that_of_most_of_its_pixels():
    grey = np.repeat(np.linspace(0, 1, 30)[np.newaxis, :, np.newaxis], 4, axis=0)[np.newaxis]
    mask = np.repeat((np.arange(30) // 10)[np.newaxis], 4, axis=0)
    baseline = GreyThreshold(3)
    baseline.fit(grey, (Mask(mask),))
    np.testing.assert_array_equal(baseline.answers(grey)[0].pixels, mask)
