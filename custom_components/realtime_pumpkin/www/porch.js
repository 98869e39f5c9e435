/** Porch mode: the face alone, over the whole screen, which stays awake. */

const KEPT_MS = 3000;
const HIDING_MS = 300;
const open = new Set();
let closing = null;

export class Porch {
  constructor(element, key, changed) {
    this.isOpen = false;
    this._key = key;
    this._element = element;
    this._changed = changed;
    this._onKey = (event) => this._pressed(event);
    this._onVisible = () => this._shownOrHidden();
    this._onFullscreen = () => document.fullscreenElement ? undefined : this._leftFullscreen();
  }

  /** Fill the page; from a tap also the screen. */
  async enter({ fullscreen = false } = {}) {
    if (!this.isOpen) {
      this.isOpen = true;
      open.add(this._key);
      clearTimeout(closing);
      this._element.classList.add("porch");
      this._overflow = document.documentElement.style.overflow;
      document.documentElement.style.overflow = "hidden";
      this._element.setAttribute("role", "dialog");
      this._element.setAttribute("aria-modal", "true");
      document.addEventListener("keydown", this._onKey);
      document.addEventListener("visibilitychange", this._onVisible);
      document.addEventListener("fullscreenchange", this._onFullscreen);
      this._changed();
    }
    this._keepAwake();
    if (!fullscreen || document.fullscreenElement) return;
    try {
      await document.documentElement.requestFullscreen({ navigationUI: "hide" });
      this._wasFullscreen = true;
    } catch {
      // An app or a frame may forbid it; the page is filled all the same.
    }
  }

  /** Whether a card before this one was open: dashboards are drawn anew. */
  get wasOpen() {
    return open.has(this._key);
  }

  leave() {
    if (!this.isOpen) return;
    this._end();
    this._close();
    this._changed();
  }

  /** The card is gone; the one that takes its place may go on. */
  detach() {
    if (!this.isOpen) return;
    this._end();
    clearTimeout(closing);
    closing = setTimeout(() => this._close(), KEPT_MS);
  }

  _close() {
    clearTimeout(closing);
    open.delete(this._key);
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  }

  _end() {
    this.isOpen = false;
    this._element.classList.remove("porch");
    document.documentElement.style.overflow = this._overflow;
    for (const name of ["role", "aria-modal", "aria-label"]) this._element.removeAttribute(name);
    document.removeEventListener("keydown", this._onKey);
    document.removeEventListener("visibilitychange", this._onVisible);
    document.removeEventListener("fullscreenchange", this._onFullscreen);
    this._letSleep();
    this._wasFullscreen = false;
  }

  /** A person leads out by it; a page that is about to be hidden loses it as well. */
  _leftFullscreen() {
    if (!this._wasFullscreen) return;
    this._wasFullscreen = false;
    setTimeout(() => {
      if (document.visibilityState === "visible" && !document.fullscreenElement) this.leave();
    }, HIDING_MS);
  }

  /** A page that is hidden loses the lock, and maybe the screen; its face it keeps. */
  _shownOrHidden() {
    this._wasFullscreen = Boolean(document.fullscreenElement);
    this._keepAwake();
  }

  /** Escape leads out; Tab goes round, for all else is behind the face. */
  _pressed(event) {
    if (event.key === "Escape") this.leave();
    if (event.key !== "Tab") return;
    const stops = [...this._element.querySelectorAll("button")].filter((each) => !each.disabled && each.checkVisibility?.() !== false);
    const at = stops.findIndex((each) => each.matches(":focus")) + (event.shiftKey ? -1 : 1);
    event.preventDefault();
    stops.at(at < 0 ? -1 : at % stops.length)?.focus();
  }

  /** One lock at a time: a page that was hidden has lost its own. */
  async _keepAwake() {
    if (this._asking || this._lock?.released === false || document.visibilityState !== "visible") return;
    this._asking = true;
    try {
      this._lock = await navigator.wakeLock?.request("screen");
    } catch {
      // Low battery, or an old browser: the kiosk's own settings have to do.
    }
    this._asking = false;
    // Somebody may have left while the browser thought about it.
    if (!this.isOpen) this._letSleep();
  }

  _letSleep() {
    this._lock?.release().catch(() => {});
    this._lock = null;
  }
}
