// Takes the code of a registrar's letter out of the address, on whatever page the letter's QR code leads to first: the
// voter may have to sign in before the ballot. The part after # is never sent. This tab keeps the code until the
// ballot is cast; nobody reads them from the address bar or the history afterwards.

const [, second, code] = window.location.hash.match(/^#code(2?)=([0-9A-Za-z-]+)$/) ?? [];
if (code) {
  sessionStorage.setItem(`facevote.letter-code-${second || 1}`, code);
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
}
