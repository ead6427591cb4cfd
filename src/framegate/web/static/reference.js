// Reads the OpenAPI document: operations by dialect, with the paths that do the same put together.

const FIRST = ["native"];
const LAST = ["gateway", "admin"];
const NAMES = {
  native: "Native tasks",
  runway: "Runway",
  runwayml: "Runway API",
  cogvideox: "CogVideoX",
  kling: "Kling",
  "kling-next": "Kling, new generation",
  luma: "Luma web",
  "luma-dream-machine": "Luma Dream Machine",
  "openai-chat": "OpenAI chat",
  "openai-videos": "OpenAI videos",
  gateway: "Gateway",
  admin: "Operator",
};

export function dialectName(tag) {
  return NAMES[tag] ?? tag.charAt(0).toUpperCase() + tag.slice(1);
}

/** [{tag, operations}]: the native form first, then the vendors' by name, the gateway's own paths last. */
export function dialects(document) {
  const found = new Map();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, raw] of Object.entries(methods)) {
      const tag = raw.tags?.[0] ?? "gateway";
      if (!found.has(tag)) found.set(tag, new Map());
      const operation = read(raw, method.toUpperCase(), path, tag);
      const twin = found.get(tag).get(sameness(operation));
      if (twin) twin.aliases.push(operation);
      else found.get(tag).set(sameness(operation), operation);
    }
  }
  const order = (tag) => (FIRST.includes(tag) ? -1 : LAST.indexOf(tag) + 1);
  return [...found]
    .map(([tag, operations]) => ({ tag, operations: [...operations.values()] }))
    .sort((a, b) => order(a.tag) - order(b.tag) || a.tag.localeCompare(b.tag));
}

/** Two operations are one when they do the same with the same bodies: only their paths differ. */
function sameness(operation) {
  const variables = operation.parameters.filter((p) => p.in === "path").map((p) => p.name);
  return JSON.stringify([operation.method, operation.summary, operation.body?.schema, operation.answer?.schema, variables]);
}

function read(raw, method, path, tag) {
  const good = Object.entries(raw.responses ?? {}).find(([status]) => status.startsWith("2"));
  const troubles = Object.entries(raw.responses ?? {}).filter(([status]) => !status.startsWith("2"));
  return {
    id: raw.operationId ?? `${method} ${path}`.toLowerCase().replace(/\W+/g, "_").replace(/^_+|_+$/g, ""),
    tag,
    method,
    path,
    summary: raw.summary ?? path,
    notes: raw.description ?? "",
    parameters: raw.parameters ?? [],
    body: content(raw.requestBody),
    answer: content(good?.[1]),
    troubles: troubles.map(([status, value]) => ({ status, title: value.description ?? "" })),
    admin: (raw.security ?? []).some((scheme) => "admin" in scheme),
    aliases: [],
  };
}

/** The first kind of body that is described: {type, schema, example}, or null. */
function content(holder) {
  const [entry] = Object.entries(holder?.content ?? {});
  if (!entry) return null;
  const [type, { schema, example, examples }] = entry;
  return { type, schema: schema ?? {}, example: example ?? Object.values(examples ?? {})[0]?.value };
}

/** Everything of an operation that a search may find, in lower case. */
export function searchText(operation) {
  const fields = new Set();
  collectNames(operation.body?.example, fields);
  return [operation, ...operation.aliases]
    .flatMap((o) => [o.method, o.path, o.summary, o.notes])
    .concat(dialectName(operation.tag), operation.parameters.map((p) => p.name), ...fields)
    .join(" ")
    .toLowerCase();
}

function collectNames(value, names) {
  if (Array.isArray(value)) value.forEach((item) => collectNames(item, names));
  else if (value && typeof value === "object") {
    for (const [name, inner] of Object.entries(value)) {
      names.add(name);
      collectNames(inner, names);
    }
  }
}
