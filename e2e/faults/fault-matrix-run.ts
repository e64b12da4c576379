import type { LocalGateway } from '@org/local';
import type { Fault } from '@org/local/bedrock';
import { startRelay } from '../relay.ts';
import type { DoorCall, Failure, FaultDoor } from './fault-door.ts';
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

/** The observed outcome: of the first attempt, if there was a second. */
export interface Observed extends Omit<Outcome, 'charge'> {
  /** Any other charge is given in tokens. */
  readonly charge: Charge | `${number} tokens`;
  /** The class of the error, if the caller's client has its own. */
  readonly className: string | undefined;
}

/** Brings a deployment into a cell's state, makes the call, and returns the outcome. */
export class CellRun {
  readonly #system: FaultSystem;
  readonly #door: FaultDoor;
  readonly #cell: Cell;
  readonly #lane: Lane;
  readonly #gateway: LocalGateway;
  /** Ends every function when all runs that need it are ready. */
  readonly #kill: () => Promise<void>;
  /** Resolves when Bedrock has the call. */
  readonly #asked = Promise.withResolvers<void>();
  /** Resolves when the client has a piece of the answer. */
  readonly #begun = Promise.withResolvers<void>();
  /** Resolves when Bedrock may continue. */
  readonly #released = Promise.withResolvers<void>();

  constructor(system: FaultSystem, door: FaultDoor, lane: Lane, cell: Cell, kill: () => Promise<void>) {
    this.#system = system;
    this.#door = door;
    this.#cell = cell;
    this.#lane = lane;
    this.#kill = kill;
    if (upstreamOf(cell).faults === 'down') this.#gateway = system.gatewayWithoutBedrock;
    else this.#gateway = isSilent(cell) ? system.impatientGateway : system.gateway;
  }

  async observe(): Promise<Observed> {
    const { recorded: before } = this.#lane;
    Object.assign(this.#lane, { calls: 0, bills: [], lines: 0 });
    const otherCall = await this.#prepare();
    const { error, retried } = await this.#ask(otherCall);
    this.#released.resolve();
    await this.#through(this.#requests(retried !== undefined) + (otherCall ? 1 : 0));

    const bills = this.#lane.bills.slice(otherCall ? 1 : 0);
    const [cost = 0] = this.#lane.bills;
    const isDown = upstreamOf(this.#cell).faults === 'down';
    const second = retried && !isDown ? 1 : 0;
    const others = (second + (otherCall ? 1 : 0)) * cost;
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
      calls: this.#lane.calls - second - (otherCall ? 1 : 0),
      billed: bills.length > second,
      charge: this.#chargeName(recorded, cost),
    };
  }

  /** Prepares the gateway and the servers behind it. Returns the same team's other call in flight, if there is one. */
  async #prepare(): Promise<{ finish(): Promise<unknown> } | undefined> {
    const { gateway, ledger } = this.#cell;
    if (gateway === 'throttles the key' || gateway === "has no more of the key's quota") {
      const response = await fetch(`${this.#gateway.url}/models`, { headers: { 'x-api-key': this.#key() } });
      await response.body?.cancel();
    }
    const otherCall =
      ledger === 'refuses: calls in flight hold the rest' ? await this.#otherCall() : undefined;
    this.#lane.ledgerFaults = [...ledgerOf(this.#cell).faults];
    const { faults, midStream } = upstreamOf(this.#cell);
    const waiting = faults === 'down' ? [] : faults.map((fault) => this.#faultForDoor(fault));
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
    return otherCall;
  }

  /** The number of this run's requests whose function lives until their end. */
  #requests(again: boolean): number {
    const { refusal, kills } = gatewayOf(this.#cell);
    return (refusal || kills ? 0 : 1) + (again ? 1 : 0);
  }

  /** Waits until a function is done with this many requests. */
  async #through(requests: number): Promise<void> {
    const lane = this.#lane;
    await new Promise<void>((resolve) => {
      lane.onLine = () => {
        if (lane.lines >= requests) resolve();
      };
      lane.onLine();
    });
  }

  /** A call that holds the rest of the limit until it is released. */
  async #otherCall(): Promise<{ finish(): Promise<unknown> }> {
    const asked = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.#lane.meet = async () => {
      asked.resolve();
      await released.promise;
      return {};
    };
    const { url } = this.#gateway;
    const answer = this.#door.ask({ url, transfer: 'whole', key: async () => this.#key() });
    await Promise.race([asked.promise, answer]);
    return {
      finish() {
        released.resolve();
        return answer;
      },
    };
  }

  /** Makes the call, twice if a retry is allowed, and meanwhile plays the cell's caller. */
  async #ask(otherCall: { finish(): Promise<unknown> } | undefined) {
    const { transfer, caller, gateway } = this.#cell;
    const { gone } = callerOf(this.#cell);
    const { kills } = gatewayOf(this.#cell);
    const { midStream } = upstreamOf(this.#cell);
    const relay =
      caller === 'loses the connection'
        ? await startRelay(Number(new URL(this.#gateway.url).port))
        : undefined;
    const controller = new AbortController();
    let retried: Failure | undefined;
    const call: DoorCall = {
      url: this.#url(relay?.port),
      transfer,
      signal: controller.signal,
      outOfTime: caller === 'runs out of time' ? (midStream ? 'midStream' : 'before') : undefined,
      onPiece: () => this.#begun.resolve(),
      onRetry: (failure) => {
        retried = failure;
        // The second attempt meets no fault.
        this.#lane.ledgerFaults = [];
        this.#system.advanceClock(gateway === 'throttles the key' ? 1000 : 0);
      },
      key: async () => {
        if (retried) await otherCall?.finish();
        return gateway === 'does not know the key' ? 'an-unknown-key' : this.#key();
      },
    };
    const ended = this.#door.ask(call);
    if (gone || kills) await (midStream ? this.#begun.promise : this.#asked.promise);
    if (caller === 'aborts') controller.abort();
    relay?.cut();
    if (gone) await ended;
    if (kills) await this.#kill();
    const error = await ended;
    await relay?.close();
    return { error, retried };
  }

  #url(port: number | undefined): string {
    const { url } = this.#gateway;
    if (port === undefined) return url;
    const relayed = new URL(url);
    relayed.port = String(port);
    return relayed.href;
  }

  #key(): string {
    const key = this.#gateway.apiKeys.find(({ name }) => name === this.#lane.team);
    if (!key) throw new Error(`There is no key for ${this.#lane.team}.`);
    return key.value;
  }

  /** Moves a fault at the end of a stream to the event where this API's stream has it. */
  #faultForDoor(fault: Fault): Fault {
    return fault.kind === 'stream' && fault.after === 'messageStop'
      ? { ...fault, after: this.#door.uncounted }
      : fault;
  }

  #chargeName(recorded: number, cost: number): Observed['charge'] {
    if (recorded === 0) return 'nothing';
    if (recorded === this.#door.held) return 'hold';
    return recorded === cost ? 'cost' : `${recorded} tokens`;
  }
}

/** Whether Bedrock falls silent until the function runs out of time. */
function isSilent(cell: Cell): boolean {
  const { faults } = upstreamOf(cell);
  if (faults === 'down' || gatewayOf(cell).kills) return false;
  return faults.some((fault) => fault.kind === 'stall' || (fault.kind === 'stream' && fault.end === 'stall'));
}

/** Whether a run spends its time waiting. */
export function isSlow(cell: Cell): boolean {
  const stalls = ledgerOf(cell).faults.some(({ kind }) => kind === 'stall');
  return stalls || isSilent(cell) || cell.caller === 'runs out of time';
}
