/** The card: a face, and below it what is said and what can be done. */

import { Conversation } from "./conversation.js";
import { button, make, name } from "./elements.js";
import { Face } from "./face.js";
import { Feed } from "./feed.js";
import { MessageForm } from "./message_form.js";
import { Porch } from "./porch.js";
import { PLATFORM, sibling, voicesOf } from "./registry.js";
import { canvas, stars } from "./scenery.js";
import { Strings } from "./strings.js";
import { style } from "./style.js";
import { borrowTab } from "./tab.js";
import { Talk } from "./talk.js";

const ERROR_MS = 8000;
const CHECK_MS = 20000;
const STATES = { idle: "idle", listening: "listening", processing: "thinking", responding: "speaking" };

export class RealtimePumpkinCard extends HTMLElement {
  static getStubConfig(hass) {
    return { entity: voicesOf(hass)[0] ?? "" };
  }

  static async getConfigForm() {
    return (await import("./editor.js")).configForm();
  }

  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    this._talk = new Talk();
    this._voice = null;
    this._level = { own: false, at: 0 };
    this._problem = null;
  }

  setConfig(config) {
    if (!config) throw new Error("No configuration");
    const isOther = config.entity !== this._config?.entity;
    this._config = { show_conversation: true, show_controls: true, face: "pumpkin", ...config };
    if (isOther) this._disconnect();
    this._strings = this._strings ?? new Strings();
    this._build();
    this._connect();
  }

  set hass(hass) {
    const before = this._hass;
    this._hass = hass;
    this.toggleAttribute("dark", Boolean(hass.themes?.darkMode));
    if (before?.language !== hass.language) this._speak(hass.language);
    this._connect();
    if (before?.entities !== hass.entities || before?.states?.[this._config?.entity] !== hass.states?.[this._config?.entity]) this._render();
  }

  connectedCallback() {
    this._visibility = new IntersectionObserver((seen) => this._seen(seen.at(-1).isIntersecting));
    this._visibility.observe(this);
    if (this._porch?.wasOpen) this._porch.enter();
    this._connect();
  }

  disconnectedCallback() {
    this._visibility?.disconnect();
    this._face?.stop();
    this._porch?.detach();
    this._disconnect();
  }

  getCardSize() {
    return this._config?.show_conversation === false ? 6 : 11;
  }

  getGridOptions() {
    const full = this._config?.show_conversation !== false;
    return { columns: 12, rows: full ? 11 : 6, min_columns: 6, min_rows: 4 };
  }

  /** How many frames were drawn, and how long that took, in ms. */
  get cost() {
    return this._face?.cost;
  }

  async _speak(language) {
    this._strings = await Strings.of(language);
    if (this._config) this._build();
  }

  _connect() {
    const { entity } = this._config ?? {};
    const connection = this._hass?.connection;
    if (!entity || !connection?.subscribeMessage || !this.isConnected || this._feed) return;
    this._feed = new Feed({ connection, entityId: entity, told: (message) => this._told(message) });
    const { tab, giveBack } = borrowTab({
      connection,
      entityId: entity,
      changed: () => this._render(),
      heard: (level, delay) => this._ownLevel(level, delay),
    });
    this._tab = tab;
    this._giveTabBack = giveBack;
    this._render();
  }

  _disconnect() {
    this._feed?.close();
    if (this._tab) this._giveTabBack();
    this._feed = this._tab = this._voice = null;
  }

  _seen(isSeen) {
    if (isSeen) this._face?.start();
    else this._face?.stop();
  }

  _told(message) {
    if (message.type === "level") {
      // What this tab plays it hears sooner and better by itself.
      if (performance.now() - this._level.at > 500) this._face?.hear(message.level);
      return;
    }
    if (message.type === "state" || message.type === "closed") this._voice = message;
    else if (message.type === "unavailable") this._voice = null;
    else this._talk.take(message);
    if (message.type === "state" && message.browser === null) this._tab?.released();
    if (message.type === "event" && message.event === "error") this._showError();
    this._render();
  }

  _ownLevel(level, delay) {
    this._level.at = performance.now();
    this._face?.hear(level, delay);
  }

  _showError() {
    this._isWrong = true;
    clearTimeout(this._errorTimer);
    this._errorTimer = setTimeout(() => {
      this._isWrong = false;
      this._render();
    }, ERROR_MS);
  }

  get _state() {
    const voice = this._voice;
    if (this._isWrong) return "error";
    if (!this._config?.entity) return "idle";
    if (!voice || voice.type === "closed") return "unavailable";
    if (!voice.available && !voice.conversation_id) return "off";
    const state = STATES[voice.phase] ?? "idle";
    return state === "speaking" && this._talk.isLaughing ? "laughing" : state;
  }

  _build() {
    const t = (key) => this._strings.get(key);
    const { shadowRoot } = this;
    this._face?.stop();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const svg = canvas();
    this._svg = svg;
    this._status = make("span");
    this._wakeTitle = make("strong", {}, t("tap_to_wake"));
    this._wake = make("button", { type: "button", class: "wake", hidden: true, onclick: () => this._onWake() }, this._wakeTitle, make("span", {}, t("wake_hint")));
    this._porchButton = button({ icon: "mdi:fullscreen", label: t("porch"), text: false, onclick: () => this._togglePorch() });
    this._notice = make("div", { class: "notice", role: "alert", hidden: true });
    this._conversation = new Conversation(this._strings);
    this._form = new MessageForm(t, this._config.directions ?? t("directions"), (text, role) => this._say(text, role)).element;
    this._card = make(
      "ha-card",
      {},
      make(
        "div",
        { class: "stage" },
        stars(),
        svg,
        make("div", { class: "pill", role: "status" }, make("i", { class: "dot" }), this._status),
        make("div", { class: "corner" }, this._porchButton),
        this._wake,
      ),
      this._notice,
      this._buildBar(t),
      this._conversation.element,
      this._form,
    );
    shadowRoot.replaceChildren(make("style", {}, style), this._card);
    this._face = new Face(svg, { calm });
    this._face.carve(this._config.face);
    this._face.start();
    this._porch?.detach();
    this._porch = new Porch(this._card, this._config.entity, () => this._render());
    if (this._config.porch || this._porch.wasOpen) this._porch.enter();
    this._render();
  }

  _buildBar(t) {
    this._start = button({ icon: "mdi:play", label: t("start"), kind: "main", onclick: () => this._onStart(false) });
    this._here = button({ icon: "mdi:microphone-message", label: t("start_here"), onclick: () => this._onStart(true) });
    this._stop = button({ icon: "mdi:stop", label: t("stop"), kind: "stop", onclick: () => this._act("stop_conversation") });
    this._mute = button({ icon: "mdi:microphone", label: t("mute"), text: false, onclick: () => this._onMute() });
    this._check = button({ icon: "mdi:stethoscope", label: t("porch_check"), text: false, onclick: () => this._onCheck() });
    this._sleep = button({ icon: "mdi:power-sleep", label: t("sleep"), text: false, onclick: () => this._tab?.sleep() });
    this._cost = make("span", { class: "cost" });
    this._bar = make("div", { class: "bar" }, this._start, this._here, this._stop, this._mute, this._check, this._sleep, this._cost);
    return this._bar;
  }

  _render() {
    if (!this._card || !this._strings) return;
    const state = this._state;
    const t = (key, values) => this._strings.get(key, values);
    const label = t("face_label", { name: this._name, face: t(`face.${this._svg.dataset.face ?? "pumpkin"}`), state: t(`state.${state}`) });
    if (this._svg.getAttribute("aria-label") !== label) this._svg.setAttribute("aria-label", label);
    const status = `${this._name} · ${t(`state.${state}`)}`;
    if (this._status.textContent !== status) this._status.textContent = status;
    this._card.dataset.state = state;
    this._face.state = state;
    this._renderWake(t);
    this._renderNotice(t);
    this._renderBar(t);
    this._conversation.element.hidden = !this._config.show_conversation;
    if (this._config.show_conversation) this._conversation.show(this._talk);
    this._form.hidden = !(this._config.show_controls && this._mayControl && this._voice?.conversation_id);
  }

  _renderWake(t) {
    const { state, isSilent } = this._tab ?? {};
    const wants = this._usesBrowser || this._config.porch;
    const isAsleep = state === "asleep" && wants && this._mayControl && !this._voice?.browser;
    this._wake.hidden = !(isSilent || isAsleep || (state === "waking" && wants));
    this._wakeTitle.textContent = t(state === "waking" ? "waking" : "tap_to_wake");
  }

  _renderNotice(t) {
    const problem = this._problem ?? (this._tab?.problem && t(`problem.${this._tab.problem}`));
    const held = this._tab?.state === "held";
    const foreign = !held && this._tab?.state === "asleep" && this._isElsewhere && this._usesBrowser && this._mayControl;
    const words = problem || (held || foreign ? this._holder(t, held) : "") || this._strange(t);
    this._notice.hidden = !words;
    this._notice.classList.toggle("held", Boolean(held || foreign));
    const shown = `${words}${held || foreign}`;
    if (this._notice.dataset.shown === shown) return;
    this._notice.dataset.shown = shown;
    const takeOver = make("button", { type: "button", onclick: () => this._tab.wake({ takeOver: true }) }, t("take_over"));
    this._notice.replaceChildren(make("span", {}, words), ...((held || foreign) && this._mayControl ? [takeOver] : []));
  }

  _holder(t, held) {
    const owner = held ? this._tab.owner : this._voice.browser;
    return owner ? t("held", { owner }) : t("held_unknown");
  }

  _strange(t) {
    const entity = this._hass?.entities?.[this._config.entity];
    return entity && entity.platform !== PLATFORM ? t("problem.not_found") : "";
  }

  _renderBar(t) {
    const voice = this._voice;
    const isRunning = Boolean(voice?.conversation_id);
    const mayTalk = this._mayControl && this._config.show_controls;
    const isBrowser = voice?.microphone === "browser";
    this._start.hidden = !mayTalk || isRunning;
    this._start.disabled = !voice?.available;
    this._here.hidden = !mayTalk || isRunning || isBrowser;
    this._here.disabled = !voice?.available;
    this._stop.hidden = !mayTalk || !isRunning;
    this._mute.hidden = !mayTalk || !sibling(this._hass, this._config.entity, "switch", "microphone_muted");
    this._mute.setAttribute("aria-pressed", String(Boolean(voice?.is_muted)));
    this._mute.querySelector("ha-icon").setAttribute("icon", voice?.is_muted ? "mdi:microphone-off" : "mdi:microphone");
    name(this._mute, t(voice?.is_muted ? "unmute" : "mute"));
    this._check.hidden = !mayTalk || isRunning;
    this._check.disabled = Boolean(this._isChecking);
    this._sleep.hidden = !["awake", "waking"].includes(this._tab?.state);
    const { cost } = this._talk;
    this._cost.textContent = cost === null ? "" : t("cost", { usd: cost.toFixed(cost < 0.1 ? 4 : 2) });
    this._bar.hidden = !mayTalk && cost === null;
    name(this._porchButton, t(this._porch.isOpen ? "leave_porch" : "porch"));
    this._porchButton.querySelector("ha-icon").setAttribute("icon", this._porch.isOpen ? "mdi:fullscreen-exit" : "mdi:fullscreen");
  }

  get _mayControl() {
    return Boolean(this._voice?.can_control);
  }

  get _name() {
    return this._config.name || this._voice?.name || this._hass?.states?.[this._config.entity]?.attributes?.friendly_name || this._strings.get("name");
  }

  /** Another entity of the voice's device, by what it is. */
  async _onWake() {
    if (this._config.porch) this._porch.enter({ fullscreen: true });
    await this._tab.wake();
    this._render();
  }

  async _togglePorch() {
    if (this._porch.isOpen) this._porch.leave();
    else this._porch.enter({ fullscreen: true });
  }

  async _onStart(here) {
    this._problem = null;
    if (here || (this._usesBrowser && !this._isElsewhere)) {
      await this._tab.wake();
      if (!(await this._isAwake())) return;
    }
    await this._try(() =>
      this._hass.connection.sendMessagePromise({
        type: "realtime_pumpkin/start_conversation",
        entity_id: this._config.entity,
        in_browser: here,
      }),
    );
  }

  get _usesBrowser() {
    return this._voice?.microphone === "browser" || this._voice?.speaker === "browser";
  }

  /** Whether another tab is the voice's microphone and speaker. */
  get _isElsewhere() {
    return this._voice?.browser != null && this._voice.client_id !== this._tab?.clientId;
  }

  /** Whether this tab is attached, after the moment that this may take. */
  async _isAwake() {
    for (let turn = 0; turn < 50 && this._tab?.state === "waking"; turn += 1) {
      await new Promise((done) => setTimeout(done, 100));
    }
    return this._tab?.state === "awake";
  }

  _onMute() {
    const entity = sibling(this._hass, this._config.entity, "switch", "microphone_muted");
    this._try(() => this._hass.callService("switch", "toggle", { entity_id: entity }));
  }

  async _onCheck() {
    this._isChecking = true;
    this._problem = this._strings.get("porch_checking");
    this._render();
    const answer = await this._try(() =>
      this._hass.connection.sendMessagePromise({
        type: "call_service",
        domain: PLATFORM,
        service: "porch_check",
        target: { entity_id: this._config.entity },
        return_response: true,
      }),
    );
    this._isChecking = false;
    const summary = answer?.response?.[this._config.entity]?.summary;
    if (summary) this._show(summary);
    this._render();
  }

  _say(text, role) {
    this._act("add_message", { text, role });
    if (role === "user") this._talk.entries.push({ id: `typed-${performance.now()}`, who: "user", text });
    this._render();
  }

  _act(service, data = {}) {
    return this._try(() => this._hass.callService(PLATFORM, service, { entity_id: this._config.entity, ...data }));
  }

  /** Do something, or say why it could not be done. */
  async _try(action) {
    this._problem = null;
    try {
      return await action();
    } catch (error) {
      this._show(this._translated(error));
      return undefined;
    } finally {
      this._render();
    }
  }

  _show(words) {
    this._problem = words;
    clearTimeout(this._problemTimer);
    this._problemTimer = setTimeout(() => {
      this._problem = null;
      this._render();
    }, CHECK_MS);
  }

  _translated(error) {
    const { translation_key: key, translation_domain: domain, translation_placeholders: values } = error ?? {};
    const words = key && this._hass.localize?.(`component.${domain}.exceptions.${key}.message`, values);
    return words || error?.message || this._strings.get("state.error");
  }
}
