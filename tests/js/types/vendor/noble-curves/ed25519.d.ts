// The library that facevote.serving.vendor lays out at this path.
export * from "@noble/curves/ed25519.js";
