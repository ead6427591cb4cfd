// "Try it": sends a request from this page, shows the answer, and follows the task that it made.

import { coloured, h, prose } from "./dom.js";
import { fileParts } from "./samples.js";
import { t } from "./words.js";

const FINAL = ["succeeded", "failed", "cancelled", "expired"];
const SAMPLE = "sample:picture";
const PICTURE = /^https?:\/\/\S+\.(jpe?g|png|webp)(\?\S*)?$/i;
const made = {}; // dialect → the id of the last task made here, offered to the paths that take one

/** The form below an operation. `keyField` is the page's key input. */
export function trialPanel(operation, keyField) {
  const path = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => input(name, made[operation.tag] ?? ""));
  const query = operation.parameters.filter((p) => p.in === "query").map((p) => input(p.name, "", t(p.description ?? "")));
  const files = fileParts(operation).map((name) => input(name, "", "", "file"));
  const example = operation.body && !files.length && JSON.stringify(withSample(operation.body.example ?? {}), null, 2);
  const body = example && h("textarea", { rows: Math.min(22, example.split("\n").length + 1), spellcheck: "false" });
  if (body) body.value = example;
  const outcome = h("div", { class: "outcome", "aria-live": "polite" });
  const send = h("button", { type: "submit", class: "primary" }, t("Send"));
  const stop = h("button", { type: "button", hidden: true }, t("Stop"));
  let going = null;
  stop.addEventListener("click", () => going?.abort());
  const form = h(
    "form",
    { class: "trial", onsubmit: submit },
    [...path, ...query, ...files].map(({ label }) => label),
    body && h("label", {}, t("Body"), body),
    example?.includes(SAMPLE) && h("p", { class: "quiet" }, prose(t("`sample:picture` is sent as a small picture of ours."))),
    h("p", { class: "buttons" }, send, stop),
    outcome,
  );

  async function submit(event) {
    event.preventDefault();
    const key = keyField.value.trim();
    if (!key && needsKey(operation)) {
      outcome.replaceChildren(notice(t("Enter your key at the top of the page first.")));
      keyField.focus();
      return;
    }
    going = new AbortController();
    send.disabled = true;
    stop.hidden = false;
    try {
      const sent = { url: urlOf(operation, path, query), method: operation.method, key, signal: going.signal };
      const content = files.length ? filledForm(files) : body && (await expanded(body.value));
      await run(operation, sent, content, outcome);
    } catch (error) {
      if (error.name !== "AbortError") outcome.append(notice(error.message));
    } finally {
      send.disabled = false;
      stop.hidden = true;
    }
  }
  return form;
}

function needsKey(operation) {
  return operation.tag !== "gateway" || operation.path.startsWith("/v1/");
}

function filledForm(files) {
  const form = new FormData();
  for (const { name, field } of files) if (field.files[0]) form.append(name, field.files[0]);
  return form;
}

function input(name, value, hint = "", type = "text") {
  const field = h("input", { type, spellcheck: "false", autocomplete: "off", value });
  return { name, field, label: h("label", {}, h("code", {}, name), hint && h("span", { class: "quiet" }, ` ${hint}`), field) };
}

function urlOf(operation, path, query) {
  const missing = path.find(({ field }) => !field.value.trim());
  if (missing) {
    missing.field.focus();
    throw new Error(t("Fill in `{n}` first.", { n: missing.name }).replaceAll("`", ""));
  }
  const filled = path.reduce(
    (text, { name, field }) => text.replace(`{${name}}`, encodeURIComponent(field.value.trim())),
    operation.path,
  );
  const given = query.filter(({ field }) => field.value).map(({ name, field }) => [name, field.value]);
  return filled + (given.length ? `?${new URLSearchParams(given)}` : "");
}

async function run(operation, { url, method, key, signal }, body, outcome) {
  outcome.replaceChildren(h("p", { class: "quiet" }, t("Sending …")));
  const headers = { ...(key && { authorization: `Bearer ${key}` }), ...(typeof body === "string" && { "content-type": "application/json" }) };
  const began = performance.now();
  const answer = await fetch(url, { method, headers, body: body || undefined, signal });
  const took = `${Math.round(performance.now() - began)} ms`;
  const status = h("span", { class: answer.ok ? "good" : "bad" }, `${answer.status} ${answer.statusText}`);
  const notes = ["x-framegate-sandbox", "x-framegate-adapted", "x-request-id"].map((name) => [name, answer.headers.get(name)]);
  outcome.replaceChildren(
    h("p", {}, status, h("span", { class: "quiet" }, ` ${took}`)),
    ...notes.filter(([, value]) => value).map(([name, value]) => h("p", { class: "quiet" }, h("code", {}, name), ` ${value}`)),
  );
  await showBody(answer, operation, outcome);
  const task = answer.headers.get("x-framegate-task");
  if (answer.ok && task && method === "POST") await follow(task, key, signal, outcome);
}

