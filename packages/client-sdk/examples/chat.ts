/**
 * A chat that writes the answer while the model does, and remembers what was said.
 *
 *   BEDROCK_PROXY_URL=... BEDROCK_PROXY_API_KEY=... node chat.ts
 *
 * In a project of yours with `"type": "module"` and @org/bedrock-client installed, on Node 22.18 or newer, which runs
 * TypeScript as it is.
 */
import { createInterface } from 'node:readline';
import { createBedrockClient, isBedrockProxyError, type Turn } from '@org/bedrock-client';

const client = createBedrockClient();
const history: Turn[] = [];

const lines = createInterface({ input: process.stdin });
process.stdout.write('> ');
for await (const question of lines) {
  if (question.trim() === '') break;
  try {
    const stream = client.stream('nova-lite', question, { history });
    for await (const text of stream.textStream()) process.stdout.write(text);
    // The stream was sent once: this is the same answer, whole.
    const { text, stopReason } = await stream.final();
    process.stdout.write(stopReason === 'max_tokens' ? ' [cut off]\n' : '\n');
    // Only what was answered is remembered, so that user and assistant stay in turn.
    history.push({ role: 'user', text: question }, { role: 'assistant', text });
  } catch (error) {
    if (!isBedrockProxyError(error)) throw error;
    process.stdout.write(`\n[${error.message}]\n`);
    // Asking again will not help before the reset.
    if (error.code === 'quota_exceeded') break;
  }
  process.stdout.write('> ');
}
lines.close();
