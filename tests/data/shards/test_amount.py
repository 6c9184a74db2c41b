"""Amounts of memory, as people write them."""

import pytest

from nnlab.core.machine import machine_memory
from nnlab.data.shards.amount import bytes_of, fault_of


@pytest.mark.parametrize(
    ("text", "amount"),
    [("512M", 512 << 20), ("2G", 2 << 30), ("1.5 GB", 3 << 29), ("64kib", 64 << 10), ("1T", 1 << 40), ("4096", 4096)],
)
def test_amounts(text: str, amount: int) -> None:
    assert bytes_of(text) == amount


def test_a_share_is_of_the_machine() -> None:
    assert bytes_of("50%") == machine_memory() // 2
    assert bytes_of("100 %") == machine_memory()


@pytest.mark.parametrize("text", ["", "much", "-1G", "1X", "1G2", "0", "0%", "101%", "1e9", "nan"])
def test_what_is_no_amount(text: str) -> None:
    assert fault_of(text)
    with pytest.raises(ValueError, match="must be"):
        bytes_of(text)
