"""Preparing files: whether the cache has them already."""

from dataclasses import replace
from pathlib import Path

from nnlab.data.images.vips import Vips
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import preparation, survey


def test_whether_the_cache_has_them_prepared(blobs: Path, cache_folder: Path) -> None:
    options = DataOptions(datasets_path=str(blobs), dataset="blobs", resize=(6, 6))
    samples, made = survey(options).source.samples, preparation(options, Vips())
    assert not made.is_kept(samples)
    made.images(samples)
    assert made.is_kept(samples) and not made.is_kept(samples[:-1])
    assert not replace(made, disk_cache=False).is_kept(samples)
