import { PassThrough } from 'node:stream';
import {
  AnswerSchema,
  type ErrorCode,
  type ErrorEnvelope,
  ErrorEnvelopeSchema,
  errorDefinition,
  isErrorCode,
  ModelListSchema,
  StreamEventSchema,
  UsageReportSchema,
} from '@org/contract';
import { expect } from 'vitest';
import * as z from 'zod/mini';
import { createHandler } from '../http/handler.ts';
import type { HandlerOptions } from '../http/invocation.ts';
import type { ProxyEvent } from '../http/received-event.ts';
import type { ResponseHead } from '../http/response.ts';

/** All that the function answers with. */
export interface Answered {
  readonly head: ResponseHead;
  readonly body: string;
}

/** Sends an event to the function. */
export async function exchange(
  event: ProxyEvent,
  options: Omit<HandlerOptions, 'openResponse'>,
  remainingMs = 900_000,
): Promise<Answered> {
  const heads: ResponseHead[] = [];
  const chunks: Buffer[] = [];
  const stream = new PassThrough().on('data', (chunk) => chunks.push(chunk));
  const openResponse = (_stream: unknown, head: ResponseHead) => {
    heads.push(head);
    return stream;
  };
  const handler = createHandler({ ...options, openResponse });
  await handler(event, stream, { getRemainingTimeInMillis: () => remainingMs });
  const [head, ...others] = heads;
  if (!head || others.length > 0) throw new Error(`The response has ${heads.length} heads.`);
  return { head, body: Buffer.concat(chunks).toString() };
}

/** As both OpenAI's and Anthropic's SDKs read them. */
const ListedModels = z.object({ object: z.enum(['list', 'model']) });

const answers = [AnswerSchema, ModelListSchema, UsageReportSchema, ListedModels];

/** The code of a response's error, if it is one. Throws if the response breaks the contract. */
export function codeOf({ head: { statusCode, headers }, body }: Answered): ErrorCode | undefined {
  if (headers['content-type'] === 'text/event-stream') {
    expect(statusCode).toBe(200);
    return lastCodeOf(body);
  }
  const json: unknown = JSON.parse(body);
  if (statusCode === 200) {
    expect(answers.some((schema) => schema.safeParse(json).success)).toBe(true);
    return undefined;
  }
  const code = contractCode(ErrorEnvelopeSchema.parse(json).error);
  expect(errorDefinition(code).status).toBe(statusCode);
  return code;
}

/** The code of the error that ends a stream, if any. Throws if the stream breaks the contract. */
function lastCodeOf(body: string): ErrorCode | undefined {
  const events = body
    .split('\n\n')
    .slice(0, -1)
    .map((block) => {
      const [, name, data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      const event = StreamEventSchema.parse(JSON.parse(data));
      expect(event.type).toBe(name);
      return event;
    });
  const last = events.at(-1);
  const deltas = events.slice(1, -1).map(() => 'delta');
  expect(events.map(({ type }) => type)).toEqual(['start', ...deltas, last?.type]);
  if (last?.type === 'error') return contractCode(last.error);
  expect(last?.type).toBe('done');
  return undefined;
}

function contractCode({ code }: ErrorEnvelope['error']): ErrorCode {
  if (!isErrorCode(code)) throw new Error(`${code} is not a code of the contract.`);
  return code;
}
