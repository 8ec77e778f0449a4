"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("register");
  const value = (name) => form.elements[name].value.trim();

  Hall.hook("register-send-code").onclick = (event) => {
    const button = event.currentTarget;
    return Hall.busy(button, async () => {
      try {
        const answer = await Hall.post("/api/register/code", { phone: value("phone"), captcha: value("captcha") });
        Hall.say("good", answer.message, [{ text: "打开演练手机", href: "/phone", hook: "open-phone" }]);
        Hall.hook("open-phone").target = "hall-phone";
        button.textContent = "重新获取";
        form.elements.code.focus();
      } catch (problem) {
        Hall.refuse(problem, form);
        // each picture is good for one try; a wrong phone number leaves it untouched
        if (problem.field !== "phone") newPicture();
      }
    });
  };

  function newPicture() {
    form.elements.captcha.value = "";
    Hall.newCaptcha(Hall.hook("captcha"));
  }

  form.onsubmit = async (event) => {
    event.preventDefault();
    if (!Hall.complete(form)) return;
    await Hall.busy(Hall.hook("register-submit"), async () => {
      try {
        const answer = await Hall.post("/api/register", { ...Hall.values(form), agreed: form.elements.agreed.checked });
        await Hall.notice(answer.message);
        location.href = `${answer.next}#password`;
      } catch (problem) {
        Hall.refuse(problem, form);
      }
    });
  };
});
