/**
 * Narrows what the page may ask: itself, and the node that its URL names. The policy of the server has to leave room
 * for any node, as it cannot know which one is typed in. Imported before everything else: a policy holds from then on,
 * and the workers begin with it.
 */
import { nodeOrigin } from "./nodeOrigin.ts";

const policy = document.createElement("meta");
policy.httpEquiv = "Content-Security-Policy";
const origin = nodeOrigin(location.search);
policy.content = origin === undefined ? "connect-src 'self'" : `connect-src 'self' ${origin}`;
document.head.append(policy);
