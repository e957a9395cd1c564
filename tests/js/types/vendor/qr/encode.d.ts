// The library that facevote.serving.vendor lays out at this path.
export { default } from "qr";
