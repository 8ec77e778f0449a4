// Shared by all pages of the hall: calls to the server, messages, busy buttons, the captcha picture.
"use strict";

const Hall = {
  find: (selector, inside = document) => inside.querySelector(selector),
  hook: (name, inside = document) => inside.querySelector(`[data-testid="${name}"]`),

  /** POST JSON; resolves to the answer, rejects with {message, field, reason, result}. */
  async post(path, body = {}) {
    let answer;
    try {
      const reply = await fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      answer = await reply.json();
    } catch {
      throw { message: "办事大厅没有响应，请确认 hebca-helper practice hall 正在运行，然后刷新页面。" };
    }
    if (!answer.ok) throw answer;
    return answer;
  },

  /** Show a message of a kind (good, bad, calm: nothing wrong, busy: wait): lines of text and buttons [{text, href | click, hook}]. An empty text hides it. */
  say(kind, lines, actions = []) {
    const box = Hall.hook("message");
    const texts = [].concat(lines).filter(Boolean);
    box.hidden = texts.length === 0;
    box.dataset.kind = kind;
    box.replaceChildren(...texts.map((text) => Hall.element("p", { textContent: text })));
    if (actions.length) {
      const row = Hall.element("div", { className: "do" });
      row.append(...actions.map(Hall.action));
      box.append(row);
    }
  },

  action({ text, href, click, hook }) {
    const made = href
      ? Hall.element("a", { className: "second", textContent: text, href })
      : Hall.element("button", { className: "second", textContent: text, type: "button", onclick: click });
    made.dataset.testid = hook;
    return made;
  },

  element: (name, properties) => Object.assign(document.createElement(name), properties),

  hush: () => Hall.say("", []),

  /** Mark the input a refusal is about, and say why. */
  refuse(problem, form) {
    const again = problem.reason === "not-logged-in" ? [{ text: "重新登录", href: "/login", hook: "log-in-again" }] : [];
    Hall.say("bad", [problem.message, problem.result === undefined ? "" : `验证结果代码：${problem.result}`], again);
    const input = problem.field && form ? form.elements[problem.field] : null;
    if (input) {
      input.setAttribute("aria-invalid", "true");
      input.focus();
    }
  },

  values: (form) => Object.fromEntries(new FormData(form)),

  /** The first required input that is empty gets the focus and a message; true when there is none. */
  complete(form) {
    const missing = [...form.elements].find((input) => input.required && !input.value);
    if (!missing) return true;
    const named = missing.placeholder?.startsWith("请") ? missing.placeholder : `请输入${Hall.label(missing)}`;
    Hall.refuse({ message: named, field: missing.name }, form);
    return false;
  },

  label: (input) => (input.getAttribute("aria-label") || input.labels[0]?.textContent || "").replace(/^请(输入|设置)|\*/g, "").trim(),

  /** Run one action at a time per button; the button is disabled meanwhile. */
  async busy(button, work) {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    button.disabled = true;
    Hall.hush();
    try {
      await work();
    } finally {
      button.disabled = false;
      button.removeAttribute("aria-busy");
    }
  },

  /** A modal notice with one button; resolves when it is closed. */
  notice(text) {
    const dialog = document.getElementById("notice");
    Hall.hook("dialog-text", dialog).textContent = text;
    dialog.showModal();
    return new Promise((closed) => {
      dialog.addEventListener("close", closed, { once: true });
      Hall.hook("dialog-ok", dialog).onclick = () => dialog.close();
    });
  },

  async newCaptcha(button) {
    const reply = await fetch("/captcha.svg");
    const picture = new DOMParser().parseFromString(await reply.text(), "image/svg+xml").documentElement;
    picture.setAttribute("aria-hidden", "true");
    button.replaceChildren(document.importNode(picture, true));
  },
};

document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-captcha]")) {
    button.addEventListener("click", () => Hall.newCaptcha(button));
    Hall.newCaptcha(button);
  }
  document.addEventListener("input", (event) => event.target.removeAttribute("aria-invalid"));
  Hall.find("[data-logout]")?.addEventListener("click", async () => {
    location.href = (await Hall.post("/api/logout")).next;
  });
  document.addEventListener("click", (event) => {
    const gear = Hall.find("details.gear[open]");
    if (gear && !gear.contains(event.target)) gear.open = false;
  });
});

// Nothing can be clicked before the page's own script listens.
window.addEventListener("load", () => (document.getElementById("content").hidden = false));
