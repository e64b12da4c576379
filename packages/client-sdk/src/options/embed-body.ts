import type { EmbedRequest } from '@org/contract';
import { checkList, checkOption, checkOptional, checkType } from './check-option.ts';
import type { Body } from './files.ts';
import type { EmbedOptions } from './options.ts';
import { withoutCallOptions } from './settings.ts';

/**
 * The body of a request for vectors. Throws `ConfigurationError` if a value cannot be sent as it is meant. An option that
 * the client does not know is sent, so that the proxy refuses a misspelled one by its name.
 */
export function embedBody(model: string, inputs: string | readonly string[], options: EmbedOptions): Body {
  const asked = withoutCallOptions(options);
  checkType('model', model, 'string');
  checkOption(
    typeof inputs === 'string' || Array.isArray(inputs),
    'inputs',
    'must be a string or an array of strings',
  );
  const list = typeof inputs === 'string' ? [inputs] : inputs;
  const texts = checkList('inputs', list, (path, text) => {
    checkType(path, text, 'string');
    return text;
  });
  checkOptional('dimensions', asked.dimensions, 'number');
  checkOptional('purpose', asked.purpose, 'string');
  const request: EmbedRequest = { ...asked, model, inputs: texts };
  return { value: JSON.stringify(request) };
}
