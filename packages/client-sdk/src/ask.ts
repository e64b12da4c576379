import type { AskRequest } from '@org/contract';
import { checkList, checkOptional, checkType } from './check-type.ts';
import { ConfigurationError } from './errors.ts';
import type { AskOptions, StructuredAskOptions } from './options.ts';
import { outputSchemaOf } from './output-schema.ts';

/** The body of an ask; throws `ConfigurationError` where a value could not be sent as it was meant. */
export function askBody(
  model: string,
  question: string,
  options: AskOptions | StructuredAskOptions<unknown>,
): string {
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
  const outputSchema = outputSchemaOf(options);
  checkOptional('outputSchema', outputSchema, 'object');
  const request: AskRequest = {
    model,
    question,
    system,
    history: history?.map(({ role, text }) => ({ role, text })),
    maxTokens,
    temperature,
    topP,
    stop: stop && [...stop],
    outputSchema,
  };
  try {
    return JSON.stringify(request);
  } catch {
    // All else is text and numbers.
    throw new ConfigurationError({ field: 'outputSchema', message: 'outputSchema must be JSON.' });
  }
}
