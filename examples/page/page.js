// A page without a server of its own, whose users sign in at FaceVote with password and face.
import { CLIENT_ID, FACEVOTE } from "./settings.js";

const here = location.origin + location.pathname;
const users = new globalThis.oidc.UserManager({
  authority: FACEVOTE,
  client_id: CLIENT_ID,
  redirect_uri: here,
  scope: "openid profile",
  loadUserInfo: true,
});

const asks = document.getElementById("sign-in");
asks.addEventListener("click", () => users.signinRedirect());

const fields = new URLSearchParams(location.search);
if (fields.has("code") || fields.has("error")) {
  // It compares the state, and takes the code away from the address.
  const user = await users.signinRedirectCallback();
  history.replaceState(null, "", here);
  document.getElementById("who").textContent = `Hello ${user.profile.name}.`;
} else {
  asks.hidden = false;
}
