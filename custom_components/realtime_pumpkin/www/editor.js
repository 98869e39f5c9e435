/** The visual editor, as a form that Home Assistant draws. */

import { Strings } from "./strings.js";

const HELP = new Set(["porch", "directions"]);

export function configForm(strings = new Strings()) {
  const faces = ["pumpkin", "ghost", "skull"].map((value) => ({ value, label: strings.get(`face.${value}`) }));
  return {
    schema: [
      {
        name: "entity",
        required: true,
        selector: { entity: { filter: { integration: "realtime_pumpkin", domain: "assist_satellite" } } },
      },
      {
        type: "grid",
        name: "",
        schema: [
          { name: "name", selector: { text: {} } },
          { name: "face", default: "pumpkin", selector: { select: { mode: "dropdown", options: faces } } },
          { name: "show_conversation", default: true, selector: { boolean: {} } },
          { name: "show_controls", default: true, selector: { boolean: {} } },
        ],
      },
      { name: "porch", default: false, selector: { boolean: {} } },
      { name: "directions", selector: { text: { multiple: true } } },
    ],
    computeLabel: ({ name }) => (name ? strings.get(`editor.${name}`) : undefined),
    computeHelper: ({ name }) => (HELP.has(name) ? strings.get(`editor.${name}_help`) : undefined),
  };
}
