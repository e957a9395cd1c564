// Takes the codes of a registrar's letter out of the address, on whatever page the letter's QR code leads to first: the
// voter may have to sign in before the ballot. The part after # is never sent. This tab keeps the codes until the
// ballot is cast; nobody reads them from the address bar or the history afterwards.

const [, codes] = window.location.hash.match(/^#code=([0-9A-Za-z.-]+)$/) ?? [];
if (codes) {
  sessionStorage.setItem("facevote.letter-codes", codes);
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
}
