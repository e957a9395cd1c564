// A button beside each password field that shows what was typed.

import { element, elements } from "./dom.js";

for (const button of elements(document, "[data-show-password]", HTMLButtonElement)) {
  const input = element(document, `#${CSS.escape(button.dataset.showPassword ?? "")}`, HTMLInputElement);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  });
  // The browser keeps what was typed into a plain field, and offers it to the next person.
  input.form?.addEventListener("submit", () => {
    input.type = "password";
  });
}
