// Runs the encryption worker for one ballot. Rejects if it can not start, refuses or falls silent.

// A slow telephone needs a second for a step at the most; an old browser never begins.
const SILENCE_MS = 20_000;

export function encrypt(workerUrl, { manifest, credential, selections }, onProgress) {
  const worker = new Worker(workerUrl, { type: "module" });
  let silence;
  return new Promise((resolve, reject) => {
    const wait = () => {
      clearTimeout(silence);
      silence = setTimeout(() => reject(new Error("silent")), SILENCE_MS);
    };
    wait();
    worker.addEventListener("error", () => reject(new Error("worker")));
    worker.addEventListener("message", ({ data }) => {
      wait();
      if (data.type === "ready") {
        worker.postMessage({ type: "encrypt", manifest, credential, selections });
      } else if (data.type === "progress") onProgress(data.done / data.all);
      else if (data.type === "encrypted") resolve(data);
      else if (data.type === "failed") reject(new Error(data.code));
    });
  }).finally(() => {
    clearTimeout(silence);
    worker.terminate();
  });
}
