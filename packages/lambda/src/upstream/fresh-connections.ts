import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';

/**
 * Milliseconds after which an idle connection is no longer used: well below the time after which servers and networks
 * close one.
 */
const trustedForMs = 30_000;

/**
 * Keeps connections between calls, but drops those that were idle for long. A function is frozen between invocations
 * and does not notice that a server has closed its connection, so the next request on it fails. The SDK would send that
 * request again. Here it is not sent again, because it might be billed twice.
 */
export class FreshConnections extends NodeHttpHandler {
  readonly #now: () => number;
  #lastUsed: number;

  /** @param now Milliseconds since 1970. */
  constructor(options: NodeHttpHandlerOptions, now: () => number) {
    super(options);
    this.#now = now;
    this.#lastUsed = now();
  }

  override async handle(
    ...call: Parameters<NodeHttpHandler['handle']>
  ): ReturnType<NodeHttpHandler['handle']> {
    if (this.#now() - this.#lastUsed > trustedForMs) this.#dropIdle();
    try {
      return await super.handle(...call);
    } finally {
      this.#lastUsed = this.#now();
    }
  }

  #dropIdle(): void {
    const { httpAgent, httpsAgent } = this.httpHandlerConfigs();
    for (const agent of [httpAgent, httpsAgent]) {
      if (!agent || !('freeSockets' in agent)) continue;
      for (const sockets of Object.values(agent.freeSockets)) {
        for (const socket of sockets ?? []) socket.destroy();
      }
    }
  }
}
