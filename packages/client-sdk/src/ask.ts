import { type AskRequest, Answer as WireAnswer } from '@org/contract';
import type { Answer } from './answer.ts';
import { checkList, checkOptional, checkType } from './check-type.ts';
import type { AskOptions } from './options.ts';
import { readLimits, readReply } from './read-reply.ts';
import type { Reply } from './transport.ts';

/** The body of an ask; throws `ConfigurationError` where a value could not be sent as it was meant. */
export function askRequest(model: string, question: string, options: AskOptions): AskRequest {
  const { system, history, maxTokens, temperature, topP, stop } = options;
  checkType('model', model, 'string');
  checkType('question', question, 'string');
  checkOptional('system', system, 'string');
  checkOptional('maxTokens', maxTokens, 'number');
  checkOptional('temperature', temperature, 'number');
  checkOptional('topP', topP, 'number');
  checkList('stop', stop, (path, text) => checkType(path, text, 'string'));
  checkList('history', history, (path, turn) => {
    checkType(path, turn, 'object');
    checkType(`${path}.role`, turn.role, 'string');
    checkType(`${path}.text`, turn.text, 'string');
  });
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
  const answer = readReply(WireAnswer, reply);
  return {
    ...answer,
    limits: readLimits(answer.limits, reply),
    requestId: answer.id,
    attempts: reply.attempts,
  };
}
