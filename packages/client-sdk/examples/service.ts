/**
 * A backend service that asks a model for its users, and turns each error into a response of its own: its users learn
 * what they can do about it, and nothing about the proxy.
 *
 *   BEDROCK_PROXY_URL=... BEDROCK_PROXY_API_KEY=... PORT=3000 node service.ts
 *
 * In a project of yours with `"type": "module"` and @org/bedrock-client installed, on Node 22.18 or newer, which runs
 * TypeScript as it is.
 *   curl -d 'What is a dystopia?' http://127.0.0.1:3000/
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { type AnyBedrockProxyError, createBedrockClient } from '@org/bedrock-client';

// One client for the whole process: it is cheap to call and safe to share.
const client = createBedrockClient({
  hooks: { onRetry: ({ error, delayMs }) => log(`${error.code}, again in ${delayMs} ms`) },
});

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A user who leaves ends the wait for the answer.
  const left = new AbortController();
  response.once('close', () => left.abort());

  const question = await readText(request);
  const result = await client.safeAsk('nova-lite', question, { maxTokens: 300, signal: left.signal });
  if (result.ok) {
    send(response, 200, { answer: result.value.text, cutOff: result.value.stopReason === 'max_tokens' });
  } else {
    sendError(response, result.error);
  }
}

function sendError(response: ServerResponse, error: AnyBedrockProxyError): void {
  switch (error.code) {
    case 'quota_exceeded': {
      const message = 'We have answered all the questions that we can for now.';
      // A limit of 0 lets nothing through after its reset either.
      const backAt = error.max === 0 ? undefined : error.resetsAt;
      send(response, 503, { error: 'used_up', message, backAt });
      break;
    }
    case 'rate_limited':
    case 'model_throttled':
      response.setHeader('retry-after', Math.ceil((error.retryAfterMs ?? 1000) / 1000));
      send(response, 503, { error: 'busy', message: 'Too many people are asking. Try again in a moment.' });
      break;
    case 'invalid_request':
    case 'context_too_long':
    case 'exceeds_limit':
    case 'request_too_large':
      send(response, 400, { error: 'bad_question', message: 'Ask something, and not at too great length.' });
      break;
    case 'model_timeout':
    case 'timeout':
      send(response, 504, { error: 'too_slow', message: 'That took too long. Ask for less.' });
      break;
    case 'aborted':
      break;
    default:
      // We have to fix it, not the user. An error is safe to log: it contains neither the key nor the question.
      log(JSON.stringify(error));
      send(response, 500, { error: 'broken', message: 'Something is wrong on our side.' });
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

const server = createServer((request, response) => {
  respond(request, response).catch((error) => {
    // A user who left before the question was whole, or a mistake in this program.
    log(String(error));
    response.destroy();
  });
});

server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : address;
  process.stdout.write(`Listening on http://127.0.0.1:${port}/\n`);
});
