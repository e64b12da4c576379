import type { ModelCall } from '../call/call.ts';
import type { Config } from '../config.ts';
import { failureName } from '../failure-name.ts';
import { logLoss, type WriteLine } from '../log/log.ts';
import type { Observe } from '../log/observer.ts';
import { AnswerRecord } from './answer-record.ts';
import { keyOfPrompt } from './object-key.ts';
import type { PutObject } from './put-object.ts';
import { withoutBytes } from './without-bytes.ts';

export interface PromptLogOptions {
  readonly config: Pick<Config, 'metrics'>;
  /** Plans whose calls are kept. Default: all. */
  readonly plans?: readonly string[] | undefined;
  readonly put: PutObject;
  readonly write: WriteLine;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Characters of JSON that a request and an answer may have each; what is longer is cut. */
export const mostCharacters = 1_000_000;

/**
 * Keeps one JSON object for each call that was let through to a model: who asked, the request as the model got it, the answer
 * as far as it came, and what it was charged. A call that cannot be kept is a line of the log, without content, and a metric.
 */
export function createPromptLog({ plans, put, ...logging }: PromptLogOptions): Observe {
  return ({ log, at }) => {
    const answer = new AnswerRecord();
    let call: ModelCall | undefined;
    return {
      note(event) {
        if (event.type === 'admitted' && (!plans || plans.includes(log.plan ?? ''))) call = event.call;
        if (call) answer.add(event);
      },
      async report(signal) {
        if (!call) return;
        const { requestId, team = '', keyId, person, customer, plan, operation, door, client } = log;
        const { model, modelId, status, code, stopReason, usage, costUsd, charged } = log;
        try {
          const record = {
            ...{ requestId, time: new Date(at).toISOString() },
            ...{ team, keyId, person, customer, plan, operation, door, client },
            ...{ model, modelId, status, code, stopReason, usage, costUsd, charged },
            request: cut(withoutBytes(messagesLast(call))),
            answer: cut(answer.answer),
          };
          const key = keyOfPrompt({ team, at, requestId });
          const body = Buffer.from(JSON.stringify(record));
          // Writing the same object twice is writing it once.
          await put(key, body, signal).catch(() => put(key, body, signal));
        } catch (error) {
          logLoss('prompt-log', { requestId, failure: failureName(error) }, logging);
        }
      },
    };
  };
}

/** The same with its messages at the end, so that the end of a long one is the newest part. */
function messagesLast(call: ModelCall): object {
  if (call.kind === 'chat') {
    const { messages, ...rest } = call;
    return { ...rest, messages };
  }
  if (call.kind === 'messages') {
    const { messages = null, ...rest } = call.body;
    return { ...call, body: { ...rest, messages } };
  }
  return call;
}

/** A value, or the end of its JSON as a string. */
function cut(value: unknown): unknown {
  const json = JSON.stringify(value);
  return json !== undefined && json.length > mostCharacters ? json.slice(-mostCharacters) : value;
}
