// Encrypts a ballot again and again in the worker that voters use; document.title tells the state.

const { manifest, credential, selections, rounds } = await (await fetch("/job.json")).json();

function encryptOnce() {
  const worker = new Worker("/static/js/crypto/worker.js", { type: "module" });
  return new Promise((resolve, reject) => {
    let started = 0;
    worker.addEventListener("error", () => reject(new Error("the worker did not load")));
    worker.addEventListener("message", ({ data }) => {
      if (data.type === "ready") {
        started = performance.now();
        worker.postMessage({ type: "encrypt", manifest, credential, selections });
      } else if (data.type === "encrypted") {
        worker.terminate();
        resolve({ ms: performance.now() - started, ballot: data.ballot });
      } else if (data.type === "failed") reject(new Error(data.code));
    });
  });
}

try {
  const made = [];
  for (let i = 0; i < rounds; i += 1) made.push(await encryptOnce());
  Object.assign(globalThis, { made });
  document.title = "done";
} catch (error) {
  Object.assign(globalThis, { failure: String(error) });
  document.title = "failed";
}
