import * as z from 'zod/mini';

/** Default address of a local gateway. */
export const defaultLocalPort = 8787;
export const defaultLocalUrl = `http://127.0.0.1:${defaultLocalPort}`;

/** Path at which a local gateway lists its replacements for AWS. It cannot be a stage, because stage names have no dot. */
export const controlPlanePath = '/.local';

/** The answer at that path. */
export type LocalEndpoints = z.output<typeof LocalEndpoints>;
export const LocalEndpoints = z.object({
  region: z.string(),
  stack: z.string(),
  /** URL of the local issuer of sign-in tokens. */
  issuer: z.optional(z.string()),
  /** URLs by service. */
  endpoints: z.object({
    api_gateway: z.string(),
    cloudformation: z.string(),
    cloudwatch: z.string(),
    cloudwatch_logs: z.string(),
    lambda: z.string(),
    sns: z.string(),
    dynamodb: z.optional(z.string()),
    /** Its control plane, which says which models an account may call. */
    bedrock: z.optional(z.string()),
  }),
});

/**
 * AWS credentials that are valid nowhere. Use the same ones to make a table for the functions: a local
 * DynamoDB may keep the tables of each access key apart.
 */
export const localCredentials = {
  accessKeyId: 'AKIALOCALGATEWAY0000',
  secretAccessKey: 'local-gateway-not-a-secret',
  sessionToken: 'local-gateway-not-a-token',
} as const;
