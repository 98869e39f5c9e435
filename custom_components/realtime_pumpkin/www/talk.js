/** A conversation as the card shows it, from what Home Assistant tells of it. */

const MOST_ENTRIES = 200;
const LAUGH = /\b(?:m[wu]*a*h?a+(?:ha+)+|b?wa+(?:ha+)+|(?:ha+h?[\s,!-]*){2,}|(?:he+h?[\s,!-]*){2,}|(?:ho+[\s,!-]*){2,}|cackl\w*|laughs?)\b/i;

/** Whether words are a laugh. */
export function isLaugh(text) {
  return LAUGH.test(text);
}

export class Talk {
  constructor() {
    this.entries = [];
    this.cost = null;
    this.reason = null;
    this.error = null;
    this.isLaughing = false;
  }

  /** Take a message of the subscription. */
  take(message) {
    if (message.type === "history") this._history(message.transcript);
    else if (message.type === "cost") this.cost = message.usd;
    else if (message.type === "event") this._event(message.event, message.data);
    if (this.entries.length > MOST_ENTRIES) this.entries.splice(0, this.entries.length - MOST_ENTRIES);
  }

  _history(transcript) {
    this.entries = transcript.map(({ role, text }, at) => ({ id: `before-${at}`, who: role, text }));
  }

  _event(name, data) {
    const act = {
      conversation_started: () => this._start(),
      speech_started: () => this._entry(data.item_id, "user"),
      user_transcript: () => this._say(data.item_id, "user", data.text),
      assistant_transcript_delta: () => this._add(data.item_id, data.delta),
      assistant_transcript: () => this._say(data.item_id, "assistant", data.text),
      audio_started: () => this._laugh(),
      interrupted: () => this._interrupt(data.heard_ms),
      resumed: () => this._resume(),
      tool_called: () => this._tool(data),
      error: () => this._fail(data),
      conversation_ended: () => this._end(data),
    }[name];
    act?.();
  }

  _start() {
    this.entries = [];
    this.cost = null;
    this.reason = null;
    this.error = null;
    this.isLaughing = false;
  }

  /** An answer that begins is not yet in the words: what laughs is the latest one. */
  _laugh() {
    this.isLaughing = isLaugh(this._last("assistant")?.text ?? "");
  }

  _entry(id, who) {
    let entry = this.entries.find((each) => each.id === id);
    if (!entry) {
      entry = { id, who, text: "", isPending: true };
      this.entries.push(entry);
    }
    return entry;
  }

  _say(id, who, text) {
    const entry = this._entry(id, who);
    entry.text = text.trim();
    entry.isPending = false;
    if (!entry.text) this.entries.splice(this.entries.indexOf(entry), 1);
    if (who === "assistant") this.isLaughing = isLaugh(text);
  }

  _add(id, delta) {
    const entry = this._entry(id, "assistant");
    entry.text += delta;
    this.isLaughing = isLaugh(entry.text);
  }

  _interrupt(heardMs) {
    const entry = this._last("assistant");
    if (entry) entry.interruptedMs = heardMs;
    this.isLaughing = false;
  }

  _resume() {
    const entry = this._last("assistant");
    if (entry) delete entry.interruptedMs;
  }

  _tool({ call_id: id, name, arguments: given }) {
    this.entries.push({ id, who: "tool", text: name, given: given ?? {} });
  }

  _fail({ kind, message, fatal }) {
    if (fatal) this.error = { kind, message };
    this.entries.push({ id: `error-${this.entries.length}`, who: "error", text: kind, message });
  }

  _end({ reason, cost_usd: cost }) {
    this.reason = reason;
    this.isLaughing = false;
    if (typeof cost === "number") this.cost = cost;
    this.entries = this.entries.filter((entry) => entry.text);
    for (const entry of this.entries) entry.isPending = false;
  }

  _last(who) {
    return this.entries.findLast?.((entry) => entry.who === who) ?? [...this.entries].reverse().find((entry) => entry.who === who);
  }
}
