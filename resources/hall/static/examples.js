// One example a task: what a new portal writes with the SDK.
import { Assistant, base64, octets, utf8 } from "/sdk/hebca-helper.js";

const { httpsPort, certificatePort } = document.body.dataset;
const fallback = !location.search.includes("https-only");
const assistant = new Assistant({ httpsPort, certificatePort, fallback, onState: (state, text) => Hall.say("busy", text) });
for (const name of ["token-plugged", "token-unplugged", "login-ended", "disconnected"]) {
  assistant.addEventListener(name, () => (Hall.hook("events").textContent = name));
}

/** The smallest PDF that is one: an empty page. */
function paper() {
  const objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"];
  let text = "%PDF-1.4\n";
  const offsets = objects.map((body, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj${body}endobj\n`;
    return `${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  return utf8(`${text}xref\n0 4\n0000000000 65535 f \n${offsets.join("")}trailer<</Size 4/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`);
}

const TASKS = {
  certificates: ["读取证书", () => assistant.certificates({ usage: "sign" })],
  choose: ["选择证书", () => assistant.choose()],
  login: ["登录令牌", async () => assistant.login((await Hall.post("/api/challenge")).challenge)],
  sign: ["签名文字", () => assistant.sign({ data: utf8("同意提交") })],
  several: ["一次签名多项", () => assistant.sign([{ name: "申报表", data: utf8("甲") }, { name: "附件", data: utf8("乙") }], { form: "cms" })],
  digest: ["签名摘要", async () => {
    const kept = await crypto.subtle.digest("SHA-256", utf8("留在网站的大文件"));
    const digest = [...new Uint8Array(kept)].map((each) => each.toString(16).padStart(2, "0")).join("");
    return assistant.sign({ name: "大文件", digest }, { form: "cms" });
  }],
  withdraw: ["五秒后撤回", () => assistant.sign({ name: "过时的申请", data: utf8("五秒内没有确认就不再需要") }, { signal: AbortSignal.timeout(5000) })],
  envelope: ["加密和解密", async () => {
    const [mine] = await assistant.certificates({ usage: "encrypt" });
    return new TextDecoder().decode(await assistant.open(await assistant.envelope(utf8("秘密"), [mine.certificate])));
  }],
  seals: ["查看印章", async () => (await assistant.seals()).map(({ name, usable, problem }) => ({ name, usable, problem }))],
  seal: ["盖章", async () => base64(await assistant.seal(paper(), { mode: "position", page: 1, x_mm: 150, y_mm: 240 }, { name: "示例.pdf" })).slice(0, 40)],
  check: ["检查文件", () => assistant.check(new File([paper()], "示例.pdf"))],
  pin: ["修改密码", () => assistant.changePin()],
  logout: ["退出登录", () => assistant.logout()],
};

const told = (problem) => Hall.say("bad", problem.message);

async function run(name) {
  const [, work] = TASKS[name];
  const result = Hall.hook("result");
  result.textContent = "";
  result.dataset.state = "";
  Hall.hush();
  try {
    const found = await work();
    result.textContent = JSON.stringify(found, null, 2);
    result.dataset.state = "done";
  } catch (problem) {
    const silent = ["not-running", "not-installed"].includes(problem.code);
    const start = { text: "启动证书助手", click: () => assistant.start().then(() => run(name), told), hook: "start-assistant" };
    Hall.say(problem.code === "user-cancelled" ? "calm" : "bad", problem.message, silent ? [start] : []);
    result.textContent = problem.code ?? String(problem);
    result.dataset.state = "failed";
  }
  Hall.hook("transport").textContent = assistant.transport || "未连接";
}

Hall.hook("tasks").append(...Object.entries(TASKS).map(([name, [text]]) => {
  const button = Hall.element("button", { type: "button", className: "second", textContent: text, onclick: () => Hall.busy(button, () => run(name)) });
  button.dataset.testid = `task-${name}`;
  return button;
}));
window.examples = { assistant, octets };
document.body.dataset.ready = "true";
