// Takes over what changes of a report while its run trains. `place` is the number and the version of the run it shows.
{
  const line = document.getElementById("live");
  const words = document.getElementById("live-words");
  const links = document.getElementById("live-runs");
  const source = new WeakMap();  // a part as the server wrote it: scripts may have changed it since
  const parts = (root) => [...root.querySelectorAll("header, main")].flatMap((whole) => [...whole.children]);
  for (const part of parts(document)) source.set(part, part.outerHTML);

  let pressed = false, pending = null, over = false, failures = 0;
  const busy = () => document.hidden || pressed || document.getSelection().type === "Range";
  // By its id; what has none, by its place.
  const named = (whole) => new Map([...whole.children].map((part, i) => [part.id || `${part.tagName} ${i}`, part]));

  // The part that is at the top of the window stays where it is, whatever grows above it.
  const settled = (change) => {
    const here = parts(document).find((part) => part.getBoundingClientRect().bottom > line.offsetHeight);
    const before = here && here.getBoundingClientRect().top;
    change();
    const there = here && (here.isConnected ? here : here.id && document.getElementById(here.id));
    if (there) scrollBy({top: there.getBoundingClientRect().top - before, behavior: "instant"});
  };
  // What is folded out stays so; a part with a chart that is zoomed stays as it is until that is over.
  const unfolded = (old, next) => {
    const open = new Set([...old.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent));
    for (const details of next.querySelectorAll("details")) {
      if (open.has(details.querySelector("summary")?.textContent)) details.open = true;
    }
    return next;
  };
  const show = (html) => {
    const report = new DOMParser().parseFromString(html, "text/html");
    settled(() => {
      document.title = report.title;
      for (const tag of ["header", "main"]) {
        const whole = document.querySelector(tag), old = named(whole);
        const fresh = [...named(report.querySelector(tag)).keys()];
        const next = [...named(report.querySelector(tag))].map(([name, part]) => {
          const mine = old.get(name), text = part.outerHTML;
          if (mine && (source.get(mine) === text || mine.querySelector("svg.zoomed"))) return mine;
          const made = document.importNode(part, true);
          source.set(made, text);
          return mine ? unfolded(mine, made) : made;
        });
        const now = [...whole.children];
        if (fresh.join() === [...old.keys()].join()) {
          now.forEach((part, i) => part === next[i] || part.replaceWith(next[i]));
        } else {
          whole.replaceChildren(...next);
        }
      }
    });
    document.dispatchEvent(new Event("renewed"));  // the report's own script brings new charts to life
  };
  const showPending = () => {
    if (pending === null || busy()) return;
    show(pending);
    if (!document.querySelector("svg.zoomed")) pending = null;
  };
  addEventListener("dblclick", () => setTimeout(showPending));
  addEventListener("pointerdown", () => { pressed = true; });
  for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => { pressed = false; showPending(); });
  for (const kind of ["visibilitychange", "selectionchange"]) document.addEventListener(kind, showPending);

  const say = (status, text) => { line.dataset.status = status; words.textContent = text; };
  const events = new EventSource("events");
  events.addEventListener("state", (event) => {
    const {runs, shown} = JSON.parse(event.data);
    const run = runs.find((each) => each.number === shown);
    if (run) say(run.status, `${run.id} ${run.status}${run.line && ": "}${run.line}`);
    const root = location.pathname.split("/").slice(0, 2).join("/");
    links.replaceChildren(...(runs.length < 2 ? [] : runs.map((each) => {
      const link = document.createElement("a");
      link.href = `${root}/${each.number}/`;
      link.textContent = `${each.id} ${each.status}`;
      if (each.number === shown) link.setAttribute("aria-current", "page");
      return link;
    })));
    failures = 0;
  });
  events.addEventListener("page", (event) => {
    const {number, version, html} = JSON.parse(event.data);
    if (number === place[0] && version === place[1]) return;
    [place[0], place[1]] = [number, version];
    pending = html;
    showPending();
  });
  events.addEventListener("end", () => {
    over = true;
    events.close();
    words.textContent += ". The command has ended: this page stays as it is, and is in the run's folder too.";
    links.replaceChildren();
  });
  events.onerror = () => {
    failures += 1;
    if (over || failures < 3) return;
    events.close();
    say("lost", `${words.textContent}. The command is gone: this is what was there until then.`);
    links.replaceChildren();
  };
}
