/** The API of the simulated upstream. A gateway's callers may use another one. */
export type UpstreamApi = 'converse' | 'chat-completions';

/** The text of every answer, whole or in pieces. */
export const pieces: readonly string[] = Array.from({ length: 50 }, (_, index) => `piece-${index} `);

export const modelId = 'us.meta.llama4-maverick-17b-instruct-v1:0';
export const question = 'What is a dystopia?';
export const maxTokens = 256;

/** One HTTP request, and how to recognize its answer. */
export interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const json = { 'content-type': 'application/json' };

/** A question, as the API of the upstream takes it. */
export function upstreamCall(
  api: UpstreamApi,
  upstreamUrl: string,
  { streamed }: { streamed: boolean },
): Call {
  if (api === 'chat-completions') return chatCompletionsCall(`${upstreamUrl}/v1`, modelId, { streamed });
  return {
    url: `${upstreamUrl}/model/${encodeURIComponent(modelId)}/${streamed ? 'converse-stream' : 'converse'}`,
    headers: json,
    body: JSON.stringify({
      messages: [{ role: 'user', content: [{ text: question }] }],
      inferenceConfig: { maxTokens },
    }),
  };
}

/** @see https://platform.openai.com/docs/api-reference/chat/create */
export function chatCompletionsCall(
  baseUrl: string,
  model: string,
  { streamed, headers }: { streamed: boolean; headers?: Readonly<Record<string, string>> },
): Call {
  return {
    url: `${baseUrl}/chat/completions`,
    headers: { ...json, authorization: 'Bearer key', ...headers },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: question }],
      max_tokens: maxTokens,
      stream: streamed,
    }),
  };
}
