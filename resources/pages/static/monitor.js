// Each call of a page and its answer, newest first. Everything shown is set as text: it comes from pages.
const MOST = 500; // rows kept in the page

const calls = document.getElementById("calls");
const filter = document.getElementById("filter");
const failures = document.getElementById("failures");
const pause = document.getElementById("pause");
const state = document.getElementById("state");
let paused = false;

function cell(row, text, kind = "") {
  const made = row.insertCell();
  made.textContent = text;
  made.className = kind;
  return made;
}

function lines(table) {
  const entries = Object.entries(table ?? {});
  return entries.length ? JSON.stringify(table, null, 2) : "（无）";
}

function part(title, text) {
  const box = document.createElement("div");
  const head = document.createElement("h2");
  const body = document.createElement("pre");
  head.textContent = title;
  body.textContent = text;
  box.append(head, body);
  return box;
}

function details(seen) {
  const row = document.createElement("tr");
  row.className = "details";
  row.hidden = true;
  const place = row.insertCell();
  place.colSpan = 6;
  const columns = document.createElement("div");
  columns.className = "columns";
  columns.append(part("参数", lines(seen.arguments)), part("答复", lines(seen.answer)));
  if (seen.reason) columns.append(part("原因", seen.reason));
  place.append(columns);
  return row;
}

function show(seen) {
  const row = document.createElement("tr");
  row.className = "call";
  row.dataset.words = [seen.origin, seen.call, seen.code, seen.channel].join(" ").toLowerCase();
  row.dataset.failed = seen.code ? "yes" : "";
  cell(row, new Date(seen.at).toLocaleTimeString("zh-CN", { hour12: false }));
  cell(row, seen.origin || "（无）", "origin");
  cell(row, seen.channel);
  const call = cell(row, "");
  const more = document.createElement("button");
  more.textContent = seen.call;
  more.className = "more";
  more.setAttribute("aria-expanded", "false");
  call.append(more);
  cell(row, seen.code || "成功", seen.code ? "failed" : "good");
  cell(row, seen.took ? seen.took.toFixed(1) : "", "number");
  const inside = details(seen);
  row.onclick = () => {
    inside.hidden = !inside.hidden;
    more.setAttribute("aria-expanded", String(!inside.hidden));
  };
  calls.prepend(row, inside);
  while (calls.rows.length > 2 * MOST) calls.lastElementChild.remove();
  sift();
}

function sift() {
  const words = filter.value.trim().toLowerCase();
  let shown = 0;
  for (const row of calls.querySelectorAll(".call")) {
    row.hidden = !row.dataset.words.includes(words) || (failures.checked && !row.dataset.failed);
    if (row.hidden) row.nextElementSibling.hidden = true;
    else shown += 1;
  }
  document.getElementById("count").textContent = `${shown} 次`;
  document.getElementById("nothing").hidden = calls.rows.length > 0;
}

filter.oninput = sift;
failures.onchange = sift;
pause.onclick = () => {
  paused = !paused;
  pause.textContent = paused ? "继续" : "暂停";
};
document.getElementById("clear").onclick = () => {
  calls.replaceChildren();
  sift();
};

const socket = new WebSocket(`ws:${location.href.slice(location.protocol.length)}events`);
socket.onmessage = (event) => {
  const seen = JSON.parse(event.data);
  if (seen.watching) state.textContent = "正在监视";
  else if (!paused) show(seen);
};
socket.onclose = () => {
  state.textContent = "证书助手已退出";
};
sift();
