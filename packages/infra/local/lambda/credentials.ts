/**
 * AWS credentials that are valid nowhere. Whoever makes a table for the functions must use the same: a local DynamoDB
 * may keep the tables of each access key apart.
 */
export const localCredentials = {
  accessKeyId: 'AKIALOCALGATEWAY0000',
  secretAccessKey: 'local-gateway-not-a-secret',
  sessionToken: 'local-gateway-not-a-token',
} as const;
