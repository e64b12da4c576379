import type { AskRequest } from '@org/contract';

/** Where a request goes. The key is only named, and never in it. */
export interface Target {
  readonly endpoint: string;
  readonly request: AskRequest;
}

/** In place of what is too long to read. */
const leftOut = '<base64 of the image>';

/** The request as a line of curl, with the key in a variable. */
export function asCurl({ endpoint, request }: Target): string {
  const body = JSON.stringify(request, shortened).replaceAll("'", "'\\''");
  return `curl --no-buffer ${endpoint}/bedrock/stream \\
  -H "x-api-key: $BEDROCK_PROXY_API_KEY" \\
  -H 'content-type: application/json' \\
  -d '${body}'`;
}

/** The request as a program with our client, which reads address and key from the environment. */
export function asCode({ endpoint, request }: Target): string {
  const { model, question, messages, ...options } = request;
  const asked = JSON.stringify(question ?? messages?.at(-1)?.content, shortened, 2);
  const rest = Object.keys(options).length === 0 ? '' : `, ${JSON.stringify(options, shortened, 2)}`;
  return `// export BEDROCK_PROXY_URL=${endpoint}
// export BEDROCK_PROXY_API_KEY=...
import { createBedrockClient } from '@org/bedrock-client';

const stream = createBedrockClient().stream(${JSON.stringify(model)}, ${asked}${rest});
for await (const text of stream.textStream()) process.stdout.write(text);`;
}

function shortened(name: string, value: unknown): unknown {
  return name === 'data' && typeof value === 'string' && value.length > 100 ? leftOut : value;
}
