import { startGateway } from '@org/local';
import { createTables } from '@org/local/dynamodb';

/** Reported when the gateway serves. */
export interface OurGateway {
  readonly url: string;
  readonly apiKey: string;
  readonly region: string;
  readonly table: string;
}

/**
 * The local gateway in its own process, as `npm start` runs it.
 *
 *   node ours-process.ts ASSEMBLY KEY_NAME BEDROCK_URL DYNAMODB_URL [NODE_OPTIONS of the functions]
 */
const [assembly = '', keyName = '', bedrockUrl = '', dynamodbUrl = '', nodeOptions] = process.argv.slice(2);
const gateway = await startGateway({
  assembly,
  environment: {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrockUrl,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodbUrl,
    ...(nodeOptions && { NODE_OPTIONS: nodeOptions }),
  },
  onLog: ({ line }) => process.stderr.write(`${line}\n`),
});
await createTables(gateway.tables, dynamodbUrl);
process.on('disconnect', async () => {
  await gateway.close();
  process.exit();
});
const key = gateway.apiKeys.find(({ name }) => name === keyName);
const [table] = gateway.tables;
if (!key || !table) throw new Error('The template has no such key, or no table.');
process.send?.({
  url: gateway.url,
  apiKey: key.value,
  region: table.region,
  table: table.name,
} satisfies OurGateway);
