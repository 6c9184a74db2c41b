// Zoom of a chart of lines: drag the mouse across what is to be seen; a double click shows all again.
const forward = (scale, value) => {
  const part = scale.kind !== "log" ? (value - scale.low) / (scale.high - scale.low)
    : value <= 0 ? 0 : scale.margin + (1 - scale.margin) * (Math.log10(value) - scale.low) / (scale.high - scale.low);
  return scale.start + (scale.end - scale.start) * Math.min(Math.max(part, 0), 1);
};
const backward = (scale, pixel) => {
  const part = (pixel - scale.start) / (scale.end - scale.start);
  return scale.kind !== "log" ? scale.low + part * (scale.high - scale.low)
    : part < scale.margin ? 0 : 10 ** (scale.low + (part - scale.margin) / (1 - scale.margin) * (scale.high - scale.low));
};

function zoomable(chart, svg) {
  const [left, top, right, bottom] = chart.plot, plot = svg.querySelector(".plot");
  const axes = svg.querySelector(".axes"), whole = axes.innerHTML, said = svg.querySelector(".said");
  const spot = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  const node = (name, own) => Object.entries(own).reduce((made, [key, value]) => (made.setAttribute(key, value), made),
    document.createElementNS(svg.namespaceURI, name));
  let from = null, box = null;

  const reset = () => {
    svg.view = undefined;
    plot.removeAttribute("transform"); plot.removeAttribute("clip-path");
    svg.classList.remove("zoomed");
    axes.innerHTML = whole; said.removeAttribute("visibility");
  };
  const show = (first, last) => {
    const view = svg.view ?? { scale: 1, shift: 0 };
    const column = (x) => Math.floor(((x - view.shift) / view.scale - chart.x) / chart.width);
    const low = Math.max(column(first), 0), high = Math.min(column(last), chart.columns.length - 1);
    const seen = chart.values.flatMap((row) => row.slice(low, high + 1)).filter((value) => value !== "" && value !== null);
    if (high - low < 1 || !seen.length) return;
    const heights = seen.map((value) => forward(chart.scale, value));
    const room = Math.max((Math.max(...heights) - Math.min(...heights)) * .06, 2);
    const y0 = Math.max(Math.min(...heights) - room, top), y1 = Math.min(Math.max(...heights) + room, bottom);
    const scale = (right - left) / ((high - low + 1) * chart.width), shift = left - (chart.x + low * chart.width) * scale;
    const tall = (bottom - top) / (y1 - y0), lift = top - y0 * tall;
    svg.view = { scale, shift };
    plot.setAttribute("transform", `matrix(${scale} 0 0 ${tall} ${shift} ${lift})`);
    const clip = `${chart.of}-clip`, x0 = chart.x + low * chart.width;
    if (!document.getElementById(clip)) {
      svg.append(node("clipPath", { id: clip })); svg.lastChild.append(node("rect", {}));
    }
    for (const [key, value] of Object.entries({ x: x0, y: y0, width: (high - low + 1) * chart.width, height: y1 - y0 }))
      document.getElementById(clip).firstChild.setAttribute(key, value);
    plot.setAttribute("clip-path", `url(#${clip})`);
    svg.classList.add("zoomed");
    said.setAttribute("visibility", "hidden");
    axes.replaceChildren(...ticks(low, high, scale, shift, tall, lift));
  };
  const ticks = function* (low, high, scale, shift, tall, lift) {
    for (let place = 0; place <= 4; place++) {
      const y = bottom - (bottom - top) * place / 4, value = backward(chart.scale, (y - lift) / tall);
      const words = chart.scale.kind === "share" ? `${+(value * 100).toPrecision(4)}%`
        : chart.relative ? value.toExponential(1) : `${+value.toPrecision(3)}`;
      yield node("line", { class: "grid", x1: left, x2: right, y1: y, y2: y });
      yield Object.assign(node("text", { class: "up", x: left - 8, y: y + 4, "text-anchor": "end" }), { textContent: words });
    }
    const every = Math.max(1, Math.ceil((high - low) / 8));
    for (let column = low; column <= high; column += every) {
      const x = (chart.x + (column + .5) * chart.width) * scale + shift;
      yield Object.assign(node("text", { class: "across", x, y: bottom + 18, "text-anchor": "middle" }),
        { textContent: chart.spans[column].toLocaleString("en") });
    }
    yield Object.assign(node("text", { x: right, y: 12, "text-anchor": "end" }), { textContent: "double click: all of it" });
  };

  svg.addEventListener("pointerdown", (event) => {
    const at = spot(event);
    if (event.pointerType !== "mouse" || event.button || at.x < left || at.x > right || at.y < top || at.y > bottom) return;
    from = at.x; event.preventDefault(); svg.setPointerCapture(event.pointerId);
    box = svg.appendChild(node("rect", { class: "chosen", x: from, y: top, width: 0, height: bottom - top }));
  });
  svg.addEventListener("pointermove", (event) => {
    if (from === null) return;
    const to = Math.min(Math.max(spot(event).x, left), right);
    box.setAttribute("x", Math.min(from, to)); box.setAttribute("width", Math.abs(to - from));
  });
  const end = (event) => {
    if (from === null) return;
    const to = Math.min(Math.max(spot(event).x, left), right), first = Math.min(from, to), last = Math.max(from, to);
    from = null; box.remove();
    if (event.type === "pointerup" && last - first > 6) show(first, last);
  };
  svg.addEventListener("pointerup", end);
  svg.addEventListener("pointercancel", end);
  svg.addEventListener("dblclick", reset);
}

enliven();
document.addEventListener("renewed", enliven); // whoever exchanges the page's content says so by this event
