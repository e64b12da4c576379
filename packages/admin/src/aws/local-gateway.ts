import * as z from 'zod/mini';

/** What a local gateway listens on where nobody says otherwise. */
export const defaultLocalPort = 8787;
export const defaultLocalUrl = `http://127.0.0.1:${defaultLocalPort}`;

/** Where a local gateway says what it has in place of AWS. No stage is named so: names of stages have no dot. */
export const controlPlanePath = '/.local';

/** What it answers there. */
export type LocalEndpoints = z.output<typeof LocalEndpoints>;
export const LocalEndpoints = z.object({
  region: z.string(),
  stack: z.string(),
  /** URLs by service. */
  endpoints: z.object({
    api_gateway: z.string(),
    cloudformation: z.string(),
    dynamodb: z.optional(z.string()),
  }),
});

/**
 * AWS credentials that are valid nowhere. Anyone who makes a table for the functions must use the same: a local
 * DynamoDB may keep the tables of each access key apart.
 */
export const localCredentials = {
  accessKeyId: 'AKIALOCALGATEWAY0000',
  secretAccessKey: 'local-gateway-not-a-secret',
  sessionToken: 'local-gateway-not-a-token',
} as const;
