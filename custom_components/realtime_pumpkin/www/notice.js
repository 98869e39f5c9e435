/** What stands in the way, or who has the voice, between the face and the buttons. */

import { make } from "./elements.js";

export class Notice {
  constructor(t, takeOver) {
    this.element = make("div", { class: "notice", role: "alert", hidden: true });
    this._words = make("span");
    this._takeOver = make("button", { type: "button", hidden: true, onclick: takeOver }, t("take_over"));
    this.element.append(this._words, this._takeOver);
  }

  /** Show words, "" for none; where another tab has the voice it may be taken over. */
  show(words, { isHeld, mayTakeOver }) {
    this.element.hidden = !words;
    this.element.classList.toggle("held", isHeld);
    this._takeOver.hidden = !(isHeld && mayTakeOver);
    // A live region says again what is written again.
    if (this._words.textContent !== words) this._words.textContent = words;
  }
}
