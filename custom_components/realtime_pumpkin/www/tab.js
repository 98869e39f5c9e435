/**
 * This tab as a voice's microphone and speaker.
 *
 * Asleep until a person taps (browsers play no sound before that); then attached to the
 * voice, and listening only while a conversation runs.
 */

import { reportMessage } from "./framing.js";
import { decode } from "./pcm.js";

const REPORT_MS = 90;
const RETRY_MS = 3000;
/** How long a tab without a card is kept, ms. */
export const KEPT_MS = 10000;
// Frames that wait behind a slow network are worth less than the ones to come.
const MOST_WAITING_BYTES = 200_000;
const CONSTRAINTS = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };

const clientId = () => (globalThis.crypto?.randomUUID?.() ?? String(Math.random())).slice(0, 36);

/** Why this page can be no microphone: a key of the strings, or null. */
export function obstacle(scope = globalThis) {
  if (!scope.isSecureContext) return "insecure";
  if (!scope.navigator?.mediaDevices?.getUserMedia) return "no_microphone";
  if (!scope.AudioContext || !scope.AudioWorkletNode) return "no_worklet";
  return null;
}

/** A key of the strings for what getUserMedia threw. */
export function refusal(error) {
  switch (error?.name) {
    case "NotAllowedError":
    case "SecurityError":
      return "refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "no_microphone";
    case "NotReadableError":
    case "AbortError":
      return "busy_microphone";
    default:
      return "failed";
  }
}

const shared = new Map();

/**
 * This tab for a voice, shared by the cards that show it.
 *
 * Dashboards are drawn anew after each lost connection: the tab outlives its cards, and
 * sleeps only when none came back.
 */
export function borrowTab({ connection, entityId, changed, heard, ...more }) {
  const found = shared.get(entityId) ?? share(connection, entityId, more);
  const card = { changed, heard };
  clearTimeout(found.timer);
  found.cards.add(card);
  const giveBack = () => {
    found.cards.delete(card);
    if (!found.cards.size) found.timer = setTimeout(() => forget(entityId), KEPT_MS);
  };
  return { tab: found.tab, giveBack };
}

function share(connection, entityId, more) {
  const cards = new Set();
  const tab = new Tab({
    connection,
    entityId,
    changed: () => cards.forEach((card) => card.changed()),
    heard: (...level) => cards.forEach((card) => card.heard(...level)),
    ...more,
  });
  const found = { tab, cards };
  shared.set(entityId, found);
  return found;
}

function forget(entityId) {
  shared.get(entityId)?.tab.sleep();
  shared.delete(entityId);
}

export class Tab {
  /** `changed` is called when `state`, `problem` or `owner` change, `heard` with levels. */
  constructor({ connection, entityId, changed, heard, scope = globalThis, base = import.meta.url }) {
    /** "asleep", "waking", "awake", "held" (another tab has the voice) or "gone". */
    this.state = "asleep";
    this.problem = null;
    this.owner = "";
    this.clientId = clientId();
    this.isListening = false;
    this._connection = connection;
    this._entityId = entityId;
    this._changed = changed;
    this._heard = heard;
    this._scope = scope;
    this._base = base;
    this._handler = 0;
    this._position = null;
    this._reportedAt = 0;
    this._wantsMicrophone = false;
    this._turn = 0;
    this._onReady = () => this._attach(false);
    this._onLost = () => this._detached();
    this._onHide = () => this.sleep();
  }

  /** Be the voice's microphone and speaker; call it from a tap. */
  async wake({ takeOver = false } = {}) {
    const problem = obstacle(this._scope);
    if (problem) return this._set("asleep", problem);
    if (this.state === "waking") return undefined;
    if (this.state === "awake" && !takeOver) return this._resume();
    this._set("waking");
    try {
      await this._openSound();
      await this._askForMicrophone();
    } catch (error) {
      return this._set("asleep", refusal(error));
    }
    this._connection.addEventListener("ready", this._onReady);
    this._connection.addEventListener("disconnected", this._onLost);
    this._scope.addEventListener("pagehide", this._onHide);
    return this._attach(takeOver);
  }

  /** Give the voice back; a conversation in this tab ends. */
  sleep() {
    this._leave();
    this._set("asleep");
  }

  /** Nobody has the voice any more: a tap is enough. */
  released() {
    if (this.state === "held") this._set("asleep");
  }

  /** Whether a tap is needed before anything is heard. */
  get isSilent() {
    return this.state === "awake" && this._context?.state !== "running";
  }

