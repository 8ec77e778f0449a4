// Uploads in pieces that can go on where they stopped. A sealed paper waits in this tab's storage until it has arrived.
"use strict";

const PIECE = 128 * 1024;
const SEAL_WORDS = "单位（盖章）";

const Upload = {
  kept: (paper) => sessionStorage.getItem(`sealed-${paper}`),
  keep: (paper, sealed) => {
    try {
      sessionStorage.setItem(`sealed-${paper}`, sealed);
    } catch {
      // too large for the storage: an interruption then means sealing again
    }
  },
  drop: (paper) => sessionStorage.removeItem(`sealed-${paper}`),

  /** Seal unless that is done already, then send what is missing; `progress(0…1)`. Resolves to the hall's answer. */
  async run(paper, pdf, say, progress) {
    const sealed = Upload.kept(paper) ?? (await Upload.seal(pdf, say));
    if (!sealed) return undefined;
    Upload.keep(paper, sealed);
    say("busy", ["正在上传…"]);
    try {
      const answer = await Upload.send(paper, sealed, progress);
      Upload.drop(paper);
      return answer;
    } catch (problem) {
      if (problem.reason) Upload.drop(paper);
      throw problem;
    }
  },

  seal(pdf, say) {
    say("busy", ["请在证书助手的窗口中核对材料并输入证书密码。"]);
    return Seals.use((client) => client.sealAtWords(pdf, SEAL_WORDS), say);
  },

  async send(paper, sealed, progress) {
    const octets = Uint8Array.from(atob(sealed), (letter) => letter.charCodeAt(0));
    const digest = await Upload.digest(octets);
    const count = Math.ceil(octets.length / PIECE);
    let answer = await Hall.post("/api/materials/progress", { paper, digest });
    if (answer.paper) return answer; // it had arrived, only the answer was lost
    let { received } = answer;
    while (received < count) {
      const content = Upload.base64(octets.subarray(received * PIECE, (received + 1) * PIECE));
      answer = await Hall.post("/api/materials/piece", { paper, digest, place: received, count, content });
      received += 1;
      progress(received / count);
    }
    return answer;
  },

  async digest(octets) {
    const found = new Uint8Array(await crypto.subtle.digest("SHA-256", octets));
    return [...found].map((each) => each.toString(16).padStart(2, "0")).join("");
  },

  base64(octets) {
    let text = "";
    for (let place = 0; place < octets.length; place += 8192) text += String.fromCharCode(...octets.subarray(place, place + 8192));
    return btoa(text);
  },
};

/** An invented person: a well-formed 身份证号码 of a region that does not exist. */
function inventedPerson() {
  const names = ["练习甲", "练习乙", "练习丙", "练习丁", "练习戊", "练习己", "练习庚", "练习辛"];
  const any = (least, most, digits) => String(least + Math.floor(Math.random() * (most - least + 1))).padStart(digits, "0");
  const first = "1399001900" + any(1, 12, 2) + any(1, 28, 2) + any(0, 999, 3);
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = [...first].reduce((total, digit, place) => total + Number(digit) * weights[place], 0);
  return { person: names[Math.floor(Math.random() * names.length)], id_number: first + "10X98765432"[sum % 11], wage: "5200" };
}

function cells(row, ...texts) {
  row.append(...texts.map((each) => {
    const cell = Hall.element("td", typeof each === "string" ? { textContent: each } : {});
    if (typeof each !== "string") cell.append(...[].concat(each));
    return cell;
  }));
  return row;
}

function paperActions(paper) {
  const link = (text, href, hook) => {
    const made = Hall.element("a", { textContent: text, href, target: "_blank", rel: "noopener" });
    made.dataset.testid = hook;
    return made;
  };
  if (paper.state !== "uploaded") return [link("查看", `/paper/${paper.id}.pdf`, "preview")];
  return [link("预览", `/paper/${paper.id}.pdf`, "preview"), " ", link("回执", `/receipt/${paper.id}.pdf`, "receipt")];
}

function fillExample(form) {
  for (const [name, value] of Object.entries(inventedPerson())) form.elements[name].value = value;
}
