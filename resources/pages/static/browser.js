// Tests, from inside this browser, what portals need of it, and reports each answer as soon as there is one.
const PATIENCE = 8000; // milliseconds for what needs no hand

const facts = await (await fetch("facts")).json();

function row(step) {
  return document.querySelector(`[data-step="${step}"]`);
}

async function report(step, result, said, detail = "") {
  const place = row(step);
  place.dataset.result = result;
  place.querySelector("[data-said]").textContent = said;
  await fetch("answers", { method: "POST", body: JSON.stringify({ step, result, detail }) });
}

function within(promise, otherwise) {
  return Promise.race([promise, new Promise((tell) => setTimeout(() => tell(otherwise), PATIENCE))]);
}

function knock(address) {
  return within(new Promise((tell) => {
    let socket;
    try {
      socket = new WebSocket(address);
    } catch {
      tell(false);
      return;
    }
    socket.onopen = () => { tell(true); socket.close(); };
    socket.onerror = () => tell(false);
  }), false);
}

// What needs no hand

async function tls() {
  const good = await within(fetch(`https:${facts.tls}tls`, { cache: "no-store" }).then((r) => r.ok, () => false), false);
  if (good) await report("tls", "good", "浏览器信任证书助手的证书");
  else await report("tls", "bad", "浏览器不信任证书助手的证书。使用新接口的网站会连不上，原有网站不受影响。");
  const open = await knock(`wss:${facts.tls}echo`);
  if (open) await report("secure-socket", "good", "可以连接");
  else await report("secure-socket", "bad", "不能连接，原因通常与上一项相同");
}

async function service() {
  if (!facts.service) {
    await report("socket", "unknown", "证书助手没有运行，无法检测", "证书助手没有运行");
    return;
  }
  if (await knock(facts.service)) await report("socket", "good", "可以连接");
  else await report("socket", "bad", "浏览器连不上证书服务，可能被代理或安全软件拦截");
}

// Local Network Access, as a page from the internet meets it

function likeAPortal() {
  return new Promise((tell) => {
    const frame = document.createElement("iframe");
    frame.hidden = true;
    frame.allow = "loopback-network; local-network; local-network-access";
    addEventListener("message", (event) => {
      if (event.origin !== location.origin || event.source !== frame.contentWindow) return;
      if (event.data.public === "ready") {
        frame.contentWindow.postMessage({ knock: `ws:${location.href.slice(location.protocol.length)}echo` }, location.origin);
      }
      if (event.data.public === "done") tell(event.data);
    });
    frame.src = "public";
    document.body.append(frame);
  });
}

async function loopback() {
  const seen = await likeAPortal(); // as long as the person takes to answer the browser's question
  if (!("chrome" in window) || !seen.state) {
    await report("loopback", "unknown", "这个浏览器不能从本机的网页判断。打开办事网站时如有询问，请选择允许。", "");
  } else if (seen.open && seen.before === "granted") {
    await report("loopback", "good", "已允许，不会再询问");
  } else if (seen.open) {
    await report("loopback", "asks", "可以。浏览器会在每个办事网站询问一次，请点“允许”。");
  } else {
    await report("loopback", "bad", "浏览器没有允许网页访问本机，办事网站会连不上证书助手。", seen.state);
  }
}

// What needs a hand

function answered(step, question) {
  const acts = row(step).querySelector(".acts");
  const asked = document.getElementById("question").content.cloneNode(true);
  asked.querySelector(".ask").textContent = question;
  const [yes, no] = [asked.querySelector(".yes"), asked.querySelector(".no")];
  yes.dataset.testid = `${step}-yes`;
  no.dataset.testid = `${step}-no`;
  acts.replaceChildren(asked);
  return new Promise((tell) => {
    yes.onclick = () => tell(true);
    no.onclick = () => tell(false);
  }).finally(() => acts.replaceChildren());
}

async function askAbout(step, question, good, bad) {
  if (await answered(step, question)) await report(step, "good", good);
  else await report(step, "bad", bad);
}

function onClick(step, action) {
  const button = document.getElementById(step);
  button.onclick = () => {
    button.disabled = true;
    action();
  };
}

onClick("popup", () => {
  const came = new Promise((tell) => addEventListener("message", (event) => event.data === "popup" && tell(true)));
  const opened = window.open("popup", "hebca-popup", "width=420,height=240");
  within(opened ? came : Promise.resolve(false), false).then(async (there) => {
    document.getElementById("popup").remove();
    if (there) await report("popup", "good", "可以弹出");
    else await report("popup", "bad", "没有弹出来。请点地址栏右侧的图标，允许弹出窗口。");
  });
});

onClick("pdf", () => {
  const paper = document.getElementById("paper");
  paper.hidden = false;
  const shown = document.createElement("embed");
  shown.type = "application/pdf";
  shown.src = "sample.pdf#toolbar=0";
  paper.replaceChildren(shown);
  if (navigator.pdfViewerEnabled === false) {
    row("pdf").querySelector(".acts").replaceChildren();
    report("pdf", "bad", "浏览器设置为下载 PDF，不直接显示", "pdfViewerEnabled=false");
  } else {
    askAbout("pdf", "下面显示出文件了吗？", "可以直接显示", "没有直接显示");
  }
});

onClick("download", () => {
  const link = document.createElement("a");
  link.href = "download";
  link.download = "hebca-test.pdf";
  link.click();
  askAbout("download", "文件下载下来了吗？", "可以下载", "没有下载下来");
});

onClick("print", () => {
  askAbout("print", "打印的窗口出现了吗？", "可以打印", "没有出现打印的窗口");
  setTimeout(() => print());
});

document.getElementById("finish").onclick = async () => {
  await fetch("answers", { method: "POST", body: JSON.stringify({ finished: true }) });
  document.body.dataset.finished = "";
  document.getElementById("end").textContent = "检测结束，可以关闭这个网页了。结果和解决办法在证书助手的“故障检测”中。";
};

await Promise.all([tls(), service(), loopback()]);
document.body.dataset.ready = "";
