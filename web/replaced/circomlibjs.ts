/** In place of circomlibjs: its EdDSA alone. The package's own entry brings every hash that it has, and a compiler. */
export { default as buildEddsa } from "../../node_modules/circomlibjs/src/eddsa.js";
