// Files and camera pictures on their way to the server, one after the other, each with its own answer.

import { choose } from "./changes.js";
import { ServerRefused, upload } from "./server.js";

const MAX_BYTES = 8 * 1024 * 1024;

export class Uploads {
  #queue = Promise.resolve();
  #underWay = 0;

  constructor(root, { word, kept, onTaken }) {
    this.list = root.querySelector("[data-uploads]");
    this.template = root.querySelector("[data-upload-template]");
    this.url = root.dataset.photosUrl;
    this.csrfToken = root.dataset.csrfToken;
    this.most = Number(root.dataset.most);
    this.word = word;
    this.kept = kept;
    this.onTaken = onTaken;
  }

  add(files) {
    const { chosen, leftOut } = choose(files, { kept: this.kept() + this.#underWay, most: this.most });
    for (const file of chosen) this.#enqueue(file, file.name || this.word("camera-photo"));
    if (leftOut) this.#refuse(this.#line(""), this.word("too-many"));
  }

  #enqueue(blob, name) {
    const line = this.#line(name);
    this.#underWay += 1;
    this.#queue = this.#queue.then(async () => {
      await this.#send(blob, name, line);
      this.#underWay -= 1;
    });
  }

  async #send(blob, name, line) {
    try {
      if (blob.size > MAX_BYTES) throw new ServerRefused("", "too-large");
      const answer = await upload(this.url, this.csrfToken, blob, name);
      if (answer.error) return this.#refuse(line, answer.error);
      line.remove();
      await this.onTaken();
    } catch (error) {
      this.#refuse(line, error.words || this.word(error.word ?? "lost"));
    }
  }

  #line(name) {
    const line = this.template.content.firstElementChild.cloneNode(true);
    line.querySelector("[data-name]").textContent = name;
    line.querySelector("[data-upload-state]").textContent = this.word("sending");
    line.querySelector("[data-dismiss]").addEventListener("click", () => {
      line.remove();
      this.list.closest("[data-enrolment]").querySelector("[data-files]").focus();
    });
    this.list.append(line);
    return line;
  }

  #refuse(line, words) {
    line.classList.add("is-refused");
    const state = line.querySelector("[data-upload-state]");
    state.setAttribute("role", "alert");
    state.textContent = words;
    line.querySelector("[data-dismiss]").hidden = false;
  }
}
