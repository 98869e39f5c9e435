/** The conversation as a list that screen readers follow. */

import { make } from "./elements.js";

// What a tool was given is shown where it is a word or two.
const LONGEST_VALUES = 40;

export class Conversation {
  constructor(strings) {
    this._strings = strings;
    this._shown = new Map();
    this._list = make("ul");
    const label = strings.get("conversation");
    // A list inside of the log: a list that is a log would be none any more.
    this.element = make("div", { class: "talk", role: "log", "aria-live": "polite", "aria-label": label, tabindex: "0" }, this._list);
  }

  /** Show a talk; only what has changed is touched. */
  show(talk) {
    const { element } = this;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
    const items = talk.entries.filter((entry) => entry.text || entry.isPending).map((entry) => this._item(entry));
    if (!items.length) items.push(this._note("empty", this._strings.get("empty")));
    if (talk.reason) items.push(this._note("end", this._ending(talk.reason)));
    this._place(items);
    if (isAtEnd) element.scrollTop = element.scrollHeight;
  }

  _place(items) {
    const list = this._list;
    for (const [at, item] of items.entries()) {
      if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
    }
    while (list.children.length > items.length) list.lastChild.remove();
    for (const [key, item] of this._shown) if (!items.includes(item)) this._shown.delete(key);
  }

  _item(entry) {
    const item = this._kept(entry.id, entry.who);
    const words = this._words(entry);
    const mark = entry.interruptedMs === undefined ? "" : this._cut(entry.interruptedMs);
    const text = `${words}\n${mark}`;
    // A live region says again what is written again.
    if (item.dataset.text === text) return item;
    item.dataset.text = text;
    item.replaceChildren(...this._speaker(entry.who), words, ...(mark ? [make("em", {}, mark)] : []));
    item.setAttribute("aria-busy", String(Boolean(entry.isPending)));
    return item;
  }

  _note(kind, words) {
    const item = this._kept(kind, kind);
    if (item.textContent !== words) item.textContent = words;
    return item;
  }

  _kept(key, kind) {
    let item = this._shown.get(key);
    if (!item) {
      item = make("li", { class: kind });
      this._shown.set(key, item);
    }
    return item;
  }

  _words({ who, text, given, message, isPending }) {
    if (who === "tool") {
      const values = Object.values(given).filter((value) => typeof value !== "object").join(", ");
      const tool = values && values.length <= LONGEST_VALUES ? `${text} (${values})` : text;
      return this._strings.get("tool", { tool });
    }
    if (who === "error") return message || text;
    return text || (isPending ? "…" : "");
  }

  /** Who speaks is seen by the side; who does not see is told. */
  _speaker(who) {
    const key = { user: "visitor", assistant: "voice" }[who];
    return key ? [make("span", { class: "spoken" }, `${this._strings.get(key)}: `)] : [];
  }

  _cut(ms) {
    return this._strings.get("interrupted", { seconds: this._strings.number(ms / 1000, 1) });
  }

  _ending(reason) {
    const known = this._strings.get(`reason.${reason}`);
    return this._strings.get("ended", { reason: known.startsWith("reason.") ? reason : known });
  }
}
