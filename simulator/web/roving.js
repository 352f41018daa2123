/** Roving: arrow keys inside a group of controls, of which one at a time is in the tab order. */

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** Moves among the elements of `container` that match `selector`; `axis` is "x", "y" or "both". */
export function rove(container, selector, axis = "both") {
  moveWithArrows(container, selector, axis);
  container.addEventListener("focusin", (event) => {
    const item = event.target.closest(selector);
    if (item && container.contains(item)) setCurrent(container, selector, item);
  });
}

/** The arrows alone, without touching the tab order. */
export function moveWithArrows(container, selector, axis = "both") {
  container.addEventListener("keydown", (event) => {
    const items = [...container.querySelectorAll(selector)].filter((item) => item.offsetParent !== null);
    const at = items.indexOf(event.target);
    if (at < 0 || !isOnAxis(event.key, axis)) return;
    const to = target(event.key, at, items.length);
    event.preventDefault();
    event.stopPropagation();
    items[to].focus();
  });
}

/** Leaves exactly one item in the tab order. */
export function setCurrent(container, selector, current) {
  for (const item of container.querySelectorAll(selector)) item.tabIndex = item === current ? 0 : -1;
}

/** After a render: keeps the item that was in the tab order, or falls back on the first or last. */
export function settle(container, selector, fallback = "first") {
  const items = [...container.querySelectorAll(selector)];
  const current = items.filter((item) => item.getAttribute("tabindex") === "0");
  if (current.length !== 1) setCurrent(container, selector, fallback === "first" ? items[0] : items.at(-1));
}

function isOnAxis(key, axis) {
  if (key === "Home" || key === "End") return true;
  if (axis === "x") return key === "ArrowLeft" || key === "ArrowRight";
  if (axis === "y") return key === "ArrowUp" || key === "ArrowDown";
  return key in STEPS;
}

function target(key, at, count) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return Math.min(count - 1, Math.max(0, at + STEPS[key]));
}
