/**
 * Narrows what the page may ask: itself, and the node that its URL names, once the reader has agreed to ask it. The
 * policy of the server has to leave room for any node, as it cannot know which one is typed in. Imported before
 * everything else: a policy holds from then on, and the workers begin with it.
 */
import { agreedOrigin } from "./nodeConsent.ts";

const policy = document.createElement("meta");
policy.httpEquiv = "Content-Security-Policy";
const origin = agreedOrigin(location.search);
policy.content = origin === undefined ? "connect-src 'self'" : `connect-src 'self' ${origin}`;
document.head.append(policy);
