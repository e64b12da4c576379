import type { AdmittedModel } from '../../model-access.ts';
import { cohereV3, cohereV4 } from './cohere.ts';
import { titan } from './titan.ts';
import type { Embedded } from './vector.ts';

/**
 * Turns strings into vectors. Cohere's version 3 offers no choice of dimensions.
 *
 * @throws {BedrockException}
 */
export function embed({ format, dimensions }: NonNullable<AdmittedModel['embeds']>, body: unknown): Embedded {
  if (format === 'titan-embed') return titan(body, dimensions);
  return dimensions.length === 0 ? cohereV3(body) : cohereV4(body, dimensions);
}
