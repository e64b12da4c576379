import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { type GatewayOptions, type LocalGateway, type LogLine, startGateway } from '../gateway.ts';
import { writeTestAssembly } from './deployment.ts';

/** What the streaming handler of the test stack does next, with a detail. */
export type StreamStep =
  | readonly [step: 'metadata', metadata: Readonly<Record<string, unknown>>]
  | readonly [step: 'write' | 'log' | 'throw', text: string]
  | readonly [step: 'bytes', bytes: readonly number[]]
  /** Writes so many bytes, waiting for `drain` where `write` asks for it. */
  | readonly [step: 'pour', bytes: number]
  /** `endLater` ends the stream, perhaps after the handler returned. */
  | readonly [step: 'wait' | 'open' | 'endLater', gate: string]
  | readonly [step: 'end', text?: string]
  /** `poured` writes how many bytes were poured so far. */
  | readonly [step: 'poured' | 'destroy' | 'exit'];

/** A gateway in front of the test stack, with what tests ask of it. */
export interface TestGateway extends LocalGateway {
  readonly lines: readonly LogLine[];
  /** `POST /ask` with the team's key; a body that is not a text is sent as JSON. */
  ask(body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** `POST /stream` with the team's key. */
  stream(steps: readonly StreamStep[], init?: RequestInit): Promise<Response>;
  /** Lets the streaming calls that wait at this gate go on. */
  open(gate: string): Promise<void>;
  get(path: string, init?: RequestInit): Promise<Response>;
  keyNamed(name: string): string;
  /** Resolves once this many calls to hang or to wait have begun. */
  callsWaiting(count: number): Promise<void>;
}

/** Registers the setup of a test file that starts gateways; they are closed after each test. */
export function testGateways(): (options?: Omit<GatewayOptions, 'assembly'>) => Promise<TestGateway> {
  const started: LocalGateway[] = [];
  let assembly: ReturnType<typeof writeTestAssembly> | undefined;
  beforeAll(() => {
    assembly = writeTestAssembly();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((gateway) => gateway.close()));
  });
  afterAll(() => {
    assembly?.[Symbol.dispose]();
  });
  return async (options = {}) => {
    const lines: LogLine[] = [];
    const gateway = await startGateway({
      assembly: assembly?.directory ?? '',
      onLog: (line) => lines.push(line),
      ...options,
    });
    started.push(gateway);
    const keyNamed = (name: string): string =>
      gateway.apiKeys.find((apiKey) => apiKey.name === name)?.value ?? '';
    const stream = (steps: readonly StreamStep[], init: RequestInit = {}): Promise<Response> =>
      fetch(`${gateway.url}/stream`, {
        method: 'POST',
        body: JSON.stringify({ steps }),
        headers: { 'content-type': 'application/json', 'x-api-key': keyNamed('team-key') },
        ...init,
      });
    return {
      ...gateway,
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
      ask: (body = {}, headers = {}) =>
        fetch(`${gateway.url}/ask`, {
          method: 'POST',
          body: typeof body === 'string' ? body : JSON.stringify(body),
          headers: {
            'content-type': 'application/json',
            'x-api-key': keyNamed('team-key'),
            ...headers,
          },
        }),
    };
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
