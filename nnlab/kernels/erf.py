"""The error function, erf x = 2 / sqrt(pi) * integral of exp(-t^2) from 0 to x, which NumPy does not have.

    |x| < 1:   erf x = x P(x^2)
    otherwise: erf x = 1 - exp(-x^2) Q(t),  t = 1 / (1 + x / 2),  with the sign of x

P and Q are polynomials fitted for nnlab at Chebyshev nodes with 40 digits (mpmath.chebyfit): P on [0, 1] within 8e-18,
Q on [1/4, 2/3], which is x from 1 to 6, within 9e-17. From 6 on, erf is 1 to the last digit of float64.
For float32 there are shorter ones, within 4.0e-8 and 3.0e-8.
"""

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.bounds import at_most

BLOCK = 1 << 14
"""Elements at a time: the temporaries of the many steps stay in the cache."""

SHORT_NEAR = (  # of P for float32
    -0.0005648059865503044,
    0.004921762027877231,
    -0.02671505423226643,
    0.11280316652505075,
    -0.37612343775327806,
    1.1283791261787373,
)
SHORT_FAR = (  # of Q for float32
    -0.08630241480808956,
    0.03992205867571933,
    0.28502885616463214,
    0.17766747955916717,
    0.30357716827715475,
    0.2787357211111005,
    0.00021172531150198787,
)
NEAR = (  # of P, the highest power first
    -7.795898827002142e-10,
    1.3720064546777686e-08,
    -1.6208483801871705e-07,
    1.6447424703317362e-06,
    -1.492473690741966e-05,
    0.00012055294904839707,
    -0.0008548325975389692,
    0.0052239776071164225,
    -0.02686617064323777,
    0.11283791670945006,
    -0.37612638903183543,
    1.1283791670955126,
)
FAR = (  # of Q
    0.06417709956997757,
    -0.4641503100512702,
    1.4993273861992589,
    -2.808469620081249,
    3.3141789939074116,
    -2.548579515162772,
    1.3907243547276613,
    -0.6720587822190289,
    0.19483233899524952,
    0.03477897668837144,
    0.185316412975862,
    0.24562975816641905,
    0.2822051417376623,
    0.2820885729320229,
    1.6242284740077591e-07,
)


def erf(x: Array) -> Array:
    """erf of every element; absolute error under 3e-16 in float64 and 2e-7 in float32.

    Shapes:  x: any, float32 or float64; result: the same
    """
    y = np.empty(x.shape, x.dtype)
    flat, out = x.reshape(-1), y.reshape(-1)
    memory = [np.empty(min(BLOCK, flat.size), x.dtype) for _ in range(3)]
    for start in range(0, flat.size, BLOCK):
        part = flat[start : start + BLOCK]
        _erf_of_block(part, out[start : start + BLOCK], *(own[: part.size] for own in memory))
    return y


def _erf_of_block(x: Array, y: Array, a: Array, square: Array, spare: Array) -> None:
    """Options:  a, square, spare: memory."""
    p, q = (SHORT_NEAR, SHORT_FAR) if x.dtype == np.float32 else (NEAR, FAR)
    at_most(np.abs(x, out=a), 6, out=a)  # NaN stays NaN
    np.multiply(a, a, out=square)
    t = np.multiply(a, 0.5, out=spare)
    t += 1
    far = _polynomial(q, np.divide(1, t, out=t), out=y)
    far *= np.exp(np.negative(square, out=spare), out=spare)
    np.subtract(1, far, out=far)
    near = _polynomial(p, square, out=spare)
    near *= a
    is_near = square
    np.copyto(is_near, a < 1)
    near *= is_near  # one of the two by products: choosing element by element takes twice as long
    far *= np.subtract(1, is_near, out=is_near)
    far += near
    np.copysign(far, x, out=y)


def _polynomial(coefficients: tuple[float, ...], x: Array, *, out: Array) -> Array:
    """By Horner's rule, the highest power first."""
    np.multiply(x, coefficients[0], out=out)
    for coefficient in coefficients[1:-1]:
        out += coefficient
        out *= x
    out += coefficients[-1]
    return out
