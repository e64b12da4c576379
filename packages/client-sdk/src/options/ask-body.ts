import type { AskRequest, Turn } from '@org/contract';
import { checkList, checkOptional, checkType, invalidOption } from './check-option.ts';
import { field } from './duck-typing.ts';
import type { StreamOptions, StructuredStreamOptions } from './options.ts';
import { outputSchemaOf } from './output-schema.ts';

/** The fields whose values are not lists. */
const types = {
  system: 'string',
  maxTokens: 'number',
  temperature: 'number',
  topP: 'number',
  outputSchema: 'object',
} as const satisfies Record<Exclude<keyof AskRequest, 'model' | 'question' | 'history' | 'stop'>, string>;

/**
 * The body of an ask. Throws `ConfigurationError` if a value cannot be sent as it is meant. An option that the client does
 * not know is sent, so that the proxy refuses a misspelled one by its name.
 */
export function askBody(
  model: string,
  question: string,
  options: StreamOptions | StructuredStreamOptions<unknown>,
): string {
  const { schema, signal, headers, timeoutMs, deadlineMs, maxRetries, idleTimeoutMs, ...asked } = options;
  const { history, stop } = asked;
  checkType('model', model, 'string');
  checkType('question', question, 'string');
  checkList('stop', stop, (path, text) => checkType(path, text, 'string'));
  checkList('history', history, (path, turn) => {
    checkType(path, turn, 'object');
    checkType(`${path}.role`, turn.role, 'string');
    checkType(`${path}.text`, turn.text, 'string');
  });
  const outputSchema = outputSchemaOf(options);
  const request: AskRequest = {
    ...asked,
    model,
    question,
    history: history?.map(({ role, text }): Required<Turn> => ({ role, text })),
    stop: stop && [...stop],
    outputSchema,
  };
  for (const [name, type] of Object.entries(types)) checkOptional(name, field(request, name), type);
  try {
    return JSON.stringify(request);
  } catch {
    // All other options are strings and numbers.
    throw invalidOption('outputSchema', 'must be JSON');
  }
}
