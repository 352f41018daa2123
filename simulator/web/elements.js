/** Elements: the one way this page makes DOM. What people write becomes text nodes, never markup. */

const SVG = "http://www.w3.org/2000/svg";

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(element, name, value);
  element.append(...children.flat(Infinity).filter(isShown));
  return element;
}

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat(Infinity).filter(isShown));
  return element;
}

function isShown(child) {
  return child !== null && child !== undefined && child !== false && child !== "";
}

function set(element, name, value) {
  if (name.startsWith("on")) return element.addEventListener(name.slice(2), value);
  if (name === "dataset") return Object.assign(element.dataset, value);
  if (name === "style") return paint(element, value);
  if (name.startsWith("aria-") && typeof value === "boolean") return element.setAttribute(name, String(value));
  if (value === null || value === undefined || value === false) return;
  element.setAttribute(name, value === true ? "" : value);
}

// Through the CSSOM, because the page's Content-Security-Policy refuses style attributes.
function paint(element, styles) {
  for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value);
}
