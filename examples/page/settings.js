// The site, and the number that its office gave to this page. A page keeps no secret.
export const FACEVOTE = "https://vote.example.org";
export const CLIENT_ID = "…";
