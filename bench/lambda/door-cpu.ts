/** The program that measures the CPU of calls through each API (door), in its own process; doors.ts starts it. */

import { Writable } from 'node:stream';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { inTurns } from '../measure/turns.ts';
import { importProxy } from './functions.ts';
import { runTask, type TaskWithTables } from './measurement.ts';

/** A request whose cost is measured. */
export interface DoorRequest {
  readonly event: APIGatewayProxyEvent;
  /** A string in the last chunk of its response. */
  readonly end: string;
  /** How many calls are measured as one, so that they take long enough to be measured. */
  readonly calls: number;
}

export interface DoorTask extends TaskWithTables {
  readonly proxy: string;
  /** Of a streamed answer. */
  readonly pieces: number;
  readonly requests: readonly DoorRequest[];
}

/** Milliseconds of CPU, of all threads of the process, that a call takes: for each request, one a round. */
export interface DoorCpu {
  readonly taken: readonly (readonly number[])[];
}

const rounds = { warmUp: 12, measured: 100 };

await runTask<DoorTask>(async ({ proxy: file, pieces, requests }, { instruct }): Promise<DoorCpu> => {
  await instruct({ pace: 'free', pieces });
  const proxy = await importProxy(file);
  const taken = await inTurns(requests, rounds, async ({ event, end, calls }) => {
    const before = process.cpuUsage();
    for (let call = 0; call < calls; call += 1) {
      let last: unknown;
      const response = new Writable({
        write(chunk, _encoding, done) {
          last = chunk;
          done();
        },
      });
      await proxy(event, response);
      if (!String(last).includes(end)) throw new Error(`The proxy answered ${last}`);
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / calls;
  });
  return { taken: requests.map((request) => taken.get(request) ?? []) };
});