  async _openSound() {
    if (this._context) return this._resume();
    const context = new this._scope.AudioContext({ latencyHint: "interactive" });
    this._context = context;
    context.onstatechange = () => this._changed();
    const running = context.resume();
    await Promise.all(
      ["playback", "capture"].map((name) => context.audioWorklet.addModule(new URL(`${name}.worklet.js`, this._base))),
    );
    this._playback = new this._scope.AudioWorkletNode(context, "realtime-pumpkin-playback", {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    this._playback.port.onmessage = ({ data }) => this._played(data);
    this._playback.connect(context.destination);
    await running;
  }

  async _resume() {
    if (this._context?.state === "suspended") await this._context.resume();
  }

  /** Let the person allow it now, not when somebody is at the door. */
  async _askForMicrophone() {
    const stream = await this._scope.navigator.mediaDevices.getUserMedia({ audio: CONSTRAINTS });
    stream.getTracks().forEach((track) => track.stop());
  }

  async _attach(takeOver) {
    if (this.state === "asleep" || this.state === "held") return;
    this._turn += 1;
    const turn = this._turn;
    try {
      const unsubscribe = await this._connection.subscribeMessage(
        // Who was sent away meanwhile is told nothing any more.
        (event) => turn === this._turn && this._take(event),
        {
          type: "realtime_pumpkin/browser",
          entity_id: this._entityId,
          client_id: this.clientId,
          echo_cancelled: Boolean(this._scope.navigator.mediaDevices.getSupportedConstraints?.().echoCancellation),
          take_over: takeOver,
          utterance: this._position?.n ?? 0,
          received_bytes: this._position?.received ?? 0,
        },
        { resubscribe: false },
      );
      if (turn === this._turn) this._unsubscribe = unsubscribe;
      else unsubscribe().catch(() => {});
    } catch (error) {
      if (turn === this._turn) this._refused(error);
    }
  }

  _refused(error) {
    if (error?.code === "browser_held") {
      this.owner = error.translation_placeholders?.owner ?? "";
      this._leave();
      this._set("held");
    } else if (error?.code === "unauthorized") {
      this._leave();
      this._set("asleep", "not_allowed");
    } else {
      // The voice is being reloaded, or Home Assistant starts.
      this._retryLater();
    }
  }

  _retryLater() {
    clearTimeout(this._retry);
    this._retry = setTimeout(() => this._attach(false), RETRY_MS);
  }

  _take(event) {
    switch (event.type) {
      case "handler":
        this._handler = event.id;
        break;
      case "attached":
        if (!event.known) this._order({ type: "reset" });
        this._set("awake");
        break;
      case "microphone":
        this._listen(event.on);
        break;
      case "audio":
        this._order({ type: "audio", n: event.n, at: event.at, samples: decode(event.pcm) });
        break;
      case "end":
      case "clear":
        this._order(event);
        break;
      case "taken_over":
        this.owner = event.owner;
        this._leave();
        this._set("held");
        break;
      case "closed":
        this._detached();
        this._retryLater();
        break;
      default:
    }
  }

  _order(order) {
    const seconds = this._latencySeconds();
    this._playback.port.postMessage({ type: "latency", seconds });
    this._playback.port.postMessage(order);
  }

  _latencySeconds() {
    return this._context.outputLatency || this._context.baseLatency || 0;
  }

  /** Hear from the audio thread where it is; the mouth moves when it is heard. */
  _played({ position, level }) {
    const latency = this._latencySeconds() * 1000;
    this._heard(level, latency);
    if (!position) return;
    const isNews = position.done || position.playing !== this._position?.playing || position.n !== this._position?.n;
    this._position = position;
    const now = performance.now();
    if (!isNews && now - this._reportedAt < REPORT_MS) return;
    this._reportedAt = now;
    const { n, played, playing, done } = position;
    this._report({ type: "speaker", n, played: Math.round(played * 10) / 10, latency: Math.round(latency), playing, done });
  }

  async _listen(on) {
    this._wantsMicrophone = on;
    if (!on) return this._stopListening();
    try {
      const stream = this._stream ?? (await this._scope.navigator.mediaDevices.getUserMedia({ audio: CONSTRAINTS }));
      if (!this._wantsMicrophone) return stream.getTracks().forEach((track) => track.stop());
      this._startListening(stream);
      this._report({ type: "microphone", on: true, rate: 24000 });
    } catch (error) {
      this._set(this.state, refusal(error));
      this._report({ type: "microphone", on: false, error: error.name });
    }
    return undefined;
  }

  _startListening(stream) {
    if (this._stream) return;
    this._stream = stream;
    const [track] = stream.getAudioTracks();
    track.onended = () => {
      this._stopListening();
      this._report({ type: "microphone", on: false });
    };
    this._capture = new this._scope.AudioWorkletNode(this._context, "realtime-pumpkin-capture", { numberOfOutputs: 0 });
    this._capture.port.onmessage = ({ data }) => this._sendSound(data);
    this._input = this._context.createMediaStreamSource(stream);
    this._input.connect(this._capture);
    this.isListening = true;
    this._changed();
  }

  _stopListening() {
    this._stream?.getTracks().forEach((track) => {
      track.onended = null;
      track.stop();
    });
    this._input?.disconnect();
    if (this._capture) this._capture.port.onmessage = null;
    this._stream = this._input = this._capture = null;
    if (!this.isListening) return;
    this.isListening = false;
    this._changed();
  }

  _sendSound(message) {
    new Uint8Array(message)[0] = this._handler;
    this._send(message);
  }

  _report(report) {
    this._send(reportMessage(this._handler, report));
  }

  _send(message) {
    const { socket } = this._connection;
    if (!this._handler || socket?.readyState !== 1 || socket.bufferedAmount > MOST_WAITING_BYTES) return;
    socket.send(message);
  }

  /** The connection is gone; what is in the buffer is played, and we come back. */
  _detached() {
    this._handler = 0;
    this._unsubscribe = null;
    if (this.state === "awake") this._set("waking");
  }

  _leave() {
    clearTimeout(this._retry);
    this._turn += 1;
    this._connection.removeEventListener("ready", this._onReady);
    this._connection.removeEventListener("disconnected", this._onLost);
    this._scope.removeEventListener("pagehide", this._onHide);
    this._wantsMicrophone = false;
    this._stopListening();
    if (this._playback) this._order({ type: "reset" });
    // Nothing may be sent any more when Home Assistant forgets the handler.
    this._handler = 0;
    this._position = null;
    const unsubscribe = this._unsubscribe;
    this._unsubscribe = null;
    unsubscribe?.().catch(() => {});
  }

  _set(state, problem = null) {
    this.state = state;
    this.problem = problem;
    this._changed();
  }
}
