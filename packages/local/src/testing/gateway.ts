import { expect, onTestFinished, vi } from 'vitest';
import { type GatewayOptions, type LocalGateway, type LogLine, startGateway } from '../gateway.ts';
import { writeTestAssembly } from './deployment.ts';

/** A step of the test stack's handler, with a detail. */
export type StreamStep =
  | readonly [step: 'metadata', metadata: Readonly<Record<string, unknown>>]
  | readonly [step: 'write' | 'log' | 'print' | 'throw', text: string]
  /** Writes this many bytes, waiting for `drain` when `write` asks for it. */
  | readonly [step: 'pour', bytes: number]
  /** `endLater` ends the stream, possibly after the handler returned. */
  | readonly [step: 'wait' | 'open' | 'endLater', gate: string]
  | readonly [step: 'end', text?: string]
  /** `echo` writes the handler's event, and `poured` the number of bytes poured so far. */
  | readonly [step: 'echo' | 'poured' | 'destroy' | 'exit'];

/** A gateway in front of the test stack, with helpers for tests. */
export interface TestGateway extends LocalGateway {
  readonly lines: readonly LogLine[];
  /** `POST /ask` with the team's key. A body that is not a string is sent as JSON. */
  ask(body?: unknown, headers?: Readonly<Record<string, string>>, init?: RequestInit): Promise<Response>;
  /** `POST /ask` with the team's key and these steps. Without steps, the function echoes. */
  stream(steps: readonly StreamStep[], init?: RequestInit): Promise<Response>;
  /** Lets the calls at this gate continue. */
  open(gate: string): Promise<void>;
  get(path: string, init?: RequestInit): Promise<Response>;
  keyNamed(name: string): string;
  /** Resolves when this many calls have reached a gate. */
  callsWaiting(count: number): Promise<void>;
}

/** Starts a gateway in front of the test stack, and closes it when the test is over. */
export async function startTestGateway(
  options: Omit<GatewayOptions, 'assembly' | 'onLog'> = {},
): Promise<TestGateway> {
  const assembly = writeTestAssembly();
  onTestFinished(() => assembly[Symbol.dispose]());
  const lines: LogLine[] = [];
  const onLog = (line: LogLine) => lines.push(line);
  const gateway = await startGateway({ assembly: assembly.directory, onLog, ...options });
  onTestFinished(() => gateway.close());
  const keyNamed = (name: string): string =>
    gateway.apiKeys.find((apiKey) => apiKey.name === name)?.value ?? '';
  const ask: TestGateway['ask'] = (body = {}, headers = {}, init = {}) =>
    fetch(`${gateway.url}/ask`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'x-api-key': keyNamed('team-key'), ...headers },
      ...init,
    });
  const stream: TestGateway['stream'] = (steps, init) => ask({ steps }, {}, init);
  return {
    ...gateway,
    ask,
    stream,
    open: async (gate) => {
      const response = await stream([['metadata', {}], ['open', gate], ['write', ''], ['end']]);
      await response.text();
    },
    lines,
    keyNamed,
    callsWaiting: (count) =>
      vi.waitFor(() => expect(lines.filter(({ line }) => line === 'waiting')).toHaveLength(count), 5000),
    get: (path, init) => fetch(gateway.url + path, init),
  };
}

/** The parts of a gateway-made answer that tests compare. */
export async function native(
  response: Response,
): Promise<{ status: number; errorType: string | null; body: string }> {
  return {
    status: response.status,
    errorType: response.headers.get('x-amzn-errortype'),
    body: await response.text(),
  };
}
