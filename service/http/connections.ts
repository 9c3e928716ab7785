/**
 * The connections of a server. Each must be let in. When the server stops, those without a request at hand are ended at
 * once, and the others after their answer. Node itself waits for connections on which nothing was ever asked, as
 * clients open them in advance.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Follows the connections of a server. */
export class Connections {
  readonly #idle = new Set<Socket>();
  #closing = false;

  /** @param admit returns what to do when the connection is closed; undefined if it is refused */
  constructor(server: Server, admit: (address: string) => (() => void) | undefined) {
    server.on("connection", (socket: Socket) => {
      const left = admit(socket.remoteAddress ?? "");
      if (left === undefined) {
        socket.destroy();
        return;
      }
      this.#idle.add(socket);
      socket.once("close", () => {
        this.#idle.delete(socket);
        left();
      });
    });
    // Before the application's own listener, which may answer at once.
    server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
      this.#idle.delete(socket);
      response.once("close", () => this.#done(socket));
    });
  }

  /** Ends the connections without a request at hand, and each other one once it is answered. */
  close(): void {
    this.#closing = true;
    for (const socket of this.#idle) socket.destroy();
  }

  #done(socket: Socket): void {
    if (this.#closing) socket.destroySoon();
    else if (!socket.destroyed) this.#idle.add(socket);
  }
}
