/** Porch mode: the face alone, over the whole screen, which stays awake. */

export class Porch {
  constructor(element, changed) {
    this.isOpen = false;
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

  leave() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this._element.classList.remove("porch");
    document.removeEventListener("keydown", this._onKey);
    document.removeEventListener("visibilitychange", this._onVisible);
    document.removeEventListener("fullscreenchange", this._onFullscreen);
    this._lock?.release().catch(() => {});
    this._lock = null;
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    this._wasFullscreen = false;
    this._changed();
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
