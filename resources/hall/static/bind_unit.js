"use strict";

document.addEventListener("DOMContentLoaded", async () => {
  const form = document.getElementById("unit");
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (!Hall.complete(form)) return;
    await Hall.busy(Hall.hook("bind-unit"), async () => {
      try {
        const answer = await Hall.post("/api/bind/unit", Hall.values(form));
        await Hall.notice(answer.message);
        location.href = answer.next;
      } catch (problem) {
        Hall.refuse(problem, form);
      }
    });
  };
  const who = await Hall.post("/api/whoami");
  if (!who.unit) return;
  Hall.hook("bound-unit").textContent = `${who.unit_name}（${who.unit}）`;
  Hall.find("[data-bound]").hidden = false;
  form.hidden = true;
});
