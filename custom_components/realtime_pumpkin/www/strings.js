/** The card's words in the user's language, English where there are none. */

import en from "./strings/en.js";

// A language is one file below strings/ and its name here.
const LANGUAGES = new Set(["en"]);

function look(strings, key) {
  return key.split(".").reduce((found, part) => found?.[part], strings);
}

/** The words for a key such as "state.idle", with {placeholders} filled. */
export class Strings {
  constructor(strings = en) {
    this._strings = strings;
  }

  /** The words of a language such as "de" or "pt-BR". */
  static async of(language = "en") {
    const found = [language, language.split("-")[0]].find((name) => LANGUAGES.has(name));
    if (!found || found === "en") return new Strings();
    return new Strings((await import(`./strings/${found}.js`)).default);
  }

  get(key, values = {}) {
    const words = look(this._strings, key) ?? look(en, key) ?? key;
    if (typeof words !== "string") return words;
    return words.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  }
}
