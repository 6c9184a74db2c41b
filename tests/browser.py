"""A headless Chromium for tests of pages, spoken to by the DevTools protocol over a pipe: no package is needed."""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
    "--disable-background-networking", "--remote-debugging-pipe",
)  # fmt: skip
SERIOUS = """
axe.run({resultTypes: ["violations"]}).then((found) => found.violations
  .filter((fault) => ["serious", "critical"].includes(fault.impact))
  .map((fault) => `${fault.id}: ${fault.nodes.slice(0, 3).map((node) => node.html.slice(0, 150)).join(" | ")}`))
"""
"""The faults that shut somebody out, in words."""

LONGEST_S = 60.0
"""What any answer may take on a machine that is busy; a hang, not a measurement."""


def chromium() -> str | None:
    """The program, where there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One window. Options:  profile: an empty folder for what the program keeps."""

    def __init__(self, program: str, profile: Path):
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()

        def connect() -> None:
            """The protocol's own places, 3 and 4, in the new process."""
            ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_browser, from_browser)]
            for place, end in zip((3, 4), ends, strict=True):
                os.dup2(end, place)

        silent = subprocess.DEVNULL
        words = [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self._process = subprocess.Popen(
            words, preexec_fn=connect, pass_fds=(3, 4), stdin=silent, stdout=silent, stderr=silent
        )
        os.close(to_browser)
        os.close(from_browser)
        self._buffer, self._number, self._session = b"", 0, ""
        self.errors: list[str] = []
        try:
            self._attach()
        except BaseException:
            self.close()
            raise

    def _attach(self) -> None:
        target = next(each for each in self._call("Target.getTargets")["targetInfos"] if each["type"] == "page")
        attached = self._call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")

    def close(self) -> None:
        """Ends the program."""
        self._process.terminate()
        self._process.wait(LONGEST_S)
        os.close(self._read)
        os.close(self._write)

    def open(self, page: Path | str) -> None:
        """Shows a file, or what an address gives, and forgets the errors of the one before."""
        self.errors = []
        self._call("Page.navigate", url=page if isinstance(page, str) else page.resolve().as_uri())
        self._until("Page.loadEventFired")

    def screen(self, width: int, *, dark: bool = False, height: int = 900) -> None:
        """A window of this width, in a light or dark room."""
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", media="", features=[scheme])

    def paper(self) -> None:
        """The page as it is printed, between the margins of A4."""
        self._call("Emulation.setDeviceMetricsOverride", width=718, height=1000, deviceScaleFactor=1, mobile=False)
        self._call("Emulation.setEmulatedMedia", media="print")

    def run(self, script: str) -> Any:
        """The value of an expression, or what its promise gives."""
        given = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in given:
            raise AssertionError(given["exceptionDetails"])
        return given["result"].get("value")

    def serious(self, axe: str) -> list[str]:
        """The serious faults of accessibility of what is shown. Options:  axe: axe-core's script."""
        self.run(axe)
        found: list[str] = self.run(SERIOUS)
        return found

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Moves the mouse from one place to another with its button down."""
        for kind, (x, y) in (("mousePressed", start), ("mouseMoved", end), ("mouseReleased", end)):
            self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)

    def picture(self) -> bytes:
        """The whole page as PNG."""
        return base64.b64decode(self._call("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    @property
    def scrolls_sideways(self) -> bool:
        """Whether the page is wider than its window."""
        return bool(self.run("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def _call(self, method: str, **parameters: Any) -> Mapping[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]
        while (given := self._next()).get("id") != self._number:
            self._noted(given)
        if "error" in given:
            raise AssertionError(f"{method}: {given['error']}")
        result: Mapping[str, Any] = given["result"]
        return result

    def _until(self, event: str) -> None:
        while (given := self._next()).get("method") != event:
            self._noted(given)

    def _noted(self, event: Mapping[str, Any]) -> None:
        parameters = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            self.errors.append(str(parameters["exceptionDetails"]))
        if event.get("method") == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.errors.append(parameters["entry"]["text"])

    def _next(self) -> Mapping[str, Any]:
        """The next message."""
        until = time.monotonic() + LONGEST_S
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(until - time.monotonic(), 0))
            part = os.read(self._read, 1 << 20) if ready else b""
            if not part:
                raise AssertionError("the browser says nothing any more")
            self._buffer += part
        message, _, self._buffer = self._buffer.partition(b"\0")
        found: Mapping[str, Any] = json.loads(message)
        return found
