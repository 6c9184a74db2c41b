"""Sigma of crops over a dataset's pictures: the published figures of cats_dogs, and ENS's arithmetic."""

from pathlib import Path

import pytest

from nnlab.core.errors import DataError
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.sigma import Sizes, Wanted, central_crop, closed_form, picture_sizes, sigma, stride_of
from nnlab.experiment.sources import from_flags

ENS = Sizes(train=64, test=64, resize=72)
SMALL, WHOLE, RATIO = (0.2, 0.7), (0.08, 1.0), (3 / 4, 4 / 3)


def experiment(dataset: Path, **settings: object) -> Experiment:
    folder = {"datasets_path": str(dataset.parent), "dataset": dataset.name, "prepare": "none"}
    return resolve(from_flags(folder | settings))


def test_ens_arithmetic_at_phi_4() -> None:
    sizes = Sizes(train=146, test=146, resize=165)
    r = sizes.ratio(0.444)
    assert r == pytest.approx(0.5018, abs=5e-5) and 1 / r == pytest.approx(1.993, abs=5e-4)
    assert round(165 / r) == 329 and central_crop(329, 146 / 165) == 293
    assert sizes.suggested(0.444) == (329, 293)
    assert Sizes(146, 146, 165, stride=16).suggested(0.444) == (329, 288)


def test_the_factor_of_the_paper() -> None:
    sizes = Sizes(train=224, test=224, resize=256)
    assert closed_form(WHOLE)[0] == pytest.approx(0.54)
    assert sizes.ratio(closed_form(WHOLE)[1]) == pytest.approx(0.8094, abs=5e-5)  # the paper says 0.80
    assert 1 / sizes.ratio(closed_form(WHOLE)[1]) == pytest.approx(1.2355, abs=5e-5)
    assert 1 / ENS.ratio(closed_form(SMALL)[1]) == pytest.approx(1.3435, abs=5e-5)
    assert 1 / ENS.ratio(closed_form(SMALL)[0]) == pytest.approx(1.975, abs=5e-4)


@pytest.mark.parametrize(
    ("scale", "row", "expected"),
    [
        (SMALL, 0, (0.4444, 0.6576, 0.7460)),
        (WHOLE, 1, (0.437, 0.638, 0.722)),
        (SMALL, 1, (0.438, 0.653, 0.741)),
    ],
)
def test_cats_and_dogs(
    shared_data: Path, scale: tuple[float, float], row: int, expected: tuple[float, float, float]
) -> None:
    wanted = Wanted(scale, RATIO, 200, ENS, "all")
    found = sigma(experiment(shared_data / "cats_dogs"), wanted)
    assert found.pictures == 560
    means = found.rows[row].area, found.rows[row].linear, found.rows[row].short
    # 112,000 draws have a standard error of 0.0004; the rest of 0.002 is that of what is published
    assert [mean.value for mean in means] == pytest.approx(expected, abs=0.002)
    assert means[0].error == pytest.approx(0.141 / 112_000**0.5, rel=0.6)


def test_the_factors_of_cats_and_dogs(shared_data: Path) -> None:
    (row, *_) = sigma(experiment(shared_data / "cats_dogs"), Wanted(SMALL, RATIO, 200, ENS, "all")).rows
    factors = [1 / ENS.ratio(mean.value) for mean in (row.area, row.linear, row.short)]
    assert factors == pytest.approx((2.000, 1.352, 1.192), abs=0.009)  # 0.002 of 0.4444 is 0.009 of 2


def test_one_pass_has_the_published_standard_error(shared_data: Path) -> None:
    (row, *_) = sigma(experiment(shared_data / "cats_dogs"), Wanted(SMALL, RATIO, 1, ENS, "all")).rows
    # of 0.006 and 0.0046; a standard deviation of 560 draws is itself known to 3%: four times as much
    assert row.area.error == pytest.approx(0.006, rel=0.12) and row.linear.error == pytest.approx(0.0046, rel=0.12)


def test_training_pictures_alone_and_steps_of_ones_own(repository: Path) -> None:
    made = experiment(repository / "datasets" / "colors", augment=("RandomResizedCrop:scale=0.2,0.7",), resize=(32, 32))
    assert len(picture_sizes(made, "training")) == 126 and len(picture_sizes(made, "all")) == 180
    own, square, resized = sigma(made, Wanted(SMALL, RATIO, 1, Sizes(32, 32, 32))).rows
    assert (own.name, own.sampled, square.closed is not None, resized.closed) == ("its own steps", None, True, None)
    assert own.area.value == pytest.approx(0.45, abs=0.007)  # three standard errors of 4,000 draws


def test_strides_of_networks(repository: Path) -> None:
    colors = repository / "datasets" / "colors"
    assert stride_of(experiment(colors, model="MBConvNet", resize=(64, 64))) == 16
    assert stride_of(experiment(colors)) == 1


def test_pictures_without_a_size(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(4):
            (tmp_path / "set" / name / f"{number}.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match="no picture whose header says its size"):
        picture_sizes(experiment(tmp_path / "set"), "training")
