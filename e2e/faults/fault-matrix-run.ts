import { type BedrockClient, createBedrockClient, isBedrockProxyError } from '@org/bedrock-client';
import type { LocalGateway } from '@org/local';
import { startRelay } from '../relay.ts';
import {
  type Cell,
  type Charge,
  callerOf,
  gatewayOf,
  ledgerOf,
  type Outcome,
  upstreamOf,
} from './fault-matrix.ts';
import type { FaultSystem, Lane } from './fault-matrix-system.ts';

const question = 'What is a dystopia';
const maxTokens = 200;

/** 18 bytes of question, 128 and 16 tokens for a template, 200 tokens of answer. */
const held = 18 + 128 + 16 + maxTokens;

/** What was seen: of the first attempt, where there was a second. */
export interface Observed extends Omit<Outcome, 'charge'> {
  /** A charge that is none of these is given in tokens. */
  readonly charge: Charge | `${number} tokens`;
  /** The class of the error. */
  readonly className: string | undefined;
}

/** Brings a deployment to the state of a cell, asks, and reports what was seen. */
export class CellRun {
  readonly #system: FaultSystem;
  readonly #cell: Cell;
  readonly #lane: Lane;
  readonly #gateway: LocalGateway;
  /** Ends every function, once all runs that want it are ready. */
  readonly #kill: () => Promise<void>;
  /** Bedrock has the call. */
  readonly #asked = Promise.withResolvers<void>();
  /** The client has a piece of the answer. */
  readonly #begun = Promise.withResolvers<void>();
  /** Bedrock may go on. */
  readonly #released = Promise.withResolvers<void>();

  constructor(system: FaultSystem, lane: Lane, cell: Cell, kill: () => Promise<void>) {
    this.#system = system;
    this.#cell = cell;
    this.#lane = lane;
    this.#kill = kill;
    if (upstreamOf(cell).faults === 'down') this.#gateway = system.gatewayWithoutBedrock;
    else this.#gateway = isSilent(cell) ? system.impatientGateway : system.gateway;
  }

