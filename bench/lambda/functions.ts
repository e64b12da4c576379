import { Writable } from 'node:stream';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Question } from './bare/client.ts';

/** The compared functions: their files, and the events that they are called with. */
export interface Subject {
  readonly proxy: string;
  readonly bareAsk: string;
  readonly bareStream: string;
  readonly question: Question;
  /** The same question as API Gateway sends it: under a plan without limits, with six, and streamed without. */
  readonly events: Readonly<Record<'unlimited' | 'limited' | 'streamed', APIGatewayProxyEvent>>;
}

export interface Functions {
  ask(event: 'unlimited' | 'limited'): Promise<void>;
  /** @param onWrite Gets each piece that the proxy writes to its response. */
  stream(onWrite: (text: string) => void): Promise<void>;
  bareAsk(): Promise<void>;
  /** @param onDelta Gets the text of each delta. */
  bareStream(onDelta: (text: string) => void): Promise<void>;
}

/** Calls the proxy's function as the Lambda runtime does. Resolves when it has ended the response. */
export type Proxy = (event: APIGatewayProxyEvent, response: Writable) => Promise<void>;

/** Imports it. The environment of this process must be the function's. */
export async function importProxy(file: string): Promise<Proxy> {
  Object.assign(globalThis, {
    awslambda: {
      streamifyResponse: <Handler>(handler: Handler): Handler => handler,
      HttpResponseStream: { from: (stream: Writable): Writable => stream },
    },
  });
  const { handler } = await import(file);
  return (event, response) => handler(event, response, { getRemainingTimeInMillis: () => 900_000 });
}

/** Imports them. The environment of this process must be the function's. */
export async function importFunctions({ events, question, ...files }: Subject): Promise<Functions> {
  const proxy = await importProxy(files.proxy);
  const call = async (event: APIGatewayProxyEvent, onWrite: (text: string) => void) => {
    const response = new Writable({
      write(chunk, _encoding, done) {
        onWrite(String(chunk));
        done();
      },
    });
    await proxy(event, response);
  };
  const bareAsk = await import(files.bareAsk);
  const bareStream = await import(files.bareStream);
  return {
    async ask(event) {
      let answer = '';
      await call(events[event], (text) => {
        answer += text;
      });
      if (!answer.includes('"stopReason"')) throw new Error(`The proxy answered ${answer}`);
    },
    stream: (onWrite) => call(events.streamed, onWrite),
    bareAsk: () => bareAsk.handler(question),
    bareStream: (onDelta) => bareStream.stream(question, onDelta),
  };
}
