// What the companion apps put into their web view, and what they leave out.
// KIND and TOKEN are put before this.
window.app = { asked: [], sent: [] };
const answerLogin = (payload) => {
  const { callback } = typeof payload === "string" ? JSON.parse(payload) : payload;
  app.asked.push(callback);
  setTimeout(() => window[callback](true, { access_token: TOKEN, expires_in: 1800 }));
};
const take = (payload) => {
  const message = typeof payload === "string" ? JSON.parse(payload) : payload;
  app.sent.push(message.type);
  if (message.type !== "config/get") return;
  const result = { hasSettingsScreen: true, hasSidebar: false, canWriteTag: true, hasExoPlayer: KIND === "android", hasAssist: true };
  setTimeout(() => window.externalBus({ id: message.id, type: "result", success: true, result }));
};
if (KIND === "android") {
  window.externalApp = { getExternalAuth: answerLogin, revokeExternalAuth() {}, externalBus: take };
  // Android's web view fills no screen by itself and knows no wake lock.
  Element.prototype.requestFullscreen = async () => {
    throw new TypeError("Permissions check failed");
  };
} else {
  window.webkit = {
    messageHandlers: {
      getExternalAuth: { postMessage: answerLogin },
      revokeExternalAuth: { postMessage() {} },
      externalBus: { postMessage: take },
    },
  };
  // An iPhone's web view has no such method at all.
  delete Element.prototype.requestFullscreen;
}
delete Navigator.prototype.wakeLock;
