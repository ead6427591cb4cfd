// The first chapter of the reference: what holds for every dialect.

import { codeBlock, h, prose } from "./dom.js";
import { dialectName } from "./reference.js";
import { t } from "./words.js";

export function introduction(all, base) {
  return [
    h(
      "section",
      { class: "start" },
      h("h1", {}, t("Getting started")),
      h("p", {}, prose(t("Keep the client you have: give it this base URL and a key. Every format has its own paths below."))),
      h("h2", {}, t("Base URL and key")),
      codeBlock(base, t("Base URL")),
      h("p", {}, prose(t("Send the key as `Authorization: Bearer KEY`. `x-api-key` works too."))),
      h("h2", {}, t("A task from start to end")),
      h("p", {}, prose(t("Create it, ask until it has ended, then fetch the file. Whatever format made a task, `/v1/tasks` shows it."))),
      codeBlock(program(base), "Python"),
      h("h2", {}, t("Good to know")),
      h(
        "ul",
        {},
        GOOD_TO_KNOW.map((line) => h("li", {}, prose(t(line)))),
      ),
      h("h2", {}, t("Formats")),
      cards(all),
    ),
  ];
}

const GOOD_TO_KNOW = [
  "With `Idempotency-Key` the same request makes one task, however often it is sent.",
  "With `Prefer: wait=N` the answer comes when the task has ended, or after N seconds (60 at most).",
  "An error names the field that is wrong, and what would be right, in the words of its format.",
  "`x-framegate-sandbox: true` on an answer means that the sandbox made it, which is no real model.",
  "Links to results are signed and expire. Ask for the task again to get new ones.",
  "The price is fixed when the task is made. What was not delivered is not charged.",
];

/** A card for each format: where to read about it, and how its first path begins. */
export function cards(all, prefix = "") {
  return h(
    "ul",
    { class: "cards" },
    all.map(({ tag, operations }) =>
      h(
        "li",
        {},
        h(
          "a",
          { href: `${prefix}#${tag}` },
          h("strong", {}, t(dialectName(tag))),
          h("code", {}, operations[0].path),
          h("span", { class: "quiet" }, t(operations.length === 1 ? "1 operation" : "{n} operations", { n: operations.length })),
        ),
      ),
    ),
  );
}

function program(base) {
  return `import os, time
import requests

base = "${base}"
client = requests.Session()
client.headers["Authorization"] = f"Bearer {os.environ['FRAMEGATE_KEY']}"

task = client.post(f"{base}/v1/tasks", json={
    "model": "gen3a",
    "prompt": "a paper boat crosses a puddle, slow dolly in",
    "seconds": 5,
}).json()

while task["status"] not in ("succeeded", "failed", "cancelled", "expired"):
    time.sleep(2)
    task = client.get(f"{base}/v1/tasks/{task['id']}").json()

print(task["status"], task["cost"]["charged"], task["failure"])
for artifact in task["artifacts"]:
    print(artifact["url"])`;
}
