"""A reconstruction's page: what went in, what came out, and how far they are apart."""

from collections.abc import Iterator
from pathlib import Path

from nnlab.metrics.pictures import decibel
from nnlab.tasks.reconstruction import Reconstruction
from nnlab.tracking.figures.general import SHEET_OF
from nnlab.tracking.pages.pictures import picture_in
from nnlab.tracking.report.part import Part, missing
from nnlab.tracking.report.pictures import most_wrong
from nnlab.tracking.report.readings.base import READINGS, Reading
from nnlab.tracking.report.recorded import number, words


@READINGS.register(Reconstruction)
class ReconstructionReading(Reading):
    """Pictures beside what was made of them."""

    def result(self) -> str:
        """The error, and what it means."""
        best = self.recorded.best
        if best is None:
            return ""
        name, score = best
        mse = number(score, "mse")
        if not mse >= 0:
            return super().result()
        note = words((self.recorded.summary or {}).get("note") or "", 200)
        said = (
            f"On {words(score.get('samples'))} samples of the {name} partition a pixel is off by {mse**0.5:.1%} of "
            f"white (the root of the mean square; MSE {mse:.4g}, PSNR {decibel(mse):.2f} dB)."
        )
        return f"{said} {note[:1].upper()}{note[1:]}." if note else said

    def figures(self) -> Iterator[Part]:
        """The sheet, then the samples that were farthest off."""
        folder = Path(self.recorded.run.folder)
        for name in SHEET_OF:
            sheet = picture_in(folder, f"figures/reconstructions-{name}.png")
            if sheet is not None and self.recorded.room.takes(sheet):
                html = sheet.as_sheet("each sample as it went in, as it came out, and the difference")
                intro = "Each sample as it went in, as it came out, and the difference: grey where both are alike."
                yield Part("reconstructions", "In and out", html, intro=intro)
                break
        else:
            yield missing("reconstructions", "In and out", "the run has no figure of them.")
        if self.pictures.wrong:
            yield most_wrong(
                self.pictures,
                intro="Pictures as the network was given them, the highest loss first: how light the pixels are that "
                "it made of them, and that they are to have.",
            )
