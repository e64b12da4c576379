import type { ServerResponse } from 'node:http';

/** A call's caller, and whether it left before the server did. */
export class Caller {
  readonly response: ServerResponse;
  /** Settles when the call is over on this connection, however it ended. */
  readonly gone: Promise<void>;
  #brokenOff = false;

  /** @param onHangUp Called when the caller leaves before it has the whole answer. */
  constructor(response: ServerResponse, onHangUp: () => void) {
    this.response = response;
    this.gone = new Promise((resolve) => {
      response.on('close', () => {
        if (!response.writableFinished && !this.#brokenOff) onHangUp();
        resolve();
      });
    });
  }

  /** Sends bytes, unless the caller has left. */
  async write(bytes: Uint8Array | string): Promise<void> {
    const written = new Promise<void>((resolve) => this.response.write(bytes, () => resolve()));
    await Promise.race([written, this.gone]);
  }

  /** Closes the connection from this side. */
  breakOff(): void {
    this.#brokenOff = true;
    this.response.destroy();
  }
}
