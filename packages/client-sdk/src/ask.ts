import { type AskRequest, Answer as WireAnswer } from '@org/contract';
import type { Answer } from './answer.ts';
import { InvalidResponseError, type Issue } from './errors.ts';
import type { AskOptions } from './options.ts';
import { parseJson } from './parse-json.ts';
import { readRequestId } from './request-id.ts';
import type { Reply } from './transport.ts';

export function askRequest(model: string, question: string, options: AskOptions): AskRequest {
  const { system, history, maxTokens, temperature, topP, stop } = options;
  return {
    model,
    question,
    system,
    history: history?.map(({ role, text }) => ({ role, text })),
    maxTokens,
    temperature,
    topP,
    stop: stop && [...stop],
  };
}

export function readAnswer(reply: Reply): Answer {
  const body = parseJson(reply.text);
  const { data, error } = WireAnswer.safeParse(body);
  if (data === undefined) {
    throw new InvalidResponseError({
      message: `The server answered HTTP ${reply.status}, but not with an answer of this proxy. Check baseUrl, its stage included.`,
      status: reply.status,
      attempts: reply.attempts,
      requestId: readRequestId(reply.headers),
      contentType: mediaType(reply.headers),
      issues: body === undefined ? [] : error.issues.map(issue),
    });
  }
  return { ...data, requestId: data.id, attempts: reply.attempts };
}

function issue(found: { path: readonly PropertyKey[]; message: string; expected?: string }): Issue {
  return {
    path: found.path.map(String).join('.'),
    message: found.expected === undefined ? found.message : `expected ${found.expected}`,
  };
}

function mediaType(headers: Headers): string | undefined {
  return headers.get('content-type')?.match(/^[\w.+-]+\/[\w.+-]+/)?.[0];
}
