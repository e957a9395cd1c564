// After a face step that this page is for, the server has something new to show: the page is loaded again.

document.addEventListener("facevote:verified", () => location.reload());
