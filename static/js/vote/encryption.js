// Runs the encryption worker for one ballot. Rejects if it can not start or refuses.

export function encrypt(workerUrl, { manifest, credential, selections }, onProgress) {
  const worker = new Worker(workerUrl, { type: "module" });
  return new Promise((resolve, reject) => {
    worker.addEventListener("error", () => reject(new Error("worker")));
    worker.addEventListener("message", ({ data }) => {
      if (data.type === "ready") {
        worker.postMessage({ type: "encrypt", manifest, credential, selections });
      } else if (data.type === "progress") onProgress(data.done / data.all);
      else if (data.type === "encrypted") resolve(data);
      else if (data.type === "failed") reject(new Error(data.code));
    });
  }).finally(() => worker.terminate());
}
