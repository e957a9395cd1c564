// Checks a downloaded board file offline: every hash of the chain, the signed heads, one tracker.
// The proofs of the ballots are for verify_election.py.

import { bytesFromHex, decode, encode } from "./encode.js";
import { pointFromHex, sha256Hex } from "./group.js";
import { holdsPossession, proofFromList } from "./proofs.js";
import { fingerprint } from "./ballot.js";

const START = "0".repeat(64);

// {events, hash, fingerprint, finished, problems: [{line, code}], cast: null or {line, counted},
// spoiled}. `tracker` may be the beginning of one, as prefixOf() gives it.
export function checkBoard(text, tracker = null) {
  const board = newBoard(tracker);
  const lines = text.split("\n");
  if (lines.pop() !== "") board.problems.push({ line: lines.length + 1, code: "truncated" });
  lines.forEach((line, seq) => {
    try {
      readEvent(board, line, seq);
    } catch {
      board.problems.push({ line: seq + 1, code: "malformed" });
    }
    board.hash = sha256Hex(line);
    board.events = seq + 1;
  });
  return reportOf(board);
}

// A head that was published elsewhere: was it signed for this election, and does the file continue it?
export function checkPublishedHead(text, head) {
  const lines = text.split("\n");
  const { manifest } = decode(lines[0]).body;
  const key = pointFromHex(manifest.board_key);
  const print = fingerprint(manifest);
  const parts = [bytesFromHex(print), head.count, bytesFromHex(head.hash), head.hour, key];
  const signed = holdsPossession(proofFromList(head.signature), key, ["facevote-1/head", ...parts]);
  const continued = lines.length > head.count && sha256Hex(lines[head.count - 1]) === head.hash;
  return head.election === print && signed && continued;
}

function newBoard(tracker) {
  return {
    tracker,
    events: 0,
    hash: START,
    hour: "",
    last: "",
    manifest: null,
    fingerprint: null,
    cast: null,
    lastOf: new Map(), // credential -> tracker of its last ballot
    spoiled: false,
    result: null,
    problems: [],
  };
}

function readEvent(board, line, seq) {
  const event = decode(line);
  const problem = (code) => board.problems.push({ line: seq + 1, code });
  if (event.seq !== seq) problem("number");
  if (event.prev !== board.hash) problem("chain");
  if (event.hour < board.hour) problem("hour");
  if ((event.kind === "open") !== (seq === 0)) problem("order");
  board.hour = event.hour;
  board.last = event.kind;
  READERS[event.kind]?.(board, event, problem);
}

const READERS = {
  open(board, { body }) {
    board.manifest = body.manifest;
    board.fingerprint = fingerprint(body.manifest);
  },
  ballot(board, { body, seq }, problem) {
    const { credential, election } = body.ballot;
    const before = board.lastOf.get(credential) ?? null;
    if (sha256Hex(encode(body.ballot)) !== body.tracker) problem("tracker");
    if (election !== board.fingerprint) problem("election");
    if (body.supersedes !== before || (before && !board.manifest.revote)) problem("second");
    if (board.cast && before === board.cast.tracker) board.cast.counted = false;
    board.lastOf.set(credential, body.tracker);
    if (board.tracker && body.tracker.startsWith(board.tracker)) {
      board.cast = { line: seq + 1, tracker: body.tracker, counted: true };
    }
  },
  spoil(board, { body }) {
    if (board.tracker && body.tracker.startsWith(board.tracker)) board.spoiled = true;
  },
  head(board, { body, hour, seq, prev }, problem) {
    const key = pointFromHex(board.manifest.board_key);
    const parts = [bytesFromHex(board.fingerprint), seq, bytesFromHex(prev), hour, key];
    const proof = proofFromList(body.signature);
    if (!holdsPossession(proof, key, ["facevote-1/head", ...parts])) problem("signature");
  },
  result(board, { body }) {
    board.result = body;
  },
};

function reportOf(board) {
  const { events, hash, problems, cast, spoiled, result } = board;
  const finished = result !== null && board.last === "head";
  return { events, hash, fingerprint: board.fingerprint, finished, problems, cast, spoiled, result };
}
