"""How torch may be told to work otherwise than it does here: what each way costs is for `nnlab study ladder` to say."""

TUNINGS = {
    "zero-grad": "a step's gradients are set to zero before the next one, not let go of",
    "loop": "every weight is updated by itself",
    "foreach": "weights are updated together, operation by operation; without both, in one pass over their memory",
    "channels-first": "images have their channels first in memory, as torch has them by default",
    "checkpoint": "of four parts of the network the inputs alone are kept; backward computes the rest again",
    "pinned": "minibatches go to the device from memory that is pinned, while it computes",
    "cudnn-benchmark": "cuDNN tries its ways of a convolution and takes the quickest",
    "tf32": "products of float32 on the device keep 10 bits of the mantissa",
    "reduce-overhead": "--compile records what the device is asked for and repeats it",
    "max-autotune": "--compile tries several forms of each operation",
}
"""What each does."""

OF_CUDA = frozenset({"pinned", "cudnn-benchmark", "tf32", "reduce-overhead", "max-autotune"})
"""Those that say something on a CUDA device alone."""
