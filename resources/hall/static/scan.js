"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("add");
  const say = (kind, lines) => Hall.say(kind, lines);
  const MOST_OCTETS = 17 * 1024 * 1024; // what one request to the hall takes, before base64

  async function refresh() {
    const shown = await Hall.post("/api/materials");
    Hall.find("tbody", Hall.hook("people")).replaceChildren(...shown.flexible.map(row));
    document.body.dataset.ready = "true";
  }

  function row(person) {
    const paper = person.papers.at(-1);
    const made = Hall.element("tr", {});
    const state = Hall.element("span", { textContent: paper?.state_text ?? "未上传" });
    state.dataset.testid = "state";
    if (paper && paper.state !== "made") return cells(made, person.name, person.id_number, "", [state], paperActions(paper));
    const files = Hall.element("input", { type: "file", multiple: true, accept: ".jpg,.jpeg,.png,.pdf" });
    files.setAttribute("aria-label", `${person.name} 的扫描件`);
    files.dataset.testid = "scans";
    const upload = Hall.element("button", { type: "button", className: "second", textContent: "上传" });
    upload.dataset.testid = "upload";
    upload.onclick = () => Hall.busy(upload, () => send(person, paper, files));
    return cells(made, person.name, person.id_number, [files], [state], [upload]);
  }

  async function send(person, paper, files) {
    try {
      const issued = paper && Upload.kept(paper.id) ? { paper, pdf: "" } : await make(person, files);
      if (!issued) return;
      const answer = await Upload.run(issued.paper.id, issued.pdf, say, (part) => say("busy", [`正在上传… ${Math.round(part * 100)}%`]));
      if (!answer) return;
      Hall.say("good", answer.message);
    } catch (problem) {
      Hall.refuse(problem);
    }
    await refresh();
  }

  async function make(person, files) {
    if (!files.files.length) return void Hall.say("bad", "请先选择扫描好的凭证");
    const size = [...files.files].reduce((total, file) => total + file.size, 0);
    if (size > MOST_OCTETS) return void Hall.say("bad", "扫描件总共不能超过 17 MB，请降低分辨率（200 DPI 即可）后重试");
    Hall.say("busy", "正在合成材料…");
    const scans = await Promise.all([...files.files].map(async (file) => Upload.base64(new Uint8Array(await file.arrayBuffer()))));
    return Hall.post("/api/materials/scans", { person: person.id, scans });
  }

  form.onsubmit = async (event) => {
    event.preventDefault();
    if (!Hall.complete(form)) return;
    await Hall.busy(Hall.hook("add-person"), async () => {
      try {
        Hall.say("good", (await Hall.post("/api/materials/person", { ...Hall.values(form), flexible: true })).message);
        form.reset();
        await refresh();
      } catch (problem) {
        Hall.refuse(problem, form);
      }
    });
  };
  Hall.hook("add-example").onclick = () => fillExample(form);
  refresh().catch((problem) => Hall.refuse(problem));
});
