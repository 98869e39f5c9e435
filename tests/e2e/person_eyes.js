// What a person sees of the page, through every shadow root.
window.eyes = {
  // Every element of the page, also those inside of components.
  *elements(root = document) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      if (element.shadowRoot) yield* this.elements(element.shadowRoot);
    }
  },

  // What an element itself says: not what is inside of it, nor that it is required.
  words(element) {
    if (["STYLE", "SCRIPT"].includes(element.tagName)) return "";
    const words = this.texts(element).map((node) => node.data).join("");
    const said = words.replace(/\s+/g, " ").replace(/ ?\*$/, "").trim();
    return said || element.getAttribute("aria-label") || element.placeholder || "";
  },

  texts(element) {
    return [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
  },

  // Whether it says these words; those that end with "…" may go on.
  says(element, words) {
    const said = this.words(element);
    return words.endsWith("…") ? said.startsWith(words.slice(0, -1)) : said === words;
  },

  // Where its own text is, else where it is itself; null where it cannot be seen.
  box(element) {
    // What has no box of its own (a slot) is seen where what it is in is seen.
    const boxed = [...this.around(element)].find(
      (one) => getComputedStyle(one).display !== "contents",
    );
    if (!boxed?.checkVisibility({ visibilityProperty: true })) return null;
    let box = element.getBoundingClientRect();
    const text = this.texts(element).find((node) => node.data.trim());
    if (text) {
      const range = document.createRange();
      range.selectNodeContents(text);
      box = range.getBoundingClientRect();
    }
    return box.width && box.height ? box : null;
  },

  // The innermost element at a point.
  at(x, y) {
    let found = document.elementFromPoint(x, y);
    while (found?.shadowRoot) {
      const inner = found.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === found) break;
      found = inner;
    }
    return found;
  },

  // An element and what it is in, from the inside out.
  *around(element) {
    for (let one = element; one; one = one.assignedSlot ?? one.parentNode ?? one.host) {
      if (one instanceof Element) yield one;
    }
  },

  // Whether a click there comes to the element, or to what lies close upon it.
  reaches(element, x, y) {
    const hit = this.at(x, y);
    const above = new Set(hit ? this.around(hit) : []);
    return [...this.around(element)].slice(0, 6).some((one) => above.has(one));
  },

  // The middle of what says these words and can be clicked; null while there is none.
  find(words, among = "*") {
    for (const element of this.elements()) {
      if (!element.matches(among) || !this.says(element, words)) continue;
      if (!this.box(element)) continue;
      element.scrollIntoView({ block: "nearest", behavior: "instant" });
      const box = this.box(element);
      const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      if (this.reaches(element, middle.x, middle.y)) return middle;
    }
    return null;
  },

  // The same, once it lies where it lay at the last look.
  rests(words, among) {
    const seen = this.find(words, among);
    const now = seen && `${words} ${among} ${seen.x} ${seen.y}`;
    const isAtRest = seen !== null && now === this.before;
    this.before = isAtRest ? null : now;
    return isAtRest ? seen : null;
  },

  // What is in the field with a label.
  typed(label) {
    for (const element of this.elements()) {
      if ("value" in element && element.label?.replace(/ ?\*$/, "") === label) {
        return element.value;
      }
    }
    return null;
  },

  // All that can be read, one text per line.
  read() {
    const lines = [];
    for (const element of this.elements()) {
      if (this.words(element) && this.box(element)) lines.push(this.words(element));
    }
    return lines.join("\n");
  },
};