  async observe(): Promise<Observed> {
    const { recorded: before } = this.#lane;
    Object.assign(this.#lane, { calls: 0, bills: [], lines: 0 });
    const beside = await this.#prepare();
    const { error, retried } = await this.#ask(beside);
    this.#released.resolve();
    await this.#through(this.#requests(retried !== undefined) + (beside ? 1 : 0));

    const bills = this.#lane.bills.slice(beside ? 1 : 0);
    const [cost = 0] = this.#lane.bills;
    const isDown = upstreamOf(this.#cell).faults === 'down';
    const second = retried && !isDown ? 1 : 0;
    const others = (second + (beside ? 1 : 0)) * cost;
    this.#lane.recorded = await this.#system.recorded(this.#lane);
    const recorded = this.#lane.recorded - before - others;
    const first = retried ?? error;
    if (retried && !isDown && error) {
      throw new Error(`The second attempt failed too: ${JSON.stringify(this.#cell)}`, { cause: error });
    }
    return {
      caller: first?.code ?? 'answer',
      className: first?.name,
      again: retried !== undefined,
      calls: this.#lane.calls - second - (beside ? 1 : 0),
      billed: bills.length > second,
      charge: nameOf(recorded, cost),
    };
  }

  /** Sees to the gateway and the servers behind it. Returns what else is on its way, of the same team. */
  async #prepare(): Promise<{ finish(): Promise<unknown> } | undefined> {
    const { gateway, ledger } = this.#cell;
    if (gateway === 'throttles the key' || gateway === "has no more of the key's quota") {
      await this.#client({})
        .models()
        .catch(() => {});
    }
    const beside = ledger === 'refuses: calls in flight hold the rest' ? await this.#otherCall() : undefined;
    this.#lane.ledgerFaults = [...ledgerOf(this.#cell).faults];
    const { faults, midStream } = upstreamOf(this.#cell);
    const waiting = faults === 'down' ? [] : [...faults];
    const stops = gatewayOf(this.#cell).kills || callerOf(this.#cell).gone;
    let first = true;
    this.#lane.meet = async () => {
      const stopsHere = first && stops;
      first = false;
      const fault = waiting.shift();
      this.#asked.resolve();
      if (!stopsHere) return { fault };
      if (midStream) {
        return { fault, gate: (index) => (index === 0 ? Promise.resolve() : this.#released.promise) };
      }
      if (gatewayOf(this.#cell).kills) return { fault: { kind: 'stall' } };
      await this.#released.promise;
      return { fault };
    };
    return beside;
  }

  /** How many requests of this run come to a function that lives to the end of them. */
  #requests(again: boolean): number {
    const { refusal, kills } = gatewayOf(this.#cell);
    return (refusal || kills ? 0 : 1) + (again ? 1 : 0);
  }

  /** Waits until a function is through with so many requests. */
  async #through(requests: number): Promise<void> {
    const lane = this.#lane;
    await new Promise<void>((resolve) => {
      lane.onLine = () => {
        if (lane.lines >= requests) resolve();
      };
      lane.onLine();
    });
  }

  /** A call that holds what is left, until it is let go. */
  async #otherCall(): Promise<{ finish(): Promise<unknown> }> {
    const asked = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.#lane.meet = async () => {
      asked.resolve();
      await released.promise;
      return {};
    };
    const answer = this.#client({}).ask('llama', question, { maxTokens });
    await Promise.race([asked.promise, answer]);
    return {
      finish() {
        released.resolve();
        return answer;
      },
    };
  }

  /** Asks with a client that tries once more, and does what the caller of the cell does meanwhile. */
  async #ask(beside: { finish(): Promise<unknown> } | undefined) {
    const { transfer, caller, gateway } = this.#cell;
    const { gone } = callerOf(this.#cell);
    const { kills } = gatewayOf(this.#cell);
    const { midStream } = upstreamOf(this.#cell);
    const relay =
      caller === 'loses the connection'
        ? await startRelay(Number(new URL(this.#gateway.url).port))
        : undefined;
    const controller = new AbortController();
    let retried: { code: Observed['caller']; name: string } | undefined;
    const client = this.#client({
      ...(relay && { port: relay.port }),
      onRetry: ({ error }) => {
        retried = error;
        // A second attempt meets nothing.
        this.#lane.ledgerFaults = [];
        this.#system.advanceClock(gateway === 'throttles the key' ? 1000 : 0);
      },
      beforeAttempt: async () => {
        if (retried) await beside?.finish();
      },
    });
    const outOfTime = caller === 'runs out of time';
    const options = {
      maxTokens,
      signal: controller.signal,
      maxRetries: 1,
      timeoutMs: outOfTime && !midStream ? 1500 : 100_000,
      deadlineMs: 200_000,
    };
    const answer =
      transfer === 'whole'
        ? client.ask('llama', question, options)
        : this.#stream(client, { ...options, idleTimeoutMs: outOfTime && midStream ? 1000 : 100_000 });
    const ended = answer.then(
      () => undefined,
      (thrown: unknown) => {
        if (!isBedrockProxyError(thrown)) throw thrown;
        return thrown;
      },
    );
    if (gone || kills) await (midStream ? this.#begun.promise : this.#asked.promise);
    if (caller === 'aborts') controller.abort();
    relay?.cut();
    if (gone) await ended;
    if (kills) await this.#kill();
    const error = await ended;
    await relay?.close();
    return { error, retried };
  }

  async #stream(client: BedrockClient, options: Parameters<BedrockClient['stream']>[2]): Promise<void> {
    for await (const { type } of client.stream('llama', question, options)) {
      if (type === 'delta') this.#begun.resolve();
    }
  }

  #client({
    port,
    onRetry,
    beforeAttempt = async () => {},
  }: {
    readonly port?: number;
    readonly onRetry?: NonNullable<
      NonNullable<Parameters<typeof createBedrockClient>[0]>['hooks']
    >['onRetry'];
    readonly beforeAttempt?: () => Promise<void>;
  }): BedrockClient {
    const url = new URL(this.#gateway.url);
    if (port !== undefined) url.port = String(port);
    const key = this.#gateway.apiKeys.find(({ name }) => name === this.#lane.team);
    if (!key) throw new Error(`There is no key for ${this.#lane.team}.`);
    return createBedrockClient({
      baseUrl: url.href,
      apiKey: async () => {
        await beforeAttempt();
        return this.#cell.gateway === 'does not know the key' ? 'a-key-of-nobody' : key.value;
      },
      hooks: { onRetry },
    });
  }
}

/** Whether Bedrock falls silent, so that the time of the function is up. */
function isSilent(cell: Cell): boolean {
  const { faults } = upstreamOf(cell);
  if (faults === 'down' || gatewayOf(cell).kills) return false;
  return faults.some((fault) => fault.kind === 'stall' || (fault.kind === 'stream' && fault.end === 'stall'));
}

/** Whether a run passes its time with waiting. */
export function isSlow(cell: Cell): boolean {
  const stalls = ledgerOf(cell).faults.some(({ kind }) => kind === 'stall');
  return stalls || isSilent(cell) || cell.caller === 'runs out of time';
}

function nameOf(recorded: number, cost: number): Observed['charge'] {
  if (recorded === 0) return 'nothing';
  if (recorded === held) return 'hold';
  return recorded === cost ? 'cost' : `${recorded} tokens`;
}
