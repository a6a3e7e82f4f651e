/* Painting the hours of a week: press and draw, or move with the arrow keys. Without it they are plain checkboxes. */
(() => {
  "use strict";
  const HOLD = 250; // touch: after so many ms of holding still a finger paints up and down, before it scrolls
  const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  let brush;

  const tableOf = (node) => node?.closest?.(".hours table");
  const boxAt = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest(".hours td")?.querySelector("input");
  const place = (control) => ({ row: control.closest("tr").rowIndex, column: control.closest("th, td").cellIndex });
  const between = (value, one, other) => value >= Math.min(one, other) && value <= Math.max(one, other);
  const say = (box) => box.dispatchEvent(new Event("change", { bubbles: true }));

  /** Everything from where the brush was put down to here is as the first box became; the rest as it was. */
  function paint(to) {
    const from = place(brush.from), here = place(to);
    for (const [box, was] of brush.before) {
      const { row, column } = place(box);
      box.checked = between(row, from.row, here.row) && between(column, from.column, here.column) ? brush.mark : was;
    }
    brush.painted = true;
  }

  function markAll(button) {
    const line = button.dataset.paint, mine = place(button)[line];
    const boxes = [...tableOf(button).querySelectorAll("input")].filter((box) => place(box)[line] === mine);
    const mark = !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = mark;
    say(boxes[0]);
  }

  function move(control, [down, across]) {
    const table = tableOf(control), { row, column } = place(control);
    const forward = getComputedStyle(table).direction === "rtl" ? -across : across;
    return table.rows[row + down]?.cells[column + forward]?.querySelector("input, button");
  }

  /** The tab key reaches each table once; the arrow keys do the rest. */
  function enter(table, at) {
    for (const control of table.querySelectorAll("input, button")) control.tabIndex = control === at ? 0 : -1;
  }

  document.addEventListener("pointerdown", (event) => {
    const box = event.button === 0 && event.isPrimary && tableOf(event.target) && boxAt(event);
    brush = box ? { from: box, at: event.timeStamp, mark: !box.checked } : undefined;
    if (brush) brush.before = new Map([...tableOf(box).querySelectorAll("input")].map((each) => [each, each.checked]));
  });
  document.addEventListener("pointermove", (event) => {
    const box = brush && event.buttons && boxAt(event);
    if (box && brush.before.has(box) && (brush.painted || box !== brush.from)) paint(box);
  });
  document.addEventListener("touchmove", (event) => {
    if (brush && (brush.painted || event.timeStamp - brush.at > HOLD) && event.cancelable) event.preventDefault();
  }, { passive: false });
  document.addEventListener("pointercancel", () => { brush = undefined; });
  document.addEventListener("pointerup", () => { if (brush?.painted) say(brush.from); });
  document.addEventListener("click", (event) => {
    if (brush?.painted && event.detail && event.target === brush.from) event.preventDefault(); // it is painted already
    brush = undefined;
    const button = event.target.closest("[data-paint]");
    if (button) markAll(button);
  });

  document.addEventListener("keydown", (event) => {
    const control = tableOf(event.target) && event.target;
    const next = control && ARROWS[event.key] && move(control, ARROWS[event.key]);
    if (!next) return;
    event.preventDefault();
    if (event.shiftKey && control.type === "checkbox" && next.type === "checkbox") {
      next.checked = control.checked;
      say(next);
    }
    next.focus();
  });
  document.addEventListener("focusin", (event) => { if (tableOf(event.target)) enter(tableOf(event.target), event.target); });

  const prepare = () => { for (const table of document.querySelectorAll(".hours table")) enter(table, table.querySelector("input")); };
  document.addEventListener("DOMContentLoaded", prepare);
  document.addEventListener("htmx:after:swap", prepare);
})();
