/** Porch mode: the face alone, over the whole screen, which stays awake. */

const KEPT_MS = 3000;
const open = new Set();
let closing = null;

export class Porch {
  constructor(element, key, changed) {
    this.isOpen = false;
    this._key = key;
    this._element = element;
    this._changed = changed;
    this._onKey = (event) => event.key === "Escape" && this.leave();
    this._onVisible = () => this._keepAwake();
    this._onFullscreen = () => document.fullscreenElement ? undefined : this._leftFullscreen();
  }

  /** Fill the page; from a tap also the screen. */
  async enter({ fullscreen = false } = {}) {
    if (!this.isOpen) {
      this.isOpen = true;
      open.add(this._key);
      clearTimeout(closing);
      this._element.classList.add("porch");
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
    document.removeEventListener("keydown", this._onKey);
    document.removeEventListener("visibilitychange", this._onVisible);
    document.removeEventListener("fullscreenchange", this._onFullscreen);
    this._lock?.release().catch(() => {});
    this._lock = null;
    this._wasFullscreen = false;
  }

  _leftFullscreen() {
    if (this._wasFullscreen) this.leave();
  }

  /** A page that was hidden has lost its lock. */
  async _keepAwake() {
    if (!this.isOpen || document.visibilityState !== "visible") return;
    try {
      this._lock = await navigator.wakeLock?.request("screen");
    } catch {
      // Low battery, or an old browser: the kiosk's own settings have to do.
    }
  }
}
