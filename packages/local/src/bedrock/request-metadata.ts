import * as z from 'zod/mini';

const characters = (minimum: number) =>
  z.string().check(z.regex(new RegExp(`^[a-zA-Z0-9\\s:_@$#=/+,.-]{${minimum},256}$`)));

/**
 * Metadata by which a caller finds its calls in the invocation log.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export const RequestMetadata = z.record(characters(1), characters(0)).check(
  z.refine((metadata) => {
    const { length } = Object.keys(metadata);
    return length >= 1 && length <= 16;
  }, 'must have 1 to 16 entries'),
);
