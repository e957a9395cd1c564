// A trustee's key and all that is done with it, in a worker that can ask nothing over the network. The page posts what
// the server shows, and gets what is to be sent, saved and remembered.

import { serve } from "../serving.js";
import { TrusteeSession, fingerprintOf } from "./session.js";

const session = new TrusteeSession();

serve({
  choose: ({ text, shown }) => session.choose(text, shown),
  register: ({ shown }) => session.register(shown),
  shares: ({ shown, memory }) => session.shares(shown, memory),
  confirm: ({ shown, memory }) => session.confirm(shown, memory),
  endorse: ({ shown, memory }) => session.endorse(shown, memory),
  board: ({ bytes, memory }, onProgress) => session.checkBoard(bytes, memory, onProgress),
  decrypt: ({ memory }) => session.decrypt(memory),
  fingerprint: ({ manifest }) => fingerprintOf(manifest),
});
