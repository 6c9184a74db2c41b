import pytest

from nnlab.tasks.base import TASKS
from nnlab.tracking.figures.base import FIGURES, Figures, Subject, drawn


def test_a_figure_that_was_drawn_is_named_and_one_that_failed_is_not(tmp_path, caplog):
    paths = []
    with drawn(tmp_path / "whole.png", paths):
        pass
    with drawn(tmp_path / "torn.png", paths):
        raise MemoryError("no room")
    assert paths == [tmp_path / "whole.png"]
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'torn.png'}: the figure is left out (no room)"
    ]


def test_an_interrupt_is_none_of_its_business(tmp_path):
    with pytest.raises(KeyboardInterrupt), drawn(tmp_path / "a.png", []):
        raise KeyboardInterrupt


@pytest.mark.parametrize("task", [cls for cls in TASKS if cls in FIGURES], ids=lambda cls: cls.__name__)
def test_a_task_s_figures_draw_nothing_of_a_run_that_answered_nothing(tmp_path, task, pictures):
    figures = FIGURES.of(task).of(task())
    assert isinstance(figures, Figures)
    assert figures.draw(tmp_path, Subject(pictures.classes, "main", (2, 2, 1))) == []
    assert list(tmp_path.iterdir()) == []
