// What can keep a page from the assistant, each with a sentence the page can show as it is.

export const States = Object.freeze({
  notInstalled: "not-installed",
  notRunning: "not-running",
  promptShowing: "prompt-showing",
  permissionDenied: "permission-denied",
  certificateNotTrusted: "certificate-not-trusted",
  originBlocked: "origin-blocked",
  userCancelled: "user-cancelled",
  connected: "connected",
});

const TEXTS = {
  zh: {
    "not-installed": "没有找到证书助手。请安装河北CA数字证书助手，安装后刷新页面。",
    "not-running": "证书助手没有启动。请点击“启动证书助手”，或从桌面图标打开它。",
    "prompt-showing": "浏览器正在询问是否允许本网站访问您电脑上的应用，请在地址栏旁边的窗口中点“允许”。",
    "permission-denied": "浏览器不允许本网站访问证书助手。请点地址栏左侧的图标，把“本地网络”或“本机应用”改为允许，然后刷新页面。",
    "certificate-not-trusted": "浏览器还不信任证书助手的安全连接。请打开证书助手，在“故障检测”中点“信任安全连接”，然后重启浏览器。",
    "origin-blocked": "您在证书助手中没有允许本网站。需要时请打开证书助手，在“设置”的“网站”中改为允许。",
    "user-cancelled": "已取消。需要时请重新操作。",
    "needs-https": "这项操作需要证书助手的安全连接。请打开证书助手，在“故障检测”中点“信任安全连接”。",
    unknown: "证书助手没有完成这项操作，请重试。",
  },
  en: {
    "not-installed": "The certificate assistant was not found. Install it, then reload this page.",
    "not-running": "The certificate assistant is not running. Start it from here or from the desktop.",
    "prompt-showing": "The browser asks whether this site may reach apps on this device: choose Allow beside the address bar.",
    "permission-denied": "The browser does not let this site reach the assistant. Allow it from the icon left of the address, then reload.",
    "certificate-not-trusted": "The browser does not trust the assistant's connection yet. Open the assistant, 故障检测, and trust it there.",
    "origin-blocked": "You have not allowed this site in the assistant. Change that in its settings under sites.",
    "user-cancelled": "Cancelled.",
    "needs-https": "This needs the assistant's secure connection. Open the assistant, 故障检测, and trust it there.",
    unknown: "The assistant did not finish. Try again.",
  },
};

export const textOf = (code, language = "zh") => (TEXTS[language] ?? TEXTS.zh)[code] ?? "";

/** A failure. `code` is a state above, `needs-https`, or a code of the assistant's own table; `message` can be shown. */
export class AssistantError extends Error {
  constructor(code, message, { number = 0, status = 0, remedy = "", detail = "" } = {}) {
    super(message);
    Object.assign(this, { name: "AssistantError", code, number, status, remedy, detail });
  }
}

/** What `work` resolves to, or `user-cancelled` as soon as the signal says so; `stop` is called then. */
export function unlessAborted(signal, language, work, stop = () => {}) {
  if (!signal) return work();
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(new AssistantError(States.userCancelled, textOf(States.userCancelled, language)));
      stop();
    };
    if (signal.aborted) return reject(new AssistantError(States.userCancelled, textOf(States.userCancelled, language)));
    signal.addEventListener("abort", abort, { once: true });
    work().then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
