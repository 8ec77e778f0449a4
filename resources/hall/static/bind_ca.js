"use strict";

document.addEventListener("DOMContentLoaded", async () => {
  const form = document.getElementById("bind");
  const unbind = document.getElementById("unbind");
  const save = Hall.hook("save-binding");
  const fact = (name, text) => (Hall.find(`[data-fact="${name}"]`).textContent = text);
  let chosen;

  /** 读取证书: the certificate is chosen in the assistant; the page reads its holder and remembers which it was. */
  async function read() {
    if (form.elements.vendor.value !== "hebca") return Hall.refuse({ message: "请先选择证书厂商", field: "vendor" }, form);
    return Hall.busy(Hall.hook("read-certificate"), async () => {
      save.disabled = true;
      chosen = await Certificates.use(readChosen, read);
      Hall.hook("certificate-facts").hidden = !chosen;
      if (!chosen) return;
      fact("holder", chosen.holder);
      fact("id", chosen.id);
      fact("until", chosen.until);
      save.disabled = false;
      Hall.say("good", "读取成功，请核对后点击保存。");
    });
  }

  async function readChosen(client) {
    Hall.say("busy", "请在证书助手的窗口中选择证书。");
    await client.selectSignCert();
    const certificate = await client.getCertB64();
    const holder = await client.getSubjectItem("CN");
    const second = await client.getSubjectItem("G");
    const index = await indexOf(client, certificate);
    return { certificate, holder, id: second.length >= holder.length ? second : holder, until: await client.getSignCertNotAfter(index), index };
  }

  /** The index of a certificate among the signing ones: what 保存 selects without a second dialog. */
  async function indexOf(client, certificate) {
    const count = Number(await client.getSignCertCount());
    for (let index = 0; index < count; index += 1) {
      await client.getSignCert(index);
      if ((await client.getCertB64()) === certificate) return index;
    }
    throw { number: CERTIFICATE_ERRORS.noCertificate, message: "没有找到刚才选择的证书" };
  }

  async function store() {
    await Hall.busy(save, async () => {
      const proof = await Certificates.use(async (client) => {
        await client.getSignCert(await indexOf(client, chosen.certificate));
        return Certificates.prove(client);
      }, store).catch((problem) => Hall.refuse(problem));
      if (!proof) return;
      try {
        const answer = await Hall.post("/api/bind/certificate", proof);
        Hall.say("good", answer.message);
        await Hall.notice(answer.message);
        location.href = `${answer.next}#ca`;
      } catch (problem) {
        Hall.refuse(problem);
      }
    });
  }

  Hall.hook("read-certificate").onclick = read;
  form.onsubmit = (event) => {
    event.preventDefault();
    store();
  };
  unbind.onsubmit = async (event) => {
    event.preventDefault();
    if (!Hall.complete(unbind)) return;
    await Hall.busy(Hall.hook("unbind"), async () => {
      try {
        const answer = await Hall.post("/api/unbind/certificate", Hall.values(unbind));
        unbind.hidden = true;
        Hall.say("good", answer.message);
      } catch (problem) {
        Hall.refuse(problem, unbind);
      }
    });
  };
  const who = await Hall.post("/api/whoami");
  Hall.hook("bound-certificate").textContent = who.bound_id;
  unbind.hidden = !who.bound_id;
});
