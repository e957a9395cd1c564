// On pages that somebody sees who is signed out: drops the choices that a ballot's page has kept in this tab.
// The pages of the sign-in do not load it, so that a voter whose session has ended finds the choices again.

import { forgetSelections } from "./kept-selections.js";

forgetSelections();
