"""The recipes that ship: each is read whole, and says in its first lines how it is used."""

import re
from pathlib import Path

import pytest

from nnlab.experiment.config import resolve
from nnlab.experiment.sources import from_file, from_flags

RECIPES = sorted((Path(__file__).parents[2] / "docs" / "recipes").glob("*.toml"))


def test_there_is_one_for_each_set_of_the_page(repository: Path) -> None:
    page = (repository / "docs" / "recipes.md").read_text()
    assert {path.stem for path in RECIPES} == set(re.findall(r"\(recipes/(\w+)\.toml\)", page))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_every_setting_of_a_recipe_is_one(recipe: Path) -> None:
    experiment = resolve(from_flags({"dataset": "colors"}), from_file(recipe))
    said = from_file(recipe).values
    assert experiment.chosen["model"] == "SmallCnn" or experiment.chosen["task"] != "Classification"
    assert "data.dataset" not in said and "run.backend" not in said  # whoever types it says which
    assert experiment.run.epochs == said["run.epochs"]
    assert tuple(experiment.data.augment) == tuple(said.get("data.augment", ()))
    assert f"--config=docs/recipes/{recipe.name}" in recipe.read_text().splitlines()[1]
