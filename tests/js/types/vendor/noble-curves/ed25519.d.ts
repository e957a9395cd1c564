// The library that facevote.vendor lays out at this path.
export * from "@noble/curves/ed25519.js";
