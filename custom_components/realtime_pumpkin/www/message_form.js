/** What a person types to the voice: as a visitor, or as a stage direction. */

import { button, make } from "./elements.js";

export class MessageForm {
  /** `onSay` takes a text and whose it is: `user` or `system`. */
  constructor(t, directions, onSay) {
    this._onSay = onSay;
    this._text = make("input", { type: "text", maxlength: "1000", placeholder: t("message"), "aria-label": t("message") });
    this._role = make(
      "select",
      { "aria-label": t("said_as") },
      make("option", { value: "user" }, t("as_visitor")),
      make("option", { value: "system" }, t("as_director")),
    );
    this._role.addEventListener("change", () => this._label(t(this._role.value === "user" ? "message" : "direction")));
    const chips = directions.map((words) =>
      make("button", { type: "button", onclick: () => onSay(words, "system") }, words),
    );
    this.element = make(
      "form",
      { onsubmit: (event) => this._submit(event) },
      make("div", { class: "chips" }, ...chips),
      this._text,
      this._role,
      button({ icon: "mdi:send", label: t("send"), text: false, kind: "main", type: "submit" }),
    );
  }

  _label(words) {
    this._text.placeholder = words;
    this._text.setAttribute("aria-label", words);
  }

  _submit(event) {
    event.preventDefault();
    const text = this._text.value.trim();
    if (!text) return;
    this._text.value = "";
    this._onSay(text, this._role.value);
  }
}
