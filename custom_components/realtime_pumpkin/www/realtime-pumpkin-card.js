/** Registers the card; Home Assistant loads this module in every dashboard. */

import { RealtimePumpkinCard } from "./card.js";
import { voicesOf } from "./registry.js";
import { Strings } from "./strings.js";

const TYPE = "realtime-pumpkin-card";
const strings = new Strings();

if (!customElements.get(TYPE)) {
  customElements.define(TYPE, RealtimePumpkinCard);
  window.customCards = window.customCards ?? [];
  window.customCards.push({
    type: TYPE,
    name: strings.get("name"),
    description: strings.get("description"),
    preview: true,
    documentationURL: "https://github.com/realtime-pumpkin/realtime-pumpkin/blob/main/docs/card.md",
    getEntitySuggestion: (hass, entityId) =>
      voicesOf(hass).includes(entityId) ? { config: { type: `custom:${TYPE}`, entity: entityId } } : null,
  });
}
