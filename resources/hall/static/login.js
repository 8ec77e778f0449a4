"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const tabs = ["password", "ca", "unit"];
  const panel = (name) => document.getElementById(name);
  const step = (name, which) => Hall.find(`[data-step="${which}"]`, panel(name));
  const only = (name, which) => {
    for (const part of panel(name).querySelectorAll("[data-step]")) part.hidden = part.dataset.step !== which;
  };

  function show(name) {
    Hall.hush();
    for (const tab of tabs) {
      panel(tab).hidden = tab !== name;
      Hall.hook(`tab-${tab}`).setAttribute("aria-selected", String(tab === name));
    }
    history.replaceState(null, "", `#${name}`);
  }

  async function passwordLogin(event) {
    event.preventDefault();
    const form = event.currentTarget;
    if (!Hall.complete(form)) return;
    await Hall.busy(Hall.hook("login-submit"), async () => {
      try {
        location.href = (await Hall.post("/api/login", Hall.values(form))).next;
      } catch (problem) {
        Hall.refuse(problem, form);
        form.elements.captcha.value = "";
        Hall.newCaptcha(Hall.hook("captcha", form));
      }
    });
  }

  const caLogin = () =>
    Hall.busy(Hall.hook("ca-login"), async () => {
      const proof = await Certificates.use(async (client) => {
        Hall.say("busy", "请在证书助手的窗口中选择证书。");
        await client.selectSignCert();
        return Certificates.prove(client);
      }, caLogin).catch((problem) => Hall.refuse(problem));
      if (proof) await firstStep("/api/ca/login", proof);
    });

  /** The new API: the token is bound to this page's origin, another site could do nothing with it. */
  const tokenLogin = () =>
    Hall.busy(Hall.hook("ca-login-https"), async () => {
      const { Assistant } = await import("/sdk/hebca-helper.js");
      const { httpsPort, certificatePort } = document.body.dataset;
      const assistant = new Assistant({ httpsPort, certificatePort, onState: (_, text) => Hall.say("busy", text) });
      try {
        Hall.say("busy", "正在连接证书助手…");
        await assistant.connect();
        Hall.say("busy", "请在证书助手的窗口中核对网址并输入证书密码。");
        const { challenge } = await Hall.post("/api/challenge");
        const token = await assistant.login(challenge);
        Hall.say("busy", "正在验证证书…");
        await firstStep("/api/ca/token", { challenge, token });
      } catch (problem) {
        const start = { text: "启动证书助手", href: "p11://", hook: "start-assistant" };
        if (problem.code === "user-cancelled") Hall.say("calm", problem.message);
        else Hall.say("bad", problem.message, problem.code === "not-running" ? [start] : []);
      } finally {
        assistant.close();
      }
    });

  async function firstStep(path, proof) {
    try {
      const answer = await Hall.post(path, proof);
      if (answer.next) return void (location.href = answer.next);
      Hall.hush();
      Hall.hook("code-holder").textContent = answer.holder;
      Hall.hook("code-phone").textContent = answer.phone;
      only("ca", "code");
    } catch (problem) {
      Hall.refuse(problem);
    }
  }

  const sendCode = () =>
    Hall.busy(Hall.hook("send-code"), async () => {
      try {
        Hall.say("good", (await Hall.post("/api/ca/code")).message);
        Hall.hook("send-code").textContent = "重新获取";
        Hall.hook("code-input").focus();
      } catch (problem) {
        Hall.refuse(problem, step("ca", "code"));
      }
    });

  async function confirmCode(event) {
    event.preventDefault();
    const form = event.currentTarget;
    if (!Hall.complete(form)) return;
    await Hall.busy(Hall.hook("confirm-login"), async () => {
      try {
        location.href = (await Hall.post("/api/ca/confirm", Hall.values(form))).next;
      } catch (problem) {
        Hall.refuse(problem, form);
      }
    });
  }

  /** The holders of the signing certificates, read one by one in index order. */
  async function readHolders(client) {
    const found = [];
    const count = Number(await client.getSignCertCount());
    for (let index = 0; index < count; index += 1) {
      await client.getSignCert(index);
      found.push({ index, holder: await client.getSubjectItem("CN"), until: await client.getSignCertNotAfter(index) });
    }
    return found;
  }

  const listHolders = () =>
    Hall.busy(Hall.hook("list-certificates"), async () => {
      const login = Hall.hook("unit-login");
      login.disabled = true;
      const holders = await Certificates.use(readHolders, listHolders);
      if (!holders) return;
      Hall.hush();
      const list = Hall.find("[data-list]", panel("unit"));
      list.replaceChildren(...holders.map(choice));
      if (!holders.length) list.append(Hall.element("p", { className: "empty", textContent: "没有找到数字证书。请插入 USBKEY，再点击“重新读取”。" }));
      login.disabled = !holders.length;
    });

  function choice({ index, holder, until }) {
    const label = Hall.element("label", {});
    const radio = Hall.element("input", { type: "radio", name: "holder", value: String(index), checked: index === 0 });
    radio.dataset.testid = `holder-${index}`;
    const text = Hall.element("span", {});
    text.append(Hall.element("b", { textContent: holder }), Hall.element("small", { textContent: `有效期至 ${until}` }));
    label.append(radio, text);
    return label;
  }

  async function unitLogin(event) {
    event.preventDefault();
    const chosen = Hall.values(step("unit", "list")).holder;
    if (chosen === undefined) return;
    await Hall.busy(Hall.hook("unit-login"), async () => {
      const proof = await Certificates.use(async (client) => {
        await client.getSignCert(Number(chosen));
        return Certificates.prove(client);
      }, () => step("unit", "list").requestSubmit()).catch((problem) => Hall.refuse(problem));
      if (!proof) return;
      try {
        const answer = await Hall.post("/api/unit/login", proof);
        if (answer.next) return void (location.href = answer.next);
        Hall.hush();
        Hall.hook("former-holder").textContent = answer.holder;
        only("unit", "former");
      } catch (problem) {
        Hall.refuse(problem);
      }
    });
  }

  async function bindFormer(event) {
    event.preventDefault();
    const form = event.currentTarget;
    if (!Hall.complete(form)) return;
    await Hall.busy(Hall.hook("former-confirm"), async () => {
      try {
        location.href = (await Hall.post("/api/unit/bind", Hall.values(form))).next;
      } catch (problem) {
        Hall.refuse(problem, form);
      }
    });
  }

  Hall.hook("tab-password").onclick = () => show("password");
  Hall.hook("tab-ca").onclick = () => show("ca");
  Hall.hook("tab-unit").onclick = () => {
    show("unit");
    only("unit", "list");
    listHolders();
  };
  panel("password").onsubmit = passwordLogin;
  Hall.hook("ca-login").onclick = caLogin;
  Hall.hook("ca-login-https").onclick = tokenLogin;
  Hall.hook("send-code").onclick = sendCode;
  Hall.hook("code-back").onclick = () => {
    Hall.hush();
    only("ca", "certificate");
  };
  step("ca", "code").onsubmit = confirmCode;
  Hall.hook("list-certificates").onclick = listHolders;
  step("unit", "list").onsubmit = unitLogin;
  step("unit", "former").onsubmit = bindFormer;
  const wanted = location.hash.slice(1);
  show(tabs.includes(wanted) && wanted !== "unit" ? wanted : "ca");
});
