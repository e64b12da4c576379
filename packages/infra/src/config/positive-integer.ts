import * as z from 'zod/mini';

/**
 * The largest `Integer` of API Gateway, which has 32 bits.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-apigateway-usageplan-quotasettings.html
 */
const mostInteger = 2_147_483_647;

const range = `must be a whole number from 1 to ${mostInteger.toLocaleString('en-US')}`;

/** A whole number of at least 1 that API Gateway takes. */
export const positiveInteger = z
  .int({ error: range, abort: true })
  .check(z.minimum(1, range), z.maximum(mostInteger, range));
