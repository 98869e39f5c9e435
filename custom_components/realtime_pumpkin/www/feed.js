/** What Home Assistant tells of a voice, for as long as somebody looks. */

const RETRY_MS = 4000;

export class Feed {
  constructor({ connection, entityId, told }) {
    this._connection = connection;
    this._entityId = entityId;
    this._told = told;
    this._isOpen = true;
    this._subscribe();
  }

  close() {
    this._isOpen = false;
    clearTimeout(this._retry);
    const unsubscribe = this._unsubscribe;
    this._unsubscribe = null;
    unsubscribe?.().catch(() => {});
  }

  async _subscribe() {
    try {
      const unsubscribe = await this._connection.subscribeMessage((message) => this._take(message), {
        type: "realtime_pumpkin/subscribe",
        entity_id: this._entityId,
        levels: true,
      });
      if (this._isOpen) this._unsubscribe = unsubscribe;
      else unsubscribe().catch(() => {});
    } catch (error) {
      this._told({ type: "unavailable", error });
      this._later();
    }
  }

  _take(message) {
    if (!this._isOpen) return;
    this._told(message);
    if (message.type !== "closed") return;
    const unsubscribe = this._unsubscribe;
    this._unsubscribe = null;
    unsubscribe?.().catch(() => {});
    this._later();
  }

  _later() {
    clearTimeout(this._retry);
    if (this._isOpen) this._retry = setTimeout(() => this._subscribe(), RETRY_MS);
  }
}
