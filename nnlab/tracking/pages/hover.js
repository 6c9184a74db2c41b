// Values under the pointer. A chart says its geometry and values in the JSON beside it; without this script all is drawn.
const tip = document.getElementById("tip");
const shown = (value) => value === null ? "not finite" : value === 0 ? "0, equal to the bit" : Number(value).toExponential(1);
for (const data of document.querySelectorAll("script.values")) {
  const chart = JSON.parse(data.textContent);
  const svg = document.getElementById(chart.of);
  const cursor = svg.querySelector(".cursor, .guide");
  const hide = () => { tip.hidden = true; cursor.setAttribute("visibility", "hidden"); };
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("pointermove", (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const column = Math.floor((at.x - chart.x) / chart.width);
    if (column < 0 || column >= chart.columns.length) return hide();
    if (chart.height) {
      const row = Math.floor((at.y - chart.y) / chart.height);
      if (row < 0 || row >= chart.rows.length) return hide();
      const value = chart.values[row][column];
      cursor.setAttribute("x", chart.x + column * chart.width);
      cursor.setAttribute("y", chart.y + row * chart.height);
      tip.textContent = `${chart.rows[row]}\n${chart.columns[column]}: ` + (value === "" ? "not compared" : shown(value));
    } else {
      const lines = chart.rows.map((name, row) => [name, chart.values[row][column]]).filter(([, value]) => value !== "");
      cursor.setAttribute("transform", `translate(${chart.x + (column + .5) * chart.width} 0)`);
      tip.textContent = `${chart.columns[column]}\n` + lines.map(([name, value]) => `${name}: ${shown(value)}`).join("\n");
    }
    cursor.setAttribute("visibility", "visible");
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = `${Math.min(event.clientX + 14, innerWidth - box.width - 8)}px`;
    tip.style.top = `${event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 10 : event.clientY + 18}px`;
  });
}
