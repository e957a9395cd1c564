// The library that facevote.serving.vendor lays out at this path.
export * from "@noble/hashes/sha2.js";
