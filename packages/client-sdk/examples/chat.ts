/**
 * A chat that writes the answer while the model does, and remembers what was said.
 *
 *   BEDROCK_PROXY_URL=... BEDROCK_PROXY_API_KEY=... node chat.ts
 *
 * In a project of yours with `"type": "module"` and @org/bedrock-client installed, on Node 22.18 or newer, which runs
 * TypeScript as it is.
 */
import { createInterface } from 'node:readline';
import { createBedrockClient, isBedrockProxyError } from '@org/bedrock-client';

// It remembers only what was answered, so that it can go on whatever happens.
const conversation = createBedrockClient().conversation('nova-lite');

const lines = createInterface({ input: process.stdin });
process.stdout.write('> ');
for await (const question of lines) {
  if (question.trim() === '') break;
  try {
    const stream = conversation.stream(question);
    for await (const text of stream.textStream()) process.stdout.write(text);
    // The stream was sent once: this is the same answer, whole.
    const { stopReason } = await stream.final();
    process.stdout.write(stopReason === 'max_tokens' ? ' [cut off]\n' : '\n');
  } catch (error) {
    if (!isBedrockProxyError(error)) throw error;
    process.stdout.write(`\n[${error.message}]\n`);
    // Asking again will not help before the reset.
    if (error.code === 'quota_exceeded') break;
  }
  process.stdout.write('> ');
}
lines.close();
