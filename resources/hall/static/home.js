"use strict";

document.addEventListener("DOMContentLoaded", async () => {
  const card = Hall.hook("whoami");
  const who = await Hall.post("/api/whoami");
  if (!who.logged_in) return void (location.href = "/login");

  const certificate = who.certificate;
  const shown = {
    ...who,
    ...certificate,
    unit_name: who.unit_name || "尚未绑定单位",
    bound: who.bound_id ? `已绑定的证书：${who.bound_id}` : "绑定证书后，可以用 CA 证书登录。",
    validity: certificate ? `${certificate.not_before} 至 ${certificate.not_after}（剩余 ${certificate.days_left} 天）` : "",
  };
  Hall.find("[data-certificate]", card).hidden = !certificate;
  Hall.find("[data-none]", card).hidden = Boolean(certificate);
  for (const place of card.querySelectorAll("[data-who]")) place.textContent = shown[place.dataset.who] ?? "";

  function progress(name, done, text) {
    const row = Hall.find(`[data-progress="${name}"]`);
    row.classList.toggle("done", Boolean(done));
    Hall.find("span", row).textContent = text;
  }
  progress("unit", who.unit, who.unit ? "已完成" : "未完成");
  progress("ca", who.bound_id, who.bound_id ? "已完成" : "未完成");
  progress("login", certificate, certificate ? "本次已用证书登录" : "本次未用证书");
  if (certificate && certificate.days_left <= 30) {
    Hall.say("calm", `证书还有 ${certificate.days_left} 天到期，请在 www.hebca.com 办理“老用户延期”，延期后不需要重新绑定。`);
  }
  card.removeAttribute("aria-busy");
  card.dataset.ready = "true";
});
