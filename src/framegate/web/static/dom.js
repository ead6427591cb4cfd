// Small means to build a page: elements, prose, code with a copy button.

import { t } from "./words.js";

/** An element. Attributes named `on…` are listeners; true gives an empty attribute, false and null none. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

/** Text in which `backticks` mark code, as nodes. */
export function prose(text) {
  return text.split(/`([^`]+)`/).map((part, place) => (place % 2 ? h("code", {}, part) : part)).filter(Boolean);
}

/** Puts a text on the clipboard. Pages served without TLS have no clipboard interface: there, a selection is copied. */
export async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = h("textarea", { class: "unseen", readonly: true });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

export function copyButton(text) {
  const button = h("button", { type: "button", class: "copy", onclick: copy }, t("Copy"));
  async function copy() {
    await copyText(text);
    button.textContent = t("Copied");
    setTimeout(() => (button.textContent = t("Copy")), 1500);
  }
  return button;
}

const TOKENS =
  /(?:https?:\/\/[^\s"']+)|("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\\n])*')(\s*:)?|(#.*|\/\/ .*)|\b(-?\d+(?:\.\d+)?)\b|\b(import|from|const|await|async|for|of|while|if|not|in|print|new|return|true|false|null|True|False|None)\b/g;

/** Code as nodes: strings, names, numbers, keywords and comments each in a span of its own. */
export function coloured(text) {
  const nodes = [];
  let last = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [whole, string, colon, comment, number, keyword] = match;
    if (!(string || comment || number || keyword)) continue; // an address: its digits are no numbers
    nodes.push(text.slice(last, match.index));
    const kind = string ? (colon ? "name" : "string") : comment ? "comment" : number ? "number" : "keyword";
    nodes.push(h("span", { class: `tok-${kind}` }, string ?? whole), string ? (colon ?? "") : "");
    last = match.index + whole.length;
  }
  nodes.push(text.slice(last));
  return nodes.filter(Boolean);
}

/** A block of code with its own copy button. Long texts are shown without colours, for speed. */
export function codeBlock(text, label) {
  const shown = text.length > 60_000 ? [text] : coloured(text);
  const pre = h("pre", { tabindex: "0", role: "region", "aria-label": label }, h("code", {}, shown));
  return h("div", { class: "code" }, pre, copyButton(text));
}

/** Tabs over panels that are made when first shown. `entries` are [name, make]; the choice is remembered by `memory`. */
export function tabs(entries, label, memory) {
  const list = h("div", { role: "tablist", "aria-label": label, class: "tabs" });
  const panel = h("div", { role: "tabpanel" });
  const chosen = entries.some(([name]) => name === memory.value) ? memory.value : entries[0][0];
  const show = (wanted) => {
    for (const button of list.children) {
      const selected = button.dataset.name === wanted;
      button.setAttribute("aria-selected", selected);
      button.tabIndex = selected ? 0 : -1;
    }
    panel.setAttribute("aria-label", wanted);
    panel.replaceChildren(entries.find(([name]) => name === wanted)[1]());
  };
  const choose = (name) => {
    memory.value = name;
    show(name);
  };
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const place = entries.findIndex(([name]) => name === event.target.dataset.name);
    const next = list.children[(place + step + entries.length) % entries.length];
    choose(next.dataset.name);
    next.focus();
  };
  for (const [name] of entries) {
    list.append(
      h("button", { type: "button", role: "tab", "data-name": name, onclick: () => choose(name), onkeydown: move }, name),
    );
  }
  show(chosen);
  return h("div", { class: "tabbed" }, list, panel);
}

/** Fetches JSON of this gateway, or throws an error that says what came instead. */
export async function readJson(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}
