// The first page: examples with this gateway's own address, and the formats that it speaks.

import { codeBlock, h, readJson } from "./dom.js";
import { dialects } from "./reference.js";
import { cards } from "./start.js";
import { pageWords, t } from "./words.js";

pageWords();
const base = location.origin;

function curl(path, body) {
  return [
    `curl ${base}${path}`,
    '-H "Authorization: Bearer $FRAMEGATE_KEY"',
    '-H "Content-Type: application/json"',
    `-d '${JSON.stringify(body, null, 2)}'`,
  ].join(" \\\n  ");
}

const RUNWAY = {
  taskType: "gen3a",
  options: { text_prompt: "a paper boat crosses a puddle, slow dolly in", seconds: 5, resolution: "720p" },
};
const NATIVE = { model: "gen3a", prompt: "a paper boat crosses a puddle, slow dolly in", seconds: 5, aspect: "16:9" };

document.getElementById("base").replaceChildren(codeBlock(base, t("Base URL")));
document.getElementById("runway").replaceChildren(codeBlock(curl("/runway/v2/tasks", RUNWAY), "POST /runway/v2/tasks"));
document.getElementById("native").replaceChildren(codeBlock(curl("/v1/tasks", NATIVE), "POST /v1/tasks"));

readJson("/openapi.json").then(
  (document_) => {
    const spoken = dialects(document_).filter(({ tag }) => !["gateway", "admin"].includes(tag));
    document.getElementById("formats").replaceChildren(cards(spoken, "/docs"));
  },
  (error) => document.getElementById("formats").replaceChildren(h("p", { class: "notice" }, error.message)),
);
