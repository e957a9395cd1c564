// The phone's part of a hand-off: says what it is for, asks its owner, and then lets the capture widget work.
//
// The ticket is behind "#" in the address, so that no server's log has it. It is used up by the request "scan", not by
// loading the page. After a reload the same phone may go on with it.

import { csrfToken, dataOf, element, elements } from "../dom.js";
import { postJson, Refused } from "../http.js";

const FOR = ["login", "cast"];

class Phone {
  #ticket = location.hash.slice(1);

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.widget = element(root, "[data-capture]");
    element(root, "[data-confirm]").addEventListener("click", () => this.#confirm());
    element(root, "[data-deny]").addEventListener("click", () => this.#deny());
    element(root, "[data-again]").addEventListener("click", () => this.#scan());
    root.addEventListener("facevote:verified", () => this.#show("done"));
    // Another code was scanned while this page was open.
    addEventListener("hashchange", () => location.reload());
    document.querySelector("[data-starting]")?.remove();
    root.hidden = false;
    this.#scan();
  }

  async #scan() {
    if (!this.#ticket) {
      this.#show("old");
      return;
    }
    const answer = await this.#ask(dataOf(this.root, "scanUrl"));
    if (!answer) return;
    this.#fill(answer);
    this.#show({ scanned: "asking", confirmed: "face", verified: "done" }[String(answer.state)] ?? "old");
  }

  async #confirm() {
    if (await this.#ask(dataOf(this.root, "confirmUrl"))) this.#show("face");
  }

  async #deny() {
    if (await this.#ask(dataOf(this.root, "denyUrl"))) this.#show("denied");
  }

  /**
   * @param {string} url
   * @returns {Promise<Record<string, unknown> | null>} null after a failure, which is shown
   */
  async #ask(url) {
    try {
      return await postJson(url, { ticket: this.#ticket }, { csrfToken: csrfToken(this.root) });
    } catch (error) {
      this.#show(error instanceof Refused ? "old" : "lost");
      return null;
    }
  }

  /** @param {Record<string, unknown>} answer */
  #fill({ account, desk, code, purpose, tracker }) {
    element(this.root, "[data-account]").textContent = String(account);
    element(this.root, "[data-desk]").textContent = String(desk);
    element(this.root, "[data-tracker]").textContent = String(tracker);
    for (const place of elements(this.root, "[data-code]")) place.textContent = [...String(code)].join(" ");
    for (const part of elements(this.root, "[data-for]")) part.hidden = part.dataset.for !== purpose;
    this.widget.dataset.purpose = FOR.includes(String(purpose)) ? String(purpose) : "";
    // The server knows the ballot: the phone's ticket names the hand-off.
    this.widget.dataset.boundTo = this.#ticket;
  }

  /** @param {string} step */
  #show(step) {
    for (const section of elements(this.root, "[data-step]")) {
      section.hidden = section.dataset.step !== step;
      if (!section.hidden) element(section, "h1").focus();
    }
  }
}

for (const root of elements(document, "[data-phone]")) new Phone(root);
