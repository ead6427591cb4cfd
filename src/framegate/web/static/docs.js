// The reference: navigation, search, key, and one dialect at a time.

import { codeBlock, copyButton, h, prose, readJson, tabs } from "./dom.js";
import { dialectName, dialects, searchText } from "./reference.js";
import { samples } from "./samples.js";
import { fieldTable, parameterTable } from "./schema.js";
import { introduction } from "./start.js";
import { trialPanel } from "./trial.js";
import { pageWords, t } from "./words.js";

const nav = document.getElementById("nav");
const main = document.getElementById("main");
const search = document.getElementById("search");
const found = document.getElementById("found");
const keyField = document.getElementById("key");
const language = { value: localStorage.getItem("framegate.code") ?? "curl" };
const base = location.origin;
let all = [];
let schemas = {};
let shown = null;

pageWords();
keyField.value = sessionStorage.getItem("framegate.key") ?? "";
keyField.addEventListener("change", () => {
  sessionStorage.setItem("framegate.key", keyField.value.trim());
  for (const place of main.querySelectorAll(".samples")) place.replaceWith(samplesOf(operationOf(place.dataset.of)));
});
search.addEventListener("input", () => filter(search.value));
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) {
    event.preventDefault();
    search.focus();
  }
});
document.getElementById("menu").addEventListener("click", () => showMenu(!nav.classList.contains("open")));
addEventListener("hashchange", route);
start().catch((error) => main.replaceChildren(h("p", { class: "notice", role: "alert" }, error.message)));

async function start() {
  const document = await readJson("/openapi.json");
  schemas = document.components?.schemas ?? {};
  all = dialects(document);
  nav.replaceChildren(
    h("a", { href: "#start", class: "top" }, t("Getting started")),
    ...all.map(({ tag, operations }) =>
      h(
        "details",
        { "data-tag": tag },
        h("summary", {}, t(dialectName(tag)), h("span", { class: "count" }, String(operations.length))),
        h("ul", {}, operations.map(navItem)),
      ),
    ),
  );
  route();
}

function navItem(operation) {
  return h(
    "li",
    { "data-text": searchText(operation) },
    h(
      "a",
      { href: `#${operation.id}`, title: `${operation.method} ${operation.path}` },
      badge(operation.method, "DEL"),
      h("span", { class: "label" }, t(operation.summary), h("small", {}, breakable(operation.path))),
    ),
  );
}

function badge(method, shortDelete = method) {
  return h("span", { class: `method ${method.toLowerCase()}` }, method === "DELETE" ? shortDelete : method);
}

/** A path that may be broken after its slashes. */
function breakable(path) {
  return path.split(/(?<=\/)/).flatMap((part) => [part, h("wbr")]);
}

function operationOf(id) {
  const operations = all.flatMap((dialect) => dialect.operations);
  return operations.find((o) => o.id === id || o.aliases.some((alias) => alias.id === id));
}

/** Shows what the address names: #start, #dialect or #operation. */
function route() {
  const wanted = decodeURIComponent(location.hash.slice(1)) || "start";
  const operation = operationOf(wanted);
  const dialect = all.find(({ tag }) => tag === (operation?.tag ?? wanted));
  showMenu(false);
  const page = dialect?.tag ?? "start";
  if (shown !== page) {
    shown = page;
    main.replaceChildren(...(dialect ? dialectPage(dialect) : introduction(all, base)));
    if (dialect) nav.querySelector(`details[data-tag="${CSS.escape(dialect.tag)}"]`).open = true;
  }
  const here = operation?.id ?? wanted;
  for (const link of nav.querySelectorAll("a")) {
    if (link.hash === `#${here}`) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  }
  nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  if (operation) document.getElementById(operation.id).scrollIntoView();
  else scrollTo(0, 0);
  document.title = `${dialect ? t(dialectName(dialect.tag)) : t("Reference")} · Framegate`;
}

