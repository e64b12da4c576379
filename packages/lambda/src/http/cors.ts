import { exposedHeaders } from '@org/contract';

/**
 * Headers that let a web page read an answer, if its origin is allowed.
 *
 * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS
 */
export function corsHeaders(origins: readonly string[], origin: string | undefined): Record<string, string> {
  if (origins.length === 0) return {};
  // A cache must not give one origin another's answer.
  const vary = { vary: 'origin' };
  if (origin === undefined || !origins.includes(origin)) return vary;
  return {
    ...vary,
    'access-control-allow-origin': origin,
    'access-control-expose-headers': exposedHeaders.join(','),
  };
}
