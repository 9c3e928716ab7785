/** Said of a circuit without a certificate. */
export const NO_CERTIFICATE = "none (docs/security/certificate.md)";
