/** The module of circomlibjs that has its EdDSA. */
declare module "*/circomlibjs/src/eddsa.js" {
  const build: typeof import("circomlibjs").buildEddsa;
  export default build;
}
