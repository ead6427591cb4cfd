// The same request in curl, Python and JavaScript.

/** Official SDKs that speak a path unmodified: how to make the client, and the call that sends the body. */
const SDKS = [
  { path: /^\/v1\/chat\/completions$/, sdk: openai, call: "chat.completions.create" },
  { path: /^\/v1\/images\/generations$/, sdk: openai, call: "images.generate" },
  { path: /^\/v1\/embeddings$/, sdk: openai, call: "embeddings.create" },
  { path: /^\/v1\/videos$/, sdk: openai, call: "videos.create" },
  { path: /^\/v1\/messages$/, sdk: anthropic, call: "messages.create" },
];

function openai(base, key) {
  return ["from openai import OpenAI", `client = OpenAI(base_url=${quoted(`${base}/v1`)}, api_key=${key})`];
}

function anthropic(base, key) {
  return ["from anthropic import Anthropic", `client = Anthropic(base_url=${quoted(base)}, api_key=${key})`];
}

/** [[language, code]] for an operation. `key` is empty until the reader gives one: then a variable stands for it. */
export function samples(operation, base, key) {
  const sent = request(operation, base, key);
  const found = [
    ["curl", curl(sent)],
    ["Python", python(sent)],
    ["JavaScript", javascript(sent)],
  ];
  const sdk = operation.method === "POST" && SDKS.find((one) => one.path.test(operation.path));
  if (sdk && sent.body) found.splice(1, 0, ["Python SDK", pythonSdk(sdk, sent, base)]);
  return found;
}

/** Whose id stands in a path of the operator's. */
const OWN = { accounts: "ACCOUNT_ID", keys: "KEY_ID", notices: "NOTICE_ID" };

/** What is sent: path variables become words in capitals that the reader replaces. */
function request(operation, base, key) {
  const own = OWN[operation.path.match(/^\/admin\/v1\/(\w+)/)?.[1]] ?? "TASK_ID";
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name) => (name === "id" ? own : name.toUpperCase()));
  const variable = operation.admin ? "FRAMEGATE_ADMIN_TOKEN" : "FRAMEGATE_KEY";
  return {
    method: operation.method,
    url: base + path,
    key: operation.admin ? "" : key,
    variable,
    body: operation.body && !fileParts(operation).length ? (operation.body.example ?? {}) : undefined,
    files: fileParts(operation),
    bytes: operation.answer?.type === "application/octet-stream",
    stream: operation.answer?.type === "text/event-stream",
    open: operation.tag === "gateway" && !operation.path.startsWith("/v1/"),
  };
}

/** The names of the parts of a form in which files are sent. */
export function fileParts({ body }) {
  if (body?.type !== "multipart/form-data") return [];
  return Object.entries(body.schema.properties ?? {})
    .filter(([, schema]) => schema.format === "binary")
    .map(([name]) => name);
}

const quoted = (text) => JSON.stringify(text);

function curl({ method, url, key, variable, body, files, bytes, stream, open }) {
  const parts = [`curl ${method === "GET" ? (stream ? "-N " : "") : `-X ${method} `}${url}`];
  if (!open) parts.push(`-H "Authorization: Bearer ${key || `$${variable}`}"`);
  if (body !== undefined) {
    parts.push('-H "Content-Type: application/json"');
    parts.push(`-d '${JSON.stringify(body, null, 2).replaceAll("'", "'\\''")}'`);
  }
  parts.push(...files.map((name) => `-F "${name}=@picture.png"`));
  if (bytes) parts.push("-L -o result");
  return parts.join(" \\\n  ");
}

function python({ method, url, key, variable, body, files, bytes, stream, open }) {
  const bearer = key ? quoted(`Bearer ${key}`) : `f"Bearer {os.environ['${variable}']}"`;
  const lines = [...(key || open ? [] : ["import os"]), "import requests", ""];
  lines.push(`answer = requests.${method.toLowerCase()}(`, `    ${quoted(url)},`);
  if (!open) lines.push(`    headers={"Authorization": ${bearer}},`);
  if (body !== undefined) lines.push(`    json=${pythonValue(body, 4)},`);
  if (files.length) lines.push(`    files={${files.map((name) => `${quoted(name)}: open("picture.png", "rb")`).join(", ")}},`);
  if (stream) lines.push("    stream=True,");
  lines.push(")", "answer.raise_for_status()");
  if (stream) lines.push("for line in answer.iter_lines():", "    print(line.decode())");
  else if (bytes) lines.push('with open("result", "wb") as file:', "    file.write(answer.content)");
  else lines.push("print(answer.json())");
  return lines.join("\n");
}

function pythonSdk({ sdk, call }, { key, variable, body }, base) {
  const [imported, made] = sdk(base, key ? quoted(key) : `os.environ["${variable}"]`);
  const fields = Object.entries(body).map(([name, value]) => `    ${name}=${pythonValue(value, 4)},`);
  return [...(key ? [] : ["import os"]), imported, "", made, `answer = client.${call}(`, ...fields, ")", "print(answer)"].join(
    "\n",
  );
}

/** A JSON value as Python writes it. */
function pythonValue(value, indent) {
  const pad = " ".repeat(indent + 4);
  const end = " ".repeat(indent);
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) {
    if (!value.length) return "[]";
    return `[\n${value.map((item) => `${pad}${pythonValue(item, indent + 4)},\n`).join("")}${end}]`;
  }
  if (typeof value === "object") {
    const lines = Object.entries(value).map(([n, v]) => `${pad}${quoted(n)}: ${pythonValue(v, indent + 4)},\n`);
    return lines.length ? `{\n${lines.join("")}${end}}` : "{}";
  }
  return JSON.stringify(value);
}

function javascript({ method, url, key, variable, body, files, bytes, stream, open }) {
  const bearer = key ? quoted(`Bearer ${key}`) : `\`Bearer \${process.env.${variable}}\``;
  const headers = [];
  if (!open) headers.push(`    "Authorization": ${bearer},`);
  if (body !== undefined) headers.push('    "Content-Type": "application/json",');
  const form = files.map((name) => `form.append(${quoted(name)}, await openAsBlob("picture.png"), "picture.png");`);
  const before = files.length ? ['import { openAsBlob } from "node:fs";', "", "const form = new FormData();", ...form] : [];
  const lines = [...before, `const answer = await fetch(${quoted(url)}, {`, `  method: ${quoted(method)},`];
  if (headers.length) lines.push("  headers: {", ...headers, "  },");
  if (body !== undefined) lines.push(`  body: JSON.stringify(${JSON.stringify(body, null, 2).replaceAll("\n", "\n  ")}),`);
  if (files.length) lines.push("  body: form,");
  lines.push("});");
  if (stream) {
    lines.push("const text = new TextDecoder();", "for await (const piece of answer.body) {");
    lines.push("  console.log(text.decode(piece, { stream: true }));", "}");
  } else if (bytes) lines.push("console.log(answer.status, (await answer.arrayBuffer()).byteLength);");
  else lines.push("console.log(answer.status, await answer.json());");
  return lines.join("\n");
}
