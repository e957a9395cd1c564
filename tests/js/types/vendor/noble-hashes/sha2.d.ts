// The library that facevote.vendor lays out at this path.
export * from "@noble/hashes/sha2.js";
