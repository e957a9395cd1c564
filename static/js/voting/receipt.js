// The receipt page: prints the receipt, and saves it as a text file.

import { element } from "../dom.js";

const receipt = element(document, "[data-receipt]");
const print = element(document, "[data-print]");
const save = element(document, "[data-save-receipt]", HTMLAnchorElement);

print.addEventListener("click", () => window.print());
const text = receipt.innerText.replace(/\n{3,}/g, "\n\n");
save.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
print.hidden = false;
save.hidden = false;
