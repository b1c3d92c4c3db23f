// The table of who reviews whom, by arrow keys: one of its cells is reached by Tab (WAI-ARIA, grid pattern).
import { each } from "./page.js";

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

class Matrix {
  constructor(table) {
    this.rows = [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.querySelector("a") ?? cell));
    for (const stop of this.rows.flat()) stop.tabIndex = -1;
    this.rows[0][0].tabIndex = 0;
    table.addEventListener("keydown", (event) => this.pressed(event));
    table.addEventListener("focusin", (event) => this.came(event.target));
  }

  pressed(event) {
    const [y, x] = this.place(event.target);
    if (y < 0 || event.altKey || event.metaKey) return;
    const last = [this.rows.length - 1, this.rows[0].length - 1];
    let to = null;
    if (STEPS[event.key]) {
      const forward = getComputedStyle(event.target).direction === "rtl" ? -1 : 1;
      to = [y + STEPS[event.key][0], x + forward * STEPS[event.key][1]];
    } else if (event.key === "Home") to = [event.ctrlKey ? 0 : y, 0];
    else if (event.key === "End") to = [event.ctrlKey ? last[0] : y, last[1]];
    const stop = to && this.rows[to[0]]?.[to[1]];
    if (!to) return;
    event.preventDefault();
    stop?.focus();
  }

  place(target) {
    const y = this.rows.findIndex((row) => row.includes(target));
    return [y, y < 0 ? -1 : this.rows[y].indexOf(target)];
  }

  came(target) {
    if (this.place(target)[0] < 0) return;
    for (const stop of this.rows.flat()) stop.tabIndex = stop === target ? 0 : -1;
    const cell = target.closest("td"); // the heads that stay in view cover what is under them
    const [area, head] = [cell.closest(".matrix-scroll"), cell.closest("table").rows[0].cells[0]];
    const [box, frame, corner] = [cell, area, head].map((element) => element.getBoundingClientRect());
    if (box.left < frame.left + corner.width) area.scrollLeft -= frame.left + corner.width - box.left;
    if (box.top < frame.top + corner.height) area.scrollTop -= frame.top + corner.height - box.top;
  }
}

each("[data-matrix]", (table) => new Matrix(table));
