"""BatchNorm over the samples of all processes."""

from typing import Any, NamedTuple

import torch
from torch.nn import functional as F

from nnlab.backends.torch.parallel.team import Team


class Moments(NamedTuple):
    """Mean and (biased) variance of each feature, and of how many values.

    Shapes:  mean, variance: (features,)
    """

    mean: torch.Tensor
    variance: torch.Tensor
    values: int


def moments_of(x: torch.Tensor) -> Moments:
    """Those of a process's own values.  Shapes:  x: (own samples, ..., features)

    On the processor by what BatchNorm itself does in training: `var_mean` takes 3 to 25 times as long.
    """
    if x.is_cuda:
        variance, mean = torch.var_mean(x, dim=list(range(x.ndim - 1)), correction=0)
    else:
        mean, variance = torch.batch_norm_update_stats(x.movedim(-1, 1), None, None, 0.0)
    return Moments(mean, variance, x.numel() // x.shape[-1])


def moments_of_all(x: torch.Tensor, team: Team) -> Moments:
    """Those of every process's values together: the same bits for all.

    n = sum n_p;  mean = sum n_p m_p / n;  variance = sum n_p (v_p + (m_p - mean)^2) / n

    m_p and v_p are those of one process's n_p values. That the processes' means differ is part of the variance.

    Shapes:  x: (own samples, ..., features)
    Source:  Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
    """
    own = moments_of(x)
    told = torch.cat([own.mean, own.variance, torch.ones_like(own.mean[:1])]).double()
    told[-1] = own.values  # as float32 it might be rounded
    every = torch.stack(team.of_each(told))
    means, variances, counts = every.split([x.shape[-1], x.shape[-1], 1], dim=1)
    values = counts.sum()
    mean = (counts * means).sum(0) / values
    variance = (counts * (variances + (means - mean).square())).sum(0) / values
    return Moments(mean.to(x.dtype), variance.to(x.dtype), int(values))


class Normalised(torch.autograd.Function):  # type: ignore[misc]
    """y = gamma xhat + beta,  xhat = (x - mean) / sqrt(variance + epsilon), the moments being those of all processes.

    Shapes:  x, y: (own samples, features, ...); gamma, beta: (features,)
    Gradient:  dbeta_p = sum dy;  dgamma_p = sum dy xhat     over one's own values: the processes' gradients are summed
               dx = gamma / sqrt(variance + epsilon) (dy - sum dbeta_p / n - xhat sum dgamma_p / n)
               the sums over all processes, because every value moves the mean and the variance of all others
               (docs/gradients.md)
    """

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, gamma: torch.Tensor, beta: torch.Tensor, found: Moments, epsilon: float, team: Team
    ) -> torch.Tensor:
        """One's own samples, normalised."""
        ctx.save_for_backward(x, gamma, found.mean, found.variance)
        ctx.team, ctx.values, ctx.epsilon = team, found.values, epsilon
        return F.batch_norm(x, found.mean, found.variance, gamma, beta, training=False, eps=epsilon)

    @staticmethod
    def backward(ctx: Any, dy: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        """Of one's own samples; needs what the others have.

        dx = k dy + slope x + shift;  k = gamma / sqrt(variance + epsilon): in one pass over memory by torch, as in
        evaluation, and another for the rest
        """
        x, gamma, mean, variance = ctx.saved_tensors
        needs_dx, needs_own = ctx.needs_input_grad[0], ctx.needs_input_grad[1] or ctx.needs_input_grad[2]
        if not (needs_dx or needs_own):
            return (None,) * 6
        dx, dgamma, dbeta = torch.ops.aten.native_batch_norm_backward(
            dy, x, gamma, mean, variance, None, None, False, ctx.epsilon, [needs_dx, True, True]
        )
        if needs_dx:
            inverse = (variance + ctx.epsilon).rsqrt()
            along, share = ctx.team.sum(torch.stack([dbeta, dgamma])) / ctx.values
            slope = -gamma * inverse.square() * share
            shift = -gamma * inverse * along - slope * mean
            features = (1, -1, *(1,) * (x.ndim - 2))
            dx.addcmul_(x.to(dx.dtype), slope.view(features).to(dx.dtype)).add_(shift.view(features).to(dx.dtype))
        return dx if needs_dx else None, dgamma, dbeta, None, None, None
