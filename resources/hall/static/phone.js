"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const list = Hall.hook("messages");
  let shown = "";

  function row(message) {
    const item = Hall.element("li", { className: message.usable ? "usable" : "" });
    item.dataset.testid = "sms";
    const code = Hall.element("span", { className: "code", textContent: message.code });
    code.dataset.testid = "sms-code";
    const head = Hall.element("small", {});
    const time = new Date(message.sent_at * 1000).toLocaleTimeString("zh-CN", { hour12: false });
    head.append(Hall.element("span", { textContent: `发给 ${message.phone}` }), Hall.element("span", { textContent: message.usable ? time : `${time} 已失效` }));
    item.append(head, code, Hall.element("span", { textContent: message.text }));
    return item;
  }

  async function refresh() {
    if (document.hidden) return;
    const { messages } = await Hall.post("/api/phone/messages");
    if (JSON.stringify(messages) === shown) return;
    shown = JSON.stringify(messages);
    list.replaceChildren(...messages.map(row));
    Hall.hook("no-messages").hidden = messages.length > 0;
  }

  refresh();
  setInterval(() => refresh().catch(() => {}), 1000);
  document.addEventListener("visibilitychange", () => refresh().catch(() => {}));
});
