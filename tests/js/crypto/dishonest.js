// A trustee who seals and signs a wrong share.

import { bytesFromHex } from "../../../static/js/crypto/encode.js";
import * as group from "../../../static/js/crypto/group.js";
import { proofToList, provePossession } from "../../../static/js/crypto/proofs.js";
import { pointsOfShare } from "../../../static/js/crypto/trustees/messages.js";
import { derivation, sharing } from "../../../static/js/crypto/trustees/statements.js";

/** @import { SealedShare } from "../../../static/js/crypto/trustees/messages.js" */
/** @import { generateKey } from "./lab.js" */

/**
 * @param {ReturnType<typeof generateKey>} key
 * @param {number} from
 * @param {number} to
 * @returns {SealedShare}
 */
export function withWrongShare({ files, sent, settings }, from, to) {
  const share = sent[from - 1][to - 1];
  const { seed, round } = files[from - 1];
  const place = { ceremony: settings, index: from, round };
  const secret = group.hashToScalar(...derivation("coefficient", bytesFromHex(seed), place, 0));
  const points = { ...pointsOfShare(share), sealed: group.scalarToBytes(5n) };
  const statement = sharing(share.transcript, points, group.multiplyBase(secret));
  return { ...share, sealed: group.scalarToHex(5n), signature: proofToList(provePossession(secret, statement)) };
}
