import { AsyncLocalStorage } from 'node:async_hooks';
import type { Network } from '@org/table/testing/in-process-table';
import { HttpResponse } from '@smithy/core/protocols';
import fc from 'fast-check';
import type { HoldSignals } from '../../ledger/ledger.ts';

/** How one request to DynamoDB goes wrong. */
export interface Fault {
  /** Whether it is applied all the same. */
  readonly applied: boolean;
  /** The caller's error; `death`: its process ends here. */
  readonly answer: 'throttle' | 'failure' | 'reset' | 'silence' | 'death';
}

/** The possible faults of a request: mostly none. */
export const fault: fc.Arbitrary<Fault | undefined> = fc.oneof(
  { weight: 48, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant<Fault>({ applied: false, answer: 'throttle' }) },
  {
    weight: 5,
    arbitrary: fc.record({
      applied: fc.boolean(),
      answer: fc.constantFrom('failure', 'reset', 'silence', 'death'),
    }),
  },
);

/** A function's piece of work, such as a hold, with the faults of its requests to DynamoDB. */
export class Work {
  readonly #signals = { hold: new AbortController(), settle: new AbortController() };
  readonly #faults: (Fault | undefined)[];
  readonly #death = Promise.withResolvers<'died'>();
  /** How many faults it met. */
  met = 0;
  /** Whether its process ended on the way. */
  died = false;

  constructor(faults: readonly (Fault | undefined)[]) {
    this.#faults = [...faults];
  }

  /** Its outcome; always `died` if its process ends on the way. */
  run<Value>(work: (signals: HoldSignals) => Promise<Value>): Promise<Value | 'died'> {
    const { hold, settle } = this.#signals;
    const signals = { hold: hold.signal, settle: settle.signal };
    return Promise.race([current.run(this, () => work(signals)), this.#death.promise]);
  }

  readonly meet: Network = async (send, signal) => {
    if (this.died) return new Promise(() => {});
    if (signal?.aborted) throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
    const fault = this.#faults.shift();
    if (!fault) return send();
    this.met += 1;
    this.died = fault.answer === 'death';
    if (fault.applied) await send();
    switch (fault.answer) {
      case 'throttle':
        return exception(400, 'com.amazon.coral.availability#ThrottlingException');
      case 'failure':
        return exception(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError');
      case 'reset':
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      case 'silence':
        // The caller's time is up.
        Object.values(this.#signals)
          .find((controller) => controller.signal === signal)
          ?.abort();
        throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
      case 'death':
        this.#death.resolve('died');
        return new Promise(() => {});
    }
  };
}

const current = new AsyncLocalStorage<Work>();

/** Every request of a piece of work goes through this; others meet no fault. */
export const network: Network = (send, signal) => current.getStore()?.meet(send, signal) ?? send();

function exception(statusCode: number, type: string): HttpResponse {
  const body = Buffer.from(JSON.stringify({ __type: type, message: 'Not now.' }));
  return new HttpResponse({ statusCode, headers: { 'content-type': 'application/x-amz-json-1.0' }, body });
}
