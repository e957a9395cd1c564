// Files and camera pictures on their way to the server, one after the other, each with its own answer.

import { copyOfTemplate, dataOf, element } from "../dom.js";
import { choose } from "./changes.js";
import { ServerRefused, upload, wordsFor } from "./requests.js";

const MAX_BYTES = 8 * 1024 * 1024;

/**
 * `kept` says how many photos the voter has, `onTaken` is called after each one that the server took.
 * @typedef {{phrase: (name: string) => string, kept: () => number, onTaken: () => Promise<void>}} UploadOptions
 */

export class Uploads {
  #queue = Promise.resolve();
  #underWay = 0;

  /**
   * @param {HTMLElement} root
   * @param {UploadOptions} options
   */
  constructor(root, { phrase, kept, onTaken }) {
    this.root = root;
    this.list = element(root, "[data-uploads]");
    this.url = dataOf(root, "photosUrl");
    this.csrfToken = dataOf(root, "csrfToken");
    this.most = Number(dataOf(root, "most"));
    this.phrase = phrase;
    this.kept = kept;
    this.onTaken = onTaken;
  }

  /** @param {(Blob | File)[]} files */
  add(files) {
    const { chosen, leftOut } = choose(files, { kept: this.kept() + this.#underWay, most: this.most });
    for (const file of chosen) this.#enqueue(file, ("name" in file && file.name) || this.phrase("camera-photo"));
    if (leftOut) showRefusal(this.#line(""), this.phrase("too-many"));
  }

  /**
   * @param {Blob} blob
   * @param {string} name
   */
  #enqueue(blob, name) {
    const line = this.#line(name);
    this.#underWay += 1;
    this.#queue = this.#queue.then(async () => {
      await this.#send(blob, name, line);
      this.#underWay -= 1;
    });
  }

  /**
   * @param {Blob} blob
   * @param {string} name
   * @param {HTMLElement} line
   */
  async #send(blob, name, line) {
    try {
      if (blob.size > MAX_BYTES) throw new ServerRefused("", "too-large");
      const answer = await upload(this.url, this.csrfToken, blob, name);
      if ("error" in answer) throw new ServerRefused(answer.error, "refused");
      line.remove();
      await this.onTaken();
    } catch (error) {
      showRefusal(line, wordsFor(error, this.phrase));
    }
  }

  /** @param {string} name */
  #line(name) {
    const line = copyOfTemplate(this.root, "[data-upload-template]");
    element(line, "[data-name]").textContent = name;
    element(line, "[data-upload-state]").textContent = this.phrase("sending");
    element(line, "[data-dismiss]").addEventListener("click", () => {
      line.remove();
      element(this.root, "[data-files]").focus();
    });
    this.list.append(line);
    return line;
  }
}

/**
 * @param {HTMLElement} line
 * @param {string} words
 */
function showRefusal(line, words) {
  line.classList.add("is-refused");
  const state = element(line, "[data-upload-state]");
  state.setAttribute("role", "alert");
  state.textContent = words;
  element(line, "[data-dismiss]").hidden = false;
}
