"""Dropout."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.core.types import Shape
from nnlab.layers.base import LAYERS, Example
from nnlab.layers.dropping import Dropping


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Dropout(Dropping):
    """In training, each value is dropped with probability `rate` and the others grow to keep the mean.

    y = x mask;  mask = 0 with probability rate, else 1 / (1 - rate)         in training
    y = x                                                                    in evaluation, and at rate 0

    Neighbours in an image are nearly alike, and say what a pixel would have said that is dropped alone. With `channels`
    whole channels of a sample are dropped instead.

    Shapes:  x, y: (batch, ..., channels); mask: the same, with `channels` (batch, 1, ..., channels)
    Gradient:  dx = dy mask
    Options:  rate: share of the values (or channels) that is dropped, 0 to below 1.
              channels: whether all places of a channel are dropped together.
    Source:  Srivastava et al., "Dropout", 2014; scaled in training ("inverted") so that evaluation is the identity;
             Tompson et al., "Efficient object localization using convolutional networks", 2015 (channels).
    """

    also_called = ("Dropout2d", "SpatialDropout", "SpatialDropout2D", "ChannelDropout")

    channels: bool = option(False, "drop whole channels of a sample, all places together, instead of single values")

    def mask_shape(self, in_shape: Shape) -> Shape:
        """That of the sample; with `channels` one number for each."""
        return (*[1] * (len(in_shape) - 1), *in_shape[-1:]) if self.channels else in_shape

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Dropping half, a little, nothing, and channels of images and of rows."""
        image = ((3, 4, 2),)
        return (
            ({}, ((6,),)),
            ({"rate": 0.2}, image),
            ({"rate": 0.0}, ((6,),)),
            ({"channels": True}, image),
            ({"rate": 0.3, "channels": True}, ((6,),)),
        )
