/** Menu: a list of deeds next to the button that opened it. Arrow keys move, Enter acts, Esc closes. */

import { h } from "./elements.js";
import { icon } from "./icons.js";
import { rove } from "./roving.js";

const GAP_PX = 6;

/** Entries are `{label, icon, act, isDanger?}`; `top` is an optional row of controls above them. */
export function openMenu(opener, entries, top = null) {
  const menu = h("div", { class: "menu", role: "menu", popover: "auto" }, top, entries.map((entry) => item(entry, () => close(menu))));
  rove(menu, '[role="menuitem"]');
  menu.addEventListener("toggle", (event) => event.newState === "closed" && forget(menu, opener));
  menu.addEventListener("keydown", (event) => event.key === "Tab" && close(menu));
  (opener.closest("[data-person]") ?? document.body).append(menu);
  menu.showPopover();
  place(menu, opener);
  opener.setAttribute("aria-expanded", "true");
  menu.querySelector('[role="menuitem"]')?.focus();
  return menu;
}

export function close(menu) {
  if (menu.matches(":popover-open")) menu.hidePopover();
}

function item(entry, dismiss) {
  const act = () => {
    dismiss();
    entry.act();
  };
  return h("button", { class: entry.isDanger ? "menu-item danger" : "menu-item", type: "button", role: "menuitem", tabindex: -1, onclick: act },
    entry.icon && icon(entry.icon), h("span", {}, entry.label), entry.note && h("small", {}, entry.note));
}

function forget(menu, opener) {
  const hadFocus = menu.contains(document.activeElement) || document.activeElement === document.body;
  menu.remove();
  opener.removeAttribute("aria-expanded");
  if (hadFocus && opener.isConnected) opener.focus();
}

// Under the opener where there is room, else above; never outside the window.
function place(menu, opener) {
  const at = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const fitsBelow = at.bottom + GAP_PX + height < innerHeight;
  const y = fitsBelow ? at.bottom + GAP_PX : Math.max(GAP_PX, at.top - height - GAP_PX);
  const x = Math.min(Math.max(GAP_PX, at.left), innerWidth - width - GAP_PX);
  menu.style.left = `${x}px`;
  menu.style.top = `${Math.min(y, innerHeight - height - GAP_PX)}px`;
}
