// What everything costs, by model.

import { h, readJson } from "./dom.js";
import { pageWords, t } from "./words.js";

const filter = document.getElementById("filter");
const table = document.getElementById("prices");
const found = document.getElementById("found");

pageWords();
readJson("/api/prices").then(show, (error) => {
  found.replaceChildren(h("span", { class: "notice", role: "alert" }, error.message));
});

function show({ data, currency }) {
  const groups = Object.entries(Object.groupBy(data, (row) => row.model)).map(([model, rows]) =>
    h("tbody", { "data-text": JSON.stringify(rows).toLowerCase() }, rows.map((row, place) => priceRow(row, place, rows, currency))),
  );
  table.append(...groups);
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const group of groups) group.hidden = !words.every((word) => group.dataset.text.includes(word));
    const count = groups.filter((group) => !group.hidden).length;
    found.textContent = t("{n} models", { n: count });
    table.hidden = count === 0;
  };
  filter.addEventListener("input", apply);
  filter.value = new URLSearchParams(location.search).get("q") ?? filter.value;
  apply();
}

function priceRow({ model, as, unit, usd, when, example, source, date }, place, rows, currency) {
  const conditions = Object.entries(when ?? {});
  const cell = (label, attributes, ...content) => h("td", { "data-label": label, ...attributes }, h("div", {}, ...content));
  return h(
    "tr",
    {},
    place === 0 && h("th", { scope: "rowgroup", rowspan: String(rows.length), class: "model" }, h("code", {}, model)),
    cell(t("Price"), { class: "amount" }, h("strong", {}, currency === "USD" ? `$${usd}` : `${usd} ${currency}`), ` / ${t(unit)}`),
    cell(
      t("When"),
      {},
      conditions.length
        ? conditions.map(([name, value]) => h("span", { class: "chip" }, `${t(name)}: ${t(String(value))}`))
        : h("span", { class: "quiet" }, t("always")),
    ),
    cell(t("For example"), { class: "example" }, example),
    cell(
      t("Source"),
      { class: "source" },
      as !== model && `${standIn(as)}: `,
      source,
      date && h("time", { datetime: date }, ` ${date}`),
    ),
  );
}

function standIn(name) {
  if (name === "sandbox") return t("the sandbox's own price");
  return name === "*" ? t("the price of every other model") : name;
}
