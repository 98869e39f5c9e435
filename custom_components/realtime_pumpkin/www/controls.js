/** The row of buttons below the face, and what the conversation has cost. */

import { button, make } from "./elements.js";

export class Controls {
  /** `on` holds what each button does: start, here, stop, mute, check and sleep. */
  constructor(t, on) {
    this.start = button({ icon: "mdi:play", label: t("start"), kind: "main", onclick: on.start });
    this.here = button({ icon: "mdi:microphone-message", label: t("start_here"), onclick: on.here });
    this.stop = button({ icon: "mdi:stop", label: t("stop"), kind: "stop", onclick: on.stop });
    this.mute = button({ icon: "mdi:microphone", label: t("mute"), text: false, onclick: on.mute });
    this.check = button({ icon: "mdi:stethoscope", label: t("porch_check"), text: false, onclick: on.check });
    this.sleep = button({ icon: "mdi:power-sleep", label: t("sleep"), text: false, onclick: on.sleep });
    this._cost = make("span", { class: "cost" });
    this._buttons = [this.start, this.here, this.stop, this.mute, this.check, this.sleep];
    this.element = make("div", { class: "bar" }, ...this._buttons, this._cost);
  }

  /**
   * Show what can be pressed now.
   *
   * `voice` is its last state or null; `cost` words or "".
   */
  show({ voice, mayTalk, canMute, isChecking, isHere, cost }) {
    const focused = this._buttons.find((each) => each.matches(":focus"));
    const isRunning = Boolean(voice?.conversation_id);
    this.start.hidden = !mayTalk || isRunning;
    this.start.disabled = !voice?.available;
    this.here.hidden = !mayTalk || isRunning || voice?.microphone === "browser";
    this.here.disabled = !voice?.available;
    this.stop.hidden = !mayTalk || !isRunning;
    this.mute.hidden = !mayTalk || !canMute;
    this._showMuted(Boolean(voice?.is_muted));
    this.check.hidden = !mayTalk || isRunning;
    this.check.disabled = isChecking;
    this.sleep.hidden = !isHere;
    this._cost.textContent = cost;
    this.element.hidden = !mayTalk && !cost;
    if (focused?.hidden) this._pass();
  }

  _showMuted(isMuted) {
    this.mute.setAttribute("aria-pressed", String(isMuted));
    this.mute.querySelector("ha-icon").setAttribute("icon", isMuted ? "mdi:microphone-off" : "mdi:microphone");
  }

  /** A button that goes gives the keyboard to the one that takes its place. */
  _pass() {
    this._buttons.find((each) => !each.hidden && !each.disabled)?.focus();
  }
}
