/** Reconcile: makes a list on the page match a list of items and touches only what differs, so focus and scroll survive. */

const FOCUSABLE = "a[href], button, input, textarea, [tabindex]";
const known = new WeakMap();

/** Items are `{key, signature, make}`; an item whose signature stays keeps its element. */
export function reconcile(parent, items) {
  const before = known.get(parent) ?? new Map();
  const after = new Map();
  const focus = rememberFocus(parent);
  for (const item of items) after.set(item.key, keep(before.get(item.key), item));
  for (const [key, old] of before) if (after.get(key)?.element !== old.element) old.element.remove();
  arrange(parent, [...after.values()].map((entry) => entry.element));
  known.set(parent, after);
  restoreFocus(focus, after);
  return after;
}

function keep(old, item) {
  if (old && old.signature === item.signature) return old;
  const element = item.make();
  element.dataset.key = item.key;
  return { signature: item.signature, element };
}

function arrange(parent, elements) {
  let place = parent.firstChild;
  for (const element of elements) {
    if (element === place) place = place.nextSibling;
    else parent.insertBefore(element, place);
  }
}

function rememberFocus(parent) {
  const active = document.activeElement;
  const row = active && active !== parent && parent.contains(active) ? active.closest("[data-key]") : null;
  return row && { row, key: row.dataset.key, index: focusable(row).indexOf(active) };
}

function restoreFocus(focus, after) {
  if (!focus || focus.row.isConnected) return;
  const row = after.get(focus.key)?.element;
  if (row) (focusable(row)[focus.index] ?? row).focus({ preventScroll: true });
}

function focusable(row) {
  return [row, ...row.querySelectorAll(FOCUSABLE)];
}
