import type { AskRequest, EmbedRequest } from '@org/contract';
import { ProxyError } from '../proxy-error.ts';

/** The names that an API has for fields of the native one. */
export type Spelling = { readonly [Name in keyof AskRequest | keyof EmbedRequest]?: string };

/** An error whose words, field and issues name the fields of the API that the caller speaks; what the model worded stays. */
export function spelled(thrown: unknown, spelling: Spelling | undefined): unknown {
  if (!(thrown instanceof ProxyError) || spelling === undefined) return thrown;
  const names = new Map<string, string>(Object.entries(spelling));
  const inPath = (path: string) => path.replace(/^\w+/, (name) => names.get(name) ?? name);
  const inWords = (words: string) => words.replaceAll(/\b\w+\b/g, (word) => names.get(word) ?? word);
  const { message, quoted } = thrown;
  const { param } = thrown.statement;
  const words = { message: quoted ? message : inWords(message), param: param && inPath(param) };
  if (!thrown.hasCode('invalid_request')) return thrown.restated({ ...thrown.statement, ...words });
  const issues = thrown.statement.details?.issues.map(({ path, ...issue }) => ({
    path: inPath(path),
    ...issue,
  }));
  return thrown.restated({ ...thrown.statement, ...words, details: issues && { issues } });
}
