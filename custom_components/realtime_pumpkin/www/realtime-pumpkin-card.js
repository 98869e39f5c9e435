/** Registers the card; Home Assistant loads this module in every dashboard. */

import { RealtimePumpkinCard } from "./card.js";
import { voicesOf } from "./registry.js";
import { Strings, pageLanguage } from "./strings.js";

const TYPE = "realtime-pumpkin-card";
let strings = new Strings();

/** The card picker reads its words when it is opened; the page knows its language later. */
async function learnLanguage() {
  strings = await Strings.of(pageLanguage());
}

if (!customElements.get(TYPE)) {
  customElements.define(TYPE, RealtimePumpkinCard);
  window.customCards = window.customCards ?? [];
  window.customCards.push({
    type: TYPE,
    get name() {
      return strings.get("name");
    },
    get description() {
      return strings.get("description");
    },
    preview: true,
    documentationURL: "https://github.com/realtime-pumpkin/realtime-pumpkin/blob/main/docs/card.md",
    getEntitySuggestion: (hass, entityId) =>
      voicesOf(hass).includes(entityId) ? { config: { type: `custom:${TYPE}`, entity: entityId } } : null,
  });
  new MutationObserver(learnLanguage).observe(document.documentElement, { attributeFilter: ["lang"] });
  learnLanguage();
}
