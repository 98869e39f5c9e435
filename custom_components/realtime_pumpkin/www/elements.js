/** Elements in one line each. */

/** Make an element with attributes, listeners (`onclick`) and children. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** A button with an icon of Home Assistant's, named for everybody. */
export function button({ icon, label, kind = "", text = true, ...rest }) {
  const classes = text ? kind : `icon ${kind}`;
  const symbol = make("ha-icon", { icon, "aria-hidden": "true" });
  const element = make("button", { type: "button", class: classes.trim() || null, ...rest }, symbol);
  name(element, label, text);
  return element;
}

/** Give a button another name, where it has not got it. */
export function name(element, label, text = !element.classList.contains("icon")) {
  if (element.getAttribute("aria-label") === label) return;
  element.setAttribute("aria-label", label);
  element.title = label;
  if (!text) return;
  element.querySelector("span")?.remove();
  element.append(make("span", {}, label));
}
