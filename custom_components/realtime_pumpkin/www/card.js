/** The card: a face, and below it what is said and what can be done. */

import { Controls } from "./controls.js";
import { Conversation } from "./conversation.js";
import { button, make, name } from "./elements.js";
import { wordsFor } from "./errors.js";
import { Face } from "./face.js";
import { Feed } from "./feed.js";
import { MessageForm } from "./message_form.js";
import { Notice } from "./notice.js";
import { Porch } from "./porch.js";
import { PLATFORM, sibling, voicesOf } from "./registry.js";
import { canvas, stars } from "./scenery.js";
import { Strings, pageLanguage } from "./strings.js";
import { style } from "./style.js";
import { borrowTab } from "./tab.js";
import { Talk } from "./talk.js";

const ERROR_MS = 8000;
const CHECK_MS = 20000;
const STATES = { idle: "idle", listening: "listening", processing: "thinking", responding: "speaking" };

export class RealtimePumpkinCard extends HTMLElement {
  static getStubConfig(hass) {
    return { entity: voicesOf(hass)[0] ?? "", face: "pumpkin" };
  }

  static async getConfigForm() {
    const [{ configForm }, strings] = await Promise.all([import("./editor.js"), Strings.of(pageLanguage())]);
    return configForm(strings);
  }

  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    this._talk = new Talk();
    this._voice = null;
    this._level = { own: false, at: 0 };
    this._problem = null;
    this._calm = matchMedia("(prefers-reduced-motion: reduce)");
    this._onCalm = () => this._face && (this._face.calm = this._calm.matches);
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

  /** Home Assistant says so where the card is shown to be edited or chosen. */
  set preview(isPreview) {
    this._isPreview = isPreview;
    this._openPorch();
    this._render();
  }

  connectedCallback() {
    this._calm.addEventListener("change", this._onCalm);
    this._visibility = new IntersectionObserver((seen) => this._seen(seen.at(-1).isIntersecting));
    this._visibility.observe(this);
    this._openPorch();
    this._connect();
  }

  disconnectedCallback() {
    this._calm.removeEventListener("change", this._onCalm);
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
    const strings = await Strings.of(language);
    if (language !== this._hass.language || strings.isSame(this._strings)) return;
    this._strings = strings;
    if (this._config) this._build();
  }

  /** Over a page on which somebody edits, a face would be in the way. */
  _openPorch() {
    if (!this._porch || !this.isConnected) return;
    if (this._isPreview) this._porch.detach();
    else if (this._config.porch || this._porch.wasOpen) this._porch.enter();
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
    const svg = canvas();
    this._svg = svg;
    this._status = make("span");
    this._wakeTitle = make("strong", {}, t("tap_to_wake"));
    this._wake = make("button", { type: "button", class: "wake", hidden: true, onclick: () => this._onWake() }, this._wakeTitle, make("span", {}, t("wake_hint")));
    this._porchButton = button({ icon: "mdi:fullscreen", label: t("porch"), text: false, onclick: () => this._togglePorch() });
    this._notice = new Notice(t, () => this._tab.wake({ takeOver: true }));
    this._controls = new Controls(t, {
      start: () => this._onStart(false),
      here: () => this._onStart(true),
      stop: () => this._act("stop_conversation"),
      mute: () => this._onMute(),
      check: () => this._onCheck(),
      sleep: () => this._tab?.sleep(),
    });
    this._conversation = new Conversation(this._strings);
    this._form = new MessageForm(t, this._config.directions?.filter(Boolean) ?? t("directions"), (text, role) => this._say(text, role)).element;
    this._card = make(
      "ha-card",
      {},
      make(
        "div",
        { class: "stage" },
        stars(),
        svg,
        make("div", { class: "pill", role: "status" }, make("i", { class: "dot" }), this._status),
        this._wake,
        make("div", { class: "corner" }, this._porchButton),
      ),
      this._notice.element,
      this._controls.element,
      this._conversation.element,
      this._form,
    );
    shadowRoot.replaceChildren(make("style", {}, style), this._card);
    this._face = new Face(svg, { calm: this._calm.matches });
    this._face.carve(this._config.face);
    this._face.start();
    this._porch?.detach();
    this._porch = new Porch(this._card, this._config.entity, () => this._render());
    this._openPorch();
    this._render();
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
    this._renderControls(t);
    this._renderPorch(t);
    this._conversation.element.hidden = !this._config.show_conversation;
    if (this._config.show_conversation) this._conversation.show(this._talk);
    this._form.hidden = !(this._config.show_controls && this._mayControl && this._voice?.conversation_id);
  }

