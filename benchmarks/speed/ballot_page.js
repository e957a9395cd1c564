// Encrypts a ballot again and again in the worker that voters use, each time in a fresh one, and then has it verify a
// whole board; document.title tells the state.

const { manifest, voter, selections, rounds } = await (await fetch("/job.json")).json();

/**
 * @param {string} task
 * @param {object} input
 * @returns {Promise<{ms: number, result: any}>}
 */
function timed(task, input) {
  const worker = new Worker("/static/js/crypto/worker.js", { type: "module" });
  return new Promise((resolve, reject) => {
    let started = 0;
    worker.addEventListener("error", () => reject(new Error("the worker did not load")));
    worker.addEventListener("message", ({ data }) => {
      if (data.type === "ready") {
        started = performance.now();
        worker.postMessage({ id: 1, task, input });
      } else if (data.type === "done") {
        worker.terminate();
        resolve({ ms: performance.now() - started, result: data.result });
      } else if (data.type === "failed") reject(new Error(JSON.stringify(data.failure)));
    });
  });
}

try {
  const made = [];
  for (let i = 0; i < rounds; i += 1) {
    const { ms, result } = await timed("encrypt", { manifest, voter, selections });
    made.push({ ms, ballot: result.text });
  }
  const bytes = new Uint8Array(await (await fetch("/board.jsonl")).arrayBuffer());
  const board = await timed("board", { bytes, tracker: "f".repeat(64), heads: "", receipt: "" });
  if (board.result.problem) throw new Error(JSON.stringify(board.result.problem));
  Object.assign(globalThis, { measured: { made, board: board.ms } });
  document.title = "done";
} catch (error) {
  Object.assign(globalThis, { failure: String(error) });
  document.title = "failed";
}
