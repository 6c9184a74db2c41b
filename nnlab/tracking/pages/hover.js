// Values under the pointer. A chart says its geometry and values in the JSON beside it; without this script all is drawn.
const written = (chart, value) => value === null ? "not finite"
  : chart.relative ? (value === 0 ? "0, equal to the bit" : Number(value).toExponential(1))
  : chart.scale?.kind === "share" ? `${+(value * 100).toPrecision(4)}%` : `${+Number(value).toPrecision(4)}`;

function follow(chart, svg) {
  const tip = document.getElementById("tip");
  const cursor = svg.querySelector(".cursor, .guide");
  const hide = () => { tip.hidden = true; cursor.setAttribute("visibility", "hidden"); };
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("pointermove", (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const view = svg.view ?? { scale: 1, shift: 0 };
    const column = Math.floor(((at.x - view.shift) / view.scale - chart.x) / chart.width);
    if (column < 0 || column >= chart.columns.length) return hide();
    if (chart.height) {
      const row = Math.floor((at.y - chart.y) / chart.height);
      if (row < 0 || row >= chart.rows.length) return hide();
      const value = chart.values[row][column];
      cursor.setAttribute("x", chart.x + column * chart.width);
      cursor.setAttribute("y", chart.y + row * chart.height);
      const missing = chart.missing ?? "not compared";
      tip.textContent = `${chart.rows[row]}\n${chart.columns[column]}: ` + (value === "" ? missing : written(chart, value));
    } else {
      const lines = chart.rows.map((name, row) => [name, chart.values[row][column]]).filter(([, value]) => value !== "");
      cursor.setAttribute("transform", `translate(${(chart.x + (column + .5) * chart.width) * view.scale + view.shift} 0)`);
      tip.textContent = `${chart.columns[column]}\n` + lines.map(([name, value]) => `${name}: ${written(chart, value)}`).join("\n");
    }
    cursor.setAttribute("visibility", "visible");
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(Math.min(event.clientX + 14, innerWidth - box.width - 8), 0)}px`;
    tip.style.top = `${event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 10 : event.clientY + 18}px`;
  });
}

function enliven() {
  for (const data of document.querySelectorAll("script.values:not([data-alive])")) {
    const chart = JSON.parse(data.textContent), svg = document.getElementById(chart.of);
    data.dataset.alive = "";
    follow(chart, svg);
    if (chart.plot) zoomable(chart, svg);
  }
}