  _renderWake(t) {
    const { state, isSilent } = this._tab ?? {};
    const wants = this._usesBrowser || this._config.porch;
    const isAsleep = state === "asleep" && wants && this._mayControl && !this._voice?.browser;
    this._wake.hidden = this._isPreview || !(isSilent || isAsleep || (state === "waking" && wants));
    this._wakeTitle.textContent = t(state === "waking" ? "waking" : "tap_to_wake");
  }

  _renderNotice(t) {
    const problem = this._problem ?? (this._tab?.problem && t(`problem.${this._tab.problem}`));
    const held = this._tab?.state === "held";
    const foreign = !held && this._tab?.state === "asleep" && this._isElsewhere && this._usesBrowser && this._mayControl;
    const isHeld = Boolean(held || foreign);
    const words = problem || (isHeld ? this._holder(t, held) : "") || this._strange(t);
    this._notice.show(words, { isHeld, mayTakeOver: this._mayControl });
  }

  _holder(t, held) {
    const owner = held ? this._tab.owner : this._voice.browser;
    return owner ? t("held", { owner }) : t("held_unknown");
  }

  _strange(t) {
    const entity = this._hass?.entities?.[this._config.entity];
    return entity && entity.platform !== PLATFORM ? t("problem.not_found") : "";
  }

  _renderControls(t) {
    const { cost } = this._talk;
    this._controls.show({
      voice: this._voice,
      mayTalk: this._mayControl && this._config.show_controls,
      canMute: Boolean(sibling(this._hass, this._config.entity, "switch", "microphone_muted")),
      isChecking: Boolean(this._isChecking),
      isHere: ["awake", "waking"].includes(this._tab?.state),
      cost: cost === null ? "" : t("cost", { usd: this._strings.number(cost, cost < 0.1 ? 4 : 2) }),
    });
  }

  _renderPorch(t) {
    const { isOpen } = this._porch;
    name(this._porchButton, t(isOpen ? "leave_porch" : "porch"));
    this._porchButton.querySelector("ha-icon").setAttribute("icon", isOpen ? "mdi:fullscreen-exit" : "mdi:fullscreen");
    if (isOpen) this._card.setAttribute("aria-label", this._name);
  }

  get _mayControl() {
    return Boolean(this._voice?.can_control);
  }

  get _name() {
    return this._config.name || this._voice?.name || this._hass?.states?.[this._config.entity]?.attributes?.friendly_name || this._strings.get("name");
  }

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
    if (!(await this._isReady(here))) return;
    await this._try(() =>
      this._hass.connection.sendMessagePromise({
        type: "realtime_pumpkin/start_conversation",
        entity_id: this._config.entity,
        in_browser: here,
      }),
    );
  }

  /** Attach this tab where it is to be microphone and speaker; tell whether all is there. */
  async _isReady(here = false) {
    if (!here && (!this._usesBrowser || this._isElsewhere)) return true;
    await this._tab.wake();
    return this._isAwake();
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
    if (!(await this._isReady())) return;
    this._isChecking = true;
    const check = {
      type: "call_service",
      domain: PLATFORM,
      service: "porch_check",
      target: { entity_id: this._config.entity },
      return_response: true,
    };
    const answer = await this._try(() => this._hass.connection.sendMessagePromise(check), this._strings.get("porch_checking"));
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

  /** Do something and say what meanwhile, or why it could not be done. */
  async _try(action, meanwhile = null) {
    this._problem = meanwhile;
    this._render();
    try {
      const answer = await action();
      this._problem = null;
      return answer;
    } catch (error) {
      this._show((await wordsFor(error, this._hass)) || this._strings.get("state.error"));
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
}
