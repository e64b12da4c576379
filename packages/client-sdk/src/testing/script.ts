import type { Operation } from '../http/operation.ts';
import type { MockReply } from './mock-reply.ts';

const all: readonly Operation[] = ['ask', 'stream', 'embed', 'models', 'usage'];

/** What each reply can answer. */
const answered = {
  answer: ['ask', 'stream'],
  toolCall: ['ask', 'stream'],
  embeddings: ['embed'],
  models: ['models'],
  usage: ['usage'],
  error: all,
  gatewayError: all,
  webPage: all,
  stall: all,
  cutBody: ['ask', 'embed', 'models', 'usage'],
  refuse: all,
  cutStream: ['stream'],
  stallStream: ['stream'],
  failStream: ['stream'],
} satisfies Readonly<Record<string, readonly Operation[]>>;

/** The methods of a mock proxy that add a reply. */
export type ReplyName = keyof typeof answered;

/** What to script for each operation. */
const advised: Readonly<Record<Operation, string>> = {
  ask: 'answer(...)',
  stream: 'answer(...)',
  embed: 'embeddings([...])',
  models: 'models([...])',
  usage: 'usage([...])',
};

/** A reply, and the method that added it. */
export interface ScriptedReply {
  readonly name: ReplyName;
  readonly reply: MockReply;
}

/** What is wrong if the next reply cannot answer a request; `undefined` if it can. */
export function misfit({ name }: ScriptedReply, operation: Operation, request: number): string | undefined {
  const fitting: readonly Operation[] = answered[name];
  if (fitting.includes(operation)) {
    return undefined;
  }
  const calls = new Intl.ListFormat('en-GB').format(fitting.map((fits) => `${fits}()`));
  return (
    `Request ${request} to the mock proxy is ${operation}(), but the next reply of its script is ${name}(...), ` +
    `which can only answer ${calls}. ` +
    `Each request takes the next reply, also a retry: script ${advised[operation]} for this one.`
  );
}

/**
 * A response that throws as soon as it is read. The client would take a rejected `fetch` for a broken connection, which a
 * program may tolerate; what is thrown here, the client passes on as it is.
 */
export function unreadable(fault: string): Response {
  return Object.defineProperty(new Response(), 'status', {
    get() {
      throw new Error(fault);
    },
  });
}
