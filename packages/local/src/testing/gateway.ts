import { expect, onTestFinished, vi } from 'vitest';
import { type GatewayOptions, type LocalGateway, type LogLine, startGateway } from '../gateway.ts';
import { writeTestAssembly } from './deployment.ts';

/** What the handler of the test stack does next, with a detail. */
export type StreamStep =
  | readonly [step: 'metadata', metadata: Readonly<Record<string, unknown>>]
  | readonly [step: 'write' | 'log' | 'print' | 'throw', text: string]
  /** Writes so many bytes, waiting for `drain` where `write` asks for it. */
  | readonly [step: 'pour', bytes: number]
  /** `endLater` ends the stream, perhaps after the handler returned. */
  | readonly [step: 'wait' | 'open' | 'endLater', gate: string]
  | readonly [step: 'end', text?: string]
  /** `echo` writes what the handler was given, and `poured` how many bytes were poured so far. */
  | readonly [step: 'echo' | 'poured' | 'destroy' | 'exit'];

/** A gateway in front of the test stack, with what tests ask of it. */
export interface TestGateway extends LocalGateway {
  readonly lines: readonly LogLine[];
  /** `POST /ask` with the team's key; a body that is not a string is sent as JSON. */
  ask(body?: unknown, headers?: Readonly<Record<string, string>>, init?: RequestInit): Promise<Response>;
  /** `POST /ask` with the team's key, whose function takes these steps; without any, it echoes. */
  stream(steps: readonly StreamStep[], init?: RequestInit): Promise<Response>;
  /** Lets the calls that wait at this gate go on. */
  open(gate: string): Promise<void>;
  get(path: string, init?: RequestInit): Promise<Response>;
  keyNamed(name: string): string;
  /** Resolves once this many calls have come to a gate. */
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

/** What matters of a gateway-made answer. */
export async function native(
  response: Response,
): Promise<{ status: number; errorType: string | null; body: string }> {
  return {
    status: response.status,
    errorType: response.headers.get('x-amzn-errortype'),
    body: await response.text(),
  };
}