async function showBody(answer, operation, outcome) {
  const type = answer.headers.get("content-type") ?? "";
  const view = h("pre", { tabindex: "0", role: "region", "aria-label": t("Answer") });
  if (/^(image|video|audio)\//.test(type)) {
    outcome.append(player(type, URL.createObjectURL(await answer.blob())));
  } else if (type.startsWith("text/event-stream")) {
    outcome.append(view);
    const text = new TextDecoder();
    const reader = answer.body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      view.append(text.decode(piece.value, { stream: true }));
      view.scrollTop = view.scrollHeight;
    }
  } else {
    const text = await answer.text();
    const value = parsed(text);
    if (answer.ok && value) made[operation.tag] = idOf(value) ?? made[operation.tag];
    view.append(h("code", {}, value === undefined ? text : coloured(JSON.stringify(value, null, 2))));
    outcome.append(view);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The id of a task in whatever form a dialect answers. */
function idOf(value) {
  const places = [value.task, value.data, value.output, value].filter((place) => place && typeof place === "object");
  const id = places.map((place) => place.task_id ?? place.taskId ?? place.id).find(Boolean);
  return id ?? ["string", "number"].map((kind) => (typeof value.result === kind ? value.result : null)).find(Boolean);
}

/** Asks after a task until it has ended; the results are shown as soon as they are stored. */
async function follow(id, key, signal, outcome) {
  const bar = h("progress", { max: "1", value: "0", "aria-label": t("Progress") });
  const words = h("span", {}, "");
  const results = h("div", { class: "results" });
  const cancel = h("button", { type: "button", onclick: () => ask("/cancel", "POST") }, t("Cancel the task"));
  outcome.append(h("p", { class: "progress" }, bar, words, cancel), results);
  const ask = (tail = "", method = "GET") =>
    fetch(`/v1/tasks/${id}${tail}`, { method, headers: { authorization: `Bearer ${key}` }, signal });
  for (let pause = 700; ; pause = Math.min(pause * 1.2, 4000)) {
    const answer = await ask();
    if (answer.ok) {
      const task = await answer.json();
      bar.value = task.progress;
      words.textContent = `${t(task.status)} ${Math.round(task.progress * 100)} %`;
      if (FINAL.includes(task.status)) {
        cancel.remove();
        results.append(...ending(task));
        return;
      }
    }
    await new Promise((done) => setTimeout(done, pause));
    signal.throwIfAborted();
  }
}

function ending(task) {
  const shown = task.artifacts.map((item) => player(item.media_type, ours(item.url)));
  if (task.failure) shown.push(notice(`${task.failure.code}: ${task.failure.message}`));
  if (task.cost.charged !== null) shown.push(h("p", { class: "quiet" }, `${t("Charged")}: ${task.cost.charged} USD`));
  return shown;
}

/** Links to our own files, led to the address that this page has: the gateway may be known by several. */
function ours(link) {
  const { pathname, search } = new URL(link, location.href);
  return pathname.startsWith("/v1/") ? pathname + search : link;
}

function player(type, src) {
  if (type.startsWith("video/")) return video(src);
  if (type.startsWith("audio/")) return h("audio", { controls: true, src });
  if (type.startsWith("image/")) return h("img", { src, alt: t("The result") });
  return h("p", {}, h("a", { href: src }, t("The result")));
}

/** Plays by itself, in silence, unless the reader's system asks for stillness. */
function video(src) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const element = h("video", { controls: true, loop: true, playsinline: true });
  element.muted = !still;
  element.autoplay = !still;
  element.src = src;
  return element;
}

function notice(text) {
  return h("p", { class: "notice", role: "alert" }, text);
}

/** The example with our own picture in place of links that lead nowhere. */
function withSample(value) {
  if (typeof value === "string") return PICTURE.test(value) ? SAMPLE : value;
  if (Array.isArray(value)) return value.map(withSample);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withSample(inner)]));
}

async function expanded(text) {
  if (!text.includes(`"${SAMPLE}"`)) return text;
  return text.replaceAll(`"${SAMPLE}"`, JSON.stringify(await samplePicture()));
}

/** A JPEG of a few kilobytes as a data URI, drawn from the picture of the first page. */
async function samplePicture() {
  const canvas = h("canvas", { width: 768, height: 432 });
  const image = h("img", { src: "/static/hero.webp", alt: "" });
  await image.decode();
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.85);
}
