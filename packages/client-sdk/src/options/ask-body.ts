import type { AskRequest, Turn } from '@org/contract';
import { checkList, checkOptional, checkType, invalidOption } from './check-option.ts';
import type { StreamOptions, StructuredStreamOptions } from './options.ts';
import { outputSchemaOf } from './output-schema.ts';

/**
 * The body of an ask; throws `ConfigurationError` where a value could not be sent as it was meant. What is no option of
 * the client's own is sent, so that the proxy refuses a misspelled one by its name.
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
  checkOptional('system', asked.system, 'string');
  for (const name of ['maxTokens', 'temperature', 'topP'] as const) {
    checkOptional(name, asked[name], 'number');
  }
  checkList('stop', stop, (path, text) => checkType(path, text, 'string'));
  checkList('history', history, (path, turn) => {
    checkType(path, turn, 'object');
    checkType(`${path}.role`, turn.role, 'string');
    checkType(`${path}.text`, turn.text, 'string');
  });
  const outputSchema = outputSchemaOf(options);
  checkOptional('outputSchema', outputSchema, 'object');
  const request: AskRequest = {
    ...asked,
    model,
    question,
    history: history?.map(({ role, text }): Required<Turn> => ({ role, text })),
    stop: stop && [...stop],
    outputSchema,
  };
  try {
    return JSON.stringify(request);
  } catch {
    // All the other options are text and numbers.
    throw invalidOption('outputSchema', 'must be JSON');
  }
}
