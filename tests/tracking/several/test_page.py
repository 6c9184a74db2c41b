from collections.abc import Callable
from pathlib import Path

from nnlab.tracking.run import Run
from nnlab.tracking.several.report import report_of

Make = Callable[..., Run]


def share(count: int) -> list[int]:
    return [1] * count + [0] * (20 - count)


def test_the_page_says_the_word_and_holds_curves_and_table(make: Make, tmp_path: Path) -> None:
    one = [make("one", share(right), seed=seed) for seed, right in enumerate((10, 12, 14))]
    other = [make("other", share(right), seed=seed, model="OneLayer") for seed, right in enumerate((12, 15, 16))]
    found = report_of([*one, *other])
    page = found.page
    assert "Other is better than one" in page or "other is better than one" in page.lower()
    assert page.count('class="chart lines half"') == 4 and page.count("one, mean of 3") >= 4
    assert "test accuracy (chance 25.0%)" in page and "71.7% ± 10.4%" in page  # 0.6, 0.75, 0.8
    assert "paired t test by seed" in page and "NLayers" in page and "OneLayer" in page
    assert found.name == "report-one-other.html"
    document = found.document(None)
    assert document["differing"]["model"] == ["NLayers"] * 3 + ["OneLayer"] * 3
    assert [group["figures"]["test"]["values"] for group in document["groups"]] == [[0.5, 0.6, 0.7], [0.6, 0.75, 0.8]]
    assert document["comparisons"][0]["word"] == "better"


def test_many_experiments_get_a_row_each(make: Make) -> None:
    runs = [make(f"e{place}", share(10 + place), model=f"M{place}") for place in range(7)]
    page = report_of(runs).page
    assert "Against the first" in page and page.count("cannot tell") >= 3 and page.count("exact McNemar test") >= 6


def test_names_put_no_markup_into_the_page(make: Make) -> None:
    name = "<script>alert(1)<"
    runs = [make(name, share(10)), make("setting", share(12), model='"><img src=x>')]
    found = report_of(runs)
    page = found.page
    assert "<script>alert" not in page and "<img" not in page and "&lt;script&gt;alert" in page
    assert "/" not in found.name and "<" not in found.name


def test_a_run_that_has_not_ended_is_shown_and_not_judged(make: Make) -> None:
    ended, trains = make("ended", share(10)), make("trains", share(12), model="OneLayer")
    (trains.folder / "summary.json").unlink()
    found = report_of([ended, trains])
    assert found.verdicts[0].word == "cannot tell" and found.verdicts[0].found.note
    assert found.compared.of(trains)["dev"] == 0.6 and found.compared.of(trains)["test"] is None
    assert "trains" in found.page
