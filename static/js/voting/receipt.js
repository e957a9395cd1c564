// Printing the receipt, and saving it as a text file.

const receipt = document.querySelector("[data-receipt]");
const print = document.querySelector("[data-print]");
const save = document.querySelector("[data-save-receipt]");

print.addEventListener("click", () => window.print());
const text = receipt.innerText.replace(/\n{3,}/g, "\n\n");
save.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
print.hidden = false;
save.hidden = false;