function showMenu(open) {
  nav.classList.toggle("open", open);
  document.getElementById("menu").setAttribute("aria-expanded", open);
}

function filter(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const group of nav.querySelectorAll("details")) {
    let any = false;
    for (const item of group.querySelectorAll("li")) {
      item.hidden = !words.every((word) => item.dataset.text.includes(word));
      any ||= !item.hidden;
      count += item.hidden ? 0 : 1;
    }
    group.hidden = !any;
    group.open = words.length ? any : group.dataset.tag === shown;
  }
  found.textContent = words.length ? t("{n} found", { n: count }) : "";
  if (words.length) showMenu(true);
}

function dialectPage({ tag, operations }) {
  return [h("h1", {}, t(dialectName(tag))), ...operations.map(operationSection)];
}

function operationSection(operation) {
  const parts = [
    h("h2", {}, h("a", { href: `#${operation.id}` }, t(operation.summary))),
    pathLine(operation),
    ...operation.aliases.map((alias) => h("span", { id: alias.id })),
    operation.aliases.length > 0 &&
      h("p", { class: "quiet also" }, t("Also at"), " ", operation.aliases.map((a) => h("code", {}, a.path))),
    operation.notes && h("p", {}, prose(t(operation.notes))),
    operation.admin && h("p", { class: "quiet" }, t("For the operator: takes the admin token, not a customer's key.")),
    operation.parameters.length > 0 && [h("h3", {}, t("Parameters")), parameterTable(operation.parameters, schemas)],
    bodyFields(operation),
    answerFields(operation),
    troubles(operation),
  ];
  const side = [
    samplesOf(operation),
    !operation.admin && trial(operation),
    operation.answer?.example !== undefined && [
      h("h3", {}, t("Example answer")),
      codeBlock(JSON.stringify(operation.answer.example, null, 2), t("Example answer")),
    ],
  ];
  return h(
    "section",
    { id: operation.id, class: "operation", "aria-label": `${operation.method} ${operation.path}` },
    h("div", { class: "said" }, parts.flat()),
    h("div", { class: "shown" }, side.flat()),
  );
}

function pathLine(operation) {
  return h(
    "p",
    { class: "path" },
    badge(operation.method),
    h("code", {}, breakable(operation.path)),
    copyButton(base + operation.path),
  );
}

function bodyFields({ body }) {
  const table = body && fieldTable(body.schema, schemas, t("Body"));
  return table ? [h("h3", {}, t("Body"), h("span", { class: "media" }, body.type)), table] : null;
}

function answerFields({ answer }) {
  const table = answer && fieldTable(answer.schema, schemas, t("Answer"), false);
  if (!table) return null;
  return h("details", {}, h("summary", {}, t("Fields of the answer"), h("span", { class: "media" }, answer.type)), table);
}

function troubles(operation) {
  if (!operation.troubles.length) return null;
  const rows = operation.troubles.map(({ status, title }) =>
    h("tr", {}, h("th", { scope: "row" }, h("code", {}, status)), h("td", {}, t(title))),
  );
  return h(
    "details",
    {},
    h("summary", {}, t("Errors")),
    h("table", { "aria-label": t("Errors"), class: "plain" }, h("tbody", {}, rows)),
  );
}

function samplesOf(operation) {
  const entries = samples(operation, base, keyField.value.trim()).map(([name, code]) => [
    name,
    () => codeBlock(code, `${t("Example")}: ${name}`),
  ]);
  const memory = {
    get value() {
      return language.value;
    },
    set value(name) {
      language.value = name;
      localStorage.setItem("framegate.code", name);
    },
  };
  return h("div", { class: "samples", "data-of": operation.id }, tabs(entries, t("Example"), memory));
}

function trial(operation) {
  const panel = h("details", { class: "try" }, h("summary", {}, t("Try it")));
  panel.addEventListener("toggle", () => {
    if (panel.open && panel.children.length === 1) panel.append(trialPanel(operation, keyField));
  });
  return panel;
}
