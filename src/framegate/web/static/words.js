// The pages' words in English and Chinese. English stands where it is used; what is not translated stays English.

import { TITLES } from "./titles.js";

const ZH = {
  ...TITLES,
  // every page
  "Skip to the content": "跳到正文",
  Pages: "页面",
  Reference: "接口文档",
  Prices: "价格",
  Copy: "复制",
  Copied: "已复制",
  "Loading …": "加载中……",
  // the first page
  "One door to generative video, images and sound, in the format your client already speaks.":
    "一个入口，生成视频、图片与声音；客户端原来用什么格式，现在照样用。",
  "Change the base URL and the key, and nothing else. The gateway prices each request, sends it to whichever upstream can serve it, sees it through and keeps the result.":
    "只需更换 Base URL 和密钥，其余不变。网关为每个请求报价，交给能够处理它的上游，跟进到完成，并保存结果。",
  "Read the reference": "阅读文档",
  "See the prices": "查看价格",
  "A frame of a video that the gateway's own sandbox rendered": "网关自带沙盒渲染的视频画面",
  Begin: "快速开始",
  "This gateway's base URL:": "本网关的 Base URL：",
  "Put your key into `FRAMEGATE_KEY`, then send a request in Runway's format, or in the gateway's own:":
    "把密钥放进环境变量 `FRAMEGATE_KEY`，然后用 Runway 格式或网关的统一格式发送请求：",
  "Runway's format": "Runway 格式",
  "One form for every model": "适用于所有模型的统一格式",
  "Formats it speaks": "支持的格式",
  More: "更多",
  "Every path, with fields, errors, code samples and a try-it button": "全部接口：字段、错误、示例代码，可在线试用",
  "What each model costs, with worked examples": "各模型的价格与计算示例",
  "The same description for programs and code generators": "供程序和代码生成器使用的同一份描述",
  // the reference
  "Native tasks": "统一任务接口",
  "Kling, new generation": "Kling 新一代",
  "Luma web": "Luma 网页版格式",
  "OpenAI chat": "OpenAI 对话格式",
  "OpenAI videos": "OpenAI 视频",
  Gateway: "网关",
  Operator: "运营管理",
  Key: "密钥",
  "Kept in this tab only": "仅保存在当前标签页",
  Contents: "目录",
  "Search paths and fields": "搜索路径和字段",
  "{n} found": "找到 {n} 项",
  "Getting started": "入门",
  "Keep the client you have: give it this base URL and a key. Every format has its own paths below.":
    "保留现有的客户端，只要换上这个 Base URL 和密钥。每种格式都有自己的路径，见下文。",
  "Base URL and key": "Base URL 与密钥",
  "Base URL": "Base URL",
  "Send the key as `Authorization: Bearer KEY`. `x-api-key` works too.":
    "密钥放在 `Authorization: Bearer KEY` 中发送，也可以用 `x-api-key`。",
  "A task from start to end": "一个任务的完整过程",
  "Create it, ask until it has ended, then fetch the file. Whatever format made a task, `/v1/tasks` shows it.":
    "创建任务，轮询到结束，再下载文件。无论用哪种格式创建，都可以用 `/v1/tasks` 查询。",
  "Good to know": "须知",
  "With `Idempotency-Key` the same request makes one task, however often it is sent.":
    "带上 `Idempotency-Key`，同一请求无论发送多少次都只产生一个任务。",
  "With `Prefer: wait=N` the answer comes when the task has ended, or after N seconds (60 at most).":
    "带上 `Prefer: wait=N`，任务结束或 N 秒（最多 60）后才返回。",
  "An error names the field that is wrong, and what would be right, in the words of its format.":
    "错误会按所用格式指出哪个字段有误，以及正确的写法。",
  "`x-framegate-sandbox: true` on an answer means that the sandbox made it, which is no real model.":
    "响应带有 `x-framegate-sandbox: true` 表示由沙盒生成，并非真实模型。",
  "Links to results are signed and expire. Ask for the task again to get new ones.":
    "结果链接带签名且会过期，重新查询任务即可得到新链接。",
  "The price is fixed when the task is made. What was not delivered is not charged.":
    "价格在创建任务时确定，未交付的部分不收费。",
  Formats: "格式",
  "1 operation": "1 个接口",
  "{n} operations": "{n} 个接口",
  Field: "字段",
  Type: "类型",
  Meaning: "说明",
  Name: "名称",
  In: "位置",
  path: "路径",
  query: "查询参数",
  header: "请求头",
  required: "必填",
  default: "默认",
  "at least {n}": "不小于 {n}",
  "more than {n}": "大于 {n}",
  "at most {n}": "不大于 {n}",
  "less than {n}": "小于 {n}",
  "characters: at least {n}": "字符数：至少 {n}",
  "characters: at most {n}": "字符数：最多 {n}",
  "items: at least {n}": "项数：至少 {n}",
  "items: at most {n}": "项数：最多 {n}",
  "{n} to {m}": "{n} 至 {m}",
  "{n} to {m} characters": "{n} 至 {m} 个字符",
  "{n} to {m} items": "{n} 至 {m} 项",
  "pattern `{n}`": "匹配 `{n}`",
  "format `{n}`": "格式 `{n}`",
  "Also at": "同样可用：",
  "For the operator: takes the admin token, not a customer's key.": "运营接口：使用管理令牌，而不是客户密钥。",
  Parameters: "参数",
  Body: "请求体",
  Answer: "响应",
  "Fields of the answer": "响应字段",
  Errors: "错误",
  Example: "示例",
  "Example answer": "响应示例",
  "Try it": "在线试用",
  Send: "发送",
  Stop: "停止",
  "Sending …": "发送中……",
  "`sample:picture` is sent as a small picture of ours.": "`sample:picture` 会以我们提供的一张小图发送。",
  "Enter your key at the top of the page first.": "请先在页面顶部填写密钥。",
  "Fill in `{n}` first.": "请先填写 `{n}`。",
  Progress: "进度",
  "Cancel the task": "取消任务",
  Charged: "扣费",
  "The result": "结果",
  queued: "排队中",
  sending: "提交中",
  running: "生成中",
  storing: "保存中",
  succeeded: "成功",
  failed: "失败",
  cancelled: "已取消",
  expired: "已超时",
  // what the gateway says of its own paths
  "Create a task": "创建任务",
  "List tasks, newest first": "任务列表（新的在前）",
  "Show a task": "查询任务",
  "Cancel a task": "取消任务",
  "Follow a task": "跟踪任务",
  "Open an upload": "开始上传",
  "Finish an upload": "完成上传",
  "Create a Runway task": "创建 Runway 任务",
  "Show a Runway task": "查询 Runway 任务",
  "Cancel a Runway task": "取消 Runway 任务",
  "Whether the gateway is ready": "网关是否就绪",
  "What everything costs": "所有价格",
  "The models you may use": "可用的模型",
  "The same key and request give the same task.": "相同的键和请求得到同一个任务。",
  "`wait=N` answers when the task is done, or after N seconds (60 at most).": "`wait=N`：任务完成或 N 秒（最多 60）后返回。",
  "Fields that are not listed are refused. With `Prefer: wait=N` the answer waits up to N seconds.":
    "未列出的字段会被拒绝。带上 `Prefer: wait=N` 时最多等待 N 秒再返回。",
  "Takes the id of a task made in any format.": "可使用任何格式所建任务的 id。",
  "Server-sent events: `update` on each change, `done` at the end. The data is the task.":
    "服务器推送事件：每次变化发送 `update`，结束时发送 `done`，数据即任务对象。",
  "PUT the bytes to `put_url`, then call complete.": "把文件 PUT 到 `put_url`，然后调用 complete。",
  "Each row with its unit, dimensions and a worked example; `as` is the name that it is written under.":
    "每行包含单位、条件和计算示例；`as` 表示该行写在哪个名称之下。",
  "In Claude's form when `anthropic-version` is sent.": "发送 `anthropic-version` 时使用 Claude 的格式。",
  "The key is missing or wrong": "缺少密钥或密钥错误",
  "This key may not do that": "该密钥没有此权限",
  "The balance is too small": "余额不足",
  "There is no such thing": "不存在",
  "This path does not take that method": "该路径不支持此方法",
  "The request contradicts an earlier one": "与之前的请求冲突",
  "The body is too large": "请求体过大",
  "The body's type is not understood": "不支持的请求体类型",
  "The request cannot be read": "无法解析请求",
  "A field is wrong": "字段有误",
  "Too many requests": "请求过多",
  "This cannot be served right now": "暂时无法处理",
  // prices
  "The price is fixed when a task is made, and what was not delivered is not charged. Where several rows fit, the most exact one counts.":
    "价格在创建任务时确定，未交付的部分不收费。多行同时符合时，以条件最具体的一行为准。",
  "Filter by model, unit or source": "按模型、单位或来源筛选",
  Model: "模型",
  Price: "价格",
  When: "条件",
  "For example": "示例",
  Source: "来源",
  "The same rows for programs:": "供程序读取的同一份数据：",
  "{n} models": "{n} 个模型",
  always: "不限",
  "the price of every other model": "其他所有模型的价格",
  "the sandbox's own price": "沙盒自身的价格",
  second: "秒",
  image: "张",
  megapixel: "百万像素",
  call: "次",
  song: "首",
  character: "字符",
  input_token: "输入 token",
  output_token: "输出 token",
  cached_token: "缓存 token",
  resolution: "分辨率",
  quality: "质量",
  audio: "音频",
  mode: "模式",
  on: "开",
  off: "关",
};

