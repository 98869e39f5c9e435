/** The card's words and numbers in the user's language, English where there are none. */

import en from "./strings/en.js";

// A language is one file below strings/ and its name here; the others stay unloaded.
export const LANGUAGES = ["de", "en", "es", "fr", "nl"];

function look(strings, key) {
  return key.split(".").reduce((found, part) => found?.[part], strings);
}

/** The language that Home Assistant shows this page in. */
export function pageLanguage(page = globalThis.document) {
  return page?.documentElement?.lang || "en";
}

/** The words for a key such as "state.idle", with {placeholders} filled. */
export class Strings {
  constructor(strings = en, language = "en") {
    this._strings = strings;
    this._language = language;
  }

  /** The words of a language such as "de" or "pt-BR"; English where they cannot be had. */
  static async of(language = "en") {
    const found = [language, language.split("-")[0]].find((name) => LANGUAGES.includes(name));
    if (!found || found === "en") return new Strings(en, found ? language : "en");
    try {
      return new Strings((await import(`./strings/${found}.js`)).default, language);
    } catch {
      return new Strings();
    }
  }

  /** Whether other words are these. */
  isSame(other) {
    return this._strings === other?._strings && this._language === other._language;
  }

  get(key, values = {}) {
    const words = look(this._strings, key) ?? look(en, key) ?? key;
    if (typeof words !== "string") return words;
    return words.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  }

  /** A number as it is written in the language. */
  number(value, digits) {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(this._language, options).format(value);
  }
}
