"""A search in words: its table, and its sentences."""

import statistics
from collections.abc import Sequence

from nnlab.labs.resolution.said import about_statistics
from nnlab.labs.scaling.candidates import Candidate, Candidates
from nnlab.labs.scaling.opened import Opened
from nnlab.labs.scaling.search import BASE
from nnlab.labs.studies import step_cells
from nnlab.metrics.significance import Difference, t_interval
from nnlab.tracking.several.words import shown_p

MEGA = 1e6


def head(found: Candidates) -> dict[str, bool]:
    """The columns, and whether each holds numbers."""
    title, chance = found.judge.title, found.found[0].results[0].get("chance") if found.found else None
    level = "" if chance is None else f" (chance {found.judge.shown(chance)})"
    names = [
        "side", "channels", "repeats", "trainable", "multiply-adds", "cost", "CPU s", "ms a picture", *step_cells.HEAD,
        f"dev {title}{level}, best", "last", "median of the last tenth", "statistics anew", "per million multiply-adds",
    ]  # fmt: skip
    return {
        "alpha,beta,gamma": False,
        **dict.fromkeys(names, True),
        "against the base": False,
        "against the best": False,
    }


def rows(found: Candidates) -> list[list[str]]:
    """A row of text for each network."""
    return [_row(found, candidate) for candidate in found.found]


def _row(found: Candidates, one: Candidate) -> list[str]:
    judge, grown = found.judge, one.grown
    is_equal = found.grid.is_equal(one.name)
    share = one.mean / (grown.multiply_adds / MEGA)
    off = grown.ratio / found.grid.search.target - 1
    cost = f"{grown.ratio:.3f}" if one.name == BASE or is_equal else f"{grown.ratio:.3f} ({off:+.0%})"
    return [
        one.name,
        str(grown.size[0]),
        ",".join(map(str, grown.channels)),
        ",".join(map(str, grown.repeats)),
        f"{grown.parameters:,}",
        f"{grown.multiply_adds:,}",
        cost,
        f"{one.cpu_s:.1f}",
        f"{one.latency_ms:.2f}",
        *step_cells.cells(one.steps),
        _spread(found, one.running),
        judge.shown(one.of("dev_last")),
        judge.shown(one.of("dev_median")),
        _spread(found, one.anew),
        f"{100 * share:.2f}" if judge.is_share else f"{share:.4g}",
        _word(found, found.against(found.base, one)),
        _word(found, found.against(found.chosen, one)) if is_equal else "costs otherwise" if one.name != BASE else "-",
    ]


def _spread(found: Candidates, values: Sequence[float]) -> str:
    mean = found.judge.shown(statistics.fmean(values))
    return mean if len(values) < 2 else f"{mean} ± {found.judge.shown(statistics.stdev(values))}"


def _word(found: Candidates, held: Difference | None) -> str:
    if held is None:
        return "-"
    apart = "" if held.value is None else f" ({found.judge.apart(held.value)})"
    return f"{held.word(found.judge.better)}{apart}"


def sentences(found: Candidates, opened: Opened | None) -> list[str]:
    """What a search says."""
    said = [*_off_target(found), *_winner(found), *_opened(found, opened)]
    both = {one.name: (statistics.fmean(one.running), one.mean) for one in found.found}
    return said + about_statistics(both, found.judge, "Networks are compared by statistics that were taken anew.")


def _off_target(found: Candidates) -> list[str]:
    """Points that cost other than the target, which are not compared as equals."""
    others = [one for one in found.found if one.name != BASE and not found.grid.is_equal(one.name)]
    if not others:
        return []
    target, tolerance = found.grid.search.target, found.grid.search.tolerance
    costs = ", ".join(f"{one.name} {one.grown.ratio:.2f}" for one in others)
    return [
        f"What rounding leaves of these is not within {tolerance:.0%} of {target:g} times the cost, so they are not "
        f"compared as equals: {costs}."
    ]


def _winner(found: Candidates) -> list[str]:
    """The best of the equals, or that there is none."""
    chosen, shown = found.chosen, found.judge.shown
    if chosen is None:
        return ["No point of the grid came to its end."]
    if len(chosen.rows) < 2:
        words = f"One seed names no winner: {chosen.name} is the best of these on dev ({shown(chosen.mean)})"
        return [f"{words}, by how much more than chance one seed cannot say. Add --repeats=3."]
    if not found.equals:
        return [f"None costs what it ought to, so there is no winner; of all points {chosen.name} is the best on dev."]
    if len(found.equals) == 1:
        return [f"{chosen.name} alone costs what it ought to, so there is nothing to compare it with as an equal."]
    if found.has_winner:
        return [f"{chosen.name} is better than every other of the same cost ({shown(chosen.mean)} of dev)."]
    names = ", ".join(one.name for one in [chosen, *found.tied])
    return [f"A tie: {names} cannot be told apart on dev with {len(chosen.rows)} seeds."]


def _opened(found: Candidates, opened: Opened | None) -> list[str]:
    """What test says of the chosen one, and what it is against the base on dev."""
    chosen = found.chosen
    if chosen is None:
        return []
    said, held = [], found.against(found.base, chosen)
    if held is not None:
        p = "" if held.p is None else f" (p {shown_p(held.p)})"
        word = held.word(found.judge.better)
        said.append(f"Against the base, on dev: {_word(found, held)}{p}." if word != "cannot tell" else
                    f"Cannot tell whether {chosen.name} is better than the base, on dev{p}.")  # fmt: skip
    if opened is not None and opened.figures:
        mean = statistics.fmean(opened.figures)
        interval = t_interval(opened.figures)
        words = f"Test, opened once, for {opened.name} alone: {found.judge.shown(mean)}"
        if interval is None and (own := found.judge.interval(mean, opened.samples)) is not None:
            interval = own
        ends = "" if interval is None else f", 95% interval {' to '.join(map(found.judge.shown, interval))}"
        said.append(f"{words} of {opened.samples:,} pictures{ends}.")
    return said
