// JSON schemas as tables of fields that people can read.

import { h, prose } from "./dom.js";
import { t } from "./words.js";

const DEEPEST = 4;

/** Rows of an object's fields, nested ones after their parent: {name, prefix, depth, shape, required}. */
export function fieldRows(schema, schemas, prefix = "", depth = 0, seen = []) {
  const shape = describe(schema, schemas, seen);
  const rows = [];
  for (const [name, inner, required] of shape.fields) {
    const field = describe(inner, schemas, shape.seen);
    rows.push({ name, prefix, depth, required, shape: field });
    const nested = field.fields.length && depth < DEEPEST && !field.repeats;
    if (nested) rows.push(...fieldRows(inner, schemas, `${prefix}${name}${field.suffix}.`, depth + 1, shape.seen));
  }
  return rows;
}

/** What a schema says, references and alternatives followed: its type in words, description, limits and fields. */
export function describe(schema, schemas, seen = []) {
  if (schema?.$ref) {
    const name = schema.$ref.split("/").pop();
    const shape = describe({ ...schemas[name], ...without(schema, "$ref") }, schemas, [...seen, name]);
    return { ...shape, repeats: shape.repeats || seen.includes(name) };
  }
  const alternatives = schema?.anyOf ?? schema?.oneOf;
  if (alternatives) return either(schema, alternatives, schemas, seen);
  if (schema?.allOf) return describe(Object.assign({}, ...schema.allOf, without(schema, "allOf")), schemas, seen);
  const shape = {
    type: typeof schema?.type === "string" ? schema.type : [schema?.type ?? "any"].flat().join(" | "),
    description: schema?.description ?? "",
    words: schema?.enum ?? ("const" in (schema ?? {}) ? [schema.const] : []),
    limits: limits(schema ?? {}),
    fallback: schema?.default,
    fields: fields(schema ?? {}),
    suffix: "",
    nullable: false,
    repeats: false,
    seen,
  };
  if (schema?.type === "array" && schema.items) return list(shape, describe(schema.items, schemas, seen));
  return shape;
}

function fields(schema) {
  return Object.entries(schema.properties ?? {}).map(([n, s]) => [n, s, (schema.required ?? []).includes(n)]);
}

function list(shape, item) {
  return {
    ...shape,
    type: item.type.includes(" ") ? `(${item.type})[]` : `${item.type}[]`,
    description: shape.description || item.description,
    words: item.words,
    limits: [...shape.limits, ...item.limits],
    fields: item.fields,
    suffix: `[]${item.suffix}`,
    repeats: item.repeats,
    seen: item.seen,
  };
}

function either(schema, alternatives, schemas, seen) {
  const shapes = alternatives.map((one) => describe(one, schemas, seen));
  const real = shapes.filter((shape) => shape.type !== "null");
  const inner = real.find((shape) => shape.fields.length) ?? real[0] ?? shapes[0];
  return {
    ...inner,
    type: [...new Set(real.map((shape) => shape.type))].join(" | "),
    description: schema.description ?? (real.map((shape) => shape.description).find(Boolean) || ""),
    words: [...new Set(real.flatMap((shape) => shape.words))],
    limits: [...new Set(real.flatMap((shape) => shape.limits))],
    fallback: schema.default ?? inner.fallback,
    nullable: shapes.length > real.length,
  };
}

function without(record, name) {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}

function limits(schema) {
  const found = [];
  const say = (key, text) => schema[key] !== undefined && found.push(t(text, { n: schema[key] }));
  const span = (least, most, both, only) => {
    const [n, m] = [schema[least], schema[most]];
    if (n !== undefined && m !== undefined) found.push(t(both, { n, m }));
    else only.forEach(([key, text]) => say(key, text));
  };
  span("minimum", "maximum", "{n} to {m}", [["minimum", "at least {n}"], ["maximum", "at most {n}"]]);
  say("exclusiveMinimum", "more than {n}");
  say("exclusiveMaximum", "less than {n}");
  span("minLength", "maxLength", "{n} to {m} characters", [
    ["minLength", "characters: at least {n}"],
    ["maxLength", "characters: at most {n}"],
  ]);
  span("minItems", "maxItems", "{n} to {m} items", [["minItems", "items: at least {n}"], ["maxItems", "items: at most {n}"]]);
  say("pattern", "pattern `{n}`");
  say("format", "format `{n}`");
  return found;
}

/** The table of a body's fields, or null where the schema has none. */
export function fieldTable(schema, schemas, label, showRequired = true) {
  const root = describe(schema, schemas);
  const rows = fieldRows(schema, schemas);
  if (!rows.length) return root.description ? h("p", {}, prose(root.description)) : null;
  return h(
    "div",
    { class: "fields" },
    root.description && h("p", { class: "quiet" }, prose(root.description)),
    h(
      "table",
      { "aria-label": label },
      h("thead", {}, h("tr", {}, [t("Field"), t("Type"), t("Meaning")].map((w) => h("th", { scope: "col" }, w)))),
      h("tbody", {}, rows.map((row) => fieldRow(row, showRequired))),
    ),
  );
}

/** A path of fields that may be broken after its dots. */
function broken(prefix) {
  return prefix.split(/(?<=\.)(?=.)/).flatMap((part, place) => (place ? [h("wbr"), part] : [part]));
}

function fieldRow({ name, prefix, depth, required, shape }, showRequired) {
  const fallback = shape.fallback;
  const told = fallback !== undefined && fallback !== null && JSON.stringify(fallback).length > 2;
  return h(
    "tr",
    { class: `depth-${depth}` },
    h(
      "th",
      { scope: "row" },
      h("code", {}, prefix && [h("span", { class: "prefix" }, broken(prefix)), h("wbr")], name),
      showRequired && required && h("span", { class: "required" }, t("required")),
    ),
    h("td", { class: "type" }, shape.type, shape.nullable && !showRequired && h("span", { class: "quiet" }, " | null")),
    h(
      "td",
      {},
      prose(shape.description),
      shape.words.length > 0 && h("span", { class: "words" }, shape.words.map((word) => h("code", {}, String(word)))),
      shape.limits.length > 0 && h("span", { class: "limits" }, prose(shape.limits.join(", "))),
      told && h("span", { class: "limits" }, t("default"), " ", h("code", {}, JSON.stringify(fallback))),
    ),
  );
}

/** The table of path, query and header parameters. */
export function parameterTable(parameters, schemas) {
  const place = { path: t("path"), query: t("query"), header: t("header") };
  return h(
    "div",
    { class: "fields" },
    h(
      "table",
      { "aria-label": t("Parameters") },
      h("thead", {}, h("tr", {}, [t("Name"), t("In"), t("Meaning")].map((w) => h("th", { scope: "col" }, w)))),
      h(
        "tbody",
        {},
        parameters.map((p) => {
          const shape = describe(p.schema ?? {}, schemas);
          return h(
            "tr",
            {},
            h("th", { scope: "row" }, h("code", {}, p.name), p.required && h("span", { class: "required" }, t("required"))),
            h("td", { class: "type" }, place[p.in] ?? p.in),
            h(
              "td",
              {},
              prose(t(p.description ?? shape.description)),
              shape.words.length > 0 && h("span", { class: "words" }, shape.words.map((w) => h("code", {}, String(w)))),
            ),
          );
        }),
      ),
    ),
  );
}