const asked = new URLSearchParams(location.search).get("lang");
if (asked === "zh" || asked === "en") localStorage.setItem("framegate.language", asked);
const remembered = localStorage.getItem("framegate.language");
const chinese = (remembered ?? navigator.language).startsWith("zh");

/** The words in the reader's language; {name} is filled from `values`. */
export function t(text, values = {}) {
  const words = (chinese && Object.hasOwn(ZH, text) && ZH[text]) || text;
  return Object.entries(values).reduce((filled, [name, value]) => filled.replaceAll(`{${name}}`, value), words);
}

/** Puts the page's written words into the reader's language, and makes its language button work. */
export function pageWords() {
  document.documentElement.lang = chinese ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-t]")) {
    const parts = t(element.textContent.trim()).split(/`([^`]+)`/);
    element.replaceChildren(...parts.map((part, place) => (place % 2 ? code(part) : part)));
  }
  for (const [mark, attribute] of [["label", "aria-label"], ["alt", "alt"], ["placeholder", "placeholder"]]) {
    for (const element of document.querySelectorAll(`[data-t-${mark}]`)) {
      element.setAttribute(attribute, t(element.getAttribute(attribute)));
    }
  }
  const button = document.getElementById("language");
  button.textContent = chinese ? "English" : "中文";
  button.lang = chinese ? "en" : "zh-CN";
  button.addEventListener("click", () => {
    localStorage.setItem("framegate.language", chinese ? "en" : "zh");
    const address = new URL(location.href);
    address.searchParams.delete("lang");
    history.replaceState(null, "", address);
    location.reload();
  });
}

function code(text) {
  const element = document.createElement("code");
  element.textContent = text;
  return element;
}
