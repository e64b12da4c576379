import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { eventFrame } from '@org/local/bedrock';
import { modelId, pieces } from './upstream-api.ts';

/**
 * The upstream of every gateway, in its own process: Bedrock's Converse and ConverseStream, and OpenAI's chat
 * completions with the same text. It answers at once with prepared bytes, so that it uses as little of the machine
 * as possible.
 */
const answer = pieces.join('');
const usage = { inputTokens: 8, outputTokens: pieces.length, totalTokens: pieces.length + 8 };
const openAiUsage = {
  prompt_tokens: usage.inputTokens,
  completion_tokens: usage.outputTokens,
  total_tokens: usage.totalTokens,
};

const converse = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text: answer }] } },
  stopReason: 'end_turn',
  usage,
  metrics: { latencyMs: 1 },
});

const contentBlockIndex = 0;
const converseStream = [
  eventFrame('messageStart', { role: 'assistant' }),
  ...pieces.map((piece) => eventFrame('contentBlockDelta', { delta: { text: piece }, contentBlockIndex })),
  eventFrame('contentBlockStop', { contentBlockIndex }),
  eventFrame('messageStop', { stopReason: 'end_turn' }),
  eventFrame('metadata', { usage, metrics: { latencyMs: 1 } }),
];

const completion = { id: 'chatcmpl-1', created: 1, model: modelId };
const chatCompletion = JSON.stringify({
  ...completion,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: answer }, finish_reason: 'stop' }],
  usage: openAiUsage,
});

const chunk = (delta: object, finish_reason: 'stop' | null = null): Buffer =>
  Buffer.from(
    `data: ${JSON.stringify({
      ...completion,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason }],
    })}\n\n`,
  );
const chatCompletionStream = [
  chunk({ role: 'assistant', content: '' }),
  ...pieces.map((content) => chunk({ content })),
  chunk({}, 'stop'),
  Buffer.from('data: [DONE]\n\n'),
];

function whole(response: ServerResponse, body: string): void {
  response
    .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    .end(body);
}

/** Writes each piece separately, as when a model produces one after the other. */
function streamed(response: ServerResponse, contentType: string, events: readonly Uint8Array[]): void {
  response.writeHead(200, { 'content-type': contentType });
  let next = 0;
  const write = () => {
    const event = events[next++];
    if (event === undefined) response.end();
    else response.write(event, () => setImmediate(write));
  };
  write();
}

const server = createServer(async (request, response) => {
  const body = await text(request);
  const path = request.url ?? '';
  if (path.endsWith('/converse')) whole(response, converse);
  else if (path.endsWith('/converse-stream'))
    streamed(response, 'application/vnd.amazon.eventstream', converseStream);
  else if (!path.endsWith('/chat/completions')) response.writeHead(404).end();
  else if (body.includes('"stream":true')) streamed(response, 'text/event-stream', chatCompletionStream);
  else whole(response, chatCompletion);
});
// Connections stay open while the others are measured.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
process.on('disconnect', () => process.exit());
