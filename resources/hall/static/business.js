"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("add");
  const dialog = document.getElementById("materials");
  const upload = Hall.hook("upload");
  const bar = Hall.find("progress", dialog);
  let issued;

  async function refresh() {
    const shown = await Hall.post("/api/materials");
    Hall.find("tbody", Hall.hook("people")).replaceChildren(...shown.people.map((each, place) =>
      cells(Hall.element("tr", {}), String(place + 1), each.name, each.id_number, `${each.wage} 元`)));
    Hall.find("tbody", Hall.hook("papers")).replaceChildren(...shown.papers.map((each) =>
      cells(Hall.element("tr", {}), each.title, each.serial, each.state_text, paperActions(each))));
    Hall.hook("report-materials").disabled = !shown.people.length;
    Hall.hook("submit-report").disabled = !shown.people.length;
    document.body.dataset.ready = "true";
  }

  /** A message inside the dialog, in the same words as outside. */
  function say(kind, lines) {
    const box = Hall.hook("materials-message");
    box.hidden = !lines.length;
    box.dataset.kind = kind;
    box.replaceChildren(...lines.filter(Boolean).map((text) => Hall.element("p", { textContent: text })));
  }

  function ask(text) {
    const question = document.getElementById("question");
    Hall.hook("question-text").textContent = text;
    question.showModal();
    return new Promise((answered) => {
      const close = (answer) => () => (question.close(), answered(answer));
      Hall.hook("question-yes").onclick = close(true);
      Hall.hook("question-no").onclick = close(false);
      question.oncancel = () => answered(false);
    });
  }

  form.onsubmit = async (event) => {
    event.preventDefault();
    if (!Hall.complete(form)) return;
    await Hall.busy(Hall.hook("add-person"), async () => {
      try {
        Hall.say("good", (await Hall.post("/api/materials/person", Hall.values(form))).message);
        form.reset();
        await refresh();
      } catch (problem) {
        Hall.refuse(problem, form);
      }
    });
  };
  Hall.hook("add-example").onclick = () => fillExample(form);

  Hall.hook("report-materials").onclick = () => Hall.busy(Hall.hook("report-materials"), async () => {
    say("busy", []);
    upload.disabled = true;
    bar.parentElement.hidden = true;
    Hall.hook("materials-paper").textContent = "正在生成材料…";
    dialog.showModal();
    try {
      issued = await Hall.post("/api/materials/register");
      const serial = Hall.element("small", { textContent: `流水号 ${issued.paper.serial}` });
      Hall.hook("materials-paper").replaceChildren(issued.paper.title, serial);
      upload.disabled = false;
    } catch (problem) {
      say("bad", [problem.message]);
    }
    await refresh();
  });

  upload.onclick = () => Hall.busy(upload, async () => {
    bar.value = 0;
    bar.parentElement.hidden = false;
    try {
      const answer = await Upload.run(issued.paper.id, issued.pdf, say, (part) => (bar.value = part));
      if (!answer) return;
      say("good", [answer.message]);
      Hall.hook("materials-paper").replaceChildren(`${answer.paper.title} `, ...paperActions(answer.paper));
      upload.hidden = true;
    } catch (problem) {
      say("bad", [problem.message]);
    } finally {
      bar.parentElement.hidden = true;
    }
    await refresh();
  });

  Hall.hook("materials-close").onclick = () => dialog.close();
  dialog.addEventListener("close", () => (upload.hidden = false));

  // 申报提交: what a certificate without a seal means is said before anything is handed in (manual 3).
  Hall.hook("submit-report").onclick = () => Hall.busy(Hall.hook("submit-report"), async () => {
    const count = await Seals.use((client) => client.sealCount(), (kind, lines) => Hall.say(kind, lines));
    if (count === undefined) return;
    if (count > 0) return Hall.hook("report-materials").click();
    if (!(await ask("您的证书中没有印章信息，您提交的业务将不能自动审批，需要到柜台审批，是否继续？"))) return;
    try {
      const { paper } = await Hall.post("/api/materials/register");
      Hall.say("calm", (await Hall.post("/api/materials/counter", { paper: paper.id })).message);
    } catch (problem) {
      Hall.refuse(problem);
    }
    await refresh();
  });

  Hall.hook("clear").onclick = async () => {
    Hall.say("good", (await Hall.post("/api/materials/clear")).message);
    await refresh();
  };
  refresh().catch((problem) => Hall.refuse(problem));
});
